"""How fast models were, told by the stored answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.domain.result import ModelUsed, Result, Timing
from app.domain.review import ReviewRule
from app.storage.queue import NewJob
from app.storage.store import Store
from tests.helpers.fake_services import make_document

DOCUMENT = make_document("one two")
RULE = ReviewRule(frozenset(), 0.75)


def finish(store: Store, name: str, model: str, *, total_s: float, read_s: float = 0.0) -> None:
    ((job, _),) = store.queue.add([NewJob(f"/{name}", name, name, 5, "t", task_key="1")])
    assert store.queue.claim() is not None
    result = Result(task="t", model=ModelUsed(sha256=model), timing=Timing(read_s=read_s, total_s=total_s))
    store.queue.finish(job.id, result, DOCUMENT, RULE, "1")


def test_a_model_is_told_by_the_median_of_its_own_documents(tmp_path: Path) -> None:
    with Store(tmp_path / "deskhand.sqlite") as store:
        assert store.paces() == {}
        for number, seconds in enumerate((1.0, 2.0, 30.0)):
            finish(store, f"quick{number}", "quick", total_s=seconds)
        finish(store, "slow", "slow", total_s=6.0)
        finish(store, "unanswered", "", total_s=1.0)
        paces = store.paces()
    assert paces.keys() == {"quick", "slow"}
    assert (paces["quick"].n_documents, paces["quick"].documents_per_minute) == (3, pytest.approx(30))


def test_reading_counts_where_it_takes_longer_than_the_model(tmp_path: Path) -> None:
    with Store(tmp_path / "deskhand.sqlite") as store:
        finish(store, "text", "m", total_s=3.0, read_s=1.0)
        assert store.paces()["m"].seconds == pytest.approx(2.0)
        finish(store, "scan", "scans", total_s=12.0, read_s=10.0)
        assert store.paces()["scans"].seconds == pytest.approx(10.0)

"""The dashboard's figures are those of a count that uses nothing of the product."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from app.domain.document import Document
from app.domain.insights import Period
from app.domain.ledger import Purpose
from app.storage.database import Database
from app.storage.looks import Looks
from app.storage.store import Store
from tests.quality.simulated_month import carry_out, count, differences, document_of, draw

N_DOCUMENTS = 400


@pytest.fixture
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the time zone is the system's")
@pytest.mark.parametrize("zone", ["UTC", "America/St_Johns", "Pacific/Kiritimati"], indirect=True)
def test_figures_are_those_of_an_independent_count(tmp_path: Path, zone: str) -> None:
    works = draw(N_DOCUMENTS, 45, date(2026, 11, 22), seed=len(zone))
    with Store(tmp_path / "deskhand.sqlite") as store:
        carry_out(works, store)
        assert differences(works, store) == []
        assert differences([*works, replace(works[0], task="other")], store), "the comparison sees nothing"
    with Store(tmp_path / "deskhand.sqlite") as store:
        assert differences(works, store) == []


def test_rows_of_an_earlier_version_give_the_same_figures(tmp_path: Path) -> None:
    works = draw(N_DOCUMENTS, 45, date(2026, 11, 22), seed=3)
    with Store(tmp_path / "deskhand.sqlite") as store:
        carry_out(works, store)
        before = store._database.query("SELECT job_id, look_id FROM figures")
        store._database.query("DELETE FROM figures")
        store._database.query("DELETE FROM looks")
    with Store(tmp_path / "deskhand.sqlite") as store:
        assert store.insights.overall().n_documents == count(works).n_documents
        while store.insights.read_looks(150):
            pass
        assert differences(works, store) == []
        after = store._database.query("SELECT job_id, look_id FROM figures")
        assert _partition(after) == _partition([row for row in before if row[1] is not None])


def _partition(rows: list[tuple[int, int | None]]) -> set[frozenset[int]]:
    looks = {look for _, look in rows if look is not None}
    return {frozenset(job for job, look in rows if look == one) for one in looks}


def test_each_sender_has_a_look_of_its_own(tmp_path: Path) -> None:
    works = [work for work in draw(N_DOCUMENTS, 10, date(2026, 11, 22), seed=4) if not work.has_failed]
    with Store(tmp_path / "deskhand.sqlite") as store:
        carry_out(works, store)
        jobs = {job.name: job.id for job in store.jobs()}
        looks = {(work.sender, store.look_of(jobs[f"{work.number}.pdf"])) for work in works}
    assert len(looks) == len({sender for sender, _ in looks}) == len({look for _, look in looks}) > 10
    assert "" not in {look for _, look in looks}


def test_a_removed_job_still_counts_without_its_sender(tmp_path: Path) -> None:
    works = draw(50, 5, date(2026, 11, 22), seed=5)
    with Store(tmp_path / "deskhand.sqlite") as store:
        carry_out(works, store)
        for job in store.jobs():
            store.queue.remove(job.id)
        assert differences(works, store) == []
        assert {sender for (sender,) in store._database.query("SELECT sender FROM figures")} == {""}


def test_a_rolled_back_look_is_forgotten(tmp_path: Path) -> None:
    works = draw(2, 1, date(2026, 11, 22), seed=6)
    documents: list[Document] = [document_of(replace(works[0], sender=sender)) for sender in range(3)]
    database = Database(tmp_path / "deskhand.sqlite")
    looks = Looks()
    with database.transaction() as connection:
        first = looks.look_of(connection, documents[0])
    with pytest.raises(RuntimeError), database.transaction() as connection:  # noqa: PT012 - the failure follows the look
        looks.look_of(connection, documents[1])
        raise RuntimeError
    with database.transaction() as connection:
        again = looks.look_of(connection, documents[2])
        assert looks.look_of(connection, documents[0]) == first != again
        assert looks.look_of(connection, documents[1]) not in {first, again}
    database.close()


def test_nothing_gives_no_figures(tmp_path: Path) -> None:
    with Store(tmp_path / "deskhand.sqlite") as store:
        empty = store.insights.overall()
        assert (empty.n_documents, empty.local_share, empty.p50_s, empty.saved_micros(None)) == (0, None, None, None)
        assert store.insights.by_period(Period.DAY) == store.insights.by_task() == []
        assert store.insights.micros_per_char() is None
        assert store.ledger.figures(purposes=[Purpose.FRONTIER]).n_requests == 0

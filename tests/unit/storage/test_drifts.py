"""The watch on stored rows: the bad sender of a simulated month is found and named."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from app.domain.drifts import Watched
from app.storage.store import Store
from tests.quality.simulated_month import BAD_FROM, BAD_SENDER, carry_out, draw

N_DOCUMENTS = 2_000
WORKS = draw(N_DOCUMENTS, 31, date(2026, 11, 22), seed=1)


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database after a month of work; to be copied by whoever changes it."""
    path = tmp_path_factory.mktemp("month") / "deskhand.sqlite"
    with Store(path) as store:
        carry_out(WORKS, store)
    return path


def test_the_bad_sender_is_found_and_named(month: Path) -> None:
    turned = WORKS[int(N_DOCUMENTS * BAD_FROM)].finished.isoformat()
    with Store(month) as store:
        of_sender = [drift for drift in store.insights.drifts() if drift.look]
        assert {drift.sender for drift in of_sender} == {f"Sender{BAD_SENDER} Ltd"}
        assert {drift.watched for drift in of_sender} == set(Watched)
        for drift in of_sender:
            assert drift.found_at > turned
            assert drift.before < 0.15 < drift.after
            jobs = [store.job(job) for job in drift.examples]
            assert {job.state.value for job in jobs if job} <= {"review", "done"}
            assert {store.look_of(job) for job in drift.examples} == {drift.look}
        task = WORKS[0].task
        assert store.insights.drifts(task) is store.insights.drifts(task), "asked again without need"
        assert [drift for drift in store.insights.drifts("purchase_order") if drift.look] == []


def test_what_a_person_does_is_seen_at_once(tmp_path: Path) -> None:
    with Store(tmp_path / "deskhand.sqlite") as store:
        carry_out(draw(40, 2, date(2026, 11, 22), seed=2), store)
        before = store.insights.drifts()
        (job, *_) = [job for job in store.jobs() if job.state.value == "review"]
        store.accept(job.id)
        assert store.insights.drifts() is not before


def test_documents_of_an_earlier_version_are_looked_at_first(month: Path, tmp_path: Path) -> None:
    shutil.copy(month, tmp_path)
    with Store(tmp_path / "deskhand.sqlite") as store:
        before = store.insights.drifts()
        assert {one.sender for one in before if one.look}
        store._database.query("DELETE FROM figures")
        store._database.query("DELETE FROM looks")
    with Store(tmp_path / "deskhand.sqlite") as store:
        again = store.insights.drifts()
        assert [(one.watched, one.sender, one.since, one.examples) for one in again] == [
            (one.watched, one.sender, one.since, one.examples) for one in before
        ]
        assert store.insights.read_looks() == 0

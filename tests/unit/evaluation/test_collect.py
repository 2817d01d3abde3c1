from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from app.domain.case import is_held_out
from app.domain.consent import ConsentScope
from app.domain.enquiry import Enquiry
from app.domain.job import Job
from app.domain.parcel import Shown
from app.domain.result import LabelAnswer, ModelUsed, Result, Value
from app.domain.review import ReviewRule
from app.domain.routing import Decision
from app.domain.task import TaskKind
from app.evaluation.collect import collect_cases
from app.storage.queue import NewJob
from app.storage.store import Store
from tests.helpers.fake_services import make_document, make_value

DOCUMENT = make_document("bill number 1 of 2")
ANSWER = Result(
    task="invoice",
    fields={"first": make_value(DOCUMENT, "bill", 0.5), "other": Value()},
    model=ModelUsed(sha256="m"),
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "deskhand.sqlite") as made:
        yield made


def _answered(store: Store, result: Result = ANSWER, task: str = "invoice") -> Job:
    ((job, _),) = store.queue.add([NewJob("/bill.txt", "bill.txt", DOCUMENT.sha256, 5, task)])
    store.queue.claim()
    finished = store.queue.finish(job.id, result, DOCUMENT, ReviewRule(frozenset(), 0.75))
    assert finished is not None
    return finished


def _collect(store: Store) -> int:
    return collect_cases(store.cases, lambda job_id: f"look {job_id}")


def test_an_answer_that_nobody_looked_at_is_no_case(store: Store) -> None:
    _answered(store)
    assert _collect(store) == 0
    assert store.cases.all() == []


def test_a_review_becomes_a_case_with_the_models_own_answer(store: Store) -> None:
    job = _answered(store)
    store.correct(job.id, "first", value="number", text="number")
    store.accept(job.id)
    assert _collect(store) == 1
    (case,) = store.cases.all("invoice")
    assert case.expected == {"first": "number", "other": None}
    assert (case.whole, case.job_id, case.name, case.group, case.key) == (
        True,
        job.id,
        "bill.txt",
        f"look {job.id}",
        DOCUMENT.sha256,
    )
    assert store.cases.first_answer(case.id) == ANSWER
    assert store.cases.document(case.id) == DOCUMENT
    assert case.path == "/bill.txt"
    assert store.cases.counts() == {"invoice": 1}
    assert _collect(store) == 0


def test_a_case_follows_its_review_and_goes_with_it(store: Store) -> None:
    job = _answered(store)
    store.accept(job.id, "first")
    _collect(store)
    assert [(case.expected, case.whole) for case in store.cases.all()] == [({"first": "bill"}, False)]
    store.correct(job.id, "first", value="number")
    _collect(store)
    assert [case.expected for case in store.cases.all()] == [{"first": "number"}]
    store.undo(job.id)
    store.undo(job.id)
    _collect(store)
    assert store.cases.all() == []


def test_an_edited_case_is_left_alone(store: Store) -> None:
    job = _answered(store)
    store.accept(job.id)
    _collect(store)
    (case,) = store.cases.all()
    store.cases.edit(case.id, {"first": "of"})
    store.undo(job.id)
    _collect(store)
    store.correct(job.id, "first", value="number")
    _collect(store)
    (kept,) = store.cases.all()
    assert (kept.id, kept.expected, kept.edited) == (case.id, {"first": "of"}, True)


def test_a_case_stays_when_its_document_leaves_the_list(store: Store) -> None:
    job = _answered(store)
    store.accept(job.id)
    _collect(store)
    store.queue.remove(job.id)
    assert _collect(store) == 0
    (case,) = store.cases.all()
    assert case.job_id is None
    assert store.cases.document(case.id) == DOCUMENT


def test_a_case_remembers_where_its_document_lay_and_that_it_must_not_be_sent(store: Store) -> None:
    job = _answered(store)
    store.accept(job.id)
    _collect(store)
    assert store.cases.refused() == frozenset()
    enquiry = Enquiry(task="invoice", kind=TaskKind.EXTRACT, questions=(), excerpts=())
    store.proposals.propose(job.id, Decision(kind="ask"), enquiry)
    store.proposals.refuse(job.id)
    (case,) = store.cases.all()
    assert store.cases.refused() == {case.id}
    store.queue.remove(job.id)
    assert store.cases.refused() == {case.id}
    again = _answered(store, task="receipt")
    store.proposals.propose(again.id, Decision(kind="ask"), enquiry, anew=True)
    shown = Shown(url="https://h/v1", sha256="f", max_cost=None)
    store.proposals.approve(
        again.id, consent_id=store.consents.grant(ConsentScope.DOCUMENT, "", "https://h").id, batch="", shown=shown
    )
    assert store.cases.refused() == frozenset(), "the person decided anew"
    assert [case.path for case in store.cases.all()] == ["/bill.txt"]


def test_a_confirmed_class_is_a_case_of_its_own(store: Store) -> None:
    outer = Result(task="auto", label=LabelAnswer(value="invoice", confidence=0.6), then=ANSWER)
    job = _answered(store, outer, task="auto")
    store.accept(job.id)
    _collect(store)
    cases = {case.task: case for case in store.cases.all()}
    assert cases["document_type"].expected == {"label": "invoice"}
    assert cases["invoice"].expected == {"first": "bill", "other": None}
    first = store.cases.first_answer(cases["document_type"].id)
    assert first is not None
    assert first.label == outer.label


def test_a_confirmed_class_that_no_task_follows_is_a_case_of_the_classes_too(store: Store) -> None:
    job = _answered(store, Result(task="auto", label=LabelAnswer(value="letter", confidence=0.6)), task="auto")
    store.accept(job.id)
    _collect(store)
    assert [(case.task, case.expected, case.whole) for case in store.cases.all()] == [("document_type", {"label": "letter"}, True)]


def test_about_a_third_is_held_out_by_look_and_by_day_and_for_ever() -> None:
    days = [date(2026, 1, 5) + timedelta(days=number) for number in range(60)]
    looks = [f"look {number}" for number in range(60)]
    drawn = [[is_held_out(look, day.isoformat()) for day in days] for look in looks]
    assert 0.25 < sum(map(sum, drawn)) / 3600 < 0.42
    # Some looks are out whenever they come, some days whatever comes on them, and everything else is in.
    looks_out = [all(row) for row in drawn]
    days_out = [all(column) for column in zip(*drawn, strict=True)]
    assert 0 < sum(looks_out) < 60 > sum(days_out) > 0
    assert drawn == [[look or day for day in days_out] for look in looks_out]
    assert [is_held_out(look, f"{days[0]}T23:59:59.000+00:00") for look in looks] == [row[0] for row in drawn]
    assert looks_out[:12] == [is_held_out(f"look {number}", days[days_out.index(False)].isoformat()) for number in range(12)]

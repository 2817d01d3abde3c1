"""The history of an answer, and the way back to the model's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.job import Job, JobState
from app.domain.result import LabelAnswer, ModelUsed, Opinion, Point, Result, Value
from app.domain.review import ReviewRule
from app.domain.revision import PointReviews, RevisionKind, RevisionStanding
from app.evaluation.collect import collect_cases
from app.storage.queue import NewJob
from app.storage.store import Store
from tests.helpers.fake_services import make_document, make_value

DOCUMENT = make_document("bill number 1 of 2")
RULE = ReviewRule(frozenset({"first"}), 0.75)
ANSWER = Result(
    task="t",
    fields={"first": make_value(DOCUMENT, "bill", 0.5), "other": Value()},
    rows={"items": ({"amount": make_value(DOCUMENT, "1")},)},
    model=ModelUsed(id="small", sha256="m"),
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "deskhand.sqlite") as made:
        yield made


def _answered(store: Store, result: Result = ANSWER, task: str = "t") -> Job:
    ((job, _),) = store.queue.add([NewJob("/bill.txt", "bill.txt", DOCUMENT.sha256, 5, task)])
    return _finish(store, job, result)


def _finish(store: Store, job: Job, result: Result) -> Job:
    store.queue.claim()
    finished = store.queue.finish(job.id, result, DOCUMENT, RULE)
    assert finished is not None
    return finished


def _state(store: Store, job: Job) -> JobState:
    found = store.job(job.id)
    assert found is not None
    return found.state


def _kinds(store: Store, job: Job) -> list[tuple[RevisionKind, RevisionStanding]]:
    return [(step.kind, step.standing) for step in store.revisions(job.id)]


def test_the_history_tells_each_step_with_what_it_changed(store: Store) -> None:
    job = _answered(store)
    store.correct(job.id, "first", value="number", text="number")
    store.accept(job.id, "other")
    read, corrected, accepted = store.revisions(job.id)
    assert (read.kind, read.model) == (RevisionKind.READ, "small")
    assert [(change.target, change.after) for change in read.changes] == [("first", "bill"), ("items[0].amount", "1")]
    (change,) = corrected.changes
    assert (change.target, change.before, change.after) == ("first", "bill", "number")
    assert corrected.made_at
    assert accepted.kind is RevisionKind.ACCEPTED


def test_a_larger_models_step_names_it_and_its_changes(store: Store) -> None:
    job = _answered(store)
    taken = make_value(DOCUMENT, "number").model_copy(update={"opinions": (Opinion(source="local"), Opinion(source="big"))})
    after = ANSWER.model_copy(update={"fields": ANSWER.fields | {"first": taken}})
    assert store.settle(job.id, ANSWER, after) == after
    step = store.revisions(job.id)[-1]
    assert (step.kind, step.model) == (RevisionKind.LARGER_MODEL, "big")
    assert [(change.target, change.before, change.after) for change in step.changes] == [("first", "bill", "number")]


def test_going_back_to_the_models_answer_is_one_step_that_can_be_undone(store: Store) -> None:
    job = _answered(store)
    store.correct(job.id, "first", value="number", text="number")
    accepted = store.accept(job.id)
    assert store.restore(job.id) == ANSWER
    assert _state(store, job) is JobState.REVIEW
    assert store.restore(job.id) is None, "it stands already"
    taken_back = RevisionStanding.TAKEN_BACK
    assert [standing for _, standing in _kinds(store, job)[1:3]] == [taken_back, taken_back]
    assert store.undo(job.id) == accepted
    assert _state(store, job) is JobState.DONE
    assert store.undo(job.id) is not None
    assert store.undo(job.id) == ANSWER
    assert store.undo(job.id) is None
    undone = store.revisions(job.id)[1:]
    assert all(step.standing is RevisionStanding.UNDONE and step.undone_at for step in undone)


def test_steps_after_going_back_start_from_the_models_answer(store: Store) -> None:
    job = _answered(store)
    store.correct(job.id, "first", value="number", text="number")
    store.restore(job.id)
    store.correct(job.id, "first", value="of", text="of")
    assert store.undo(job.id) == ANSWER
    store.correct(job.id, "first", value="of", text="of")
    assert store.restore(job.id) == ANSWER


def test_what_went_back_is_no_case_any_more(store: Store) -> None:
    job = _answered(store)
    store.accept(job.id)
    collect_cases(store.cases, lambda _: "")
    assert store.cases.all()
    store.restore(job.id)
    collect_cases(store.cases, lambda _: "")
    assert store.cases.all() == []
    assert store.insights.overall().n_reviewed == 0


def test_reading_again_keeps_what_a_person_said_and_changes_the_rest(store: Store) -> None:
    job = _answered(store)
    store.correct(job.id, "first", value="number", text="number")
    store.queue.retry(job.id)
    anew = Result(
        task="t",
        fields={"first": make_value(DOCUMENT, "of"), "other": make_value(DOCUMENT, "2")},
        rows={"items": ({"amount": make_value(DOCUMENT, "2")},)},
    )
    _finish(store, job, anew)
    result = store.result(job.id)
    assert result is not None
    assert (result.fields["first"].value, result.fields["other"].value) == ("number", "2")
    assert result.rows["items"][0]["amount"].value == "2"


def test_accepted_answers_stay_when_the_document_is_read_again(store: Store) -> None:
    first = ANSWER.model_copy(
        update={"points": (Point(text="A bill.", evidence=()),), "label": LabelAnswer(value="bill", confidence=0.9)}
    )
    job = _answered(store, first)
    accepted = store.accept(job.id)
    store.queue.retry(job.id)
    another = (Point(text="Another.", evidence=()),)
    _finish(store, job, Result(task="t", fields={"first": make_value(DOCUMENT, "of")}, points=another))
    result = store.result(job.id)
    assert result is not None
    assert (result.fields, result.rows, result.points, result.label) == (
        accepted.fields,
        accepted.rows,
        accepted.points,
        accepted.label,
    )


def test_another_task_begins_anew(store: Store) -> None:
    job = _answered(store)
    store.accept(job.id)
    store.queue.retry(job.id)
    other = ANSWER.model_copy(update={"task": "u"})
    _finish(store, job, other)
    assert store.result(job.id) == other
    assert _kinds(store, job)[0] == (RevisionKind.ACCEPTED_ALL, RevisionStanding.REPLACED)


def test_an_unknown_job_has_no_history(store: Store) -> None:
    assert store.revisions(9) == []
    assert store.restore(9) is None


def test_several_documents_are_accepted_at_once_and_taken_back_at_once(store: Store) -> None:
    first, second, done = (_answered(store, task=task) for task in ("t", "u", "v"))
    store.accept(done.id)
    made = store.accept_documents([first.id, second.id, done.id, 99])
    assert (sorted(made.steps), made.n_open) == ([first.id, second.id], 2)
    assert {_state(store, job) for job in (first, second)} == {JobState.DONE}
    store.correct(second.id, "first", value="of", text="of")
    assert store.undo_acceptance(made) == [first.id]
    assert store.result(first.id) == ANSWER
    assert (_state(store, first), _state(store, second), _state(store, done)) == (JobState.REVIEW, JobState.DONE, JobState.DONE)


def test_points_are_counted_by_what_became_of_them_in_review(store: Store) -> None:
    points = tuple(Point(text=text, evidence=()) for text in ("One.", "Two.", "Three.", "Four."))
    job = _answered(store, Result(task="t", points=points))
    _answered(store, Result(task="u", points=points), task="u")
    assert store.point_reviews("t") == PointReviews()
    store.correct(job.id, "points[0]", value="Uno.", text="Uno.")
    store.correct(job.id, "points[1]", value=None)
    store.accept(job.id)
    assert store.point_reviews("t") == PointReviews(accepted=2, edited=1, dropped=1)
    assert store.point_reviews("u") == PointReviews()

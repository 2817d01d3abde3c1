from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.job import Job, JobState
from app.domain.result import CheckOutcome, Evidence, ModelUsed, Proof, Result, Value
from app.domain.review import ReviewRule
from app.domain.task import TaskCheck
from app.errors import NoAnswerError
from app.storage.queue import MAX_CRASHES, MAX_INTERRUPTIONS, NewJob
from app.storage.store import Store
from tests.helpers.fake_services import make_document, make_value

DOCUMENT = make_document("bill number 1 of 2")
RULE = ReviewRule(frozenset({"first"}), 0.75)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "deskhand.sqlite") as made:
        yield made


def add(store: Store, sha256: str = DOCUMENT.sha256, task: str = "t") -> Job:
    ((job, _),) = store.queue.add([NewJob(f"/{sha256}", sha256[:4], sha256, 5, task, task_key="1")])
    return job


def answer(confidence: float = 0.5) -> Result:
    return Result(
        task="t",
        fields={"first": make_value(DOCUMENT, "bill", confidence), "other": Value()},
        rows={"items": ({"amount": make_value(DOCUMENT, "1")},)},
        model=ModelUsed(sha256="m"),
    )


def finish(store: Store, job: Job, result: Result | None = None) -> Job:
    assert store.queue.claim() is not None
    finished = store.queue.finish(job.id, result or answer(), DOCUMENT, RULE, "1")
    assert finished is not None
    return finished


def state(store: Store, job: Job) -> JobState:
    found = store.job(job.id)
    assert found is not None
    return found.state


def test_an_answer_comes_back_as_it_was_stored(store: Store, tmp_path: Path) -> None:
    job = finish(store, add(store))
    assert job.state is JobState.REVIEW
    assert job.finished_at >= job.added_at > ""
    store.close()
    with Store(tmp_path / "deskhand.sqlite") as again:
        assert again.result(job.id) == answer()
        assert again.document(job.id) == DOCUMENT
        assert again.jobs([JobState.REVIEW]) == [job]
        assert again.jobs([JobState.DONE]) == []


def test_unknown_jobs_have_nothing(store: Store) -> None:
    assert store.job(9) is None
    assert store.result(9) is None
    assert store.document(9) is None
    assert store.corrections(9) == []


def test_a_correction_is_final_and_ends_the_review(store: Store) -> None:
    job = finish(store, add(store))
    changed = store.correct(job.id, "first", value="number", text="number")
    assert changed == store.result(job.id)
    assert changed.fields["first"].evidence == Evidence(page=1, start=5, end=11)
    assert state(store, job) is JobState.DONE
    (made,) = store.corrections(job.id)
    assert (made.target, made.before, made.after, made.text, made.undone) == ("first", "bill", "number", "number", False)
    assert made.evidence == changed.fields["first"].evidence


def test_undo_takes_back_one_change_after_the_other_exactly(store: Store) -> None:
    job = finish(store, add(store))
    store.correct(job.id, "items[0].amount", value="2", text="2")
    store.accept(job.id, "first")
    store.correct(job.id, "items[0]", value=None)
    store.accept(job.id)
    seen = []
    while (result := store.undo(job.id)) is not None:
        seen.append((result, state(store, job)))
    assert [len(result.rows["items"]) for result, _ in seen] == [0, 1, 1, 1]
    assert [one for _, one in seen] == [JobState.DONE, JobState.DONE, JobState.REVIEW, JobState.REVIEW]
    assert seen[-1][0] == answer()
    assert store.result(job.id) == answer()
    assert [made.undone for made in store.corrections(job.id)] == [True] * 4


def test_after_an_undo_a_new_correction_is_the_last(store: Store) -> None:
    job = finish(store, add(store))
    store.correct(job.id, "first", value="number")
    store.undo(job.id)
    store.correct(job.id, "first", value="of")
    undone = store.undo(job.id)
    assert undone == answer()
    assert store.undo(job.id) is None


def test_accepting_all_ends_the_review(store: Store) -> None:
    job = finish(store, add(store))
    accepted = store.accept(job.id)
    assert accepted.fields["first"].proof is Proof.VERIFIED
    assert state(store, job) is JobState.DONE
    assert [made.target for made in store.corrections(job.id)] == ["*"]


def test_a_settled_answer_can_be_undone_like_a_correction(store: Store) -> None:
    job = finish(store, add(store))
    store.correct(job.id, "other", value="2")
    before = store.result(job.id)
    assert before is not None
    settled = before.model_copy(update={"fields": before.fields | {"first": make_value(DOCUMENT, "bill", 0.99)}})
    assert store.settle(job.id, before, settled) == settled == store.result(job.id)
    assert store.settle(job.id, before, settled) is None, "the answer is another one by now"
    assert [made.target for made in store.corrections(job.id)] == ["other", "@frontier"]
    assert store.undo(job.id) == before == store.result(job.id)


def test_a_settled_answer_never_displaces_what_a_person_did_meanwhile(store: Store) -> None:
    job = finish(store, add(store))
    before = store.result(job.id)
    assert before is not None
    corrected = store.correct(job.id, "first", value="mine")
    settled = before.model_copy(update={"fields": before.fields | {"first": make_value(DOCUMENT, "bill", 0.99)}})
    assert store.settle(job.id, before, settled) is None
    assert store.result(job.id) == corrected
    store.queue.retry(job.id)
    assert store.settle(job.id, corrected, settled) is None, "an answer that is being made anew"


def test_a_new_answer_takes_the_place_of_a_settled_one(store: Store) -> None:
    job = finish(store, add(store))
    before = store.result(job.id)
    assert before is not None
    store.settle(job.id, before, before.model_copy(update={"notices": ("settled",)}))
    store.queue.retry(job.id)
    assert finish(store, job).state is JobState.REVIEW
    assert store.result(job.id) == before
    assert store.undo(job.id) is None


def test_a_bad_target_changes_nothing(store: Store) -> None:
    job = finish(store, add(store))
    with pytest.raises(ValueError, match="there is no"):
        store.correct(job.id, "items[7].amount", value="1")
    with pytest.raises(ValueError, match="not a target"):
        store.accept(job.id, "no target")
    assert store.corrections(job.id) == []
    assert store.result(job.id) == answer()


def test_a_job_without_an_answer_cannot_be_corrected(store: Store) -> None:
    job = add(store)
    for change in (lambda: store.correct(job.id, "first", value="x"), lambda: store.accept(job.id)):
        with pytest.raises(NoAnswerError):
            change()
    assert store.undo(job.id) is None


def test_nothing_is_changed_while_an_answer_is_made_anew(store: Store) -> None:
    job = finish(store, add(store))
    store.accept(job.id)
    store.queue.retry(job.id)
    assert store.undo(job.id) is None
    assert state(store, job) is JobState.WAITING
    with pytest.raises(NoAnswerError):
        store.accept(job.id)


def test_the_checks_are_run_again_after_a_correction(store: Store) -> None:
    document = make_document("net 80.00 tax 15.20 total 95.20 or 99.99")
    check = TaskCheck(expression="net + tax == total", message="net and tax are not the total")
    rule = ReviewRule(frozenset({"total"}), 0.75, (check,))
    doubt = Proof.CONTRADICTED
    fields = {"net": make_value(document, "80.00", 0.8, doubt), "tax": make_value(document, "15.20", 0.6, doubt)}
    outcome = CheckOutcome(expression=check.expression, passed=False, fields=("net", "tax", "total"))
    result = Result(task="t", fields=fields | {"total": make_value(document, "99.99", 0.5, doubt)}, checks=(outcome,))
    job = add(store, document.sha256)
    store.queue.claim()
    store.queue.finish(job.id, result, document, rule)
    changed = store.correct(job.id, "total", value="95.20")
    assert changed.fields["net"].proof is Proof.VERIFIED
    assert "80.00" in changed.fields["net"].reason
    assert [one.passed for one in changed.checks] == [True]
    assert state(store, job) is JobState.DONE
    worse = store.correct(job.id, "net", value="1.00")
    assert worse.fields["tax"].proof is Proof.CONTRADICTED
    assert worse.fields["total"].proof is Proof.VERIFIED
    assert state(store, job) is JobState.REVIEW
    assert store.undo(job.id) == changed
    assert store.undo(job.id) == result


def test_what_a_person_said_outlives_a_new_answer(store: Store) -> None:
    job = finish(store, add(store))
    store.correct(job.id, "first", value="number", text="number")
    store.correct(job.id, "items[0].amount", value="2")
    store.accept(job.id)
    said = store.result(job.id)
    assert said is not None
    store.queue.retry(job.id)
    again = finish(store, job, answer(0.1))
    assert store.result(job.id) == said
    assert again.state is JobState.DONE
    assert len(store.corrections(job.id)) == 3
    for _ in range(3):
        assert store.undo(job.id) is not None
    assert store.result(job.id) == answer(0.1)
    assert state(store, job) is JobState.REVIEW
    assert store.undo(job.id) is None


def test_only_a_working_job_can_be_finished(store: Store) -> None:
    job = add(store)
    assert store.queue.finish(job.id, answer(), DOCUMENT, RULE) is None
    store.queue.claim()
    store.queue.end(job.id, JobState.CANCELLED)
    assert store.queue.finish(job.id, answer(), DOCUMENT, RULE) is None
    assert store.result(job.id) is None
    assert store.document(job.id) is None


def test_a_kill_lets_working_jobs_wait_behind_the_others(store: Store) -> None:
    first, second = add(store, "a"), add(store, "b")
    assert store.queue.claim() is not None
    (recovered,) = store.queue.recover()
    assert (recovered.id, recovered.state, recovered.attempts) == (first.id, JobState.WAITING, 1)
    claimed = store.queue.claim()
    assert claimed is not None
    assert claimed.id == second.id
    assert store.queue.recover(active=[second.id]) == []


def test_only_many_kills_in_a_row_set_a_document_aside(store: Store) -> None:
    job = add(store)
    for _ in range(MAX_INTERRUPTIONS - 1):
        store.queue.claim()
        store.queue.recover()
    assert state(store, job) is JobState.WAITING
    store.queue.claim()
    (recovered,) = store.queue.recover()
    assert recovered.state is JobState.FAILED
    assert recovered.error is not None
    assert recovered.error.code == "quarantined"


def test_crashes_are_counted_and_the_job_waits_at_the_end(store: Store) -> None:
    first, second = add(store, "a"), add(store, "b")
    store.queue.claim()
    assert store.queue.count_crash(first.id) == 1
    assert state(store, first) is JobState.WAITING
    claimed = store.queue.claim()
    assert claimed is not None
    assert claimed.id == second.id
    store.queue.claim()
    assert store.queue.count_crash(first.id) == MAX_CRASHES


def test_a_removed_job_leaves_no_trace(store: Store) -> None:
    job, other = add(store), add(store, task="other")
    finish(store, job)
    store.correct(job.id, "first", value="number")
    store.queue.remove(job.id)
    assert store.jobs() == [other]
    assert store.corrections(job.id) == []
    assert store._database.query("SELECT count(*) FROM documents") == [(1,)]
    store.queue.remove(other.id)
    assert store._database.query("SELECT count(*) FROM documents") == [(0,)]
    assert add(store).id > other.id, "the id of a removed job must not be given again"


def test_many_threads_claim_each_job_once(store: Store) -> None:
    for number in range(60):
        add(store, f"{number:02}")
    claimed: list[int] = []

    def work() -> None:
        while (job := store.queue.claim()) is not None:
            claimed.append(job.id)
            store.queue.finish(job.id, answer(), DOCUMENT, RULE)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(claimed) == [job.id for job in store.jobs()]
    assert store.queue.counts()[JobState.REVIEW] == 60


def test_a_lesson_is_due_by_the_documents_that_were_finished_since_the_last_one(store: Store, tmp_path: Path) -> None:
    first, second = (finish(store, add(store, sha256)) for sha256 in ("1" * 64, "2" * 64))
    assert store.recalibrations.unseen_reviews() == 0
    store.correct(first.id, "first", value="number")
    store.correct(first.id, "first", value="of")
    store.accept(first.id)
    assert store.recalibrations.unseen_reviews() == 1
    store.recalibrations.note_lesson(store.recalibrations.newest_review())
    assert store.recalibrations.unseen_reviews() == 0
    store.accept(second.id)
    store.close()
    with Store(tmp_path / "deskhand.sqlite") as again:
        assert again.recalibrations.unseen_reviews() == 1

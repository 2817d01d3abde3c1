from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from app.domain.job import Job, JobState
from app.domain.result import Result
from app.domain.task import Task, TaskField, TaskKind
from app.errors import HashMismatchError, ModelMissingError, StorageError, UnknownTaskError
from app.jobs.desk import READ_AHEAD
from app.jobs.events import JobChanged, JobEvent, JobProgressed, JobRemoved, QueueChanged, ResultStored
from app.jobs.runner import JobRunner
from app.settings import ReadLimits, Settings
from app.storage.store import Store
from tests.helpers.fake_services import TASK, FakeModel, FakeReader, FakeTasks, crash


class Bench:
    """A runner with fakes around it, and everything it told."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = Store(folder / "data" / "deskhand.sqlite")
        self.reader = FakeReader()
        self.model = FakeModel()
        self.models: dict[str, FakeModel] = {}
        """Of tasks that have one of their own."""
        self.tasks = FakeTasks()
        self.missing = False
        self.n_loads = 0
        self.events: list[JobEvent] = []
        self.threads: set[str] = set()
        self.runner = JobRunner(
            self.store, self.reader, self._load, self.tasks, Settings(language="en"), model_sha256=self._model_of
        )
        self.runner.subscribe(self._hear)

    def _model_of(self, task_id: str) -> str:
        return self.models.get(task_id, self.model).sha256

    def _load(self, task_id: str) -> FakeModel:
        self.n_loads += 1
        if self.missing:
            raise ModelMissingError(model="starter")
        model = self.models.get(task_id, self.model)
        model.closed = False
        return model

    def _hear(self, event: JobEvent) -> None:
        self.threads.add(threading.current_thread().name)
        self.events.append(event)

    def file(self, name: str, text: str | None = None) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text if text is not None else f"{name} text")
        return path

    def add(self, *names: str) -> list[Job]:
        outcomes = self.runner.add([self.file(name) for name in names], TASK.id)
        return [outcome.job for outcome in outcomes if outcome.job]

    def work(self) -> None:
        self.runner.start()
        assert self.runner.wait_until_idle(10)

    def state(self, job: Job) -> JobState:
        found = self.store.job(job.id)
        assert found is not None
        return found.state


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.runner.stop()
    made.store.close()


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.002)


def test_documents_are_read_answered_and_stored(bench: Bench) -> None:
    jobs = bench.add("one", "two", "three")
    bench.work()
    assert [bench.state(job) for job in jobs] == [JobState.DONE] * 3
    result = bench.store.result(jobs[0].id)
    document = bench.store.document(jobs[0].id)
    assert result is not None
    assert document is not None
    assert result.fields["first"].value == "one"
    assert result.timing.read_s > 0
    assert document.text == "one text"


def test_news_comes_in_order_on_one_thread(bench: Bench) -> None:
    (job,) = bench.add("one")
    bench.work()
    kinds = [event for event in bench.events if not isinstance(event, QueueChanged)]
    states = [event.job.state for event in kinds if isinstance(event, JobChanged)]
    assert states == [JobState.WAITING, JobState.WORKING, JobState.DONE]
    assert [event.progress.phase for event in kinds if isinstance(event, JobProgressed)] == ["reading", "field", "storing"]
    assert kinds.index(ResultStored(job.id)) < len(kinds) - 1
    assert bench.threads == {"jobs-events"}
    last = [event for event in bench.events if isinstance(event, QueueChanged)][-1]
    assert (last.waiting, last.working, last.done, last.seconds_left) == (0, 0, 1, 0.0)
    assert last.docs_per_minute > 0


def test_a_doubtful_answer_waits_for_review(bench: Bench) -> None:
    outcomes = bench.runner.add([bench.file("a", "? x"), bench.file("b", "")], TASK.id)
    bench.work()
    assert [bench.state(outcome.job) for outcome in outcomes if outcome.job] == [JobState.REVIEW, JobState.REVIEW]


def test_the_same_file_is_known_already_whatever_its_name(bench: Bench) -> None:
    (job,) = bench.add("one")
    bench.work()
    (outcome,) = bench.runner.add([bench.file("copy", "one text")], TASK.id)
    assert outcome.job is None
    assert outcome.already is not None
    assert outcome.already.id == job.id
    assert bench.model.runs == ["one"]


def test_a_moved_file_is_found_again(bench: Bench) -> None:
    (job,) = bench.add("one")
    moved = bench.folder / "elsewhere" / "uno"
    moved.parent.mkdir()
    (bench.folder / "one").rename(moved)
    (outcome,) = bench.runner.add([moved], TASK.id)
    assert outcome.already is not None
    assert (outcome.already.id, outcome.already.path, outcome.already.name) == (job.id, str(moved), "uno")
    bench.work()
    assert bench.state(job) is JobState.DONE


@pytest.mark.parametrize("change", ["model", "version", "definition"])
def test_another_model_or_task_makes_the_answer_anew(bench: Bench, change: str) -> None:
    (job,) = bench.add("one")
    bench.work()
    if change == "model":
        bench.model.sha256 = "other"
        bench.runner.change_model()
    elif change == "version":
        bench.tasks.tasks[TASK.id] = TASK.model_copy(update={"version": 2})
    else:
        bench.tasks.tasks[TASK.id] = TASK.model_copy(update={"instructions": "Look closely."})
    (again,) = bench.add("one")
    assert again.id == job.id
    assert bench.runner.wait_until_idle(10)
    assert bench.model.runs == ["one", "one"]
    assert len(bench.store.jobs()) == 1


def test_two_tasks_for_a_file_are_two_jobs(bench: Bench) -> None:
    other = Task(id="other", kind=TaskKind.EXTRACT, fields=(TaskField(name="first"),))
    bench.tasks.tasks["other"] = other
    bench.add("one")
    (outcome,) = bench.runner.add([bench.folder / "one"], "other")
    assert outcome.job is not None
    assert len(bench.store.jobs()) == 2


def test_an_unknown_task_is_refused_before_anything_is_added(bench: Bench) -> None:
    with pytest.raises(UnknownTaskError):
        bench.runner.add([bench.file("one")], "nonsense")
    assert bench.store.jobs() == []


def test_attachments_become_jobs_of_their_own_once(bench: Bench) -> None:
    bench.runner.add([bench.file("letter.eml", "mail:\nbill\nphoto")], TASK.id)
    bench.runner.add([bench.file("second.eml", "mail:\nphoto")], TASK.id)
    bench.work()
    jobs = bench.store.jobs()
    assert [(job.name, job.part) for job in jobs] == [
        ("letter.eml", ""),
        ("second.eml", ""),
        ("bill.txt", "1:bill.txt"),
        ("photo.txt", "2:photo.txt"),
    ]
    assert {job.state for job in jobs} == {JobState.DONE}
    assert bench.reader.reads == ["letter.eml", "second.eml"]
    document = bench.store.document(jobs[2].id)
    assert document is not None
    assert document.text == "bill"


def test_attachments_are_answered_anew_with_their_message(bench: Bench) -> None:
    message = bench.file("letter.eml", "mail:\nbill\nphoto")
    bench.runner.add([message], TASK.id)
    bench.work()
    photo = bench.store.jobs()[2]
    bench.runner.remove(photo.id)
    bench.model.sha256 = "other"
    bench.runner.change_model()
    bench.runner.add([message], TASK.id)
    assert bench.runner.wait_until_idle(10)
    assert sorted(bench.model.runs) == ["bill.txt", "bill.txt", "letter.eml", "letter.eml", "photo.txt", "photo.txt"]
    assert len(bench.store.jobs()) == 3


def test_a_document_that_crashed_a_worker_once_is_tried_again(bench: Bench) -> None:
    bench.reader.crashes_left = {"read": 1}
    bench.model.errors = {"answer": [crash("answer")]}
    jobs = bench.add("read", "answer", "fine")
    bench.work()
    assert [bench.state(job) for job in jobs] == [JobState.DONE] * 3
    assert bench.reader.reads.count("answer") == 1
    stored = bench.store.job(jobs[0].id)
    assert stored is not None
    assert stored.attempts == 2


def test_the_second_crash_sets_the_document_aside(bench: Bench) -> None:
    bench.reader.crashes_left = {"read": 9}
    bench.model.errors = {"answer": [crash("answer"), crash("answer")]}
    jobs = bench.add("read", "answer", "fine")
    bench.work()
    assert [bench.state(job) for job in jobs] == [JobState.FAILED, JobState.FAILED, JobState.DONE]
    first, second = (bench.store.job(job.id) for job in jobs[:2])
    assert first is not None
    assert second is not None
    assert first.error is not None
    assert second.error is not None
    assert first.error.message == "read stopped the reader twice and was set aside."
    assert second.error.message == "answer stopped the model twice and was set aside."
    assert "signal 6" in second.error.hint
    assert bench.reader.reads.count("read") == 2
    bench.runner.retry(jobs[0].id)
    assert bench.runner.wait_until_idle(10)
    assert bench.reader.reads.count("read") == 3


def test_a_file_that_is_found_damaged_meanwhile_pauses_the_queue(bench: Bench) -> None:
    job = bench.add("a.txt")[0]
    bench.model.errors["a.txt"] = [HashMismatchError(file="starter.gguf", model="starter")]
    bench.work()
    assert bench.state(job) is JobState.WAITING
    assert bench.runner.problem is not None
    assert bench.runner.problem.code == "hash_mismatch"


def test_a_missing_model_pauses_the_queue_and_fails_nothing(bench: Bench) -> None:
    bench.missing = True
    jobs = bench.add("one", "two", "three", "four")
    bench.work()
    assert {bench.state(job) for job in jobs} == {JobState.WAITING}
    last = [event for event in bench.events if isinstance(event, QueueChanged)][-1]
    assert last.paused
    assert last.problem is not None
    assert last.problem.code == "model_missing"
    bench.missing = False
    bench.runner.resume()
    assert bench.runner.wait_until_idle(10)
    assert {bench.state(job) for job in jobs} == {JobState.DONE}
    assert {job.attempts for job in bench.store.jobs()} == {1}
    assert bench.runner.problem is None


def test_the_model_is_made_while_the_first_document_is_read(bench: Bench) -> None:
    bench.reader.gate = threading.Event()
    bench.add("one")
    bench.runner.start()
    until(lambda: bench.n_loads == 1)
    assert bench.model.runs == []
    bench.reader.gate.set()
    assert bench.runner.wait_until_idle(10)
    assert bench.n_loads == 1


def test_no_model_is_made_without_work(bench: Bench) -> None:
    bench.work()
    time.sleep(0.02)
    assert bench.n_loads == 0


def test_a_fault_while_making_the_model_pauses_the_queue(bench: Bench) -> None:
    def faulty(_task_id: str) -> FakeModel:
        raise ZeroDivisionError

    bench.runner.change_model(faulty)
    (job,) = bench.add("one")
    bench.work()
    assert bench.runner.problem is not None
    assert bench.state(job) is JobState.WAITING
    bench.runner.change_model(lambda _: bench.model)
    bench.runner.resume()
    assert bench.runner.wait_until_idle(10)
    assert bench.state(job) is JobState.DONE


def test_a_password_is_asked_for_and_kept_in_memory_only(bench: Bench) -> None:
    (outcome,) = bench.runner.add([bench.file("safe", "locked: secret")], TASK.id)
    assert outcome.job is not None
    bench.work()
    job = bench.store.job(outcome.job.id)
    assert job is not None
    assert job.error is not None
    assert job.error.code == "password_needed"
    bench.runner.retry(job.id, "wrong")
    assert bench.runner.wait_until_idle(10)
    bench.runner.retry(job.id, "sesame")
    assert bench.runner.wait_until_idle(10)
    assert bench.state(job) is JobState.DONE
    assert bench.runner.password_of(job.id) == "sesame"
    bench.runner.stop()
    for path in (bench.folder / "data").iterdir():
        assert b"sesame" not in path.read_bytes()


def test_reading_goes_on_while_the_model_works_but_not_far(bench: Bench) -> None:
    bench.model.gate = threading.Event()
    bench.add(*"abcdefgh")
    bench.runner.start()
    until(lambda: len(bench.reader.reads) == 1 + READ_AHEAD)
    time.sleep(0.05)
    assert len(bench.reader.reads) == 1 + READ_AHEAD
    assert bench.model.runs == ["a"]
    bench.model.gate.set()
    assert bench.runner.wait_until_idle(10)
    assert bench.model.runs == list("abcdefgh")


def test_pausing_finishes_the_running_document_and_starts_no_other(bench: Bench) -> None:
    bench.model.gate = threading.Event()
    jobs = bench.add(*"abcdef")
    bench.runner.start()
    until(lambda: len(bench.reader.reads) == 3)
    bench.runner.pause()
    bench.model.gate.set()
    assert bench.runner.wait_until_idle(10)
    assert [bench.state(job) for job in jobs] == [JobState.DONE] + [JobState.WAITING] * 5
    bench.runner.resume()
    assert bench.runner.wait_until_idle(10)
    assert {bench.state(job) for job in jobs} == {JobState.DONE}
    assert sorted(bench.reader.reads) == list("abcdef")


def test_cancelling_reaches_waiting_read_and_running_jobs(bench: Bench) -> None:
    bench.model.gate = threading.Event()
    jobs = bench.add(*"abcdef")
    bench.runner.start()
    until(lambda: len(bench.reader.reads) == 3)
    for job in (jobs[0], jobs[1], jobs[5]):
        bench.runner.cancel(job.id)
    until(lambda: bench.state(jobs[0]) is JobState.CANCELLED)
    bench.model.gate.set()
    assert bench.runner.wait_until_idle(10)
    cancelled = {job.name for job in bench.store.jobs([JobState.CANCELLED])}
    assert cancelled == {"a", "b", "f"}
    assert bench.store.result(jobs[0].id) is None
    bench.runner.retry(jobs[0].id)
    assert bench.runner.wait_until_idle(10)
    assert bench.state(jobs[0]) is JobState.DONE


def test_removing_forgets_answers_but_not_files(bench: Bench) -> None:
    jobs = bench.add("a", "b")
    bench.work()
    bench.model.gate = threading.Event()
    (running,) = bench.add("c")
    until(lambda: bench.model.runs[-1] == "c")
    bench.runner.remove(running.id)
    bench.runner.remove(jobs[0].id)
    assert bench.runner.wait_until_idle(10)
    assert [job.name for job in bench.store.jobs()] == ["b"]
    assert bench.store.document(jobs[0].id) is None
    assert {event.job_id for event in bench.events if isinstance(event, JobRemoved)} == {jobs[0].id, running.id}
    assert (bench.folder / "c").exists()


def test_stopping_lets_running_jobs_wait_for_the_next_start(bench: Bench) -> None:
    bench.model.gate = threading.Event()
    jobs = bench.add(*"abcd")
    bench.runner.start()
    until(lambda: len(bench.reader.reads) == 3)
    bench.runner.stop()
    assert bench.model.closed
    assert {bench.state(job) for job in jobs} == {JobState.WAITING}
    assert {job.attempts for job in bench.store.jobs()} == {0}


def test_a_fault_fails_the_document_and_the_work_goes_on(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    run = bench.model.run

    def faulty(task: Task, document, **options):
        if document.name == "bad":
            raise ZeroDivisionError
        return run(task, document, **options)

    monkeypatch.setattr(bench.model, "run", faulty)
    bad, good = bench.add("bad", "good")
    bench.work()
    job = bench.store.job(bad.id)
    assert job is not None
    assert job.error is not None
    assert job.error.code == "internal"
    assert "bad" in job.error.message
    assert bench.state(good) is JobState.DONE


def test_a_file_changed_after_it_was_added_is_not_mistaken(bench: Bench) -> None:
    (job,) = bench.add("one")
    bench.file("one", "something else")
    bench.work()
    failed = bench.store.job(job.id)
    assert failed is not None
    assert failed.error is not None
    assert failed.error.code == "file_access"
    assert bench.model.runs == []


def test_a_failed_file_added_again_is_tried_again(bench: Bench) -> None:
    (job,) = bench.add("one")
    (bench.folder / "one").unlink()
    bench.work()
    assert bench.state(job) is JobState.FAILED
    (again,) = bench.add("one")
    assert again.id == job.id
    assert bench.runner.wait_until_idle(10)
    assert bench.state(job) is JobState.DONE


def test_a_full_disk_pauses_the_queue_and_loses_no_job(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    jobs = bench.add("one", "two", "three")
    finish = bench.store.queue.finish
    full = [True]

    def finish_or_fail(*arguments, **options):
        if full[0]:
            raise StorageError(folder="/data", detail="the disk is full")
        return finish(*arguments, **options)

    monkeypatch.setattr(bench.store.queue, "finish", finish_or_fail)
    bench.work()
    assert bench.runner.paused
    assert bench.runner.problem is not None
    assert "the disk is full" in bench.runner.problem.message
    assert bench.store.result(jobs[0].id) is None
    full[0] = False
    bench.runner.resume()
    assert bench.runner.wait_until_idle(10)
    assert {bench.state(job) for job in jobs} == {JobState.DONE}


def test_a_database_that_fails_altogether_pauses_the_queue(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    (job,) = bench.add("one")

    def fail(*_: object, **__: object) -> None:
        raise StorageError(folder="/data", detail="the disk is gone")

    with monkeypatch.context() as broken:
        for name in ("claim", "counts", "release", "end", "finish"):
            broken.setattr(bench.store.queue, name, fail)
        bench.runner.start()
        until(lambda: bench.runner.problem)
    bench.runner.resume()
    assert bench.runner.wait_until_idle(10)
    assert bench.state(job) is JobState.DONE


@pytest.mark.parametrize("is_asked", [False, True])
def test_what_was_read_ahead_goes_on_after_a_full_disk(bench: Bench, monkeypatch: pytest.MonkeyPatch, *, is_asked: bool) -> None:
    gate = bench.model.gate = threading.Event()
    jobs = bench.add("one", "two", "three", "four")
    bench.runner.start()
    until(lambda: bench.reader.reads[-1:] == ["three"])

    def fail(*_: object, **__: object) -> None:
        raise StorageError(folder="/data", detail="the disk is full")

    with monkeypatch.context() as broken:
        for name in ("release", "finish"):
            broken.setattr(bench.store.queue, name, fail)
        if is_asked:
            with pytest.raises(StorageError):
                bench.runner.pause()
        gate.set()
        until(lambda: bench.runner.problem)
    bench.runner.resume()
    assert bench.runner.wait_until_idle(10)
    assert {bench.state(job) for job in jobs} == {JobState.DONE}


def test_cancelling_while_the_disk_is_full_can_be_done_again(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = bench.model.gate = threading.Event()
    jobs = bench.add("one", "two")
    bench.runner.start()
    until(lambda: bench.reader.reads == ["one", "two"])

    def fail(*_: object, **__: object) -> None:
        raise StorageError(folder="/data", detail="the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(bench.store.queue, "end", fail)
        until(lambda: cancel_fails(bench, jobs[1]))
    bench.runner.cancel(jobs[1].id)
    gate.set()
    assert bench.runner.wait_until_idle(10)
    assert [bench.state(job) for job in jobs] == [JobState.DONE, JobState.CANCELLED]


def cancel_fails(bench: Bench, job: Job) -> bool:
    """Whether a document that was read ahead could not be cancelled at once."""
    try:
        bench.runner.cancel(job.id)
    except StorageError:
        return True
    return False


def test_cancelling_wins_over_a_crash(bench: Bench) -> None:
    gate = bench.model.gate = threading.Event()
    bench.model.run = partial(_run_then_crash, gate)  # type: ignore[method-assign]
    (job,) = bench.add("one")
    bench.runner.start()
    until(lambda: bench.state(job) is JobState.WORKING)
    bench.runner.cancel(job.id)
    gate.set()
    assert bench.runner.wait_until_idle(10)
    assert bench.state(job) is JobState.CANCELLED


def _run_then_crash(gate: threading.Event, *_: object, **__: object) -> Result:
    gate.wait(10)
    raise crash("one")


def test_two_runners_in_a_row_answer_each_document_once(bench: Bench) -> None:
    bench.add("one", "two")
    bench.work()
    bench.runner.stop()
    bench.add("two", "three")
    bench.runner.start()
    assert bench.runner.wait_until_idle(10)
    assert bench.model.runs == ["one", "two", "three"]


def test_a_failing_subscriber_does_not_stop_the_others(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    heard: list[JobEvent] = []

    def broken(_event: JobEvent) -> None:
        raise RuntimeError("no")

    bench.runner.subscribe(broken)
    unsubscribe = bench.runner.subscribe(heard.append)
    bench.add("one")
    bench.work()
    assert any(isinstance(event, ResultStored) for event in heard)
    assert "A subscriber failed" in caplog.text
    unsubscribe()
    n_heard = len(heard)
    bench.add("two")
    bench.runner.wait_until_idle(10)
    assert len(heard) == n_heard


def test_a_file_over_the_limit_is_refused_when_added(bench: Bench) -> None:
    bench.runner.settings = Settings(limits=ReadLimits(max_bytes=2**20))
    path = bench.folder / "big"
    path.write_bytes(b"x" * (2**20 + 1))
    (outcome,) = bench.runner.add([path], TASK.id)
    assert outcome.error is not None
    assert outcome.error.code == "document_too_large"
    assert bench.store.jobs() == []


def test_the_model_can_be_changed_between_documents(bench: Bench) -> None:
    bench.add("one")
    bench.work()
    other = FakeModel("other")
    bench.runner.change_model(lambda _: other)
    bench.add("two")
    assert bench.runner.wait_until_idle(10)
    assert bench.model.closed
    assert other.runs == ["two"]


OTHER = TASK.model_copy(update={"id": "other_word"})


def give_a_model_of_its_own(bench: Bench) -> FakeModel:
    bench.tasks.tasks[OTHER.id] = OTHER
    bench.models[OTHER.id] = FakeModel("large")
    return bench.models[OTHER.id]


def test_a_task_is_answered_by_its_own_model_and_models_change_once(bench: Bench) -> None:
    large = give_a_model_of_its_own(bench)
    bench.add("one", "two")
    bench.runner.add([bench.file("three"), bench.file("four")], OTHER.id)
    bench.work()
    assert (bench.model.runs, large.runs, bench.n_loads) == (["one", "two"], ["three", "four"], 2)
    assert bench.model.closed, "memory holds one model"
    assert not large.closed
    results = [bench.store.result(job.id) for job in bench.store.jobs()]
    assert {result.model.sha256 for result in results if result is not None} == {bench.model.sha256, "large"}


def test_jobs_keep_their_order_whatever_model_they_want(bench: Bench) -> None:
    large = give_a_model_of_its_own(bench)
    for name, task in (("one", TASK.id), ("two", OTHER.id), ("three", TASK.id)):
        bench.runner.add([bench.file(name)], task)
    bench.work()
    done = [event.job.name for event in bench.events if isinstance(event, JobChanged) and event.job.state is JobState.DONE]
    assert done == ["one", "two", "three"]
    assert (large.runs, bench.n_loads) == (["two"], 3)


def test_tasks_with_the_same_model_share_it(bench: Bench) -> None:
    bench.tasks.tasks[OTHER.id] = OTHER
    bench.add("one")
    bench.runner.add([bench.file("two")], OTHER.id)
    bench.work()
    assert (bench.model.runs, bench.n_loads) == (["one", "two"], 1)


def test_answers_grow_old_with_the_model_of_their_own_task(bench: Bench) -> None:
    (one,) = bench.add("one")
    bench.tasks.tasks[OTHER.id] = OTHER
    other = bench.runner.add([bench.file("two")], OTHER.id)[0].job
    assert other is not None
    bench.work()
    bench.models[OTHER.id] = FakeModel("large")
    bench.runner.change_model()
    assert bench.runner.add([bench.file("one")], TASK.id)[0].already is not None
    assert bench.runner.add([bench.file("two")], OTHER.id)[0].job is not None
    assert bench.runner.wait_until_idle(10)
    assert (bench.state(one), bench.models[OTHER.id].runs) == (JobState.DONE, ["two"])


def test_a_loan_takes_the_model_that_is_loaded(bench: Bench) -> None:
    large = give_a_model_of_its_own(bench)
    bench.runner.add([bench.file("one")], OTHER.id)
    bench.work()
    assert bench.runner.with_model(lambda model: model is large).result(10)
    assert bench.n_loads == 1


def test_a_task_that_is_gone_fails_its_job_and_not_the_queue(bench: Bench) -> None:
    give_a_model_of_its_own(bench)
    lost = bench.runner.add([bench.file("one")], OTHER.id)[0].job
    assert lost is not None
    del bench.tasks.tasks[OTHER.id]
    (job,) = bench.add("two")
    bench.work()
    assert (bench.state(lost), bench.state(job), bench.runner.problem) == (JobState.FAILED, JobState.DONE, None)

"""The runner: takes waiting jobs, has them read and answered, stores what came out. Knows no window and no SQL.

Two threads: one reads ahead, the other has the model and is called the jobs thread. A job is WORKING in the database from before
it is read until its end; `app.storage.queue` says what a kill in between means.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TypeVar

from app.domain.document import Document
from app.domain.job import Job, JobError
from app.domain.policy import Policies
from app.domain.progress import Progress
from app.domain.recalibration import recalibrated
from app.domain.result import Result
from app.domain.review import ReviewRule
from app.domain.task import Task
from app.errors import AppError, CancelledError, FileAccessError, TaskError
from app.jobs.answers import Answers
from app.jobs.desk import Desk, ReadJob
from app.jobs.escalation import Escalation, Weighed, new_batch
from app.jobs.escalation_sender import EscalationSender
from app.jobs.events import EventFan, JobProgressed, ResultStored, Subscriber
from app.jobs.failures import QUEUE_FAILURES, WORKER_FAILURES
from app.jobs.intake import AddOutcome, FoundFile, examine, is_there, load, walk
from app.jobs.loaded_models import FitsBeside, LoadedModels, MakeModel
from app.jobs.loans import Loan
from app.jobs.page_cutouts import PageCutouts
from app.jobs.plan import attachments_of, language_of_person, lasting_name
from app.jobs.ports import Courier, Tasks
from app.settings import Settings
from app.storage.queue import NewJob
from app.storage.store import Store
from app.worker.ports import OnProgress, Reader, TaskModel

_STOP_TIMEOUT_S = 15.0
_ADDED_TOGETHER = 64
_T = TypeVar("_T")


@dataclass(frozen=True)
class _Order:
    """What is wanted of the files that are added together."""

    task: str
    task_key: str
    model_sha256: str
    batch: str

    def job_for(self, found: FoundFile) -> NewJob:
        return NewJob(
            path=str(found.path),
            name=found.path.name,
            sha256=found.sha256,
            size_bytes=found.size_bytes,
            task=self.task,
            task_key=self.task_key,
            batch=self.batch,
        )


class JobRunner:
    """Thread safe. Subscribers are called on one thread, which is neither the caller's nor one that works."""

    def __init__(
        self,
        store: Store,
        reader: Reader,
        make_model: MakeModel,
        tasks: Tasks,
        settings: Settings,
        *,
        model_sha256: Callable[[str], str] = lambda _: "",
        fits_beside: FitsBeside = lambda _task, _others: False,
        attachments: bool = True,
        courier: Courier | None = None,
        policies: Callable[[], Policies] = Policies,
    ) -> None:
        """`model_sha256` names the model file for a task, so that answers of another one are made anew when added again;
        `fits_beside` tells whether memory holds it beside others.

        Without `attachments`, what is attached to a message is left out: one file, one answer. Without a `courier` no larger
        model is ever asked.
        """
        self._settings = settings
        self._store = store
        self._reader = reader
        self._models = LoadedModels(make_model, model_sha256, fits_beside)
        self._answers = Answers(tasks, self._models)
        self._tasks = tasks
        self._attachments = attachments
        self._events = EventFan()
        self._desk = Desk(store, self._events)
        self._threads: list[threading.Thread] = []
        self.escalation: Escalation | None = None
        self._sender: EscalationSender | None = None
        if courier is not None:
            self.escalation = Escalation(
                store,
                tasks,
                settings,
                courier=courier,
                policies=policies,
                borrow=self.with_model,
                post=self._events.post,
                cutouts=PageCutouts(reader, self.password_of, lambda: self.settings.limits.max_bytes),
            )
            self._sender = EscalationSender(self.escalation, self._events.post)

    @property
    def settings(self) -> Settings:
        return self._settings

    @settings.setter
    def settings(self, settings: Settings) -> None:
        self._settings = settings
        if self.escalation is not None:
            self.escalation.settings = settings

    @property
    def paused(self) -> bool:
        return self._desk.paused

    @property
    def problem(self) -> JobError | None:
        """Why the queue paused by itself; None when it did not."""
        return self._desk.problem

    def subscribe(self, callback: Subscriber) -> Callable[[], None]:
        """Returns the way to unsubscribe."""
        return self._events.subscribe(callback)

    def start(self) -> None:
        """Take up the work, beginning with what an earlier run left unfinished."""
        self._events.start()
        self._store.queue.recover()
        self._desk.stopping = False
        self._threads = [
            threading.Thread(target=self._read_jobs, name="jobs-reader", daemon=True),
            threading.Thread(target=self._answer_jobs, name="jobs", daemon=True),
        ]
        for thread in self._threads:
            thread.start()
        if self._sender is not None:
            self._sender.start()
        self._desk.post_queue()

    def stop(self) -> None:
        """End the work; what is unfinished waits for the next start."""
        self._desk.end_work()
        if self._sender is not None:
            self._sender.stop()
        for thread in self._threads:
            thread.join(_STOP_TIMEOUT_S)
        self._threads = []
        self._models.close()
        self._events.stop()

    def add(self, paths: Iterable[Path], task: str) -> list[AddOutcome]:
        """Queue files and the files of folders. Hashes every file: call it from a thread that may wait. Raises `TaskError`."""
        order = _Order(lasting_name(task), *self._answers.key_of(self._tasks.get(task)), new_batch())
        found = (one for path in paths for one in walk(path))
        outcomes: list[AddOutcome] = []
        while batch := list(islice(found, _ADDED_TOGETHER)):
            outcomes += self._add_batch(batch, order)
        with self._desk.changed:
            self._desk.post_queue()
            self._desk.changed.notify_all()
        return outcomes

    def _add_batch(self, batch: list[Path | AddOutcome], order: _Order) -> list[AddOutcome]:
        """Files are hashed one by one and stored together: one flush of the disk for all of them."""
        examined = [one if isinstance(one, AddOutcome) else self._examine(one) for one in batch]
        news = [order.job_for(one) for one in examined if isinstance(one, FoundFile)]
        with self._desk.changed:
            added = iter(self._store.queue.add(news, order.model_sha256))
            outcomes = [one if isinstance(one, AddOutcome) else self._told(one, *next(added)) for one in examined]
            self._desk.changed.notify_all()
        return outcomes

    def _examine(self, path: Path) -> FoundFile | AddOutcome:
        try:
            return examine(path, self.settings.limits.max_bytes)
        except AppError as error:
            return AddOutcome(path, error=error)

    def _told(self, found: FoundFile, job: Job, is_new: bool) -> AddOutcome:
        if not is_new:
            return AddOutcome(found.given, already=self._at_home(job, found.path))
        self._desk.post_job(job)
        return AddOutcome(found.given, job=job)

    def _at_home(self, job: Job, path: Path) -> Job:
        """A known job whose file was moved away is found again at its new place."""
        if is_there(Path(job.path)):
            return job
        moved = self._store.queue.relocate(job.id, str(path), path.name) or job
        self._desk.post_job(moved)
        return moved

    def pause(self) -> None:
        """Start nothing more; the document the model is working on is finished."""
        self._desk.pause()

    def resume(self) -> None:
        self._desk.resume()

    def cancel(self, job_id: int) -> None:
        """A waiting job ends at once, a running one as soon as its worker lets go."""
        self._desk.cancel(job_id)

    def remove(self, job_id: int) -> None:
        """Forget a job and its answer; a running one is cancelled first. The original file stays."""
        self._desk.cancel(job_id, remove=True)

    def retry(self, job_id: int, password: str | None = None) -> None:
        """Queue a finished job anew, with a password for its file if given. Passwords live in memory only."""
        with self._desk.changed:
            if password is not None:
                self._desk.passwords[job_id] = password
            self._desk.post_job(self._store.queue.retry(job_id))
            self._desk.changed.notify_all()

    def password_of(self, job_id: int) -> str | None:
        """The password given for a job in this run of the program, to show its pages."""
        return self._desk.passwords.get(job_id)

    def change_model(self, make_model: MakeModel | None = None) -> None:
        """Load a model anew (made in another way if given) before the next document."""
        self._models.expire(make_model)

    def with_model(self, op: Callable[[TaskModel], _T]) -> Future[_T]:
        """Have something done with the loaded model, before the next document."""
        loan = Loan(op)
        self._desk.lend(loan)
        return loan.future

    def flush(self) -> None:
        """Wait until all news so far is delivered."""
        self._events.flush()

    def wait_until_idle(self, timeout_s: float | None = None) -> bool:
        """Wait until no job is left or the queue pauses, and all news about it is delivered. False when time ran out."""
        with self._desk.changed:
            is_idle = self._desk.changed.wait_for(self._desk.is_idle, timeout_s)
        self._events.flush()
        return is_idle

    def _read_jobs(self) -> None:
        """The thread that reads ahead."""
        while (job := self._desk.next_waiting()) is not None:
            with self._desk.settling(job, "reader"):
                self._desk.lay_ready(self._desk.read_before(job) or self._read(job))

    def _read(self, job: Job) -> ReadJob:
        started_s = time.monotonic()
        document = self._document_of(job)
        if not self._attachments:
            document = document.model_copy(update={"children": ()})
        read = ReadJob(job, document, time.monotonic() - started_s)
        children = list(attachments_of(job, document))
        _, model_sha256 = self._answers.key_of(self._tasks.get(job.task)) if children else ("", "")
        for child in self._store.queue.add_attachments(job, children, model_sha256):
            self._desk.post_job(child)
        return read

    def _document_of(self, job: Job) -> Document:
        if job.part:
            stored = self._store.document(job.id)
            if stored is None:
                raise FileAccessError(file=job.name, detail="its message has to be added again.")
            return stored
        return self._reader.read(
            load(Path(job.path), job.sha256, self.settings.limits.max_bytes),
            job.name,
            password=self._desk.passwords.get(job.id),
            cancel=self._desk.in_hand[job.id].cancel,
            on_progress=self._progress_of(job),
        )

    def _answer_jobs(self) -> None:
        """The jobs thread. The model is made while the first document is being read, so that its loading costs no extra time."""
        while self._desk.wait_for_work():
            if (loan := self._desk.next_loan()) is not None:
                loan.use(self._models.at_hand)
                continue
            if not self._desk.prepare(self._load_next_model):
                continue
            read = self._desk.next_ready()
            if read is not None:
                with self._desk.settling(read.job, "model"):
                    self._answer(read)

    def _answer(self, read: ReadJob) -> None:
        job, held = read.job, self._desk.in_hand[read.job.id]
        task = self._tasks.get(job.task)
        # Before: whoever changes the models meanwhile gets the answer made anew.
        task_key, _ = self._answers.key_of(task)
        try:
            result = self._answers.run(
                task,
                read.document,
                language=language_of_person(self.settings),
                cancel=held.cancel,
                on_progress=self._progress_of(job),
            )
        except WORKER_FAILURES + QUEUE_FAILURES:
            self._desk.keep(read)
            raise
        if held.cancel.is_set():
            raise CancelledError(file=job.name)
        self._progress_of(job)(Progress("storing", 1.0))
        answering = self._answers.answering_task(task, result)
        rule = ReviewRule.of_task(answering, self.settings.review_below_of(answering.id, job.sha256))
        result = recalibrated(_with_reading_time(result, read.read_s), self._store.recalibrations.in_force)
        weighed = self.escalation.weigh(job, answering, result) if self.escalation is not None else None
        result = weighed.result if weighed is not None else result
        stored = self._store.queue.finish(job.id, result, read.document, rule, task_key)
        self._desk.pace.record(held.started_s, time.monotonic())
        if stored is not None:
            self._desk.post(ResultStored(job.id))
        self._desk.let_go(job.id, stored)
        if weighed is not None and weighed.decision.kind != "local":
            self._propose(job, answering, read.document, weighed, is_stored=stored is not None)

    def _propose(self, job: Job, task: Task, document: Document, weighed: Weighed, *, is_stored: bool) -> None:
        """The answer is told before what could be asked about it is prepared."""
        if self.escalation is None:
            return
        if is_stored:
            self.escalation.propose(job, task, document, weighed.result, weighed.decision, self._models.at_hand)
        else:
            self.escalation.release(job.id)

    def _load_next_model(self) -> None:
        """A task that can't be found is the fault of its job alone."""
        task = self._desk.next_task()
        if task is None:
            return
        try:
            task_id = self._tasks.get(task).id
        except TaskError:
            return
        self._models.of(task_id)

    def _progress_of(self, job: Job) -> OnProgress:
        return lambda progress: self._desk.post(JobProgressed(job.id, progress))


def _with_reading_time(result: Result, read_s: float) -> Result:
    timing = result.timing
    if timing.read_s:
        return result
    return result.model_copy(update={"timing": timing.model_copy(update={"read_s": read_s, "total_s": timing.total_s + read_s})})

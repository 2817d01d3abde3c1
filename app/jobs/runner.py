"""The runner: takes waiting jobs, has them read and answered, stores what came out. Knows no window and no SQL.

Two threads: one reads ahead (at most `READ_AHEAD` documents), the other has the model and is called the jobs thread. A job is
WORKING in the database from before it is read until its end; see `app.storage.queue` for what a kill in between means.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from app.domain.document import Document
from app.domain.job import Job, JobError, JobState
from app.domain.progress import Progress
from app.domain.result import Result
from app.domain.review import ReviewRule
from app.domain.task import TaskKind
from app.errors import AppError, CancelledError, FileAccessError, StorageError
from app.jobs.events import EventFan, JobChanged, JobProgressed, JobRemoved, ResultStored, Subscriber, queue_changed
from app.jobs.failures import QUEUE_FAILURES, WORKER_FAILURES, fault, set_aside, told
from app.jobs.intake import AddOutcome, examine, load, walk
from app.jobs.pace import Pace
from app.jobs.plan import answering_task, attachments_of, language_of_person, task_fingerprint
from app.jobs.ports import Model, OnProgress, Reader, Tasks
from app.settings import Settings
from app.storage.queue import MAX_CRASHES, NewJob
from app.storage.store import Store

READ_AHEAD = 2
_STOP_TIMEOUT_S = 15.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _ReadJob:
    job: Job
    document: Document
    read_s: float


@dataclass
class _Active:
    """A job in memory: being read, read ahead, or with the model."""

    started_s: float
    cancel: threading.Event = field(default_factory=threading.Event)
    remove: bool = False


class JobRunner:
    """Thread safe. Subscribers are called on one thread, which is neither the caller's nor one that works."""

    def __init__(
        self,
        store: Store,
        reader: Reader,
        model_factory: Callable[[], Model],
        tasks: Tasks,
        settings: Settings,
        *,
        model_sha256: Callable[[], str] = lambda: "",
    ) -> None:
        """`model_sha256` names the model that would answer now, so that answers of another one are made anew when added again."""
        self._store = store
        self._reader = reader
        self._model_factory = model_factory
        self._model_sha256 = model_sha256
        self._tasks = tasks
        self.settings = settings
        self._events = EventFan()
        self._changed = threading.Condition(threading.RLock())
        self._active: dict[int, _Active] = {}
        self._ready: deque[_ReadJob] = deque()
        self._read_before: dict[int, _ReadJob] = {}
        self._passwords: dict[int, str] = {}
        self._model: Model | None = None
        self._model_is_old = False
        self._paused = False
        self._stopping = False
        self._problem: JobError | None = None
        self._pace = Pace()
        self._threads: list[threading.Thread] = []

    @property
    def paused(self) -> bool:
        return self._paused

    @property
    def problem(self) -> JobError | None:
        """Why the queue paused by itself; None when it did not."""
        return self._problem

    def subscribe(self, callback: Subscriber) -> Callable[[], None]:
        """Returns the way to unsubscribe."""
        return self._events.subscribe(callback)

    def start(self) -> None:
        """Take up the work, beginning with what an earlier run left unfinished."""
        self._events.start()
        self._store.queue.recover()
        self._stopping = False
        self._threads = [
            threading.Thread(target=self._read_jobs, name="jobs-reader", daemon=True),
            threading.Thread(target=self._answer_jobs, name="jobs", daemon=True),
        ]
        for thread in self._threads:
            thread.start()
        self._post_queue()

    def stop(self) -> None:
        """End the work; what is unfinished waits for the next start."""
        with self._changed:
            self._stopping = True
            for active in self._active.values():
                active.cancel.set()
            self._put_back_ready()
            self._changed.notify_all()
        for thread in self._threads:
            thread.join(_STOP_TIMEOUT_S)
        self._threads = []
        if self._model is not None:
            self._model.close()
            self._model = None
        self._events.stop()

    def add(self, paths: Iterable[Path], task: str) -> list[AddOutcome]:
        """Queue files and the files of folders. Hashes every file: call it from a thread that may wait. Raises `TaskError`."""
        key = task_fingerprint(self._tasks.get(task), self._tasks.followups())
        outcomes = [
            found if isinstance(found, AddOutcome) else self._add_file(found, task, key) for path in paths for found in walk(path)
        ]
        with self._changed:
            self._changed.notify_all()
        self._post_queue()
        return outcomes

    def pause(self) -> None:
        """Start nothing more; the document the model is working on is finished."""
        with self._changed:
            self._paused = True
            self._put_back_ready()
            self._changed.notify_all()
        self._post_queue()

    def resume(self) -> None:
        with self._changed:
            if self._problem is not None:
                self._store.queue.recover(self._active.keys())
            self._paused = False
            self._problem = None
            self._changed.notify_all()
        self._post_queue()

    def cancel(self, job_id: int) -> None:
        """A waiting job ends at once, a running one as soon as its worker lets go."""
        with self._changed:
            active = self._active.get(job_id)
            if active is None:
                self._read_before.pop(job_id, None)
                self._post_job(self._store.queue.end(job_id, JobState.CANCELLED))
                return
            active.cancel.set()
            if self._take_ready(job_id):
                self._settle_cancelled(job_id)

    def retry(self, job_id: int, password: str | None = None) -> None:
        """Queue a finished job anew, with a password for its file if given. Passwords live in memory only."""
        with self._changed:
            if password is not None:
                self._passwords[job_id] = password
            self._post_job(self._store.queue.retry(job_id))
            self._changed.notify_all()

    def remove(self, job_id: int) -> None:
        """Forget a job and its answer; a running one is cancelled first. The original file stays."""
        with self._changed:
            active = self._active.get(job_id)
            if active is None:
                self._forget(job_id)
                return
            active.remove = True
            active.cancel.set()
            if self._take_ready(job_id):
                self._settle_cancelled(job_id)

    def password_of(self, job_id: int) -> str | None:
        """The password given for a job in this run of the program, to show its pages."""
        return self._passwords.get(job_id)

    def change_model(self, factory: Callable[[], Model] | None = None) -> None:
        """Load a model anew (from another factory if given) before the next document."""
        with self._changed:
            self._model_factory = factory or self._model_factory
            self._model_is_old = True

    def wait_until_idle(self, timeout_s: float | None = None) -> bool:
        """Wait until no job is left or the queue pauses, and all news about it is delivered. False when time ran out."""
        with self._changed:
            is_idle = self._changed.wait_for(self._is_idle, timeout_s)
        self._events.flush()
        return is_idle

    def _is_idle(self) -> bool:
        if self._active:
            return False
        return self._paused or self._stopping or self._store.queue.counts()[JobState.WAITING] == 0

    def _add_file(self, path: Path, task: str, key: str) -> AddOutcome:
        try:
            found = examine(path, self.settings.limits.max_bytes)
        except AppError as error:
            return AddOutcome(path, error=error)
        new = NewJob(
            path=str(found.path), name=path.name, sha256=found.sha256, size_bytes=found.size_bytes, task=task, task_key=key
        )
        job, is_new = self._store.queue.add(new, self._model_sha256())
        if not is_new:
            return AddOutcome(path, already=job)
        self._post_job(job)
        return AddOutcome(path, job=job)

    # The thread that reads ahead.

    def _read_jobs(self) -> None:
        while (job := self._next_waiting()) is not None:
            self._guard(job, "reader", lambda job=job: self._read(job))  # type: ignore[misc]

    def _next_waiting(self) -> Job | None:
        with self._changed:
            while not self._stopping:
                job = None
                if not self._paused and len(self._ready) < READ_AHEAD:
                    try:
                        job = self._store.queue.claim(self._active.keys())
                    except StorageError as error:
                        self._pause_for(error)
                if job is not None:
                    self._active[job.id] = _Active(time.monotonic())
                    return job
                self._changed.wait()
        return None

    def _read(self, job: Job) -> None:
        self._post_job(job)
        done = self._read_before.pop(job.id, None)
        if done is None:
            started_s = time.monotonic()
            document = self._document_of(job)
            done = _ReadJob(job, document, time.monotonic() - started_s)
            for child in self._store.queue.add_attachments(job, attachments_of(job, document)):
                self._post_job(child)
        with self._changed:
            if self._paused or self._stopping:
                self._put_back(done)
            elif self._active[job.id].cancel.is_set():
                raise CancelledError(file=job.name)
            else:
                self._ready.append(_ReadJob(job, done.document, done.read_s))
            self._changed.notify_all()

    def _document_of(self, job: Job) -> Document:
        if job.part:
            stored = self._store.document(job.id)
            if stored is None:
                raise FileAccessError(file=job.name, detail="its message has to be added again.")
            return stored
        data = load(Path(job.path), job.sha256, self.settings.limits.max_bytes)
        return self._reader.read(
            data,
            job.name,
            password=self._passwords.get(job.id),
            cancel=self._active[job.id].cancel,
            on_progress=self._progress_of(job),
        )

    # The jobs thread.

    def _answer_jobs(self) -> None:
        while (read := self._next_ready()) is not None:
            self._guard(read.job, "model", lambda read=read: self._answer(read))  # type: ignore[misc]

    def _next_ready(self) -> _ReadJob | None:
        with self._changed:
            self._changed.wait_for(lambda: self._stopping or self._ready)
            if self._stopping:
                return None
            read = self._ready.popleft()
            self._changed.notify_all()
            return read

    def _answer(self, read: _ReadJob) -> None:
        job, cancel = read.job, self._active[read.job.id].cancel
        task = self._tasks.get(job.task)
        followups = dict(self._tasks.followups()) if task.kind is TaskKind.AUTO else {}
        try:
            result = self._loaded_model().run(
                task,
                read.document,
                followups=followups,
                language=language_of_person(self.settings),
                cancel=cancel,
                on_progress=self._progress_of(job),
            )
        except WORKER_FAILURES + QUEUE_FAILURES:
            self._read_before[job.id] = read
            raise
        if cancel.is_set():
            raise CancelledError(file=job.name)
        self._progress_of(job)(Progress("storing", 1.0))
        rule = ReviewRule.of_task(answering_task(task, followups, result), self.settings.review_below)
        key = task_fingerprint(task, self._tasks.followups())
        stored = self._store.queue.finish(job.id, _with_reading_time(result, read.read_s), read.document, rule, key)
        self._pace.record(self._active[job.id].started_s, time.monotonic())
        if stored is not None:
            self._events.post(ResultStored(job.id))
        self._end_active(job.id, stored)

    def _loaded_model(self) -> Model:
        if self._model is not None and self._model_is_old:
            self._model.close()
            self._model = None
        self._model_is_old = False
        if self._model is None:
            self._model = self._model_factory()
        return self._model

    # What becomes of a job that did not get through.

    def _guard(self, job: Job, worker: str, step: Callable[[], None]) -> None:
        """Run one step of a job; whatever goes wrong ends in a state of the job and never ends the thread."""
        try:
            try:
                step()
            except CancelledError:
                self._settle_cancelled(job.id)
            except WORKER_FAILURES as error:
                self._settle_crash(job, worker, error)
            except QUEUE_FAILURES as error:
                with self._changed:
                    self._pause_for(error)
                    self._end_active(job.id, self._store.queue.release(job.id))
            except StorageError:
                raise
            except AppError as error:
                self._settle_failed(job, told(error))
            except Exception:  # noqa: BLE001 - the edge of the jobs' threads
                _log.exception("A fault in Deskhand while working on job %d", job.id)
                self._settle_failed(job, fault(job))
        except StorageError as error:
            _log.warning("The database failed during job %d: %s", job.id, error.user_text)
            with self._changed:
                self._active.pop(job.id, None)
                self._pause_for(error)

    def _settle_cancelled(self, job_id: int) -> None:
        with self._changed:
            active = self._active.get(job_id)
            if active is not None and active.remove:
                self._active.pop(job_id)
                self._forget(job_id)
                self._changed.notify_all()
            elif self._stopping:
                self._end_active(job_id, self._store.queue.release(job_id))
            else:
                self._end_active(job_id, self._store.queue.end(job_id, JobState.CANCELLED))

    def _settle_crash(self, job: Job, worker: str, error: AppError) -> None:
        _log.warning("Job %d stopped the %s: %s", job.id, worker, error.user_text)
        if self._store.queue.count_crash(job.id) < MAX_CRASHES:
            self._end_active(job.id, self._store.job(job.id))
            return
        self._read_before.pop(job.id, None)
        self._settle_failed(job, set_aside(job, worker, error))

    def _settle_failed(self, job: Job, error: JobError) -> None:
        self._end_active(job.id, self._store.queue.end(job.id, JobState.FAILED, error))

    def _end_active(self, job_id: int, job: Job | None) -> None:
        with self._changed:
            self._active.pop(job_id, None)
            self._post_job(job)
            self._changed.notify_all()

    def _pause_for(self, error: AppError) -> None:
        self._paused = True
        self._problem = told(error)
        self._put_back_ready()
        self._post_queue()

    def _put_back_ready(self) -> None:
        while self._ready:
            self._put_back(self._ready.popleft())

    def _put_back(self, read: _ReadJob) -> None:
        """Let a document that was read ahead wait again, but remember what was read."""
        if not self._stopping:
            self._read_before[read.job.id] = read
        self._end_active(read.job.id, self._store.queue.release(read.job.id))

    def _take_ready(self, job_id: int) -> bool:
        kept = [read for read in self._ready if read.job.id != job_id]
        was_there = len(kept) < len(self._ready)
        self._ready = deque(kept)
        self._changed.notify_all()
        return was_there

    def _forget(self, job_id: int) -> None:
        self._store.queue.remove(job_id)
        self._passwords.pop(job_id, None)
        self._read_before.pop(job_id, None)
        self._events.post(JobRemoved(job_id))
        self._post_queue()

    # News.

    def _progress_of(self, job: Job) -> OnProgress:
        return lambda progress: self._events.post(JobProgressed(job.id, progress))

    def _post_job(self, job: Job | None) -> None:
        if job is not None:
            self._events.post(JobChanged(job))
            self._post_queue()

    def _post_queue(self) -> None:
        self._events.post(queue_changed(self._store.queue.counts(), self._pace, paused=self._paused, problem=self._problem))


def _with_reading_time(result: Result, read_s: float) -> Result:
    timing = result.timing
    if timing.read_s:
        return result
    return result.model_copy(update={"timing": timing.model_copy(update={"read_s": read_s, "total_s": timing.total_s + read_s})})

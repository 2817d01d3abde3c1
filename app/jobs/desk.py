"""The desk: which jobs are in hand, what becomes of them, and whether the queue goes on. Shared by the two threads of the runner.

Everything in memory changes under `changed`; every change is stored before it is told.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from app.domain.document import Document
from app.domain.job import Job, JobError, JobState
from app.errors import AppError, CancelledError, StorageError
from app.jobs.events import EventFan, JobChanged, JobEvent, JobRemoved, queue_changed
from app.jobs.failures import QUEUE_FAILURES, WORKER_FAILURES, fault, set_aside, told
from app.jobs.loans import Loan, Loans
from app.jobs.pace import Pace
from app.storage.queue import MAX_CRASHES
from app.storage.store import Store

READ_AHEAD = 2
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ReadJob:
    job: Job
    document: Document
    read_s: float


@dataclass
class InHand:
    """A job that is being read, was read ahead, or is with the model."""

    task: str = ""
    cancel: threading.Event = field(default_factory=threading.Event)
    remove: bool = False
    started_s: float = field(default_factory=time.monotonic)


class Desk:
    def __init__(self, store: Store, events: EventFan) -> None:
        self.changed = threading.Condition(threading.RLock())
        self.in_hand: dict[int, InHand] = {}
        self.passwords: dict[int, str] = {}
        self.paused = False
        self.stopping = False
        self.problem: JobError | None = None
        self.pace = Pace()
        self._store = store
        self._events = events
        self._ready: deque[ReadJob] = deque()
        self._read_before: dict[int, ReadJob] = {}
        self._loans = Loans()

    def next_waiting(self) -> Job | None:
        """Wait for a job to read and take it in hand; None when the work ends."""
        with self.changed:
            while not self.stopping:
                job = self._claim() if not self.paused and len(self._ready) < READ_AHEAD else None
                if job is not None:
                    self.in_hand[job.id] = InHand(job.task)
                    self.post_job(job)
                    return job
                self.changed.wait()
        return None

    def _claim(self) -> Job | None:
        try:
            return self._store.queue.claim(self.in_hand.keys())
        except StorageError as error:
            self._pause_for(error)
            return None

    def read_before(self, job: Job) -> ReadJob | None:
        """What was read for a job that was put back since."""
        with self.changed:
            kept = self._read_before.pop(job.id, None)
        return None if kept is None else ReadJob(job, kept.document, kept.read_s)

    def keep(self, read: ReadJob) -> None:
        """Remember what was read for the next try."""
        with self.changed:
            self._read_before[read.job.id] = read

    def lay_ready(self, read: ReadJob) -> None:
        """Hand a document to the jobs thread, or put it back when no more is to be started."""
        with self.changed:
            if self.in_hand[read.job.id].cancel.is_set():
                raise CancelledError(file=read.job.name)
            if self.paused or self.stopping:
                self._put_back(read)
            else:
                self._ready.append(read)
            self.changed.notify_all()

    def wait_for_work(self) -> bool:
        """Wait for a loan that is wanted, or a job in hand while the queue goes on; False when the work ends."""
        with self.changed:
            self.changed.wait_for(lambda: self.stopping or self._loans or (self.in_hand and not self.paused))
            return not self.stopping

    def lend(self, loan: Loan[Any]) -> None:
        """The model is wanted before the next document; given up when the work ends."""
        with self.changed:
            if self.stopping:
                loan.give_up()
            else:
                self._loans.append(loan)
            self.changed.notify_all()

    def next_loan(self) -> Loan[Any] | None:
        with self.changed:
            return self._loans.popleft() if self._loans else None

    def prepare(self, step: Callable[[], object]) -> bool:
        """Do what all jobs need. False when that failed and the queue pauses."""
        try:
            step()
        except AppError as error:
            problem = error
        except Exception:  # noqa: BLE001 - the edge of the jobs' threads
            _log.exception("A fault in Deskhand while preparing the model")
            problem = AppError(detail="the model could not be prepared; the log file holds the details.")
        else:
            return True
        with self.changed:
            self._pause_for(problem)
        return False

    def next_task(self) -> str | None:
        """The task of the job that was taken in hand first, and so is answered next; None when nothing is."""
        with self.changed:
            return next((held.task for held in self.in_hand.values()), None)

    def next_ready(self) -> ReadJob | None:
        """Wait for a document that was read; None when the work ends or pauses, or nothing is left in hand."""
        with self.changed:
            self.changed.wait_for(lambda: self.stopping or self.paused or self._loans or self._ready or not self.in_hand)
            if self.stopping or self.paused or self._loans or not self._ready:
                return None
            read = self._ready.popleft()
            self.changed.notify_all()
            return read

    def pause(self) -> None:
        with self.changed:
            self.paused = True
            self._put_back_ready()
            self.post_queue()
            self.changed.notify_all()

    def resume(self) -> None:
        """Also takes up what a failing database left WORKING."""
        with self.changed:
            self._store.queue.recover(self.in_hand.keys())
            self.paused = False
            self.problem = None
            self.post_queue()
            self.changed.notify_all()

    def end_work(self) -> None:
        """Let both threads end: what is in hand is to be put back."""
        with self.changed:
            self.stopping = True
            for held in self.in_hand.values():
                held.cancel.set()
            while self._loans:
                self._loans.popleft().give_up()
            self._quietly(self._put_back_ready)
            self.changed.notify_all()

    def _put_back_ready(self) -> None:
        while self._ready:
            self._put_back(self._ready.popleft())

    def _put_back(self, read: ReadJob) -> None:
        self.keep(read)
        self._let_go_after(lambda: self._store.queue.release(read.job.id), read.job.id)

    def cancel(self, job_id: int, *, remove: bool = False) -> None:
        """End a job at once if no worker has it, else as soon as the worker lets go."""
        with self.changed:
            held = self.in_hand.get(job_id)
            if held is None:
                self._read_before.pop(job_id, None)
                if remove:
                    self._forget(job_id)
                else:
                    self.post_job(self._store.queue.end(job_id, JobState.CANCELLED))
                return
            held.remove = held.remove or remove
            held.cancel.set()
            others = [read for read in self._ready if read.job.id != job_id]
            if len(others) < len(self._ready):
                self._ready = deque(others)
                self._settle_cancelled(job_id)

    @contextmanager
    def settling(self, job: Job, worker: str) -> Iterator[None]:
        """Around one step of a job: whatever goes wrong ends in a state of the job and never ends the thread."""
        try:
            try:
                yield
            except StorageError:
                raise
            except AppError as error:
                self._settle(job, worker, error)
            except Exception:  # noqa: BLE001 - the edge of the jobs' threads
                _log.exception("A fault in Deskhand while working on job %d", job.id)
                self._settle_failed(job, fault(job))
        except StorageError as error:
            _log.warning("The database failed during job %d: %s", job.id, error.user_text)
            with self.changed:
                self._pause_for(error)
                self.let_go(job.id, None)

    def _settle(self, job: Job, worker: str, error: AppError) -> None:
        with self.changed:
            if isinstance(error, CancelledError) or self.in_hand[job.id].cancel.is_set():
                self._settle_cancelled(job.id)
            elif isinstance(error, QUEUE_FAILURES):
                self._pause_for(error)
                self._let_go_after(lambda: self._store.queue.release(job.id), job.id)
            elif not isinstance(error, WORKER_FAILURES):
                self._settle_failed(job, told(error))
            elif self._store.queue.count_crash(job.id) < MAX_CRASHES:
                _log.warning("Job %d stopped the %s: %s", job.id, worker, error.user_text)
                self.let_go(job.id, self._store.job(job.id))
            else:
                self._settle_failed(job, set_aside(job, worker, error))

    def _settle_cancelled(self, job_id: int) -> None:
        if self.stopping:
            self._let_go_after(lambda: self._store.queue.release(job_id), job_id)
        else:
            self._read_before.pop(job_id, None)
            self._let_go_after(lambda: self._store.queue.end(job_id, JobState.CANCELLED), job_id)

    def _settle_failed(self, job: Job, error: JobError) -> None:
        with self.changed:
            self._read_before.pop(job.id, None)
            self._let_go_after(lambda: self._store.queue.end(job.id, JobState.FAILED, error), job.id)

    def _let_go_after(self, store: Callable[[], Job | None], job_id: int) -> None:
        """Also where storing fails: what is in hand for ever would never be taken up again."""
        try:
            job = store()
        except StorageError:
            self.let_go(job_id, None)
            raise
        self.let_go(job_id, job)

    def let_go(self, job_id: int, job: Job | None) -> None:
        """The job is in hand no more; `job` is what it is by now."""
        with self.changed:
            held = self.in_hand.pop(job_id, None)
            if held is not None and held.remove:
                self._forget(job_id)
            else:
                self.post_job(job)
            self.changed.notify_all()

    def _pause_for(self, error: AppError) -> None:
        self.paused = True
        self.problem = told(error)
        self._quietly(self._put_back_ready)
        self.post_queue()
        self.changed.notify_all()

    def _quietly(self, step: Callable[[], None]) -> None:
        """For what may be left undone when the database fails: the step that matters tells the person."""
        try:
            step()
        except StorageError as error:
            _log.warning("%s", error.user_text)

    def _forget(self, job_id: int) -> None:
        self._store.queue.remove(job_id)
        self.passwords.pop(job_id, None)
        self.post(JobRemoved(job_id))
        self.post_queue()

    def is_idle(self) -> bool:
        if self.in_hand:
            return False
        return self.paused or self.stopping or self._store.queue.counts()[JobState.WAITING] == 0

    def post(self, event: JobEvent) -> None:
        self._events.post(event)

    def post_job(self, job: Job | None) -> None:
        if job is not None:
            self.post(JobChanged(job))
            self.post_queue()

    def post_queue(self) -> None:
        self._quietly(self._post_queue)

    def _post_queue(self) -> None:
        self.post(queue_changed(self._store.queue.counts(), self.pace, paused=self.paused, problem=self.problem))

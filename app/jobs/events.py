"""News about jobs, and the one thread that delivers it, in order, to whoever subscribed."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.domain.job import Job, JobError, JobState
from app.domain.progress import Progress
from app.domain.proposal import ProposalState
from app.jobs.pace import Pace

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class JobChanged:
    job: Job


@dataclass(frozen=True)
class JobRemoved:
    job_id: int


@dataclass(frozen=True)
class JobProgressed:
    job_id: int
    progress: Progress


@dataclass(frozen=True)
class ResultStored:
    """The answer is on the disk: from here on nothing can lose it."""

    job_id: int


@dataclass(frozen=True)
class QueueChanged:
    waiting: int
    working: int
    done: int
    failed: int
    review: int
    paused: bool
    docs_per_minute: float = 0.0
    """0 until the first document is finished."""
    seconds_left: float | None = None
    """None while unknown."""
    problem: JobError | None = None
    """Why the queue paused by itself, such as a missing model; jobs wait until `resume`."""


@dataclass(frozen=True)
class EscalationChanged:
    """Where asking a larger model about a job stands now."""

    job_id: int
    state: ProposalState | None
    """None when the job is not to be asked about any more."""
    error: JobError | None = None


JobEvent = EscalationChanged | JobChanged | JobRemoved | JobProgressed | ResultStored | QueueChanged
Subscriber = Callable[[JobEvent], None]


def queue_changed(counts: Mapping[JobState, int], pace: Pace, *, paused: bool, problem: JobError | None) -> QueueChanged:
    return QueueChanged(
        waiting=counts[JobState.WAITING],
        working=counts[JobState.WORKING],
        done=counts[JobState.DONE],
        failed=counts[JobState.FAILED],
        review=counts[JobState.REVIEW],
        paused=paused,
        docs_per_minute=pace.docs_per_minute,
        seconds_left=pace.seconds_left(counts[JobState.WAITING] + counts[JobState.WORKING]),
        problem=problem,
    )


class EventFan:
    """Delivers on a thread of its own, so that a slow subscriber never holds up the work."""

    def __init__(self) -> None:
        self._events: queue.SimpleQueue[JobEvent | threading.Event | None] = queue.SimpleQueue()
        self._subscribers: tuple[Subscriber, ...] = ()
        self._thread: threading.Thread | None = None

    def subscribe(self, subscriber: Subscriber) -> Callable[[], None]:
        """Returns the way to unsubscribe."""
        self._subscribers = (*self._subscribers, subscriber)

        def unsubscribe() -> None:
            self._subscribers = tuple(other for other in self._subscribers if other is not subscriber)

        return unsubscribe

    def post(self, event: JobEvent) -> None:
        self._events.put(event)

    def start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._deliver, name="jobs-events", daemon=True)
            self._thread.start()

    def flush(self, timeout_s: float = 10.0) -> None:
        """Wait until everything posted so far is delivered. Does nothing on the delivering thread itself."""
        if self._thread is not None and threading.current_thread() is not self._thread:
            delivered = threading.Event()
            self._events.put(delivered)
            delivered.wait(timeout_s)

    def stop(self) -> None:
        if self._thread is not None:
            self._events.put(None)
            if threading.current_thread() is not self._thread:
                self._thread.join(10.0)
            self._thread = None

    def _deliver(self) -> None:
        while (event := self._events.get()) is not None:
            if isinstance(event, threading.Event):
                event.set()
                continue
            for subscriber in self._subscribers:
                try:
                    subscriber(event)
                except Exception:  # noqa: BLE001 - foreign code must not end the thread
                    _log.exception("A subscriber failed on %s", type(event).__name__)

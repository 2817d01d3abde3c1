"""News of the jobs, from their thread to the GUI thread: gathered, thinned out, and delivered at most ten times a second."""

from __future__ import annotations

import threading

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from app.domain.job import Job
from app.domain.progress import Progress
from app.jobs.events import EscalationChanged, JobChanged, JobEvent, JobProgressed, JobRemoved, QueueChanged, ResultStored

_INTERVAL_MS = 100


class JobBridge(QObject):
    """`post` may be called from any thread. Of several pieces of news about one thing only the last is delivered, values all.

    Signals:
        jobs_changed: list[Job]
        jobs_removed: list[int]
        progressed: list[tuple[int, Progress]]
        results_stored: list[int]
        queue_changed: QueueChanged
        escalations_changed: list[EscalationChanged]
    """

    jobs_changed = Signal(object)
    jobs_removed = Signal(object)
    progressed = Signal(object)
    results_stored = Signal(object)
    queue_changed = Signal(object)
    escalations_changed = Signal(object)
    _arrived = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._is_announced = False
        self._jobs: dict[int, Job] = {}
        self._removed: dict[int, None] = {}
        self._progress: dict[tuple[int, str], Progress] = {}
        self._results: dict[int, None] = {}
        self._queue: QueueChanged | None = None
        self._escalations: dict[int, EscalationChanged] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_INTERVAL_MS)
        self._timer.timeout.connect(self._deliver)
        self._arrived.connect(self._on_arrived, Qt.ConnectionType.QueuedConnection)

    def post(self, event: JobEvent) -> None:
        with self._lock:
            self._keep(event)
            if self._is_announced:
                return
            self._is_announced = True
        self._arrived.emit()

    def _keep(self, event: JobEvent) -> None:
        match event:
            case JobChanged(job):
                self._jobs[job.id] = job
            case JobRemoved(job_id):
                self._jobs.pop(job_id, None)
                self._removed[job_id] = None
            case JobProgressed(job_id, progress):
                # Progress without a value replaces the one before; every decided value is kept.
                self._progress[job_id, progress.name if progress.value is not None else ""] = progress
            case ResultStored(job_id):
                self._results[job_id] = None
            case QueueChanged():
                self._queue = event
            case EscalationChanged(job_id):
                self._escalations[job_id] = event

    @Slot()
    def _on_arrived(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    @Slot()
    def _deliver(self) -> None:
        with self._lock:
            jobs, self._jobs = self._jobs, {}
            removed, self._removed = self._removed, {}
            progress, self._progress = self._progress, {}
            results, self._results = self._results, {}
            queue, self._queue = self._queue, None
            escalations, self._escalations = self._escalations, {}
            self._is_announced = False
        if jobs:
            self.jobs_changed.emit(list(jobs.values()))
        if progress:
            self.progressed.emit([(job_id, news) for (job_id, _), news in progress.items()])
        if results:
            self.results_stored.emit(list(results))
        if removed:
            self.jobs_removed.emit(list(removed))
        if queue is not None:
            self.queue_changed.emit(queue)
        if escalations:
            self.escalations_changed.emit(list(escalations.values()))

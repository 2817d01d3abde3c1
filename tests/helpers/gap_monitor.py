"""Measures how long the event loop was away: the longest time between two beats of a timer, and its own work in it."""

from __future__ import annotations

import time
from types import TracebackType

from PySide6.QtCore import QObject, Qt, QTimer

_BEAT_MS = 5


class GapMonitor(QObject):
    """A context manager. Gaps are wall time; works count only what this thread worked, so that a busy machine does not show
    in them.
    """

    def __init__(self) -> None:
        super().__init__()
        self.gaps_s: list[float] = []
        self.works_s: list[float] = []
        self._last = 0.0
        self._last_work = 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(_BEAT_MS)
        self._timer.timeout.connect(self._beat)

    @property
    def longest_gap_s(self) -> float:
        return max(self.gaps_s, default=0.0)

    @property
    def longest_work_s(self) -> float:
        return max(self.works_s, default=0.0)

    def __enter__(self) -> GapMonitor:
        self._last, self._last_work = time.perf_counter(), time.thread_time()
        self._timer.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._beat()
        self._timer.stop()

    def _beat(self) -> None:
        now, work = time.perf_counter(), time.thread_time()
        self.gaps_s.append(now - self._last)
        self.works_s.append(work - self._last_work)
        self._last, self._last_work = now, work

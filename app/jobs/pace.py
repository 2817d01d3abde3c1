"""How fast documents get finished, as a moving average over the last ones."""

from __future__ import annotations

from collections import deque

_WINDOW = 20


class Pace:
    """Counts only the time a document added to the queue's: reading that overlapped with the one before costs nothing."""

    def __init__(self) -> None:
        self._seconds: deque[float] = deque(maxlen=_WINDOW)
        self._last_end_s = 0.0

    def record(self, started_s: float, ended_s: float) -> None:
        """Times of one clock, such as `time.monotonic`."""
        self._seconds.append(max(ended_s - max(started_s, self._last_end_s), 0.001))
        self._last_end_s = ended_s

    @property
    def docs_per_minute(self) -> float:
        return 60.0 * len(self._seconds) / sum(self._seconds) if self._seconds else 0.0

    def seconds_left(self, n_documents: int) -> float | None:
        if not self._seconds:
            return None
        return n_documents * sum(self._seconds) / len(self._seconds)

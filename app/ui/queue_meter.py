"""Turns the counts of the whole queue into the progress of the present batch. Pure."""

from __future__ import annotations

from app.jobs.events import QueueChanged
from app.ui.widgets.status_strip import QueueStatus


class QueueMeter:
    """A batch begins when something waits where nothing did, and counts what was finished since then."""

    def __init__(self) -> None:
        self._finished_before = 0
        self._is_busy = False

    def measure(self, news: QueueChanged) -> QueueStatus:
        left = news.waiting + news.working
        finished = news.done + news.failed + news.review
        if left and not self._is_busy:
            self._finished_before = finished
        self._is_busy = left > 0
        in_batch = max(0, finished - self._finished_before)
        return QueueStatus(
            finished=in_batch,
            total=in_batch + left,
            docs_per_minute=news.docs_per_minute,
            seconds_left=news.seconds_left,
            is_paused=news.paused,
        )

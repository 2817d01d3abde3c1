"""Work on model files in the background: fetched, taken in, checked, tried out. One at a time for each; all can be stopped."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

from app.catalog.transfer import Speedometer
from app.errors import AppError, CancelledError
from app.ui.background import Background
from app.ui.models.transfer_news import TransferKind, TransferNews

_T = TypeVar("_T")
_INTERVAL_S = 0.1
_AT_ONCE = 3

Report = Callable[[int, int, str], None]
"""Bytes done, bytes in all, where from."""
Work = Callable[[Report, threading.Event], _T]


class ModelTransfers(QObject):
    """Signals: moved(TransferNews); ended(str): nothing is under way any more for the key of the news."""

    moved = Signal(object)
    ended = Signal(str)
    _moved = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._pool = Background(self, threads=_AT_ONCE)
        self._cancels: dict[str, threading.Event] = {}
        self._kinds: dict[str, TransferKind] = {}
        self._moved.connect(self._on_moved, Qt.ConnectionType.QueuedConnection)

    def stop(self) -> None:
        """What is half fetched stays, to go on with at the next start."""
        for cancel in self._cancels.values():
            cancel.set()
        self._pool.stop()

    def is_busy(self, key: str) -> bool:
        return key in self._cancels

    def is_download(self, key: str) -> bool:
        return self._kinds.get(key) == "download"

    @property
    def is_connected(self) -> bool:
        """Whether anything is being fetched."""
        return "download" in self._kinds.values()

    def cancel(self, key: str) -> None:
        if key in self._cancels:
            self._cancels[key].set()

    def run(
        self,
        key: str,
        kind: TransferKind,
        work: Work[_T],
        on_done: Callable[[_T], None],
        on_error: Callable[[AppError], None],
        *,
        name: str = "",
        total: int = 0,
    ) -> None:
        """Begin, unless something is under way for this key. Stopping it is told to `on_error` as `CancelledError`."""
        if self.is_busy(key):
            return
        cancel = self._cancels[key] = threading.Event()
        self._kinds[key] = kind
        report = _Reporter(key, kind, name, self._moved.emit)

        def finish(value: _T) -> None:
            self._end(key)
            on_done(value)

        def fail(error: AppError) -> None:
            self._end(key)
            on_error(error)

        self.moved.emit(TransferNews(key, kind, total=total, name=name))
        self._pool.run(lambda: work(report, cancel), finish, fail)

    def _end(self, key: str) -> None:
        del self._cancels[key], self._kinds[key]
        self.ended.emit(key)

    @Slot(object)
    def _on_moved(self, news: TransferNews) -> None:
        if self.is_busy(news.id):
            self.moved.emit(news)


class _Reporter:
    """Turns bytes into news, not too often; called on the thread that does the work."""

    def __init__(self, key: str, kind: TransferKind, name: str, tell: Callable[[TransferNews], object]) -> None:
        self._key, self._kind, self._name = key, kind, name
        self._tell = tell
        self._meter = Speedometer()
        self._told_s = 0.0

    def __call__(self, done: int, total: int, source: str) -> None:
        self._meter.update(done, total)
        now = time.monotonic()
        if now - self._told_s < _INTERVAL_S and done != total:
            return
        self._told_s = now
        speed, left = self._meter.bytes_per_s, self._meter.left_s
        self._tell(TransferNews(self._key, self._kind, done, total, speed, left, source, self._name))


def is_stopped(error: AppError) -> bool:
    """The person stopped it; nothing went wrong."""
    return isinstance(error, CancelledError)

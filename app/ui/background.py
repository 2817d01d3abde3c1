"""Slow calls off the GUI thread: one way to run them, with the outcome delivered on the GUI thread."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, QThreadPool, Signal, Slot

from app.errors import AppError

_T = TypeVar("_T")
_log = logging.getLogger(__name__)
_STOP_TIMEOUT_MS = 10_000
OnError = Callable[[AppError], None]


@dataclass(frozen=True)
class _Outcome:
    deliver: Callable[[Any], None] | None
    value: Any


class Background(QObject):
    """Runs functions on a pool of threads. With one thread it is a lane: calls finish in the order in which they were made."""

    _finished = Signal(object)

    def __init__(self, parent: QObject, *, threads: int = 1) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(threads)
        self._is_stopped = False
        self._finished.connect(self._on_finished, Qt.ConnectionType.QueuedConnection)

    def run(self, op: Callable[[], _T], on_success: Callable[[_T], None] | None = None, on_error: OnError | None = None) -> None:
        """Call `op` on a thread; then one of the others here. An unexpected fault is logged and told like any other."""
        if not self._is_stopped:
            self._pool.start(lambda: self._finished.emit(_call(op, on_success, on_error)))

    def stop(self) -> None:
        """Wait for what runs; drop what has not begun and what would be delivered."""
        self._is_stopped = True
        self._pool.clear()
        self._pool.waitForDone(_STOP_TIMEOUT_MS)

    @Slot(object)
    def _on_finished(self, outcome: _Outcome) -> None:
        if outcome.deliver is not None and not self._is_stopped:
            outcome.deliver(outcome.value)


def _call(op: Callable[[], _T], on_success: Callable[[_T], None] | None, on_error: OnError | None) -> _Outcome:
    try:
        return _Outcome(on_success, op())
    except AppError as error:
        return _Outcome(on_error, error)
    except Exception as error:  # noqa: BLE001  # The edge of a thread: nothing above could catch it.
        _log.exception("A call in the background failed")
        return _Outcome(on_error, AppError(detail=str(error) or type(error).__name__))

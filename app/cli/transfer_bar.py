"""The bar of a download, on a terminal's stderr; silent elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import TracebackType

from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

from app.cli.console import err


class TransferBar:
    """A context manager whose `update` is the callback of a transfer."""

    def __init__(self, name: str) -> None:
        self._bar = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            DownloadColumn(),
            TransferSpeedColumn(),
            TimeRemainingColumn(),
            console=err(),
            disable=not sys.stderr.isatty(),
        )
        self._row = self._bar.add_task(name, total=None)

    def update(self, done: int, total: int, source: str) -> None:
        self._bar.update(self._row, completed=done, total=total, description=source)

    def updater(self, words: str) -> Callable[[int, int], None]:
        """A callback for work that does not name its source."""
        return lambda done, total: self.update(done, total, words)

    def __enter__(self) -> TransferBar:
        self._bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._bar.stop()

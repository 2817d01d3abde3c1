"""The bar of a run, on a terminal's stderr; silent elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from types import TracebackType

from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeElapsedColumn
from rich.text import Text

from app.cli.console import cell, err
from app.cli.run import ProcessRun
from app.domain.consent import ConsentScope
from app.domain.sheet import Sheet
from app.export.items import ExportItem

_PHASES = {
    "reading": "reading",
    "page": "reading",
    "loading": "loading the model",
    "thinking": "thinking",
    "field": "answering",
    "storing": "storing",
}


class ProcessBar:
    """A context manager; `follow` passes items through and counts them."""

    def __init__(self, run: ProcessRun) -> None:
        self._bar = Progress(
            TextColumn("Documents"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            _AtWork(run),
            console=err(),
            transient=True,
            disable=not sys.stderr.isatty(),
        )
        self._run = run
        self._row = self._bar.add_task("documents", total=None)

    def follow(self, items: Iterator[ExportItem]) -> Iterator[ExportItem]:
        for item in items:
            self._bar.update(self._row, total=self._run.total, advance=1)
            # The bar and what is printed share one screen.
            self._bar.stop()
            yield item
            self._bar.start()

    def aside(self, ask: Callable[[Sheet], ConsentScope | None]) -> Callable[[Sheet], ConsentScope | None]:
        """A question on the screen that the bar shares."""

        def asked(sheet: Sheet) -> ConsentScope | None:
            self._bar.stop()
            try:
                return ask(sheet)
            finally:
                self._bar.start()

        return asked

    def __enter__(self) -> ProcessBar:
        self._bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._bar.stop()


class _AtWork(ProgressColumn):
    """The document under way, and what is done with it."""

    def __init__(self, run: ProcessRun) -> None:
        super().__init__()
        self._run = run

    def render(self, task: Task) -> Text:
        if self._run.progress is None:
            return Text("")
        return cell(f"{self._run.at_work}: {_PHASES[self._run.progress.phase]} {self._run.progress.fraction:.0%}")

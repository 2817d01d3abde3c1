"""The table a person sees on a terminal: each document with its answers, and how far they are proven."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from rich.table import Table
from rich.text import Text

from app.cli.console import cell, out
from app.domain.job import JobState
from app.domain.result import Proof, Result, Value
from app.export.items import ExportItem

_PROOF = {
    Proof.VERIFIED: ("proven", "green"),
    Proof.GROUNDED: ("grounded", ""),
    Proof.AMBIGUOUS: ("to check", "yellow"),
    Proof.NOT_FOUND: ("not found", "dim"),
    Proof.CONTRADICTED: ("contradicted", "red"),
}
_STATUS = {JobState.DONE: "done", JobState.REVIEW: "to check"}
_FAILED = "failed"
_MAX_CHARS = 90


class AnswerTable:
    """Prints one small table a document as soon as it is finished, and a summary line at the end."""

    def print_all(self, items: Iterable[ExportItem]) -> int:
        """Returns how many documents failed."""
        console = out()
        counts: Counter[str] = Counter()
        for item in items:
            console.print(_title(item))
            console.print(self._table(item))
            counts[_STATUS.get(item.status, _FAILED)] += 1
        told = ", ".join(f"{counts[status]} {status}" for status in (*_STATUS.values(), _FAILED))
        console.print(f"{counts.total()} documents: {told}")
        return counts[_FAILED]

    def _table(self, item: ExportItem) -> Table:
        table = Table(show_header=False, box=None, pad_edge=False, padding=(0, 2, 0, 0))
        if item.error is not None:
            table.add_row(cell("error", "red"), cell(f"{item.error.message} {item.error.hint}"))
        if item.result is not None:
            for name, value, note, style in _lines(item.result):
                table.add_row(cell(f"  {name}"), cell(_short(value)), cell(note, style))
        return table


def _title(item: ExportItem) -> Text:
    """A line of its own: the title of a table would be wrapped at the table's width."""
    task = item.result.answer.task if item.result else item.task
    return cell(f"{Path(item.file).name} · {task} · {_STATUS.get(item.status, _FAILED)}", "bold")


def _lines(result: Result) -> Iterator[tuple[str, str, str, str]]:
    """Name, value, note and style of everything a result says."""
    answer = result.answer
    label = result.label or answer.label
    if label is not None:
        yield "label", label.value, f"{label.confidence:.0%}", ""
    for name, value in answer.fields.items():
        yield _line(name, value)
    for name, values in answer.lists.items():
        for number, value in enumerate(values, start=1):
            yield _line(f"{name} {number}", value)
    for name, rows in answer.rows.items():
        for number, row in enumerate(rows, start=1):
            yield f"{name} {number}", "  |  ".join(value.value or "" for value in row.values()), "", ""
    for number, point in enumerate(answer.points, start=1):
        note, style = _PROOF[point.proof]
        yield f"point {number}", f"{point.question} {point.text}".strip(), note, style


def _line(name: str, value: Value) -> tuple[str, str, str, str]:
    note, style = _PROOF[value.proof]
    return name, value.value or "", note if value.value is None else f"{note} {value.confidence:.0%}", style


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _MAX_CHARS else flat[: _MAX_CHARS - 1] + "…"

"""Lays table cells out as text: columns start at the same character and stand at least two blanks apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

GAP = 2
_MAX_COLUMN_CHARS = 48
_MAX_COLUMNS = 500
_LONG_LINE_CHARS = 100
_TALL_ROW_LINES = 60


@dataclass(frozen=True)
class Cell:
    """A cell's lines and how many columns and rows it covers."""

    lines: tuple[str, ...]
    columns: int = 1
    rows: int = 1


def lay_out(rows: Iterable[Sequence[Cell]]) -> list[str]:
    """The table as lines. A row of long texts (a page laid out by a table) is stacked instead of set side by side."""
    placed = _place(rows)
    starts = _column_starts(placed)
    lines: list[str] = []
    for row in placed:
        filled = [(column, cell) for column, cell in row if any(cell.lines)]
        if len(filled) > 1 and _is_layout(filled):
            for _, cell in filled:
                lines.extend(cell.lines)
        else:
            lines.extend(_row_lines(filled, starts) or [""])
    return lines


def lay_out_texts(rows: Iterable[Sequence[str]]) -> str:
    """Rows of plain cell texts, as in a sheet or CSV file."""
    return "\n".join(lay_out([Cell(tuple(text.strip().split("\n"))) for text in row] for row in rows))


def _place(rows: Iterable[Sequence[Cell]]) -> list[list[tuple[int, Cell]]]:
    """Give each cell its column, leaving out the places that cells from rows above cover."""
    covered: dict[int, int] = {}
    placed: list[list[tuple[int, Cell]]] = []
    for row in rows:
        column = 0
        line: list[tuple[int, Cell]] = []
        below: dict[int, int] = {}
        for cell in row:
            while covered.get(column, 0) > 0:
                column += 1
            if column >= _MAX_COLUMNS:
                break
            line.append((column, cell))
            for covering in range(column, min(column + cell.columns, _MAX_COLUMNS)):
                below[covering] = cell.rows - 1
            column += cell.columns
        covered = {column: left - 1 for column, left in covered.items() if left > 1} | {c: n for c, n in below.items() if n > 0}
        placed.append(line)
    return placed


def _column_starts(placed: Sequence[Sequence[tuple[int, Cell]]]) -> list[int]:
    widths: dict[int, int] = {}
    for row in placed:
        for column, cell in row:
            width = max(map(len, cell.lines), default=0)
            if cell.columns == 1 and width:
                widths[column] = max(widths.get(column, 0), min(width, _MAX_COLUMN_CHARS))
    starts: list[int] = []
    start = 0
    for column in range(max((column for row in placed for column, _ in row), default=-1) + 1):
        starts.append(start)
        if widths.get(column):
            start += widths[column] + GAP
    return starts


def _is_layout(filled: Sequence[tuple[int, Cell]]) -> bool:
    tall = max(len(cell.lines) for _, cell in filled)
    prose = any(len(cell.lines) > 1 and max(map(len, cell.lines)) > _LONG_LINE_CHARS for _, cell in filled)
    return tall > _TALL_ROW_LINES or prose


def _row_lines(filled: Sequence[tuple[int, Cell]], starts: Sequence[int]) -> list[str]:
    lines: list[str] = []
    for number in range(max((len(cell.lines) for _, cell in filled), default=0)):
        line = ""
        for column, cell in filled:
            text = cell.lines[number] if number < len(cell.lines) else ""
            if text:
                line = line.ljust(max(starts[column], len(line) + GAP if line else 0)) + text
        lines.append(line)
    return lines

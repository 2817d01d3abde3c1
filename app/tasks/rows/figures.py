"""The figures of a line and the columns they belong to."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from app.domain.task import FieldType, TaskRows
from app.tasks.candidates.finding import TEXT_TYPES, Source, typed_options
from app.tasks.candidates.options import Option
from app.tasks.lines.layout import Line
from app.tasks.rows.grid import Cell, Grid
from app.tasks.rows.heads import Column, Head

_MAX_OFFSET_CHARS: Final = 14.0
_SKIP_COST: Final = 14.5
_SHARED_COST: Final = 4.0
_IN_TEXT_COST: Final = 1.5
_MAX_WORDS_BESIDE: Final = 2
"""A figure may have a unit and a sign beside it; more words make a sentence."""
_DECIMALS = re.compile(r"[.,]\d{2,4}$")
_WORD = re.compile(r"[^\W\d_]{2,}")
_NUMERIC: Final = (FieldType.AMOUNT, FieldType.NUMBER)
_CALENDAR: Final = (FieldType.DATE, FieldType.TIME)


@dataclass
class Figure:
    """A typed value in a table: what it reads as by type, and its edges."""

    start: int
    end: int
    x0: float
    x1: float
    options: dict[FieldType, Option] = field(default_factory=dict)
    is_percent: bool = False


class FigureReader:
    """Finds the figures on lines, once for the document."""

    def __init__(self, group: TaskRows, grid: Grid, source: Source) -> None:
        self._grid = grid
        wanted = {f.type for f in group.fields} - TEXT_TYPES - {FieldType.CHOICE}
        self._by_line: dict[int, list[tuple[FieldType, Option]]] = defaultdict(list)
        self._blocked: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for type_ in {*wanted, *_NUMERIC}:
            for option in typed_options(type_, source):
                line = grid.layout.line_of(option.start)
                if line is not None and option.end <= line.end:
                    self._by_line[line.index].append((type_, option))
        for type_ in _CALENDAR:
            for option in typed_options(type_, source):
                line = grid.layout.line_of(option.start)
                if line is not None:
                    self._blocked[line.index].append((option.start, option.end))

    def on(self, line: Line) -> list[Figure]:
        """The figures that stand by themselves or beside a unit, left to right."""
        figures: dict[int, Figure] = {}
        for type_, option in sorted(self._by_line.get(line.index, ()), key=lambda pair: (pair[1].start, -pair[1].end)):
            if type_ in _NUMERIC and not self._stands_alone(line, option):
                continue
            known = next((figure for figure in figures.values() if option.start < figure.end and figure.start < option.end), None)
            if known is None:
                x0, x1 = self._grid.span(line, option.start, option.end)
                percent = self._percent(option)
                figures[option.start] = Figure(option.start, option.end, x0, x1, {type_: option}, percent)
            else:
                known.options.setdefault(type_, option)
        for figure in figures.values():
            _read_as_both(figure)
        return list(figures.values())

    def _percent(self, option: Option) -> bool:
        text = self._grid.text
        return text[option.end : option.end + 2].lstrip().startswith("%") or text[max(0, option.start - 1) : option.start] == "%"

    def _stands_alone(self, line: Line, option: Option) -> bool:
        text = self._grid.text
        before, after = text[max(0, option.start - 1) : option.start], text[option.end : option.end + 1]
        if before.isalpha() or before in {"/", "_", "#"} or after.isalpha() or after in {"/", "_"}:
            return False
        if any(option.start < end and start < option.end for start, end in self._blocked.get(line.index, ())):
            return False
        cell = next((cell for cell in self._grid.cells(line) if cell.start <= option.start < cell.end), None)
        return cell is None or self._fits(cell, option)

    def _fits(self, cell: Cell, option: Option) -> bool:
        """Whether little is beside the figure in its cell; words before it that are announced by a colon make it a remark."""
        text = self._grid.text
        before, after = text[cell.start : option.start], text[option.end : cell.end]
        if ":" in before or ":" in after:
            return False
        return len(_WORD.findall(after)) <= _MAX_WORDS_BESIDE


def _read_as_both(figure: Figure) -> None:
    """Under a head a number is what the head says: "12,50" beside a per cent sign may be an amount, an amount a quantity."""
    amount, number = figure.options.get(FieldType.AMOUNT), figure.options.get(FieldType.NUMBER)
    if amount and not number:
        figure.options[FieldType.NUMBER] = amount
    elif number and not amount and not figure.is_percent and _DECIMALS.search(number.text):
        figure.options[FieldType.AMOUNT] = number


def place(figures: Sequence[Figure], head: Head, types: Mapping[int, frozenset[FieldType]], unit: float) -> dict[int, Figure]:
    """The figures of a line by column: both in their order from left to right, each as near to its head as can be."""
    columns = head.columns
    # best[j] = (cost, choice) where the figures so far end in columns up to j.
    best: list[tuple[float, tuple[int | None, ...]]] = [(0.0, ())] * (len(columns) + 1)
    for figure in figures:
        following: list[tuple[float, tuple[int | None, ...]]] = [(best[0][0] + _SKIP_COST, (*best[0][1], None))]
        for index, column in enumerate(columns):
            cost = _cost(figure, column, types.get(index, frozenset()), unit)
            skipped = (best[index + 1][0] + _SKIP_COST, (*best[index + 1][1], None))
            taken = (best[index][0] + cost, (*best[index][1], index))
            shared_base = best[index + 1]
            shared = (shared_base[0] + cost + (0.0 if _is_text(types, index) else _SHARED_COST), (*shared_base[1], index))
            following.append(min(following[-1], skipped, taken, shared, key=lambda choice: choice[0]))
        best = following
    placed: dict[int, Figure] = {}
    for figure, chosen in zip(figures, best[-1][1], strict=True):
        if chosen is None or _is_text(types, chosen):
            continue
        rival = placed.get(chosen)
        if rival is None or _offset(figure, columns[chosen]) < _offset(rival, columns[chosen]):
            placed[chosen] = figure
    return placed


def _is_text(types: Mapping[int, frozenset[FieldType]], index: int) -> bool:
    return bool(types.get(index)) and types[index] <= TEXT_TYPES


def _cost(figure: Figure, column: Column, types: frozenset[FieldType], unit: float) -> float:
    if types and types <= TEXT_TYPES:
        centre = (figure.x0 + figure.x1) / 2
        inside = column.left <= centre <= column.right
        return _IN_TEXT_COST if inside else _SKIP_COST
    if types and not types & figure.options.keys():
        return 2 * _SKIP_COST
    offset = _offset(figure, column) / unit
    return offset if offset <= _MAX_OFFSET_CHARS else 2 * _SKIP_COST


def _offset(figure: Figure, column: Column) -> float:
    """Figures are set right, left or centred under a head, whichever fits best."""
    centre = (figure.x0 + figure.x1) / 2
    return min(abs(figure.x0 - column.x0), abs(figure.x1 - column.x1), abs(centre - column.centre))

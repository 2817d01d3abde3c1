"""The lines under a head: which of them bear a row's figures, which belong to a row, and where the table ends."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median
from typing import Final

from app.domain.task import FieldType, TaskRows
from app.tasks.lines.labels import Hits
from app.tasks.lines.layout import Line
from app.tasks.rows.figures import Figure, FigureReader, place
from app.tasks.rows.grid import Cell, Grid
from app.tasks.rows.heads import Column, Head, telling_types
from app.tasks.rows.proof import Product, assign, in_order, is_proven
from app.tasks.text.folding import fold

_MAX_GAP_LINES: Final = 16
"""Lines of text between two rows whose figures are complete."""
_MAX_LOOSE_GAP_LINES: Final = 5
_CLEAR_DROP: Final = 1.35
"""How much larger than usual a gap between lines must be to part two rows."""
_MIN_LABEL_CHARS: Final = 3
_CHARGE = re.compile(
    r"\b(?:remise|rabatt|abschlag|zuschlag|nachlass|discount|allowance|surcharge|charge|iskonto|korting|sconto|descuento|versandkosten|frachtkosten)"
)


@dataclass
class Record:
    """A line that bears a row's amount, its figures by column (percentages below zero), and the lines that belong to it."""

    line: Line
    placed: dict[int, Figure]
    lines: list[Line] = field(default_factory=list)


@dataclass
class Table:
    head: Head
    columns: dict[str, int]
    """The column of each field of figures."""
    records: list[Record]
    text_is_above: bool = False
    is_list: bool = False
    """A table without amounts: each line is a row, and its cells are what they are."""


class TableReader:
    """Reads the lines under one head."""

    def __init__(self, group: TaskRows, grid: Grid, figures: FigureReader, totals: Hits, group_hits: Hits) -> None:
        self._group = group
        self._grid = grid
        self._figures = figures
        self._totals = totals
        self._group_hits = group_hits
        self._relation = Product.of(group)
        self._settled: dict[tuple[object, ...], dict[str, int]] = {}
        self._types = {f.name: f.type for f in group.fields}

    def read(self, head: Head, end_line: int) -> Table:
        placed = self._placed(head, end_line)
        columns = self._columns(head, [figures for _, figures in placed if figures])
        anchors = self._anchors(placed, columns) if columns else self._word_rows(placed, head)
        is_list = FieldType.AMOUNT not in telling_types(self._group)
        table = Table(head, columns, self._without_remarks(anchors, columns), is_list=is_list)
        self._share_lines(table, placed)
        for record in table.records:
            self._complete(record, table, dict((line.index, figures) for line, figures in placed))
        return table

    def _columns(self, head: Head, lines: Sequence[dict[int, Figure]]) -> dict[str, int]:
        """The columns of the fields, settled once for a head that is repeated on every page."""
        key = tuple((round(column.x0), tuple(sorted(column.fields.items()))) for column in head.columns)
        if not self._settled.get(key):
            self._settled[key] = assign(self._group, head, lines)
        return self._settled[key]

    def _placed(self, head: Head, end_line: int) -> list[tuple[Line, dict[int, Figure]]]:
        """The lines up to the table's end, each with its figures by column."""
        types = {
            index: frozenset(self._types[name] for name in column.fields)
            for index, column in enumerate(head.columns)
            if column.fields
        }
        telling = telling_types(self._group)
        found: list[tuple[Line, dict[int, Figure]]] = []
        seen = False
        for line in self._grid.layout.lines[head.next_line : end_line]:
            figures = self._figures.on(line)
            plain = [figure for figure in figures if not figure.is_percent]
            placed = in_order(self._relation, head, figures, place(plain, head, types, self._grid.unit))
            if seen and (self._is_total(line, placed) or (not placed and self._is_other_head(line))):
                break
            seen = seen or len(placed) > 1 or any(telling & types.get(index, frozenset()) for index in placed)
            placed |= {-1 - index: figure for index, figure in enumerate(figures) if figure.is_percent}
            found.append((line, placed))
        return found

    def _is_total(self, line: Line, placed: dict[int, Figure]) -> bool:
        """Whether a line sums up: it begins with words for a value of the whole document, has few figures and no date."""
        plain = [figure for figure in placed.values() if not figure.is_percent and FieldType.AMOUNT in figure.options]
        if not plain or len(plain) > 2 or any(FieldType.DATE in figure.options for figure in placed.values()):
            return False
        for cell in self._grid.cells(line):
            for hit in self._totals.within(cell.start, cell.end, line.index):
                whole = hit.end - hit.start >= 0.5 * (cell.end - cell.start)
                if hit.own and hit.start <= cell.start + 1 and hit.chars >= _MIN_LABEL_CHARS and (len(plain) == 1 or whole):
                    return True
        return False

    def _is_other_head(self, line: Line) -> bool:
        cells = self._grid.cells(line)
        if len(cells) < 3:
            return False
        if any(sign.isdigit() for sign in self._grid.text[line.start : line.end]):
            return False
        hits = (*self._totals.on(line.index), *self._group_hits.on(line.index))
        named = sum(any(hit.own and cell.start <= hit.start and hit.end <= cell.end for hit in hits) for cell in cells)
        return named >= 2

    def _anchors(self, placed: Sequence[tuple[Line, dict[int, Figure]]], columns: dict[str, int]) -> list[Record]:
        telling = telling_types(self._group)
        amounts = [index for name, index in columns.items() if self._types[name] in telling]
        if self._relation.amount in columns:
            amounts = [columns[self._relation.amount]]
        anchors: list[Record] = []
        gap = 0
        for line, figures in placed:
            if any(index in figures for index in amounts):
                limit = _MAX_GAP_LINES if self._is_complete(figures, columns) else _MAX_LOOSE_GAP_LINES
                if anchors and gap > limit:
                    break
                anchors.append(Record(line, figures))
                gap = 0
            else:
                gap += 1
        return anchors

    def _word_rows(self, placed: Sequence[tuple[Line, dict[int, Figure]]], head: Head) -> list[Record]:
        """The lines with words under two columns or more, in a table of words."""
        named = {index for index, column in enumerate(head.columns) if column.fields}
        records: list[Record] = []
        for line, figures in placed:
            filled = {zone_of(cell, head.columns) for cell in self._grid.cells(line)} & named
            if len(filled) > 1:
                records.append(Record(line, figures))
            elif records and line.index - records[-1].line.index > _MAX_LOOSE_GAP_LINES:
                break
        return records

    def _is_complete(self, figures: dict[int, Figure], columns: dict[str, int]) -> bool:
        return all(columns[name] in figures for name in columns)

    def _without_remarks(self, anchors: Sequence[Record], columns: dict[str, int]) -> list[Record]:
        """Without discounts, charges and carried sums: lines that have an amount only where others say how it comes about."""
        parts = [columns[name] for name in (self._relation.quantity, self._relation.price) if name in columns]
        full = [record for record in anchors if any(index in record.placed for index in parts)]
        if not full or len(full) * 3 < len(anchors):
            return list(anchors)
        return [record for record in full if not self._is_charge(record, columns)] or full

    def _is_charge(self, record: Record, columns: dict[str, int]) -> bool:
        """Whether a line names a discount or charge and its figures are no quantity and price; one that is counted is a row."""
        text = fold(self._grid.text[record.line.start : record.line.end])
        if not _CHARGE.search(text):
            return False
        is_counted = self._relation.price not in columns and self._is_complete(record.placed, columns)
        return not is_counted and not is_proven(self._relation, record.placed, columns)

    def _share_lines(self, table: Table, placed: Sequence[tuple[Line, dict[int, Figure]]]) -> None:
        """Give each line of text to the row above or below it."""
        records = table.records
        if not records:
            return
        lines = [line for line, _ in placed]
        bearing = {record.line.index for record in records}
        before = [line for line in lines if line.index < records[0].line.index]
        if self._is_nearer_below(before, records[0], lines):
            before = []
        table.text_is_above = bool(before) and not self._has_words(records[0].line, records[0])
        records[0].lines = [*before, records[0].line]
        for upper, lower in pairwise(records):
            between = [line for line in lines if upper.line.index < line.index < lower.line.index]
            cut = self._cut(upper.line, between, lower.line, above=table.text_is_above)
            upper.lines += between[:cut]
            turned = any(self._grid.drop(b, a) == float("inf") for a, b in pairwise([upper.line, *between, lower.line]))
            heading = turned and self._has_words(lower.line, lower)
            lower.lines = [lower.line] if heading else [*between[cut:], lower.line]
        last = records[-1]
        drops = [self._grid.drop(b, a) for r in records for a, b in pairwise(r.lines)]
        usual = median(drops) if drops else float("inf")
        if not table.text_is_above:
            previous = last.line
            for line in lines:
                if line.index <= last.line.index or line.index in bearing:
                    continue
                if self._grid.drop(line, previous) > 2 * usual or len(last.lines) > _MAX_GAP_LINES:
                    break
                last.lines.append(line)
                previous = line

    def _is_nearer_below(self, before: Sequence[Line], record: Record, lines: Sequence[Line]) -> bool:
        """Whether words below a row's figures are clearly nearer than those above."""
        after = next((other for other in lines if other.index > record.line.index), None)
        if not before or after is None or not self._has_words(after, record):
            return False
        return self._grid.drop(record.line, before[-1]) > _CLEAR_DROP * self._grid.drop(after, record.line)

    def _cut(self, upper: Line, between: Sequence[Line], lower: Line, *, above: bool) -> int:
        """How many of the lines between two rows belong to the upper one: up to the widest gap, if one stands out."""
        if not between:
            return 0
        chain = [upper, *between, lower]
        drops = [self._grid.drop(b, a) for a, b in pairwise(chain)]
        widest = max(range(len(drops)), key=lambda index: (drops[index], index))
        others = [drop for index, drop in enumerate(drops) if index != widest]
        if drops[widest] > _CLEAR_DROP * max(median(others), 0.01):
            return widest
        return 0 if above else len(between)

    def _has_words(self, line: Line, record: Record) -> bool:
        """Whether a row's own line bears words, so that those at the top of its page are the letterhead's."""
        taken = [(figure.start, figure.end) for figure in record.placed.values()]
        for cell in self._grid.cells(line):
            if any(start < cell.end and cell.start < end for start, end in taken):
                continue
            if sum(sign.isalpha() for sign in self._grid.text[cell.start : cell.end]) >= 3:
                return True
        return False

    def _complete(self, record: Record, table: Table, placed: dict[int, dict[int, Figure]]) -> None:
        """Take figures that a row lacks on its own line from the other lines that belong to it."""
        near = sorted(record.lines, key=lambda line: abs(line.index - record.line.index))
        for index in table.columns.values():
            if index in record.placed:
                continue
            for line in near:
                figure = placed.get(line.index, {}).get(index)
                if figure is not None:
                    record.placed[index] = figure
                    break


def zone_of(cell: Cell, columns: Sequence[Column]) -> int:
    """The column over which most of a cell stands."""
    return max(range(len(columns)), key=lambda index: cell.overlap(columns[index].left, columns[index].right))

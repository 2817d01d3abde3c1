"""The heads of tables: neighbouring lines without figures that name at least two fields of a group in different columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from app.domain.task import FieldType, TaskField, TaskRows
from app.tasks.candidates.finding import TEXT_TYPES, Source
from app.tasks.lines.labels import LabelIndex, labels_of
from app.tasks.lines.layout import Layout, Line
from app.tasks.rows.grid import Cell, Grid
from app.tasks.text.folding import tokens_of

_MAX_WRAP: Final = 3
"""Lines by which a head may go on above and below the line that names most."""
_TAX_OR_DISCOUNT = re.compile(
    r"(?:kdv|vat|ust|mwst|umsatzsteuer|steuer|tva|iva|btw|tax|taxe|gst|rem|remise|rabatt|nachlass|disc|discount|iskonto|indirim|korting|sconto)\b"
)
_SIDE_SHARE: Final = 0.3
"""What a label counts in a column that begins with a word for tax or discount."""
_SAME_DROP: Final = 1.15
_MIN_STEM_CHARS: Final = 4


@dataclass
class Column:
    """A column of a table: the fields that its head could name, each with the length of the label, and where it stands."""

    x0: float
    x1: float
    cells: list[Cell]
    fields: dict[str, float] = field(default_factory=dict)
    left: float = float("-inf")
    right: float = float("inf")

    @property
    def centre(self) -> float:
        return (self.x0 + self.x1) / 2


@dataclass
class Head:
    columns: list[Column]
    first_line: int
    next_line: int

    def named(self, name: str) -> list[int]:
        """The columns that could be a field, the best first; of equals the last."""
        found = [index for index, column in enumerate(self.columns) if name in column.fields]
        return sorted(found, key=lambda index: (-self.columns[index].fields[name], -index))


class HeadFinder:
    def __init__(self, group: TaskRows, grid: Grid, source: Source, *, fuzzy: bool = False) -> None:
        self._group = group
        self._grid = grid
        self._labels = LabelIndex(group.fields)
        self._hits = self._labels.find(grid.layout, fuzzy=fuzzy)
        self._fuzzy = fuzzy
        self._stems = _stems(group.fields)
        self._figures = _figure_lines(source)

    def heads(self) -> list[Head]:
        heads: list[Head] = []
        lines = self._grid.layout.lines
        index = 0
        while index < len(lines):
            head = self._head_at(index, heads[-1].next_line if heads else 0)
            if head is not None:
                heads.append(head)
                index = head.next_line
            else:
                index += 1
        return heads

    def has_figures(self, line: Line) -> bool:
        return line.index in self._figures

    def _head_at(self, index: int, floor: int) -> Head | None:
        lines = self._grid.layout.lines
        if self.has_figures(lines[index]) or not any(hit.own for hit in self._hits.on(index)):
            return None
        best: list[Column] = []
        first, last = index, index
        for start, count in ((index, 1), (index + 1, 1), (index, 2), (index + 1, 2)):
            rows = lines[start : start + count]
            if len(rows) < count or any(self.has_figures(line) for line in lines[index : start + count]):
                continue
            columns = self._columns(rows, rows[0])
            if self._is_head(columns) and self._merit(columns) > self._merit(best):
                best, first, last = columns, start, start + count - 1
        if not best:
            return None
        top = first
        while top > max(floor, first - _MAX_WRAP) and self._continues(lines[top - 1], best):
            top -= 1
        while last + 1 < len(lines) and last < first + _MAX_WRAP + 1 and self._continues(lines[last + 1], best):
            last += 1
        if first < last or top < first:
            last += self._ends_lower(lines, top, last)
        seed = lines[first]
        columns = self._columns(lines[top : last + 1], seed)
        return Head(_with_zones(columns if self._is_head(columns) else best), top, last + 1)

    def _continues(self, line: Line, columns: Sequence[Column]) -> bool:
        """Whether a line wraps words of the head: no digits, and something over or under a column of figures."""
        if any(sign.isdigit() for sign in self._grid.text[line.start : line.end]):
            return False
        cells = self._grid.cells(line)
        numeric = [column for column in columns if self._is_numeric(column)]
        names = [column for column in columns if not self._is_numeric(column)]
        meets = any(cell.overlap(column.x0, column.x1) > 0 for cell in cells for column in numeric)
        names_more = any(hit.own for hit in self._hits.on(line.index)) and len(cells) > 1
        inside = all(
            any(cell.overlap(column.x0 - 4 * self._grid.unit, column.x1 + 4 * self._grid.unit) > 0 for column in (*numeric, *names))
            for cell in cells
        )
        return (meets or names_more) and inside and len(cells) <= len(columns)

    def _ends_lower(self, lines: Sequence[Line], top: int, last: int) -> int:
        """One when another line under a wrapped head is as near as its lines are, begins where they do, and a wider gap follows."""
        if last + 2 >= len(lines) or not self._grid.words(lines[last + 1]):
            return 0
        usual = max(self._grid.drop(lower, upper) for upper, lower in pairwise(lines[top : last + 1]))
        drop, after = self._grid.drop(lines[last + 1], lines[last]), self._grid.drop(lines[last + 2], lines[last + 1])
        if self.has_figures(lines[last + 1]) or drop > _SAME_DROP * usual or after <= _SAME_DROP * drop:
            return 0
        edges = [cell.x0 for line in lines[top : last + 1] for cell in self._grid.cells(line)]
        return int(all(any(abs(cell.x0 - edge) < self._grid.unit for edge in edges) for cell in self._grid.cells(lines[last + 1])))

    def _is_numeric(self, column: Column) -> bool:
        types = {f.name: f.type for f in self._group.fields}
        return any(types[name] not in TEXT_TYPES for name in column.fields)

    def _merit(self, columns: Sequence[Column]) -> tuple[int, int]:
        return len(self._names(columns)), sum(bool(column.fields) for column in columns)

    def _names(self, columns: Sequence[Column]) -> set[str]:
        return {name for column in columns for name in column.fields}

    def _is_head(self, columns: Sequence[Column]) -> bool:
        types = {f.name: f.type for f in self._group.fields}
        naming = [column for column in columns if column.fields]
        named = {types[name] for column in naming for name in column.fields}
        return len(naming) >= 2 and len(self._names(columns)) >= 2 and bool(named & telling_types(self._group))

    def _columns(self, lines: Sequence[Line], seed: Line) -> list[Column]:
        columns = [Column(cell.x0, cell.x1, [cell]) for whole in self._grid.cells(seed) for cell in self._parted(whole, seed)]
        for line in lines:
            if line is seed:
                continue
            for cell in self._grid.cells(line):
                over = max(columns, key=lambda column: cell.overlap(column.x0, column.x1), default=None)
                if over is None or cell.overlap(over.x0, over.x1) <= 0:
                    columns.append(Column(cell.x0, cell.x1, [cell]))
                else:
                    over.cells.append(cell)
        columns.sort(key=lambda column: column.x0)
        for index, column in enumerate(columns):
            column.cells.sort(key=lambda cell: cell.start)
            lower = columns[index - 1].x1 if index else float("-inf")
            upper = columns[index + 1].x0 if index + 1 < len(columns) else float("inf")
            column.x0 = min(column.x0, max(lower, min(cell.x0 for cell in column.cells)))
            column.x1 = max(column.x1, min(upper, max(cell.x1 for cell in column.cells)))
            column.fields = self._fields_of(column)
        return columns

    def _parted(self, cell: Cell, line: Line) -> Iterator[Cell]:
        """The cell, in two where one blank alone parts the name of a number from that of an amount: "Quantity Unit price"."""
        types = {f.name: f.type for f in self._group.fields}
        hits = [hit for hit in self._hits.within(cell.start, cell.end, line.index) if hit.own]
        named = {types[name] for hit in hits for name in hit.own}
        edges = [edge for hit in hits for edge in (hit.start, hit.end)]
        is_pair = named == {FieldType.NUMBER, FieldType.AMOUNT} and len(hits) == len(named)
        if is_pair and edges == [cell.start, edges[1], edges[1] + 1, cell.end]:
            yield from (Cell(hit.start, hit.end, *self._grid.span(line, hit.start, hit.end), line.index) for hit in hits)
        else:
            yield cell

    def _fields_of(self, column: Column) -> dict[str, float]:
        words = " ".join(" ".join(self._grid.text[cell.start : cell.end].split()) for cell in column.cells)
        text = re.sub(r"(?<=[^\W\d_])- (?=[^\W\d_])", "", words)
        layout = Layout(text)
        found: dict[str, float] = {}
        for line in layout.lines:
            for hit in self._labels.find(layout, fuzzy=self._fuzzy).on(line.index):
                for name in hit.own:
                    found[name] = max(found.get(name, 0.0), float(hit.chars))
        tokens = tokens_of(text)
        if not found:
            for token in tokens:
                for stem, name in self._stems:
                    if token.text.endswith(stem):
                        found[name] = max(found.get(name, 0.0), float(len(stem)))
        if tokens and _TAX_OR_DISCOUNT.match(tokens[0].text):
            found = {name: chars * _SIDE_SHARE for name, chars in found.items()}
        return found


def telling_types(group: TaskRows) -> frozenset[FieldType]:
    """The types whose values tell a row from other lines: amounts, or else other figures, or else words."""
    types = frozenset(f.type for f in group.fields)
    return types & {FieldType.AMOUNT} or types - TEXT_TYPES - {FieldType.CHOICE} or types


def _stems(fields: Sequence[TaskField]) -> list[tuple[str, str]]:
    """Labels of one word that compounds may end in: "wert" in "Nettowert"."""
    stems = []
    for known in fields:
        for label in labels_of(known):
            tokens = tokens_of(label)
            if len(tokens) == 1 and len(tokens[0].text) >= _MIN_STEM_CHARS:
                stems.append((tokens[0].text, known.name))
    return stems


def _figure_lines(source: Source) -> frozenset[int]:
    lines = (source.layout.line_of(candidate.start) for candidate in source.typed.get(FieldType.AMOUNT, ()))
    return frozenset(line.index for line in lines if line is not None)


def _with_zones(columns: list[Column]) -> list[Column]:
    """Let each column reach half the way to its neighbours."""
    for left, right in pairwise(columns):
        left.right = right.left = (left.x1 + right.x0) / 2
    return columns

"""The texts of a row: the article's name and other words under a column of text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from app.domain.task import TaskField
from app.tasks.candidates.options import Option, option_at, trimmed
from app.tasks.rows.body import Record, Table, zone_of
from app.tasks.rows.grid import Cell, Grid
from app.tasks.text.folding import same_name_key

_POSITION = re.compile(r"\d{1,3}[.)]?[ \u00a0]+(?=[^\W\d])")
_ARTICLE_CODE = re.compile(r"\d{8,14}(?=[^\W\d_])")
_CODE = re.compile(r"(?=\S*\d)\S{3,}|(?:GTIN|EAN|GLN|SKU|ID)\b.*|[^:]{1,14}:\s*\S*\d\S*|\([^()]{1,8}\)|\S{1,2}", re.IGNORECASE)
_OPEN_END = re.compile(
    r"(?:[,(&/+-]|(?<!\w)(?:and|or|for|with|of|und|oder|für|mit|et|ou|de|du|pour|avec|en|met|voor|y|con|per|ve|ile))$"
)
_CLAUSE = re.compile(r"(?:and|or|for|with|of|und|oder|für|mit|et|ou|pour|avec|en|met|voor|y|con|per|ve|ile)\s|[x×]\s?\d")
"""How a line ends, or the next one begins, when a name goes on."""
_MEASURE = re.compile(r"\d{1,2}|[^\W\d_]{1,2}\d{0,2}|\d+(?:[.,x×/*-]\d+){0,3}[^\W\d_]{1,3}|\d+(?:[x×/]\d+){1,2}")
"""The size or number of a thing, as it stands at the end of its name: "250g", "A4", "20/0500"."""
_KEY = re.compile(r"(?:[^\s:]+\s+){0,2}[^\s:]+\s*:")
_MAX_GAP_CHARS: Final = 14
"""Between words of a name whose blanks were widened to fill a column."""
_APART: Final = 1.35
"""How much larger than the smallest gap between a row's lines the one above its own line must be to part them."""
_LETTERS: Final = 2
_MAX_JOINED_LINES: Final = 3
_MAX_JOINED_CHARS: Final = 160


def text_of(field: TaskField, table: Table, record: Record, grid: Grid) -> Option | None:
    """What stands under a column of text: the first words that are no code, or else the code."""
    columns = table.head.columns
    named = table.head.named(field.name)
    if not named:
        return None
    column = named[0]
    ordered: list[Cell] = []
    for line in record.lines:
        pieces = _pieces(grid, line.index, columns[column].x0, record)
        ordered += _widened(grid, [cell for cell in pieces if zone_of(cell, columns) == column])
    own = next((cell for cell in ordered if cell.line == record.line.index), None)
    if table.is_list:
        return option_at(grid.text, own.start, own.end, "segment") if own else None
    if not table.text_is_above:
        ordered = _from_own_line(grid, ordered, record)
    wordy = [cell for cell in ordered if not _CODE.fullmatch(_content(grid, cell))]
    limit = columns[column + 1].x0 if column + 1 < len(columns) else float("inf")
    for index, cell in enumerate(wordy or ordered):
        option = _joined(grid, wordy or ordered, index) or _option(grid.text, cell.start, cell.end)
        if option is not None:
            return _continued(grid, option, ordered[ordered.index(cell) :], limit)
    return None


def _from_own_line(grid: Grid, cells: list[Cell], record: Record) -> list[Cell]:
    """Without the lines that stand apart above the row's own, where that has words."""
    own = [cell for cell in cells if cell.line >= record.line.index]
    has_words = any(
        cell.line == record.line.index and not _CODE.fullmatch(_content(grid, cell)) and not _is_key(grid, cell) for cell in own
    )
    above = [line for line in record.lines if line.index < record.line.index]
    drops = [grid.drop(lower, upper) for upper, lower in pairwise(record.lines)]
    if not has_words or not above or grid.drop(record.line, above[-1]) < _APART * min(drops):
        return cells
    return own


def _content(grid: Grid, cell: Cell) -> str:
    start, end = trimmed(grid.text, cell.start, cell.end)
    return grid.text[start:end]


def _pieces(grid: Grid, line_index: int, x0: float, record: Record) -> list[Cell]:
    """The cells of a line that hold none of the row's figures, cut where a word begins under the column's head."""
    line = grid.layout.lines[line_index]
    taken = [(figure.start, figure.end) for figure in record.placed.values()]
    found: list[Cell] = []
    for whole in grid.cells(line):
        cell = whole
        for word in grid.words(line):
            if cell.start < word.start < cell.end and abs(word.x0 - x0) <= grid.unit and cell.x0 < x0 - 2 * grid.unit:
                cell = Cell(word.start, cell.end, word.x0, cell.x1, line_index)
                break
        figure = min((start for start, end in taken if cell.start <= start < cell.end), default=None)
        if figure is not None:
            if figure - cell.start < _LETTERS + 1:
                continue
            cell = Cell(cell.start, figure, cell.x0, grid.span(line, cell.start, figure)[1], line_index)
        found.append(cell)
    return found


def _widened(grid: Grid, cells: Sequence[Cell]) -> list[Cell]:
    """The cells of a line under one head, words joined that only wide blanks part."""
    found: list[Cell] = []
    for cell in cells:
        if found and _is_widened(grid, found[-1], cell):
            found[-1] = replace(found[-1], end=cell.end, x1=cell.x1)
        else:
            found.append(cell)
    return found


def _is_widened(grid: Grid, left: Cell, right: Cell) -> bool:
    if right.x0 - left.x1 > _MAX_GAP_CHARS * grid.unit or grid.text[left.end : right.start].strip():
        return False
    return not _is_key(grid, right) and not _CODE.fullmatch(_content(grid, left))


def _is_key(grid: Grid, cell: Cell) -> bool:
    """Whether a cell begins a remark such as "Packing: loose"."""
    return _KEY.match(grid.text, cell.start, grid.layout.lines[cell.line].end) is not None


def _joined(grid: Grid, cells: Sequence[Cell], index: int) -> Option | None:
    """The cell with those on the lines below it, where nothing else stands between them in the text."""
    first = last = cells[index]
    for cell in cells[index + 1 : index + _MAX_JOINED_LINES]:
        if cell.line != last.line + 1 or grid.text[last.end : cell.start].strip() or cell.end - first.start > _MAX_JOINED_CHARS:
            break
        if _is_key(grid, cell):
            break
        last = cell
    return _option(grid.text, first.start, last.end) if last is not first else None


def _continued(grid: Grid, option: Option, cells: Sequence[Cell], limit: float) -> Option:
    """The text with its end on the next lines of its column, where other columns stand between: "Office chair," and "blue"."""
    first = cells[0]
    if option.end > first.end:
        return option
    printed = grid.text[option.start : first.end].rstrip()
    parts = [(option.start, option.start + len(printed))]
    value = printed
    column = [cell for cell in cells if abs(cell.x0 - first.x0) <= grid.unit]
    for upper, cell in pairwise(column[:_MAX_JOINED_LINES]):
        if cell.line != upper.line + 1 or not _goes_on(grid, upper, cell, limit):
            break
        start, end = trimmed(grid.text, cell.start, cell.end)
        value += f"{'' if value.endswith('-') else ' '}{grid.text[start:end]}"
        parts.append((start, end))
    if len(parts) == 1:
        return option
    value = " ".join(value.split())
    end = parts[-1][1]
    return replace(option, end=end, text=grid.text[option.start : end], value=value, key=same_name_key(value), parts=tuple(parts))


def _goes_on(grid: Grid, upper: Cell, cell: Cell, limit: float) -> bool:
    """Whether a text ends openly or reaches the edge of its column, and the cell below it is more of it."""
    rest = _content(grid, cell)
    if _is_key(grid, cell) or not rest:
        return False
    if _OPEN_END.search(grid.text[upper.start : upper.end].rstrip()) or _CLAUSE.match(rest):
        return not _CODE.fullmatch(rest) and any(sign.isalpha() for sign in rest)
    return _is_full(grid, upper, cell, limit) and bool(_MEASURE.fullmatch(rest) or not _CODE.fullmatch(rest))


def _is_full(grid: Grid, upper: Cell, cell: Cell, limit: float) -> bool:
    """Whether the first word of the lower cell would not have fitted into the upper one's line."""
    beside = (other.x0 for other in grid.cells(grid.layout.lines[upper.line]) if other.x0 > upper.x1)
    edge = min(limit, min(beside, default=float("inf")))
    word_end = cell.start + len(grid.text[cell.start : cell.end].split()[0])
    first, last = grid.span(grid.layout.lines[cell.line], cell.start, word_end)
    return upper.x1 + grid.unit + (last - first) > edge - grid.unit / 2


def _option(text: str, start: int, end: int) -> Option | None:
    for prefix in (_POSITION, _ARTICLE_CODE):
        match = prefix.match(text, start, end)
        start = match.end() if match else start
    start, end = trimmed(text, start, end)
    content = text[start:end]
    if sum(sign.isalpha() for sign in content) < _LETTERS:
        return None
    value = " ".join(content.split())
    return Option(start, end, content, value, same_name_key(value), "segment")

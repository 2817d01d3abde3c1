"""The texts of a row: the article's name and other words under a column of text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from app.domain.task import TaskField
from app.tasks.candidates import Option, trimmed
from app.tasks.folding import same_name_key
from app.tasks.rows.body import Record, Table, zone_of
from app.tasks.rows.grid import Cell, Grid

_POSITION = re.compile(r"\d{1,3}[.)]?[ \u00a0]+(?=[^\W\d])")
_ARTICLE_CODE = re.compile(r"\d{8,14}(?=[^\W\d_])")
_CODE = re.compile(r"(?=\S*\d)\S{3,}|(?:GTIN|EAN|GLN|SKU|ID)\b.*|[^:]{1,14}:\s*\S*\d\S*|\([^()]{1,8}\)|\S{1,2}", re.IGNORECASE)
_OPEN_END = re.compile(
    r"(?:[,(&/+-]|(?<!\w)(?:and|or|for|with|of|und|oder|für|mit|et|ou|de|du|pour|avec|en|met|voor|y|con|per|ve|ile))$"
)
_CLAUSE = re.compile(r"(?:and|or|for|with|of|und|oder|für|mit|et|ou|pour|avec|en|met|voor|y|con|per|ve|ile)\s")
"""How a line ends, or the next one begins, when a name goes on."""
_LETTERS: Final = 2
_MAX_JOINED_LINES: Final = 3
_MAX_JOINED_CHARS: Final = 160


def text_of(field: TaskField, table: Table, record: Record, grid: Grid) -> Option | None:
    """What stands under a column of text: the first words that are no code, or else the code."""
    columns = table.head.columns
    named = table.head.named(field.name)
    if not named:
        return None
    cells = [
        (column, cell)
        for column in named[:1]
        for line in record.lines
        for cell in _pieces(grid, line.index, columns[column].x0, record)
        if zone_of(cell, columns) == column
    ]
    ordered = [cell for _, cell in cells]
    wordy = [cell for cell in ordered if not _CODE.fullmatch(_content(grid, cell))]
    for index, cell in enumerate(wordy or ordered):
        option = _joined(grid, wordy or ordered, index) or _option(grid.text, cell.start, cell.end)
        if option is not None:
            return _continued(grid, option, ordered[ordered.index(cell) + 1 :], cell)
    return None


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


def _joined(grid: Grid, cells: Sequence[Cell], index: int) -> Option | None:
    """The cell with those on the lines below it, where nothing else stands between them in the text."""
    first = last = cells[index]
    for cell in cells[index + 1 : index + _MAX_JOINED_LINES]:
        if cell.line != last.line + 1 or grid.text[last.end : cell.start].strip() or cell.end - first.start > _MAX_JOINED_CHARS:
            break
        last = cell
    return _option(grid.text, first.start, last.end) if last is not first else None


def _continued(grid: Grid, option: Option, below: Sequence[Cell], first: Cell) -> Option:
    """The text with its end on the next line of its column, where other columns stand between: "Office chair," and "blue"."""
    cell = below[0] if below else None
    if cell is None or option.end > first.end or cell.line != first.line + 1 or abs(cell.x0 - first.x0) > grid.unit:
        return option
    start, end = trimmed(grid.text, cell.start, cell.end)
    rest = grid.text[start:end]
    is_open = bool(_OPEN_END.search(grid.text[option.start : first.end].rstrip())) or bool(_CLAUSE.match(rest))
    if not is_open or ":" in rest or _CODE.fullmatch(rest) or not any(sign.isalpha() for sign in rest):
        return option
    printed = grid.text[option.start : first.end].rstrip()
    value = " ".join(f"{printed}{'' if printed.endswith('-') else ' '}{rest}".split())
    parts = ((option.start, option.start + len(printed)), (start, end))
    return Option(option.start, end, grid.text[option.start : end], value, same_name_key(value), "segment", parts=parts)


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

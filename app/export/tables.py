"""Results as tables: one line a document, and for each repeated group of fields a table of its own. Knows no file format."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from app.domain.result import Result, Value
from app.domain.task import FieldType
from app.export.items import ExportItem

_JOINT = "; "
_OWN_COLUMNS = frozenset({"file", "status", "task", "error", "label", "label confidence", "summary", "row"})
DOCUMENTS = "documents"


@dataclass(frozen=True)
class Cell:
    """`text` is the normalized value; the type says how a spreadsheet may show it."""

    text: str = ""
    type: FieldType = FieldType.TEXT


@dataclass(frozen=True)
class Table:
    name: str
    header: tuple[str, ...]
    lines: tuple[tuple[Cell, ...], ...]


def build_tables(items: Sequence[ExportItem], *, details: bool = False) -> list[Table]:
    """The table of documents first, then the groups. With `details`, confidence and proof follow each value."""
    documents = _table(DOCUMENTS, [dict(_document_cells(item, details)) for item in items])
    groups = dict.fromkeys(name for item in items for name in (item.answered.answer.rows if item.answered else ()))
    return [documents] + [_table(name, [dict(row) for item in items for row in _rows(item, name, details)]) for name in groups]


def _table(name: str, lines: list[dict[str, Cell]]) -> Table:
    header = tuple(dict.fromkeys(column for line in lines for column in line))
    return Table(name, header, tuple(tuple(line.get(column, Cell()) for column in header) for line in lines))


def _document_cells(item: ExportItem, details: bool) -> Iterator[tuple[str, Cell]]:
    told = item.contract()
    yield from ((name, Cell(told[name])) for name in ("file", "status", "task"))
    yield "error", Cell(item.error.message if item.error else "")
    if item.answered is not None:
        yield from _answer_cells(item, item.answered, details)


def _answer_cells(item: ExportItem, result: Result, details: bool) -> Iterator[tuple[str, Cell]]:
    answer = result.answer
    label = result.label or answer.label
    if label is not None:
        yield "label", Cell(label.value)
        yield "label confidence", _confidence([label.confidence])
    for name, value in answer.fields.items():
        yield from _value_cells(name, [value], item.types.get(name, FieldType.TEXT), details)
    for name, values in answer.lists.items():
        yield from _value_cells(name, values, FieldType.TEXT, details)
    if answer.points:
        points = (f"{point.question} {point.text}".strip() for point in answer.points)
        yield "summary", Cell("\n".join(points))


def _rows(item: ExportItem, name: str, details: bool) -> Iterator[Iterator[tuple[str, Cell]]]:
    for index, row in enumerate(item.answered.answer.rows.get(name, ()) if item.answered else (), start=1):
        yield _row_cells(item, name, index, row, details)


def _row_cells(item: ExportItem, name: str, index: int, row: dict[str, Value], details: bool) -> Iterator[tuple[str, Cell]]:
    yield "file", Cell(item.file)
    yield "row", Cell(str(index), FieldType.NUMBER)
    for cell, value in row.items():
        yield from _value_cells(cell, [value], item.types.get(f"{name}.{cell}", FieldType.TEXT), details)


def _value_cells(name: str, values: Sequence[Value], kind: FieldType, details: bool) -> Iterator[tuple[str, Cell]]:
    name = f"{name} (field)" if name in _OWN_COLUMNS else name
    yield name, Cell(_JOINT.join(value.value for value in values if value.value is not None), kind)
    if details:
        yield f"{name} confidence", _confidence(value.confidence for value in values)
        yield f"{name} proof", Cell(_JOINT.join(value.proof.value for value in values))


def _confidence(confidences: Iterable[float]) -> Cell:
    """Of several, the lowest."""
    lowest = min(confidences, default=None)
    return Cell() if lowest is None else Cell(f"{lowest:.4f}", FieldType.NUMBER)

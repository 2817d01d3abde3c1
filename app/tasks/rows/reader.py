"""Reads a group of rows from a document: finds the heads, reads the lines under each, joins tables that go on over pages."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Final

from app.domain.document import Document
from app.domain.result import Proof, Value
from app.domain.task import TaskField, TaskRows
from app.tasks.answers.confidence import DAMAGED, DAMAGED_LETTERS
from app.tasks.answers.grounding import evidence_of
from app.tasks.candidates.finding import TEXT_TYPES
from app.tasks.candidates.options import Option
from app.tasks.evidence.scene import Scene
from app.tasks.lines.labels import LabelIndex
from app.tasks.rows.body import Record, Table, TableReader
from app.tasks.rows.figures import FigureReader
from app.tasks.rows.grid import Grid
from app.tasks.rows.heads import HeadFinder
from app.tasks.rows.proof import Product, is_proven
from app.tasks.rows.words import text_of
from app.tasks.text.damage import is_damaged

_MAX_ROWS: Final = 500
_FIGURE: Final = 0.96
_WORDS: Final = 0.8
"""How often cells of rows were right: 169 of 174 figures; of 87 descriptions 62 to the letter, and most others in part."""
_UNPROVEN: Final = 0.8
_REFUTED: Final = 0.5
"""For the figures of a row whose quantity times price is not its amount, and for that amount: one of the three was misread."""
_IN_ROW: Final = "It stands in a row of the table."
_NO_PRODUCT: Final = "Quantity times unit price is not this amount."
_MANY_FIELDS: Final = 3


def read_rows(group: TaskRows, scene: Scene, document: Document) -> tuple[dict[str, Value], ...]:
    """The rows of a group, top to bottom, fields in the task's order; an empty tuple when no table's head is recognised."""
    layout = scene.source.layout
    grid = Grid(layout, document)
    heads = HeadFinder(group, grid, scene.source, fuzzy=scene.fuzzy).heads()
    if not heads:
        return ()
    hits = LabelIndex(group.fields).find(layout, fuzzy=scene.fuzzy)
    reader = TableReader(group, grid, FigureReader(group, grid, scene.source), scene.source.hits, hits)
    ends = [*(head.first_line for head in heads[1:]), len(layout.lines)]
    tables = [reader.read(head, end) for head, end in zip(heads, ends, strict=True)]
    filled = [[_options(group, table, record, grid) for record in table.records] for table in tables]
    relation = Product.of(group)
    refuted = {
        id(row)
        for table, rows in zip(tables, filled, strict=True)
        for record, row in zip(table.records, rows, strict=True)
        if is_proven(relation, record.placed, table.columns) is False
    }
    best = _most_convincing(filled)[:_MAX_ROWS]
    cells = [{f.name: _cell(f, row.get(f.name), document) for f in group.fields} for row in best]
    return tuple(_doubted(row, relation) if id(options) in refuted else row for row, options in zip(cells, best, strict=True))


def _options(group: TaskRows, table: Table, record: Record, grid: Grid) -> dict[str, Option]:
    row: dict[str, Option] = {}
    for field in group.fields:
        if field.type in TEXT_TYPES:
            option = text_of(field, table, record, grid)
        else:
            figure = record.placed.get(table.columns.get(field.name, -1))
            option = figure.options.get(field.type) if figure is not None else None
        if option is not None:
            row[field.name] = option
    return row


def _most_convincing(tables: Sequence[list[dict[str, Option]]]) -> list[dict[str, Option]]:
    """Tables that go on over pages share their head: join those with the same fields; else take the fullest."""
    filled = [full for rows in tables if (full := _without_stray(rows))]
    if not filled:
        return []
    best = max(filled, key=lambda rows: sum(map(len, rows)))
    fields = _fields_of(best)
    return [row for rows in filled if _fields_of(rows) == fields for row in rows]


def _without_stray(rows: list[dict[str, Option]]) -> list[dict[str, Option]]:
    """Without lines of a single figure among rows of several fields, such as a sum that no word of the task announces."""
    usual = median(map(len, rows)) if rows else 0
    return [row for row in rows if len(row) > 1 or usual < _MANY_FIELDS]


def _fields_of(rows: Sequence[dict[str, Option]]) -> frozenset[str]:
    return frozenset(name for row in rows for name in row)


def _cell(field: TaskField, option: Option | None, document: Document) -> Value:
    if option is None:
        return Value()
    confidence, proof, reason = (_WORDS if field.type in TEXT_TYPES else _FIGURE), Proof.GROUNDED, _IN_ROW
    if is_damaged(option.text):
        confidence, proof, reason = DAMAGED, Proof.AMBIGUOUS, DAMAGED_LETTERS
    return Value(
        value=option.value,
        text=option.text,
        evidence=evidence_of(document, option),
        confidence=confidence,
        proof=proof,
        reason=reason,
    )


def _doubted(row: dict[str, Value], relation: Product) -> dict[str, Value]:
    """The row with its amount marked as contradicted."""
    doubted = {name: row[name].model_copy(update={"confidence": _UNPROVEN}) for name in (relation.quantity, relation.price)}
    mark = {"confidence": _REFUTED, "proof": Proof.CONTRADICTED, "reason": _NO_PRODUCT}
    return row | doubted | {relation.amount: row[relation.amount].model_copy(update=mark)}

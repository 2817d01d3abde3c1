"""Repeated rows: the lines of a table, each value with its place. The table's head says which column is which field."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from app.domain.document import Document
from app.domain.result import Proof, Value
from app.domain.task import FieldType, TaskField, TaskRows
from app.tasks.candidates import TEXT_TYPES, Option, Source, trimmed, typed_options
from app.tasks.folding import same_name_key
from app.tasks.grounding import evidence_at
from app.tasks.labels import Hit, Hits, LabelIndex
from app.tasks.layout import Line, Segment
from app.tasks.scene import Scene

_HEAD_LINES: Final = 3
"""A table's head may run over this many lines."""
_MAX_EMPTY_LINES: Final = 5
"""Lines without figures inside a table: long descriptions, sub-headings."""
_MAX_OFFSET: Final = 14
"""Columns by which a figure may miss its head."""
_POSITION = re.compile(r"\d{1,3}[.)]?[ \u00a0](?=[^\W\d])")
_MAX_ROWS: Final = 500


@dataclass(frozen=True)
class _Column:
    """A column of a table: the field its head names, and where it stands on the line."""

    field: TaskField
    first: int
    last: int

    @property
    def centre(self) -> float:
        return (self.first + self.last) / 2


@dataclass
class _Table:
    columns: list[_Column]
    next_line: int
    rows: list[dict[str, Option]] = field(default_factory=list)


def read_rows(group: TaskRows, scene: Scene, document: Document) -> tuple[dict[str, Value], ...]:
    """The rows of a group found in the document, top to bottom; an empty tuple when no table's head is recognised."""
    source = _source_for(group, scene)
    tables = [_fill(table, group, scene.source.hits, source) for table in _tables(group, source)]
    best = _most_convincing(tables)
    return tuple(
        {name: _value(option, document) for name, option in row.items()}
        | {f.name: Value() for f in group.fields if f.name not in row}
        for row in best[:_MAX_ROWS]
    )


def _source_for(group: TaskRows, scene: Scene) -> Source:
    source = scene.source
    hits = LabelIndex(group.fields).find(source.layout, fuzzy=scene.fuzzy)
    return Source(source.layout, hits, source.typed)


def _tables(group: TaskRows, source: Source) -> Iterable[_Table]:
    """Heads: neighbouring lines in which at least two of the group's fields are named, in different columns."""
    lines = source.layout.lines
    index = 0
    while index < len(lines):
        columns = _head(group, source, lines[index : index + 1])
        used = 1
        for count in range(2, _HEAD_LINES + 1):
            wider = _head(group, source, lines[index : index + count])
            if len(wider) > len(columns) and not _has_amount(source, lines[index + count - 1 : index + count]):
                columns, used = wider, count
        if len(columns) >= 2 and any(column.field.type is FieldType.AMOUNT for column in columns):
            yield _Table(columns, index + used)
            index += used
        else:
            index += 1


def _has_amount(source: Source, lines: Sequence[Line]) -> bool:
    return any(line.start <= candidate.start < line.end for line in lines for candidate in source.typed.get(FieldType.AMOUNT, ()))


def _head(group: TaskRows, source: Source, lines: Sequence[Line]) -> list[_Column]:
    """The columns that lines of a head name, each field once, left to right."""
    if not lines or _has_amount(source, lines[:1]):
        return []
    by_name = {f.name: f for f in group.fields}
    found: dict[str, tuple[Hit, Segment | None]] = {}
    for line in lines:
        for hit in source.hits.on(line.index):
            for name in sorted(hit.own):
                better = name not in found or _outranks(hit, found[name][0], by_name[name])
                if better and not any(other.start == hit.start for key, (other, _) in found.items() if key != name):
                    found[name] = (hit, source.layout.segment_of(hit.start))
    columns = [
        _Column(by_name[name], segment.first if segment else hit.first, segment.last if segment else hit.last)
        for name, (hit, segment) in found.items()
    ]
    return _apart(sorted(columns, key=lambda column: (column.first, column.last)))


def _outranks(hit: Hit, other: Hit, task_field: TaskField) -> bool:
    """For an amount the last column is the line's total; else the longer, then the first label counts."""
    if task_field.type is FieldType.AMOUNT and task_field.name != "unit_price":
        return hit.first > other.first
    return hit.chars > other.chars


def _apart(columns: Sequence[_Column]) -> list[_Column]:
    """Columns that share one segment of the head can't be told apart by place: cut it between them."""
    kept: list[_Column] = []
    for column in columns:
        if kept and column.first <= kept[-1].first:
            continue
        kept.append(column)
    return kept


def _fill(table: _Table, group: TaskRows, scene_hits: Hits, source: Source) -> list[dict[str, Option]]:
    """Read rows below the head until figures stop or the totals begin. A line without the row's last amount is a remark."""
    wanted = [column.field.name for column in table.columns if column.field.type is FieldType.AMOUNT]
    empty = 0
    for line in source.layout.lines[table.next_line :]:
        row = _row(table.columns, line, source)
        if wanted[-1] not in row:
            empty += 1
            if empty > _MAX_EMPTY_LINES or (table.rows and _is_total(row, group, scene_hits.on(line.index))):
                break
            continue
        if _is_total(row, group, scene_hits.on(line.index)):
            break
        empty = 0
        table.rows.append(_with_description(row, table, line, source))
    return table.rows


def _is_total(row: dict[str, Option], group: TaskRows, hits: Sequence[Hit]) -> bool:
    """Whether a line sums up: it names a field of the document, and lacks figures that the lines of a table have."""
    figures = sum(option.kind == "typed" for option in row.values())
    wanted = sum(f.type not in TEXT_TYPES for f in group.fields)
    return 1 <= figures < min(2, wanted) and any(hit.own for hit in hits)


def _row(columns: Sequence[_Column], line: Line, source: Source) -> dict[str, Option]:
    """The values of a line by column: typed ones by what the recognizers found, text by its segments."""
    row: dict[str, Option] = {}
    taken: list[tuple[int, int]] = []
    for column in sorted(columns, key=lambda c: c.field.type in TEXT_TYPES):
        if column.field.type in TEXT_TYPES:
            option = _text_in(column, columns, line, source, taken)
        else:
            option = _typed_in(column, columns, line, source, taken)
        if option is not None:
            row[column.field.name] = option
            taken.append((option.start, option.end))
    return row


def _typed_in(
    column: _Column, columns: Sequence[_Column], line: Line, source: Source, taken: Sequence[tuple[int, int]]
) -> Option | None:
    options = [
        option
        for option in typed_options(column.field.type, source)
        if line.start <= option.start
        and option.end <= line.end
        and not _overlaps(option, taken)
        and not source.text[option.end : option.end + 2].lstrip().startswith("%")
    ]
    near = [(_distance(option, column, line), option) for option in options if _nearest(option, columns, line) is column]
    near = [pair for pair in near if pair[0] <= _MAX_OFFSET]
    return min(near, key=lambda pair: (pair[0], pair[1].start))[1] if near else None


def _nearest(option: Option, columns: Sequence[_Column], line: Line) -> _Column:
    fitting = [column for column in columns if column.field.type not in TEXT_TYPES]
    return min(fitting or columns, key=lambda column: abs(_distance(option, column, line)))


def _distance(option: Option, column: _Column, line: Line) -> float:
    """How far a value stands from its head: figures are set right, left or centred under it, whichever fits best."""
    first, last = option.start - line.start, option.end - line.start
    if first <= column.last and column.first <= last:
        return 0.01 * abs((first + last) / 2 - column.centre)
    return min(abs(first - column.first), abs(last - column.last))


def _text_in(
    column: _Column, columns: Sequence[_Column], line: Line, source: Source, taken: Sequence[tuple[int, int]]
) -> Option | None:
    """The segment under a text column that no figure has taken."""
    following = [other.first for other in columns if other.first > column.first]
    limit = min(following, default=10**6)
    best: Option | None = None
    for segment in line.segments:
        if segment.first >= limit or not segment.overlaps(column.first - 3, max(column.last, limit - 2)):
            continue
        option = _words(source.text, segment.start, segment.end)
        if option is None or _overlaps(option, taken) or not any(sign.isalpha() for sign in option.text):
            continue
        if best is None or len(option.text) > len(best.text):
            best = option
    return best


def _words(text: str, start: int, end: int) -> Option | None:
    number = _POSITION.match(text, start, end)
    start, end = trimmed(text, number.end() if number else start, end)
    if start >= end:
        return None
    value = " ".join(text[start:end].split())
    return Option(start, end, text[start:end], value, same_name_key(value), "segment")


def _overlaps(option: Option, taken: Sequence[tuple[int, int]]) -> bool:
    return any(option.start < end and start < option.end for start, end in taken)


def _with_description(row: dict[str, Option], table: _Table, line: Line, source: Source) -> dict[str, Option]:
    """A row whose description stands on the line before, as on till receipts."""
    wanted = [column for column in table.columns if column.field.type in TEXT_TYPES and column.field.name not in row]
    if not wanted or line.index == 0:
        return row
    above = source.layout.lines[line.index - 1]
    if above.index < table.next_line or _has_amount(source, [above]):
        return row
    option = _text_in(wanted[0], table.columns, above, source, ())
    return row | {wanted[0].field.name: option} if option else row


def _most_convincing(tables: Sequence[list[dict[str, Option]]]) -> list[dict[str, Option]]:
    """Tables that go on over pages share their head: join those with the same fields; else take the fullest."""
    filled = [rows for rows in tables if rows]
    if not filled:
        return []
    best = max(filled, key=lambda rows: (sum(map(len, rows)), -rows[0][next(iter(rows[0]))].start))
    fields = _fields_of(best)
    same = [rows for rows in filled if _fields_of(rows) == fields]
    return [row for rows in same for row in rows]


def _fields_of(rows: Sequence[dict[str, Option]]) -> frozenset[str]:
    return frozenset(name for row in rows for name in row)


def _value(option: Option, document: Document) -> Value:
    return Value(
        value=option.value,
        text=option.text,
        evidence=evidence_at(document, option.start, option.end),
        confidence=0.8,
        proof=Proof.GROUNDED,
        reason="It stands in a row of the table.",
    )

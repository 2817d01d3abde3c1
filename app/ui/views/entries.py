"""A result laid out for people: cards of values, tables of rows, each with its title, type and target. Pure; no widgets."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from app.domain.result import Proof, Result, Value
from app.domain.review import required_names, review_targets
from app.domain.task import FieldType, Task, TaskField, TaskRows
from app.ui.messages import title_of, tr
from app.ui.views.readings import Reading, readings_of

_MISSING = Value(proof=Proof.NOT_FOUND)


@dataclass(frozen=True)
class Entry:
    """One value that a person can look at, accept or correct. `target` names it as in `app.domain.targets`."""

    target: str
    title: str
    value: Value
    type: FieldType = FieldType.TEXT
    to_check: bool = False
    currency: str = ""
    labels: tuple[str, ...] = ()
    choices: dict[str, tuple[str, ...]] = field(default_factory=dict)
    pending: bool = False
    """The value has not been decided yet; the job is still at work."""


@dataclass(frozen=True)
class Card:
    """What stands together on one card: one entry, or all values of a list field."""

    name: str
    title: str
    entries: tuple[Entry, ...]
    many: bool = False
    readings: tuple[Reading, ...] = ()
    """Of a list that a larger model was asked about."""


@dataclass(frozen=True)
class RowGroup:
    """A table of the result; each row holds one entry a column."""

    name: str
    title: str
    column_titles: tuple[str, ...]
    column_types: tuple[FieldType, ...]
    rows: tuple[tuple[Entry, ...], ...]
    empty_row: tuple[Entry, ...] = ()
    """What a row that a person adds begins with; its targets are one past the end."""
    readings: tuple[Reading, ...] = ()
    """Where a larger model was asked about the rows."""

    @property
    def entries(self) -> tuple[Entry, ...]:
        return tuple(entry for row in self.rows for entry in row)


@dataclass(frozen=True)
class Layout:
    """All parts of one result, as shown."""

    cards: tuple[Card, ...] = ()
    tables: tuple[RowGroup, ...] = ()
    open_targets: frozenset[str] = frozenset()

    @property
    def entries(self) -> tuple[Entry, ...]:
        on_cards = tuple(entry for card in self.cards for entry in card.entries)
        return on_cards + tuple(entry for table in self.tables for entry in table.entries)


def layout_of(task: Task | None, result: Result, *, review_below: float, working: bool = False) -> Layout:
    """Lay out `result.answer` in the order of the task that made it. While `working`, absent values are pending."""
    answer = result.answer
    required = required_names(task) if task is not None else frozenset()
    to_check = frozenset() if working else frozenset(review_targets(result, required, review_below))
    tables = [table for table in _tables(task, answer, to_check) if table.rows or not working]
    return Layout(tuple(_cards(task, answer, to_check, working)), tuple(tables), to_check)


def _cards(task: Task | None, answer: Result, to_check: Collection[str], working: bool) -> list[Card]:
    declared = list(task.fields) if task is not None else []
    known = {spec.name for spec in declared}
    extra = [TaskField.model_construct(name=name) for name in answer.fields if name not in known]
    extra += [TaskField.model_construct(name=name, many=True) for name in answer.lists if name not in known]
    return [_card(spec, answer, to_check, working) for spec in declared + extra]


def _card(spec: TaskField, answer: Result, to_check: Collection[str], working: bool) -> Card:
    title = title_of(spec.title, spec.name)
    currency = _currency_of(answer)
    if spec.many:
        values = answer.lists.get(spec.name, ())
        entries = [_entry(spec, f"{spec.name}[{index}]", title, value, currency, to_check) for index, value in enumerate(values)]
        if not entries:
            empty = _entry(spec, f"{spec.name}[0]", title, _MISSING, currency, {f"{spec.name}[0]"} if spec.name in to_check else ())
            entries = [replace(empty, pending=working and spec.name not in answer.lists)]
        readings = readings_of(answer.opinions.get(spec.name, ()), (("", spec.type),))
        return Card(spec.name, title, tuple(entries), many=True, readings=readings)
    found = answer.fields.get(spec.name)
    entry = _entry(spec, spec.name, title, found or _MISSING, currency, to_check)
    return Card(spec.name, title, (replace(entry, pending=working and found is None),))


def _entry(spec: TaskField, target: str, title: str, value: Value, currency: str, to_check: Collection[str]) -> Entry:
    return Entry(
        target=target,
        title=title,
        value=value,
        type=spec.type,
        to_check=target in to_check,
        currency=currency if spec.type is FieldType.AMOUNT else "",
        labels=spec.labels,
        choices=spec.choices,
    )


def _currency_of(answer: Result) -> str:
    found = answer.fields.get("currency")
    return (found.value or "") if found is not None else ""


def _tables(task: Task | None, answer: Result, to_check: Collection[str]) -> list[RowGroup]:
    declared = {group.name: group for group in task.rows} if task is not None else {}
    names = [name for name in dict.fromkeys([*declared, *answer.rows]) if name in declared or answer.rows[name]]
    return [_table(declared.get(name), name, answer, to_check) for name in names]


def _table(spec: TaskRows | None, name: str, answer: Result, to_check: Collection[str]) -> RowGroup:
    rows = answer.rows.get(name, ())
    if spec is not None:
        columns = spec.fields
    else:
        columns = tuple(
            TaskField.model_construct(name=column) for column in dict.fromkeys(column for row in rows for column in row)
        )
    titles = tuple(title_of(column.title, column.name) for column in columns)

    def entries_of(index: int, row: Mapping[str, Value]) -> tuple[Entry, ...]:
        return tuple(
            _entry(
                column,
                f"{name}[{index}].{column.name}",
                tr("{column}, row {number}", column=column_title, number=index + 1),
                row.get(column.name, _MISSING),
                "",
                to_check,
            )
            for column, column_title in zip(columns, titles, strict=True)
        )

    return RowGroup(
        name=name,
        title=title_of(spec.title if spec is not None else {}, name),
        column_titles=titles,
        column_types=tuple(column.type for column in columns),
        rows=tuple(entries_of(index, row) for index, row in enumerate(rows)),
        empty_row=entries_of(len(rows), {}),
        readings=readings_of(answer.opinions.get(name, ()), tuple((column.name, column.type) for column in columns)),
    )

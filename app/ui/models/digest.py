"""What the list shows of a result: a few cells, what is to check, and the words search looks through. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from app.domain.result import Proof, Result, Value
from app.domain.review import expected_errors, required_names, review_targets
from app.domain.targets import iterate_values, parse_target, value_at
from app.domain.task import FieldType, Task, TaskField
from app.ui.messages import title_of
from app.ui.views.typed_values import shown_value

SUBJECT = "#subject"
AMOUNT = "#amount"
_MAX_KEY_FIELDS = 4
_NAMES = frozenset({FieldType.NAME, FieldType.TEXT})


@dataclass(frozen=True)
class Cell:
    """A shown value and what it is sorted by."""

    text: str
    order: tuple[int, Decimal, str] = (1, Decimal(0), "")
    is_number: bool = False


@dataclass(frozen=True)
class Digest:
    """A result in short. `cells` is keyed by field name, and by SUBJECT and AMOUNT for lists of mixed tasks."""

    task: str
    title: str
    cells: Mapping[str, Cell] = field(default_factory=dict)
    to_check: int = 0
    not_found: int = 0
    contradicted: int = 0
    expected_errors: float = 0.0
    """Of what is to check, so many are wrong as far as their confidence tells."""
    is_proven: bool = False
    by_person: bool = False
    words: str = ""

    @property
    def open_count(self) -> int:
        return self.to_check + self.not_found + self.contradicted


def key_fields(task: Task) -> tuple[TaskField, ...]:
    """The fields worth a column: the required ones first, one name, one identifier, one date, and the last amount."""
    ranked = sorted(task.fields, key=lambda item: not item.required)
    chosen: dict[str, TaskField] = {}
    for item in ranked:
        group = "name" if item.type in _NAMES else item.type.value
        if item.many and group in chosen:
            continue
        if item.type is FieldType.AMOUNT and item.required:
            chosen[group] = item
        else:
            chosen.setdefault(group, item)
    order = {item.name: index for index, item in enumerate(task.fields)}
    shown = [item for item in chosen.values() if item.type is not FieldType.CURRENCY]
    shown.sort(key=lambda item: (not item.required, order[item.name]))
    return tuple(sorted(shown[:_MAX_KEY_FIELDS], key=lambda item: (item.type is FieldType.AMOUNT, order[item.name])))


def digest(result: Result, task: Task | None, review_below: float) -> Digest:
    """`task` is the one that made `result.answer`; without it the fields are shown by their names."""
    answer = result.answer
    cells = dict(_field_cells(answer, task))
    label = answer.label or result.label
    subject = _subject(answer, task, cells)
    if subject is not None:
        cells[SUBJECT] = subject
    amount = _amount(task, cells)
    if amount is not None:
        cells[AMOUNT] = amount
    targets = review_targets(result, required_names(task) if task else (), review_below)
    counts = _open_counts(result, targets)
    values = [value for _, value in iterate_values(answer) if value.value is not None]
    return Digest(
        task=answer.task,
        title=title_of(task.title if task else {}, answer.task),
        cells=cells,
        to_check=counts[0],
        not_found=counts[1],
        contradicted=counts[2],
        expected_errors=expected_errors(result, targets),
        is_proven=bool(values) and all(value.proof is Proof.VERIFIED for value in values),
        by_person=any(value.corrected for value in values) or (label is not None and label.method == "person"),
        words=" ".join(_words(result)).casefold(),
    )


def running_cells(task: Task, name: str, value: Value) -> dict[str, Cell]:
    """What one decided value fills, before the whole result is there."""
    kind = next((item.type for item in task.fields if item.name == name), FieldType.TEXT)
    cell = cell_of(value, kind)
    keys = key_fields(task)
    cells = {name: cell}
    if value.value is not None and name == next((item.name for item in keys if item.type in _NAMES), ""):
        cells[SUBJECT] = cell
    if value.value is not None and name == next((item.name for item in keys if item.type is FieldType.AMOUNT), ""):
        cells[AMOUNT] = cell
    return cells


def cell_of(value: Value, kind: FieldType, currency: str = "") -> Cell:
    """A value as shown in a column."""
    if value.value is None:
        return Cell("—", (2, Decimal(0), ""), kind is FieldType.AMOUNT)
    shown = shown_value(kind, value.value, currency=currency if kind is FieldType.AMOUNT else "")
    number = _number(value.value) if kind in {FieldType.AMOUNT, FieldType.NUMBER} else None
    order = (0, number, "") if number is not None else (1, Decimal(0), value.value.casefold())
    return Cell(" ".join(shown.split()), order, number is not None)


def _field_cells(answer: Result, task: Task | None) -> Iterator[tuple[str, Cell]]:
    kinds = {item.name: item.type for item in task.fields} if task else {}
    currency = answer.fields.get("currency")
    unit = (currency.value or "") if currency else ""
    for name, value in answer.fields.items():
        yield name, cell_of(value, kinds.get(name, FieldType.TEXT), unit)
    for name, values in answer.lists.items():
        texts = [cell_of(value, kinds.get(name, FieldType.TEXT), unit).text for value in values]
        if texts:
            yield name, Cell(", ".join(texts), (1, Decimal(0), texts[0].casefold()))


def _subject(answer: Result, task: Task | None, cells: Mapping[str, Cell]) -> Cell | None:
    """The first thing to know: who it is from, what class it has, or the first point of the summary."""
    if answer.label is not None:
        titles = {label.name: label.title for label in task.labels} if task else {}
        text = title_of(titles.get(answer.label.value, {}), answer.label.value)
        return Cell(text, (1, Decimal(0), text.casefold()))
    if answer.points:
        text = " ".join(answer.points[0].text.split())
        return Cell(text, (1, Decimal(0), text.casefold()))
    names = [item.name for item in key_fields(task) if item.type in _NAMES] if task else list(answer.fields)
    return next((cells[name] for name in names if name in cells), None)


def _amount(task: Task | None, cells: Mapping[str, Cell]) -> Cell | None:
    names = [item.name for item in key_fields(task) if item.type is FieldType.AMOUNT] if task else []
    return next((cells[name] for name in names if name in cells), None)


def _open_counts(result: Result, targets: Iterable[str]) -> tuple[int, int, int]:
    to_check = not_found = contradicted = 0
    for text in targets:
        target = parse_target(text)
        value = None if text == "label" or target.name == "points" else (value_at(result, target) or Value())
        if value is not None and value.proof is Proof.CONTRADICTED:
            contradicted += 1
        elif value is not None and value.value is None:
            not_found += 1
        else:
            to_check += 1
    return to_check, not_found, contradicted


def _words(result: Result) -> Iterator[str]:
    for _, value in iterate_values(result.answer):
        yield value.value or ""
        yield value.text or ""
    for label in (result.label, result.answer.label):
        if label is not None:
            yield label.value.replace("_", " ")
    for point in result.answer.points:
        yield point.text


def _number(value: str) -> Decimal | None:
    try:
        return Decimal(value)
    except InvalidOperation:
        return None

"""Targets: how one value inside a result is named, read and replaced. Pure functions, no rules about what is right.

A target is ``total_amount`` (a field), ``parties[1]`` (a value of a list), ``line_items[2].amount`` (a cell), ``line_items[2]``
(a row), ``label`` or ``points[0]``. Numbers count from 0. With `auto`, targets mean the chosen task's result, except ``label``,
which means the class that chose it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from app.domain.result import Result, Value

_Item = TypeVar("_Item")

LABEL = "label"
POINTS = "points"
_GRAMMAR = re.compile(r"^(?P<name>[a-z][a-z0-9_]*)(?:\[(?P<index>\d{1,6})\](?:\.(?P<cell>[a-z][a-z0-9_]*))?)?$")


@dataclass(frozen=True)
class Target:
    name: str
    index: int | None = None
    cell: str = ""

    def __str__(self) -> str:
        index = "" if self.index is None else f"[{self.index}]"
        return f"{self.name}{index}" + (f".{self.cell}" if self.cell else "")


def parse_target(text: str) -> Target:
    """Raises `ValueError` for anything outside the grammar."""
    match = _GRAMMAR.match(text)
    if match is None:
        raise ValueError(f"not a target: {text!r}")
    index = match["index"]
    return Target(match["name"], None if index is None else int(index), match["cell"] or "")


def iterate_values(result: Result) -> Iterator[tuple[Target, Value]]:
    """All values of one result (not of `then`) with their targets."""
    for name, value in result.fields.items():
        yield Target(name), value
    for name, values in result.lists.items():
        for index, value in enumerate(values):
            yield Target(name, index), value
    for name, rows in result.rows.items():
        for index, row in enumerate(rows):
            for cell, value in row.items():
                yield Target(name, index, cell), value


def value_at(result: Result, target: Target) -> Value | None:
    """The value a target names in `result.answer`; None when there is none."""
    answer = result.answer
    if target.index is None:
        return answer.fields.get(target.name)
    if target.cell:
        rows = answer.rows.get(target.name, ())
        return rows[target.index].get(target.cell) if target.index < len(rows) else None
    values = answer.lists.get(target.name, ())
    return values[target.index] if target.index < len(values) else None


def replace_value(result: Result, target: Target, value: Value | None) -> Result:
    """`result` with one value set, appended (index one past the end) or, for rows and list values, taken out with None.

    Raises `ValueError` when the place does not exist.
    """
    if target.index is None:
        if value is None:
            raise ValueError(f"{target} is a field and can't be taken out")
        return edit_answer(result, lambda answer: answer.model_copy(update={"fields": answer.fields | {target.name: value}}))
    if target.cell or target.name in result.answer.rows:
        return edit_answer(result, lambda answer: _replace_cell(answer, target, value))
    return edit_answer(result, lambda answer: _replace_item(answer, target, value))


def edit_answer(result: Result, edit: Callable[[Result], Result]) -> Result:
    """Apply an edit to the part a person came for."""
    if result.then is None:
        return edit(result)
    return result.model_copy(update={"then": edit(result.then)})


def _replace_item(answer: Result, target: Target, value: Value | None) -> Result:
    values = _put(answer.lists.get(target.name, ()), target, value)
    return answer.model_copy(update={"lists": answer.lists | {target.name: values}})


def _replace_cell(answer: Result, target: Target, value: Value | None) -> Result:
    rows = answer.rows.get(target.name, ())
    if not target.cell:
        if value is not None:
            raise ValueError(f"{target} is a row; name one of its cells")
        changed = _put(rows, target, None)
    else:
        if value is None:
            raise ValueError(f"{target} is a cell and can't be taken out")
        index = target.index or 0
        row = rows[index] if index < len(rows) else {}
        changed = _put(rows, target, row | {target.cell: value})
    return answer.model_copy(update={"rows": answer.rows | {target.name: changed}})


def _put(items: tuple[_Item, ...], target: Target, item: _Item | None) -> tuple[_Item, ...]:
    index = target.index or 0
    if index > len(items) or (item is None and index == len(items)):
        raise ValueError(f"there is no {target}")
    return (*items[:index], *(() if item is None else (item,)), *items[index + 1 :])

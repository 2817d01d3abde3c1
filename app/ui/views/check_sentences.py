"""Checks of a task as plain sentences: "Net amount 593.36 + VAT 124.61 = Total 717.97". Pure; no widgets."""

from __future__ import annotations

import re
from collections.abc import Mapping

from app.domain.result import CheckOutcome, Result
from app.domain.task import Task, TaskField
from app.ui.messages import title_of, tr
from app.ui.views.typed_values import shown_value

_TOKEN = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)?|==|!=|<=|>=|\d+(?:\.\d+)?|.", re.DOTALL)
_SYMBOLS = {"==": "=", "!=": "≠", "<=": "≤", ">=": "≥", "*": "×", "/": "÷", "-": "−"}


def check_sentence(check: CheckOutcome, task: Task | None, result: Result) -> str:
    """The check with titles and values put in for its names; the task's own message where it failed and has one."""
    if check.passed is False and check.message:
        return tr(check.message) + " " + _spelled_out(check, task, result)
    return _spelled_out(check, task, result)


def _spelled_out(check: CheckOutcome, task: Task | None, result: Result) -> str:
    specs = {spec.name: spec for spec in task.fields} if task is not None else {}
    groups = {group.name: group for group in task.rows} if task is not None else {}
    words: list[str] = []
    for part in _TOKEN.findall(check.expression):
        if part.isspace():
            continue
        if part == "sum":
            words.append(tr("sum of"))
        elif re.match(r"[A-Za-z_]", part):
            group, _, column = part.partition(".")
            if column and group in groups:
                spec = next((spec for spec in groups[group].fields if spec.name == column), TaskField.model_construct(name=column))
                words.append(f"{title_of(groups[group].title, group)}: {title_of(spec.title, column)}")
            else:
                words.append(_named_value(part, specs, result))
        elif part not in "()":
            words.append(_SYMBOLS.get(part, part))
    return " ".join(words)


def _named_value(name: str, specs: Mapping[str, TaskField], result: Result) -> str:
    spec = specs.get(name) or TaskField.model_construct(name=name)
    found = result.answer.fields.get(name)
    shown = shown_value(spec.type, found.value if found is not None else None)
    return f"{title_of(spec.title, name)} {shown}" if shown else tr("{title} (not found)", title=title_of(spec.title, name))

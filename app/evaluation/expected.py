"""Whether what a case expects can be an answer of its task at all: else right answers would count as wrong without a word."""

from __future__ import annotations

from typing import Any

from app.domain.task import FieldType, Task, TaskField, TaskKind
from app.errors import ExpectedValueError
from app.evaluation.cases import LABEL, SUMMARIES, SUMMARY
from app.evaluation.comparison import expected_values, is_readable


def require_answerable(task: Task, expected: dict[str, Any]) -> None:
    """Raise `ExpectedValueError` for a field that the task does not have, and for a value that its field can't have."""
    fields = {field.name: field for field in task.fields}
    groups = {group.name: {field.name: field for field in group.fields} for group in task.rows}
    for name, value in expected.items():
        if name in fields:
            _require(task, fields[name], value)
        elif name in groups:
            for row in value if isinstance(value, list) else []:
                for cell, wanted in row.items() if isinstance(row, dict) else ():
                    if cell not in groups[name]:
                        raise ExpectedValueError(detail=f"{task.id} has no field {name}.{cell}")
                    _require(task, groups[name][cell], wanted)
        elif name == LABEL and task.kind is not TaskKind.AUTO:
            known = [label.name for label in task.labels]
            for wanted in expected_values(value):
                if wanted not in known:
                    raise ExpectedValueError(detail=f"{wanted!r} is no class of {task.id}; there are: {', '.join(known) or 'none'}")
        elif name not in {LABEL, SUMMARY, SUMMARIES}:
            raise ExpectedValueError(detail=f"{task.id} has no field {name}")


def _require(task: Task, field: TaskField, value: Any) -> None:
    for wanted in expected_values(value):
        if field.type is FieldType.CHOICE and not (isinstance(wanted, str) and wanted in field.choices):
            raise ExpectedValueError(detail=f"{wanted!r} is no choice of {field.name}; there are: {', '.join(field.choices)}")
        if not is_readable(field.type, wanted):
            raise ExpectedValueError(detail=f"{wanted!r} can't be read as {field.type.value}, which {field.name} of {task.id} is")

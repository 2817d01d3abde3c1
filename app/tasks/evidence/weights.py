"""What the evidence around a place counts for; `app.tasks.evidence.fitted` holds the fitted figures."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Final

from app.domain.task import TaskField
from app.tasks.evidence.fitted import ABSENT, BY_FIELD, BY_TYPE

Weights = Mapping[str, float]


def special_key(field: TaskField, task_id: str, known: Container[str] | None = None) -> str:
    """The key under which a field has weights of its own, or nothing.

    The meaning of such fields is fixed by their names; a task's id may stand before a dot.
    """
    for key in (f"{task_id}.{field.name}", field.name):
        if key in (BY_FIELD if known is None else known):
            return key
    return ""


def evidence_weights(field: TaskField, task_id: str) -> Weights:
    """The weights for a field: those of its type, changed by those of a field known by name."""
    base = BY_TYPE[field.type.value]
    extra = BY_FIELD.get(special_key(field, task_id), {})
    return {name: base.get(name, 0.0) + extra.get(name, 0.0) for name in {*base, *extra}}


_REQUIRED: Final = 2.5


def absent_utility(field: TaskField) -> float:
    """The utility of a field having no value in the document; low for a required one, which nearly every document has."""
    return ABSENT.get(field.type.value, 0.0) - (_REQUIRED if field.required else 0.0)

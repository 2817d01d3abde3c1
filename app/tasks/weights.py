"""What evidence, the model's reading and the checks count for; `app.tasks.fitted` holds the fitted figures."""

from __future__ import annotations

import math
from collections.abc import Container, Mapping
from typing import Final

from app.domain.task import FieldType, TaskField
from app.tasks.choice import Decision
from app.tasks.fitted import ABSENT, BY_FIELD, BY_TYPE

Weights = Mapping[str, float]


def special_key(field: TaskField, task_id: str, known: Container[str] = frozenset(BY_FIELD)) -> str:
    """The key under which a field has weights of its own, or nothing.

    The meaning of such fields is fixed by their names; a task's id may stand before a dot.
    """
    for key in (f"{task_id}.{field.name}", field.name):
        if key in known:
            return key
    return ""


def evidence_weights(field: TaskField, task_id: str) -> Weights:
    """The weights for a field: those of its type, changed by those of a field known by name."""
    base = BY_TYPE[field.type.value]
    extra = BY_FIELD.get(special_key(field, task_id), {})
    return {name: base.get(name, 0.0) + extra.get(name, 0.0) for name in {*base, *extra}}


_MODEL_WEIGHT: Final[Mapping[FieldType, float]] = {FieldType.NAME: 0.2, FieldType.TEXT: 0.3, FieldType.AMOUNT: 0.15}
_SURE: Final = 0.93
_REQUIRED: Final = 2.5
_LEAST_SHARE: Final = 1e-3


def absent_utility(field: TaskField) -> float:
    """The utility of a field having no value in the document; low for a required one, which nearly every document has."""
    return ABSENT.get(field.type.value, 0.0) - (_REQUIRED if field.required else 0.0)


def model_share(field: TaskField, share: float) -> float:
    """What the model's share for a contender adds to its log-probability."""
    return _MODEL_WEIGHT.get(field.type, 0.15) * math.log(max(share, _LEAST_SHARE))


def needs_model(decision: Decision) -> bool:
    """Whether the evidence leaves something for the model to decide."""
    if len(decision.contenders) < 2:
        return False
    return decision.contenders[0].probability < _SURE

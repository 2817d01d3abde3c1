"""What each fact about an option counts for. Fitted by `tests/quality/fit_extraction.py` on public documents; the figures are its output."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

from app.domain.task import FieldType, TaskField
from app.tasks.choice import Decision
from app.tasks.fitted import ABSENT, BY_FIELD, BY_TYPE

Weights = Mapping[str, float]

_LIKE: Final = {FieldType.TEXT: "name", FieldType.ADDRESS: "name", FieldType.NUMBER: "amount"}


def evidence_weights(field: TaskField) -> Weights:
    """The weights for a field: those of its type, changed by those of a field known by name."""
    base = BY_TYPE[_LIKE.get(field.type, field.type.value)]
    extra = BY_FIELD.get(field.name, {})
    return {name: base.get(name, 0.0) + extra.get(name, 0.0) for name in {*base, *extra}}


_MODEL_WEIGHT: Final[Mapping[FieldType, float]] = {FieldType.NAME: 0.5, FieldType.AMOUNT: 0.4, FieldType.DATE: 0.4}
_SURE: Final = 0.985


def absent_utility(field: TaskField) -> float:
    """The utility of a field having no value in the document."""
    return ABSENT.get(field.type.value, 0.0)


def model_share(field: TaskField, share: float) -> float:
    """What the model's share for a contender adds to its log-probability."""
    return _MODEL_WEIGHT.get(field.type, 0.4) * math.log(max(share, 1e-6))


def needs_model(decision: Decision) -> bool:
    """Whether the evidence leaves something for the model to decide."""
    if len(decision.contenders) < 2:
        return False
    return decision.contenders[0].probability < _SURE


def calibrated(decision: Decision, *, confirmed: bool, contradicted: bool) -> float:
    """Probability that the chosen value is right."""
    best = decision.best
    if best is None:
        return decision.absent
    del confirmed, contradicted
    return min(0.999, best.probability)

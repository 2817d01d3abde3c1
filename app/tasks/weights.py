"""What each fact about an option counts for. Fitted by `tests/quality/fit_extraction.py` on public documents; the figures are its output."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

from app.domain.task import FieldType, TaskField
from app.tasks.choice import Decision

Weights = Mapping[str, float]

_LABELS: Final[Weights] = {
    "own_left": 4.0,
    "other_left": -2.0,
    "own_above": 3.0,
    "other_above": -1.0,
    "header_above": -1.5,
    "specific": 2.0,
    "unlabelled": -1.0,
    "verified": 1.0,
}

BY_TYPE: Final[Mapping[FieldType, Weights]] = {
    FieldType.AMOUNT: {**_LABELS, "depth": 1.5, "is_sum": 1.0, "relative": 1.0, "cents": 0.5, "table_row": -1.0, "zero": -1.0, "often": 0.3},
    FieldType.DATE: {**_LABELS, "depth": -0.7, "often": 0.3},
    FieldType.IDENTIFIER: {**_LABELS, "depth": -1.0, "often": 0.5, "short": -1.0},
    FieldType.CURRENCY: {"share": 3.0, "own_left": 2.0},
    FieldType.NAME: {
        **_LABELS,
        "legal_form": 2.0, "figures": -2.0, "contact": -3.0, "street": -2.0, "postcode": -3.0, "is_label": -3.0, "boiler": -1.5,
        "many_words": -1.0, "prose": -2.0, "lower_start": -1.0, "capitals": 1.0, "often": 0.3, "domain": 1.0, "address_below": 2.0,
        "top": 1.0, "colon": -2.0, "letterhead": 1.0, "piece": -0.7, "phrase": -0.7, "labelled": 0.3,
    },
}  # fmt: skip

BY_FIELD: Final[Mapping[str, Weights]] = {
    "seller_name": {"contact_below": 1.0, "letterhead": 1.0},
    "buyer_name": {"letterhead": -2.0, "own_above": 1.0},
    "merchant": {"top": 3.0, "first_line": 0.5},
}

NULL: Final[Mapping[FieldType, float]] = {FieldType.AMOUNT: 2.0, FieldType.DATE: 1.5, FieldType.IDENTIFIER: 1.5}


def evidence_weights(field: TaskField) -> Weights:
    """The weights for a field: those of its type, changed by those of a field known by name."""
    base = BY_TYPE.get(field.type) or BY_TYPE[FieldType.NAME if field.type in {FieldType.TEXT, FieldType.ADDRESS} else FieldType.IDENTIFIER]
    extra = BY_FIELD.get(field.name, {})
    return {name: base.get(name, 0.0) + extra.get(name, 0.0) for name in {*base, *extra}}

_MODEL_WEIGHT: Final[Mapping[FieldType, float]] = {FieldType.NAME: 0.5, FieldType.AMOUNT: 0.4, FieldType.DATE: 0.4}
_SURE: Final = 0.985


def absent_utility(field: TaskField) -> float:
    """The utility of a field having no value in the document."""
    return NULL.get(field.type, 0.0)


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

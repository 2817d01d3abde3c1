"""What a person's reviews make of the confidence of a task's answers: a rising map, applied to a result. Pure functions."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict

from app.domain.result import LabelAnswer, Proof, Result, Value
from app.domain.task import CLASSES_OF_AUTO, TaskKind

OFTEN_CORRECTED = "You often corrected values like this one."
OFTEN_CONFIRMED = "You confirmed most values like this one."
_DOUBTFUL_BELOW: Final = 0.6
_LEAST: Final = 0.002
_TRACE: Final = 0.02
"""Part of the model's own confidence that stays, so that level stretches of a map still rank."""


class Recalibration(BaseModel):
    """One version of a task's map from a model's confidence to the share of such answers that a person let stand."""

    model_config = ConfigDict(frozen=True)
    task: str
    version: int
    kind: Literal["isotonic", "logistic"]
    reviews: int
    """Reviewed answers that it was fitted on."""
    made_at: str = ""
    model_sha256: str = ""
    """Whose confidence it maps: that of another model means something else. Empty in a version that is too old to tell: of any."""
    slope: float = 1.0
    offset: float = 0.0
    """Of the log-odds, for the logistic kind."""
    knots: tuple[tuple[float, float], ...] = ()
    """Rising pairs of confidence and probability, for the isotonic kind; straight lines lie between them."""

    def probability(self, confidence: float) -> float:
        """Of an answer being right, as the reviews have it."""
        kept = min(max(confidence, _LEAST), 1.0 - _LEAST)
        if self.kind == "logistic":
            kept = 1.0 / (1.0 + math.exp(-(self.slope * math.log(kept / (1.0 - kept)) + self.offset)))
        else:
            kept = _TRACE * kept + (1.0 - _TRACE) * _between(self.knots, kept)
        return min(max(kept, _LEAST), 1.0 - _LEAST)


MapOf = Callable[[str, str], Recalibration | None]
"""The map in force for a task and the SHA-256 of a model."""


def recalibrated(result: Result, map_of: MapOf) -> Result:
    """`result` with the confidences that the maps of its tasks give; doing it twice changes nothing more.

    Lists, rows and points stay as they are, since reviews do not judge them one by one, and so do a person's word and what a
    larger model had a say in.
    """
    found = map_of(CLASSES_OF_AUTO if result.task == TaskKind.AUTO else result.task, result.model.sha256)
    update: dict[str, Any] = {}
    if found is not None:
        update["fields"] = {name: _value(value, found) for name, value in result.fields.items()}
        update["label"] = _label(result.label, found) if result.label else None
    if result.then is not None:
        update["then"] = recalibrated(result.then, map_of)
    return result.model_copy(update=update)


def confidence_by(found: Recalibration | None, answer: Value | LabelAnswer) -> float:
    """What a model's answer has by this map, or without one, whatever it had when it was stored."""
    if answer.opinions:
        return answer.confidence
    return answer.raw_confidence if found is None else round(found.probability(answer.raw_confidence), 4)


def _value(value: Value, found: Recalibration) -> Value:
    if value.corrected or value.opinions:
        return value
    confidence = confidence_by(found, value)
    update: dict[str, Any] = {"confidence": confidence, "uncalibrated": value.raw_confidence, "rests_on": found.reviews}
    return value.model_copy(update=update | _proof(value, value.confidence, confidence))


def _proof(value: Value, before: float, after: float) -> dict[str, object]:
    """A value falls into doubt, or leaves it, where its confidence crosses the bound."""
    if value.proof is Proof.GROUNDED and after < _DOUBTFUL_BELOW <= before:
        return {"proof": Proof.AMBIGUOUS, "reason": OFTEN_CORRECTED}
    if value.proof is Proof.AMBIGUOUS and before < _DOUBTFUL_BELOW <= after:
        return {"proof": Proof.GROUNDED, "reason": OFTEN_CONFIRMED}
    return {}


def _label(label: LabelAnswer, found: Recalibration) -> LabelAnswer:
    """The class with its new probability; those of the others keep their proportions and fill the rest."""
    if label.method == "person" or label.opinions:
        return label
    confidence = confidence_by(found, label)
    rest = sum(other.probability for other in label.alternatives)
    scale = (1.0 - confidence) / rest if rest else 1.0
    others = tuple(other.model_copy(update={"probability": other.probability * scale}) for other in label.alternatives)
    return label.model_copy(update={"confidence": confidence, "uncalibrated": label.raw_confidence, "alternatives": others})


def _between(knots: tuple[tuple[float, float], ...], confidence: float) -> float:
    if not knots:
        return confidence
    if confidence <= knots[0][0]:
        return knots[0][1]
    for (left, low), (right, high) in pairwise(knots):
        if confidence <= right:
            return low + (high - low) * (confidence - left) / (right - left)
    return knots[-1][1]

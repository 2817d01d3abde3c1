"""What handing fields on to a larger model buys: quality against what is sent, for several ways to choose. Pure functions.

"Everything sent" is every document whole with all fields asked at once; shares of tokens are of that. Parts that are sent hold the
lines which single questions need, each line once a document.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

_RANDOM_ROUNDS: Final = 50
_LEAST_PROBABILITY: Final = 1e-9


@dataclass(frozen=True)
class FieldTrial:
    """A field of a document: whether each model is right about it, and what asking costs."""

    document: str
    name: str
    confidence: float
    margin: float
    """Between the answer's probability and that of the next best."""
    plain_probability: float
    """The model's own of its answer, not calibrated."""
    check_failed: bool
    complexity: float
    """Of the document, known before anything was answered."""
    local_right: bool
    frontier_right: bool
    """When its own lines are sent and the answer is settled like any other."""
    lines: tuple[tuple[int, int], ...]
    """The place where each line that is sent begins, and its tokens; none where nothing in the document could be asked about."""
    question_tokens: int


@dataclass(frozen=True)
class WholeTrial:
    """A document that is sent whole, with all its fields."""

    document: str
    n_fields: int
    n_right: int
    tokens: int


@dataclass(frozen=True)
class DeferralPoint:
    """Shares of fields, documents and tokens that are sent, and of answers that are right then."""

    fields: float
    documents: float
    tokens: float
    accuracy: float


@dataclass(frozen=True)
class Curve:
    """From sending nothing to asking about every field."""

    method: str
    points: tuple[DeferralPoint, ...]
    apgr: float | None
    """Average share of the gap between the models that is closed, over all shares of fields sent (Ong et al. 2024, RouteLLM)."""
    to_95: DeferralPoint | None
    to_98: DeferralPoint | None
    """The first point with so much of the larger model's quality."""


@dataclass(frozen=True)
class Deferral:
    n_documents: int
    n_fields: int
    never: float
    """Share of right answers when nothing is sent."""
    always: float
    """When every document is sent whole."""
    every_field: float
    """When every field is asked with its own lines."""
    tokens_of_all: int
    curves: tuple[Curve, ...]


_METHODS: Final[dict[str, Callable[[FieldTrial], float]]] = {
    "confidence": lambda trial: trial.confidence,
    "margin": lambda trial: trial.margin,
    "mean log-probability": lambda trial: math.log(max(trial.plain_probability, _LEAST_PROBABILITY)),
    "checks only": lambda trial: 0.0 if trial.check_failed else 1.0,
    "before generation": lambda trial: -trial.complexity,
    "oracle": lambda trial: float(trial.local_right - trial.frontier_right),
}
"""What is lowest goes first. Fields of equal score go in the order of chance."""


def deferral(fields: Sequence[FieldTrial], wholes: Sequence[WholeTrial]) -> Deferral:
    """Everything about one task with two models."""
    tokens_of_all = sum(whole.tokens for whole in wholes)
    n_fields = sum(whole.n_fields for whole in wholes)
    always = sum(whole.n_right for whole in wholes) / n_fields if n_fields else 0.0
    curves = [_curve(method, [_ranked(fields, score, 0)], always, tokens_of_all) for method, score in _METHODS.items()]
    shuffled = [_ranked(fields, lambda _: 0.0, seed) for seed in range(_RANDOM_ROUNDS)]
    curves.append(_curve("random", shuffled, always, tokens_of_all))
    return Deferral(
        n_documents=len(wholes),
        n_fields=len(fields),
        never=_share(trial.local_right for trial in fields),
        always=always,
        every_field=_share(trial.frontier_right for trial in fields),
        tokens_of_all=tokens_of_all,
        curves=tuple(curves),
    )


def _ranked(fields: Sequence[FieldTrial], score: Callable[[FieldTrial], float], seed: int) -> list[FieldTrial]:
    generator = random.Random(seed)  # noqa: S311 - no secret: the same answers give the same order.
    shuffled = generator.sample(list(fields), len(fields))
    return sorted(shuffled, key=score)


def _curve(method: str, orders: Sequence[Sequence[FieldTrial]], always: float, tokens_of_all: int) -> Curve:
    """The mean over several orders."""
    walks = [_walk(order, tokens_of_all) for order in orders]
    points = tuple(
        DeferralPoint(
            fields=at[0].fields,
            documents=sum(point.documents for point in at) / len(at),
            tokens=sum(point.tokens for point in at) / len(at),
            accuracy=sum(point.accuracy for point in at) / len(at),
        )
        for at in zip(*walks, strict=True)
    )
    return Curve(method, points, _apgr(points), _first_at(points, 0.95 * always), _first_at(points, 0.98 * always))


def _walk(order: Sequence[FieldTrial], tokens_of_all: int) -> list[DeferralPoint]:
    n = len(order)
    n_documents = len({trial.document for trial in order})
    right = sum(trial.local_right for trial in order)
    sent: dict[str, set[tuple[int, int]]] = {}
    tokens = 0
    points = [DeferralPoint(0.0, 0.0, 0.0, right / n if n else 0.0)]
    for count, trial in enumerate(order, start=1):
        right += trial.frontier_right - trial.local_right
        if trial.lines:
            known = sent.setdefault(trial.document, set())
            tokens += trial.question_tokens + sum(size for _, size in set(trial.lines) - known)
            known.update(trial.lines)
        points.append(
            DeferralPoint(count / n, len(sent) / n_documents, tokens / tokens_of_all if tokens_of_all else 0.0, right / n)
        )
    return points


def _apgr(points: Sequence[DeferralPoint]) -> float | None:
    """None where the larger model is no better."""
    if len(points) < 2 or points[-1].accuracy <= points[0].accuracy:
        return None
    area = sum((left.accuracy + right.accuracy) / 2 * (right.fields - left.fields) for left, right in pairwise(points))
    return (area - points[0].accuracy) / (points[-1].accuracy - points[0].accuracy)


def _first_at(points: Sequence[DeferralPoint], accuracy: float) -> DeferralPoint | None:
    return next((point for point in points if point.accuracy >= accuracy), None)


def _share(flags: Iterable[bool]) -> float:
    listed = list(flags)
    return sum(listed) / len(listed) if listed else 0.0

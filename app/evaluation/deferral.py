"""What handing fields on to a larger model buys: quality against what is sent, for several ways to choose. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from app.evaluation.deferral_leads import Interval, Lead, apgr_intervals, leads
from app.evaluation.deferral_methods import (
    ALL_METHODS,
    CONFIDENCE,
    METHODS,
    TOGETHER,
    DeferralPoint,
    FieldTrial,
    Score,
    WholeTrial,
    apgr,
    ordered,
    walk,
)

_RANDOM_ROUNDS: Final = 50


@dataclass(frozen=True)
class Curve:
    """From sending nothing to asking about every field."""

    method: str
    points: tuple[DeferralPoint, ...]
    apgr: float | None
    apgr_interval: Interval | None
    """95 %, over documents drawn with replacement."""
    to_95: DeferralPoint | None
    to_98: DeferralPoint | None
    """The first point with so much of the quality of sending everything; its score is the threshold."""


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
    n_standing: int
    """Answers of the larger model to single fields that stand in the document."""
    n_standing_right: int
    tokens_of_all: int
    curves: tuple[Curve, ...]
    leads: tuple[Lead, ...]
    """Of some methods over others, at equal cost."""


def deferral(fields: Sequence[FieldTrial], wholes: Sequence[WholeTrial]) -> Deferral:
    """Everything about one task with two models."""
    tokens_of_all = sum(whole.tokens for whole in wholes)
    n_fields = sum(whole.n_fields for whole in wholes)
    always = sum(whole.n_right for whole in wholes) / n_fields if n_fields else 0.0
    intervals = apgr_intervals(fields)
    curves = []
    for method in ALL_METHODS:
        score = METHODS.get(method)
        rounds = _RANDOM_ROUNDS if method not in {CONFIDENCE, TOGETHER} and _has_ties(fields, score) else 1
        walks = [walk(ordered(fields, method, seed), tokens_of_all, score) for seed in range(rounds)]
        curves.append(_curve(method, walks, always, intervals[method]))
    return Deferral(
        n_documents=len(wholes),
        n_fields=len(fields),
        never=_share(trial.local_right for trial in fields),
        always=always,
        every_field=_share(trial.frontier_right for trial in fields),
        n_standing=sum(trial.standing_right is not None for trial in fields),
        n_standing_right=sum(trial.standing_right is True for trial in fields),
        tokens_of_all=tokens_of_all,
        curves=tuple(curves),
        leads=leads(fields, wholes),
    )


def _curve(method: str, walks: Sequence[Sequence[DeferralPoint]], always: float, interval: Interval | None) -> Curve:
    """The mean over several orders."""
    points = tuple(walks[0]) if len(walks) == 1 else tuple(_mean(at) for at in zip(*walks, strict=True))
    return Curve(method, points, apgr(points), interval, _first_at(points, 0.95 * always), _first_at(points, 0.98 * always))


def _has_ties(fields: Sequence[FieldTrial], score: Score | None) -> bool:
    """Whether chance decides the order of most fields."""
    return score is None or 2 * len(set(map(score, fields))) < len(fields)


def _mean(points: Sequence[DeferralPoint]) -> DeferralPoint:
    n = len(points)
    return DeferralPoint(
        fields=points[0].fields,
        documents=sum(point.documents for point in points) / n,
        tokens=sum(point.tokens for point in points) / n,
        accuracy=sum(point.accuracy for point in points) / n,
    )


def _first_at(points: Sequence[DeferralPoint], accuracy: float) -> DeferralPoint | None:
    return next((point for point in points if point.accuracy >= accuracy), None)


def _share(flags: Iterable[bool]) -> float:
    listed = list(flags)
    return sum(listed) / len(listed) if listed else 0.0

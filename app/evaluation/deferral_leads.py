"""How far figures of a deferral report may be trusted: documents are drawn anew, with replacement. Pure functions."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from app.evaluation.deferral_methods import (
    ALL_METHODS,
    CONFIDENCE,
    RANDOM,
    TOGETHER,
    DeferralPoint,
    FieldTrial,
    WholeTrial,
    apgr,
    ordered,
    walk,
)

Interval = tuple[float, float]
_BASELINES: Final = (RANDOM, "mean log-probability", "margin", "checks only", "before generation")
_ROUNDS: Final = 200
_FEWEST_WITH_A_GAP: Final = 0.9
_SHUFFLES: Final = 5
"""Orders of chance that are averaged in each draw."""


@dataclass(frozen=True)
class Lead:
    """By how much one way to choose is better than another: difference of accuracies at equal tokens, on average."""

    of: str
    over: str
    difference: float
    interval: Interval
    """95 %, over documents drawn with replacement."""


def apgr_intervals(fields: Sequence[FieldTrial]) -> dict[str, Interval | None]:
    """By method. None where the larger model is no better in many of the draws."""
    found: dict[str, list[float]] = defaultdict(list)
    draws = list(_draws(fields, ()))
    for seed, (drawn, _) in enumerate(draws):
        for method in ALL_METHODS:
            closed = apgr(walk(ordered(drawn, method, seed), 0))
            if closed is not None:
                found[method].append(closed)
    enough = _FEWEST_WITH_A_GAP * len(draws)
    return {method: _middle(found[method]) if draws and len(found[method]) >= enough else None for method in ALL_METHODS}


def leads(fields: Sequence[FieldTrial], wholes: Sequence[WholeTrial]) -> tuple[Lead, ...]:
    """Of confidence over every baseline, and of asking document by document over asking field by field."""
    if not fields or not wholes:
        return ()
    whole = _mean_accuracies(fields, wholes, 0)
    drawn = [_mean_accuracies(*draw, seed) for seed, draw in enumerate(_draws(fields, wholes))]
    pairs = [*((CONFIDENCE, over) for over in _BASELINES), (TOGETHER, CONFIDENCE)]
    return tuple(Lead(of, over, whole[of] - whole[over], _middle([each[of] - each[over] for each in drawn])) for of, over in pairs)


def _mean_accuracies(fields: Sequence[FieldTrial], wholes: Sequence[WholeTrial], seed: int) -> dict[str, float]:
    """By method, over all shares of tokens up to those that asking about every field takes."""
    tokens_of_all = sum(whole.tokens for whole in wholes)
    found = {}
    for method in (CONFIDENCE, TOGETHER, *_BASELINES):
        orders = _SHUFFLES if method == RANDOM else 1
        areas = [_area(walk(ordered(fields, method, seed * _SHUFFLES + order), tokens_of_all)) for order in range(orders)]
        found[method] = sum(areas) / len(areas)
    return found


def _area(points: Sequence[DeferralPoint]) -> float:
    """Mean accuracy over the tokens; an answer counts once its tokens are spent."""
    end = points[-1].tokens
    if not end:
        return points[-1].accuracy
    return sum(left.accuracy * (right.tokens - left.tokens) for left, right in pairwise(points)) / end


def _draws(fields: Sequence[FieldTrial], wholes: Sequence[WholeTrial]) -> Iterator[tuple[list[FieldTrial], list[WholeTrial]]]:
    """A document that is drawn twice counts as two."""
    by_document: dict[str, list[FieldTrial]] = defaultdict(list)
    for trial in fields:
        by_document[trial.document].append(trial)
    whole_of = {whole.document: whole for whole in wholes}
    names = sorted(by_document)
    generator = random.Random(0)  # noqa: S311 - no secret: the same answers give the same figures.
    for _ in range(_ROUNDS if len(names) > 1 else 0):
        chosen = generator.choices(names, k=len(names))
        drawn = [replace(trial, document=f"{place}/{name}") for place, name in enumerate(chosen) for trial in by_document[name]]
        yield drawn, [whole_of[name] for name in chosen if name in whole_of]


def _middle(values: Sequence[float]) -> Interval:
    """The middle 95 %."""
    listed = sorted(values)
    last = len(listed) - 1
    return (listed[round(0.025 * last)], listed[round(0.975 * last)]) if listed else (0.0, 0.0)

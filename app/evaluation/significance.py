"""Whether one run is really better than another on the same cases, or only happened to be."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.evaluation.cases import SUMMARY
from app.evaluation.outcome import CaseOutcome, Run

NOISE: Final = 0.05
"""A difference that chance alone makes this often, or more often, counts as noise."""


@dataclass(frozen=True)
class Difference:
    """`gained` answers are right now and were wrong before, `lost` ones the other way round."""

    gained: int
    lost: int
    chance: float
    """How often as large a difference comes about if both are equally good: McNemar's exact test (1947)."""

    @property
    def is_real(self) -> bool:
        return self.chance < NOISE


def difference(before: Run, now: Run, names: Sequence[str] = ()) -> Difference:
    """Over the answers that both runs gave; those of some fields, lists and rows, or all single ones.

    Answers of one document err together, so each document counts once for each field, and pooled once in all, by its balance.
    """
    old = _scores(before, names)
    balance = {"gained": 0, "lost": 0}
    for key, scores in _scores(now, names).items():
        shared = scores.keys() & old.get(key, {}).keys()
        change = sum(scores[name] - old[key][name] for name in shared)
        if change:
            balance["gained" if change > 0 else "lost"] += 1
    return Difference(balance["gained"], balance["lost"], _chance(balance["gained"], balance["lost"]))


def _scores(run: Run, names: Sequence[str]) -> dict[str, dict[str, float]]:
    """How good each answer is, 0–1, by case."""
    return {case.key: _scores_of(case, names) for case in run.cases}


def _scores_of(case: CaseOutcome, names: Sequence[str]) -> dict[str, float]:
    scores = {answer.name: float(answer.right) for answer in case.answers if not names or answer.name in names}
    scores |= {answer.name: answer.f1 for answer in case.lists if answer.name in names}
    if SUMMARY in names and case.summary is not None and case.summary.rouge_l is not None:
        scores[SUMMARY] = case.summary.rouge_l
    return scores


def _chance(gained: int, lost: int) -> float:
    n, most = gained + lost, max(gained, lost)
    if n == 0:
        return 1.0
    tail = math.fsum(math.comb(n, k) for k in range(most, n + 1)) * 0.5**n
    return min(1.0, 2 * tail)

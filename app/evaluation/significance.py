"""Whether one run is really better than another on the same cases, or only happened to be."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.evaluation.outcome import Run

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
    """Over the answers that both runs gave; those of some fields, or all.

    Answers of one document err together, so each document counts once for each field, and pooled once in all, by its balance.
    """
    old = _rights(before, names)
    balance = {"gained": 0, "lost": 0}
    for key, rights in _rights(now, names).items():
        shared = rights.keys() & old.get(key, {}).keys()
        change = sum(rights[name] - old[key][name] for name in shared)
        if change:
            balance["gained" if change > 0 else "lost"] += 1
    return Difference(balance["gained"], balance["lost"], _chance(balance["gained"], balance["lost"]))


def _rights(run: Run, names: Sequence[str]) -> dict[str, dict[str, bool]]:
    return {
        case.key: {answer.name: answer.right for answer in case.answers if not names or answer.name in names} for case in run.cases
    }


def _chance(gained: int, lost: int) -> float:
    n, most = gained + lost, max(gained, lost)
    if n == 0:
        return 1.0
    tail = math.fsum(math.comb(n, k) for k in range(most, n + 1)) * 0.5**n
    return min(1.0, 2 * tail)

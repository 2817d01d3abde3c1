"""Ratios over documents, with the interval that chance in the choice of documents gives them."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.metrics import bootstrap_interval


@dataclass(frozen=True)
class Ratio:
    """How many times longer another system takes than Deskhand for the same documents."""

    of_totals: float
    """What documents a minute compare to."""
    interval: tuple[float, float] | None
    """95 % bootstrap interval of `of_totals`, drawn by document."""
    median: float
    """Document by document."""


def ratio(others: Sequence[float], ours: Sequence[float]) -> Ratio | None:
    """Of paired seconds; None without documents."""
    pairs = [(other, own) for other, own in zip(others, ours, strict=True) if own > 0]
    if not pairs:
        return None
    return Ratio(
        of_totals=_of_totals(pairs),
        interval=bootstrap_interval([[pair] for pair in pairs], _of_totals, rounds=2000),
        median=statistics.median(other / own for other, own in pairs),
    )


def _of_totals(pairs: Sequence[tuple[float, float]]) -> float:
    return sum(other for other, _ in pairs) / sum(own for _, own in pairs)

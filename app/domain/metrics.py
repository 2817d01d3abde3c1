"""Measures of answers that carry a confidence: does it rank errors, is it honest, what is right among the surest. Pure functions.

`confidences` and `right` are parallel. Answers of equal confidence are counted as if their order were drawn at random.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from itertools import groupby, pairwise
from typing import Final, TypeVar

_Item = TypeVar("_Item")

BINS: Final = 15
_Z_95: Final = 1.959964


def auroc(confidences: Sequence[float], right: Sequence[bool]) -> float | None:
    """Probability that a right answer has a higher confidence than a wrong one; None without both kinds."""
    n_right = sum(right)
    n_wrong = len(right) - n_right
    if not n_right or not n_wrong:
        return None
    wins, wrong_below = 0.0, 0
    for n_tied, n_tied_right in reversed(_tied(confidences, right)):
        n_tied_wrong = n_tied - n_tied_right
        wins += n_tied_right * (wrong_below + 0.5 * n_tied_wrong)
        wrong_below += n_tied_wrong
    return wins / (n_right * n_wrong)


def aurc(confidences: Sequence[float], right: Sequence[bool]) -> float | None:
    """Mean error rate among the surest k answers, over all k (Geifman & El-Yaniv 2017). Lower is better."""
    if not right:
        return None
    return sum(wrong / count for count, wrong in enumerate(_wrong_among_surest(confidences, right), start=1)) / len(right)


def augrc(confidences: Sequence[float], right: Sequence[bool]) -> float | None:
    """Mean share of all answers that are wrong and accepted, over all coverages (Traub et al. 2024). Lower is better."""
    if not right:
        return None
    wrong = [0.0, *_wrong_among_surest(confidences, right)]
    return sum((before + after) / 2 for before, after in pairwise(wrong)) / len(right) ** 2


def accuracy_at(coverage: float, confidences: Sequence[float], right: Sequence[bool]) -> float | None:
    """Share of right ones among the surest part of the answers."""
    if not right:
        return None
    count = max(1, round(coverage * len(right)))
    return 1.0 - _wrong_among_surest(confidences, right)[count - 1] / count


def expected_calibration_error(confidences: Sequence[float], right: Sequence[bool], bins: int = BINS) -> float | None:
    """Mean gap between confidence and accuracy over bins that hold equally many answers."""
    if not right:
        return None
    ranked = sorted(zip(confidences, right, strict=True))
    count = min(bins, len(ranked))
    edges = [round(index * len(ranked) / count) for index in range(count + 1)]
    gap = 0.0
    for first, last in pairwise(edges):
        gap += abs(sum(confidence - ok for confidence, ok in ranked[first:last]))
    return gap / len(ranked)


def brier(confidences: Sequence[float], right: Sequence[bool]) -> float | None:
    """Mean squared distance between confidence and truth."""
    if not right:
        return None
    return sum((confidence - ok) ** 2 for confidence, ok in zip(confidences, right, strict=True)) / len(right)


def wilson_interval(n_right: float, n: int, z: float = _Z_95) -> tuple[float, float] | None:
    """Where the true share lies with 95 % probability (Wilson 1927)."""
    if n == 0:
        return None
    share = n_right / n
    centre = share + z * z / (2 * n)
    spread = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)


def bootstrap_interval(
    groups: Sequence[Sequence[_Item]], measure: Callable[[Sequence[_Item]], float | None], *, rounds: int = 400, seed: int = 0
) -> tuple[float, float] | None:
    """The middle 95 % of a measure over samples of whole groups (the answers of one document), drawn with replacement.

    None where too few samples have the measure at all.
    """
    generator = random.Random(seed)  # noqa: S311 - no secret: the same answers give the same interval.
    found = []
    for _ in range(rounds if groups else 0):
        sample = [item for group in generator.choices(groups, k=len(groups)) for item in group]
        value = measure(sample)
        if value is not None:
            found.append(value)
    if len(found) < rounds / 2 or not found:
        return None
    found.sort()
    return found[int(0.025 * (len(found) - 1))], found[math.ceil(0.975 * (len(found) - 1))]


def _tied(confidences: Sequence[float], right: Sequence[bool]) -> list[tuple[int, int]]:
    """For each confidence, the highest first: how many answers have it, and how many of them are right."""
    ranked = sorted(zip(confidences, right, strict=True), key=lambda pair: -pair[0])
    groups = ([ok for _, ok in group] for _, group in groupby(ranked, key=lambda pair: pair[0]))
    return [(len(group), sum(group)) for group in groups]


def _wrong_among_surest(confidences: Sequence[float], right: Sequence[bool]) -> list[float]:
    """Expected number of wrong answers among the surest 1, 2, … of them."""
    counts: list[float] = []
    wrong = 0.0
    for n_tied, n_right in _tied(confidences, right):
        share = (n_tied - n_right) / n_tied
        counts += [wrong + share * place for place in range(1, n_tied + 1)]
        wrong += n_tied - n_right
    return counts

"""What a threshold on the confidence gives: how much a person still checks, and how right the rest is. Pure functions.

Values of one document err together, so bounds count fewer values than there are: n / (1 + (m - 1) r), with r their intraclass
correlation and m the values beside which a value stands in its document, itself among them, on average (Kish 1965, 1987). Bounds of
a share are those of Clopper and Pearson (1934), one-sided: with k of n right the lower one is the (1 - CERTAINTY) / 2 quantile of
Beta(k, n - k + 1), half of the chance of error since a threshold is looked for from two starts (see `promise`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, takewhile
from typing import Final

from app.evaluation.outcome import Run

CERTAINTY: Final = 0.95
_N_STARTS: Final = 2
_CHANCE: Final = (1 - CERTAINTY) / _N_STARTS
"""Of a bound being wrong."""
_STEPS: Final = 40
"""Thresholds that are looked at: more would only follow chance."""
_LEAST_CORRELATION: Final = 0.05
"""Documents of one sender look alike even where no sample is large enough to show it."""
_MOST_NEEDED: Final = 100_000


@dataclass(frozen=True)
class Judged:
    """A value, a class or a point whose truth is known."""

    confidence: float
    right: bool
    document: str


@dataclass(frozen=True)
class Point:
    """What happens when everything less sure than `threshold` goes to a person, or to a larger model."""

    threshold: float
    n_kept: int
    reviewed: float
    """Share of the values that are handed on."""
    documents_reviewed: float
    """Share of the documents with at least one such value."""
    accuracy: float | None
    """Of the values that are kept; None when none is."""
    at_least: float
    """Their accuracy is higher than this with `CERTAINTY` at least; 0 when nothing is kept."""
    at_best: float
    """What `at_least` would be if all that are kept were right."""
    at_most: float = 1.0
    """Their accuracy is lower than this, as surely as it is higher than `at_least`."""


@dataclass(frozen=True)
class Tradeoff:
    """All points of one model, and how many values a document has on average."""

    model: str
    points: tuple[Point, ...]
    per_document: float


@dataclass(frozen=True)
class Promise:
    """Whether a target can be promised. `point` is the threshold that reaches it with least review, None when none does."""

    point: Point | None
    best: Point | None
    """Where the target is missed: the point that comes nearest to it."""
    more_needed: int | None = None
    """Values that must still be reviewed before the target could be promised; None when the answers are surely not that right."""


def judged_of(run: Run, names: Sequence[str] = ()) -> list[Judged]:
    """The values of a run, or those of some fields. A failed document's values are wrong with a confidence of 0."""
    return [
        Judged(answer.confidence, answer.right, case.key)
        for case in run.cases
        for answer in case.answers
        if not names or answer.name in names
    ]


def points_of(judged: Sequence[Judged]) -> list[Point]:
    """The trade-off from keeping next to nothing to keeping everything, the strictest threshold first."""
    ranked = sorted(judged, key=lambda one: -one.confidence)
    correlation = _correlation(judged)
    n_documents = len({one.document for one in judged})
    points = []
    for threshold in _thresholds(ranked):
        kept = [one for one in ranked if one.confidence >= threshold]
        handed_on = {one.document for one in ranked[len(kept) :]}
        n_right = sum(one.right for one in kept)
        effect = _design_effect(kept, correlation)
        points.append(
            Point(
                threshold=threshold,
                n_kept=len(kept),
                reviewed=1 - len(kept) / len(ranked),
                documents_reviewed=len(handed_on) / n_documents,
                accuracy=n_right / len(kept) if kept else None,
                at_least=_lower_bound(n_right, len(kept), effect),
                at_best=_lower_bound(len(kept), len(kept), effect),
                at_most=1 - _lower_bound(len(kept) - n_right, len(kept), effect),
            )
        )
    return points


def tradeoff_of(run: Run, names: Sequence[str] = ()) -> Tradeoff:
    """Of the values of a run, or those of some fields."""
    judged = judged_of(run, names)
    n_documents = len({one.document for one in judged})
    return Tradeoff(run.model.id, tuple(points_of(judged)), len(judged) / n_documents if n_documents else 0.0)


def promise(judged: Sequence[Judged], target: float, most_reviewed: float = 1.0) -> Promise:
    """The least review that keeps the accuracy of the rest above `target` with `CERTAINTY`.

    Only points that spare enough review and keep enough values to pass are tested. Two sequences of tests go on from a strict
    point to looser ones, one from the strictest and one from the middle, and each ends at its first failure: fixed sequence testing
    with several starts (Angelopoulos et al. 2021, "Learn then Test"). Each has half of the chance of error (Bonferroni),
    so choosing the loosest point that passed costs no certainty. With one start, a single wrong value among the surest few ends it.
    """
    points = points_of(judged)
    allowed = [point for point in points if point.reviewed <= most_reviewed]
    tested = [point for point in allowed if point.at_best >= target]
    starts = [len(tested) * start // _N_STARTS for start in range(_N_STARTS)]
    passed = [point for start in starts for point in takewhile(lambda point: point.at_least >= target, tested[start:])]
    if passed:
        reached = max(passed, key=lambda point: point.n_kept)
        return Promise(reached, reached)
    best = max(allowed, key=lambda point: (point.at_least, point.n_kept), default=None)
    return Promise(None, best, _more_needed(allowed, judged, target))


def upper_bound(judged: Sequence[Judged]) -> float:
    """The share of right values that the true one stays below with `CERTAINTY`; 1 without any."""
    n_wrong = sum(not one.right for one in judged)
    return 1 - _lower_bound(n_wrong, len(judged), _design_effect(judged, _correlation(judged)), 1 - CERTAINTY)


def _thresholds(ranked: Sequence[Judged]) -> list[float]:
    """Confidences that cut the values into parts of equal size; equal confidences are never parted."""
    if not ranked:
        return []
    places = sorted({max(1, round(len(ranked) * step / _STEPS)) for step in range(1, _STEPS + 1)})
    return list(dict.fromkeys(ranked[place - 1].confidence for place in places))


def _correlation(judged: Sequence[Judged]) -> float:
    """Intraclass correlation of being right within documents, by analysis of variance."""
    groups = _by_document(judged)
    n, k = len(judged), len(groups)
    if k < 2 or n <= k:
        return 1.0
    mean = sum(one.right for one in judged) / n
    shares = [(len(group), sum(group) / len(group)) for group in groups]
    between = sum(size * (share - mean) ** 2 for size, share in shares) / (k - 1)
    within = sum(size * share * (1 - share) for size, share in shares) / (n - k)
    typical = (n - sum(size * size for size, _ in shares) / n) / (k - 1)
    total = between + (typical - 1) * within
    return min(1.0, max(_LEAST_CORRELATION, (between - within) / total)) if total > 0 else _LEAST_CORRELATION


def _design_effect(judged: Sequence[Judged], correlation: float) -> float:
    sizes = Counter(one.document for one in judged).values()
    return 1 + (sum(size * size for size in sizes) / len(judged) - 1) * correlation if judged else 1.0


def _by_document(judged: Sequence[Judged]) -> list[list[bool]]:
    ranked = sorted(judged, key=lambda one: one.document)
    return [[one.right for one in group] for _, group in groupby(ranked, key=lambda one: one.document)]


def _lower_bound(n_right: int, n: int, design_effect: float, chance: float = _CHANCE) -> float:
    """The share that the true one exceeds, but for this chance of error."""
    from scipy.special import betaincinv

    if n_right == 0:
        return 0.0
    counted = n / design_effect
    right = n_right / design_effect
    return float(betaincinv(right, counted - right + 1, chance))


def _more_needed(points: Sequence[Point], judged: Sequence[Judged], target: float) -> int | None:
    """How many more values could carry the target, at the threshold that needs fewest.

    They are taken to be as right as those seen; where those are not right enough, as right as they may truly be: then there are
    too few to tell. None where even that is below the target everywhere, or where what passes lies beyond what surely fails.
    """
    effect = _design_effect(judged, _correlation(judged))
    found = []
    for point in points:
        if point.accuracy is None or point.at_most < target or point.at_least >= target:
            continue
        accuracy = point.accuracy if point.accuracy > target else point.at_most
        found.append(round(_kept_needed(accuracy, target, effect, point.n_kept) / (1 - point.reviewed)) - len(judged))
    return max(1, min(found)) if found else None


def _kept_needed(accuracy: float, target: float, design_effect: float, at_least: int) -> int:
    """`_MOST_NEEDED` stands for what is more than anybody will review."""
    low, high = at_least, max(at_least, _MOST_NEEDED)
    while low < high:
        middle = (low + high) // 2
        if _lower_bound(int(accuracy * middle), middle, design_effect) >= target:
            high = middle
        else:
            low = middle + 1
    return low

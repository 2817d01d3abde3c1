"""A person's reviews put the confidence of a task right: fitted, tried on reviews that it has not seen, kept in versions.

`learn` is called with all reviewed answers of a task; `app.domain.recalibration.recalibrated` applies what is in force.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from app.domain import metrics
from app.domain.recalibration import Recalibration

LEAST_REVIEWS: Final = 30
ISOTONIC_FROM: Final = 200
_LEAST_WRONG: Final = 5
"""Answers of either kind, right and wrong, without which there is nothing to tell apart."""
_FOLDS: Final = 5
_SAME_RANKING: Final = 0.005
"""How much of the AUROC may be lost where a map is nearly level."""
_PULL_SLOPE: Final = 5.0
_PULL_OFFSET: Final = 1.0
"""Towards leaving the confidence as it is: what a handful of answers could move by chance."""
_NEWTON_STEPS: Final = 25
_LEAST_BLOCK: Final = 15
_MORE_THAN_REFUSED: Final = 2
"""What a person took back comes again by itself only with so many times the reviews."""
_BOUND: Final = 0.002


@dataclass(frozen=True)
class Reviewed:
    """An answer that a person let stand or corrected."""

    confidence: float
    """As the model gave it: `Value.raw_confidence`."""
    right: bool
    document: str
    """Answers of one document, or of documents that look alike, err together; they are held out together."""


@dataclass(frozen=True)
class Figures:
    """How confidence fares on reviews: Brier score (lower is better) and AUROC within a fold, for folds have maps of their own."""

    brier: float
    auroc: float | None


@dataclass(frozen=True)
class Lesson:
    """What came of learning. `adopted` is None where it was left as it was; `why` then says why, as a code."""

    reviews: int
    before: Figures | None = None
    after: Figures | None = None
    """On reviews that the fit had not seen."""
    adopted: Recalibration | None = None
    why: str = ""
    """``too_few``, ``all_alike``, ``taken_back``, ``no_better`` or empty."""


class Recalibrations(Protocol):
    """Where the versions of the tasks' maps are kept."""

    def in_force(self, task: str, model_sha256: str) -> Recalibration | None: ...

    def refused_reviews(self, task: str, model_sha256: str) -> int: ...

    def add(self, recalibration: Recalibration) -> None: ...


def learn(task: str, reviews: Sequence[Reviewed], store: Recalibrations, *, model_sha256: str = "", made_at: str = "") -> Lesson:
    """Fit the task's map to all reviews and put it in force if, held out, it beats what is in force and ranks no worse.

    `reviews` are of this model's answers.
    """
    n_wrong = sum(not review.right for review in reviews)
    if len(reviews) < LEAST_REVIEWS:
        return Lesson(len(reviews), why="too_few")
    if min(n_wrong, len(reviews) - n_wrong) < _LEAST_WRONG:
        return Lesson(len(reviews), why="all_alike")
    if len(reviews) < _MORE_THAN_REFUSED * store.refused_reviews(task, model_sha256):
        return Lesson(len(reviews), why="taken_back")
    current = store.in_force(task, model_sha256)
    folds = _folds_of(reviews)
    now = [current.probability(review.confidence) if current else review.confidence for review in reviews]
    before, after = _figures(now, reviews, folds), _figures(_held_out(reviews, folds), reviews, folds)
    if not _is_better(before, after):
        return Lesson(len(reviews), before, after, why="no_better")
    version = current.version + 1 if current else 1
    told = {"task": task, "version": version, "model_sha256": model_sha256, "made_at": made_at}
    found = fit(reviews).model_copy(update=told)
    store.add(found)
    return Lesson(len(reviews), before, after, found)


def fit(reviews: Sequence[Reviewed]) -> Recalibration:
    """Isotonic with many reviews, logistic with few."""
    if len(reviews) >= ISOTONIC_FROM:
        return Recalibration(task="", version=0, kind="isotonic", reviews=len(reviews), knots=_isotonic(reviews))
    slope, offset = _logistic(reviews)
    return Recalibration(task="", version=0, kind="logistic", reviews=len(reviews), slope=slope, offset=offset)


def _is_better(before: Figures, after: Figures) -> bool:
    ranks_no_worse = before.auroc is None or after.auroc is None or after.auroc >= before.auroc - _SAME_RANKING
    return after.brier < before.brier and ranks_no_worse


def _figures(confidences: Sequence[float], reviews: Sequence[Reviewed], folds: Sequence[int]) -> Figures:
    brier = metrics.brier(confidences, [review.right for review in reviews]) or 0.0
    rankings: list[tuple[float, int]] = []
    for part in range(_FOLDS):
        members = [index for index, fold in enumerate(folds) if fold == part]
        ranking = metrics.auroc([confidences[index] for index in members], [reviews[index].right for index in members])
        if ranking is not None:
            rankings.append((ranking, len(members)))
    total = sum(count for _, count in rankings)
    return Figures(brier, sum(ranking * count for ranking, count in rankings) / total if total else None)


def _folds_of(reviews: Sequence[Reviewed]) -> list[int]:
    documents = {document: number for number, document in enumerate(sorted({review.document for review in reviews}))}
    return [documents[review.document] % _FOLDS for review in reviews]


def _held_out(reviews: Sequence[Reviewed], folds: Sequence[int]) -> list[float]:
    """Each answer's confidence by a fit without its document."""
    confidences = [0.0] * len(reviews)
    for part in set(folds):
        rest = [review for review, fold in zip(reviews, folds, strict=True) if fold != part]
        found: Callable[[float], float] = fit(rest).probability if rest else float
        for index, review in enumerate(reviews):
            if folds[index] == part:
                confidences[index] = found(review.confidence)
    return confidences


def _isotonic(reviews: Sequence[Reviewed]) -> tuple[tuple[float, float], ...]:
    """Centres of the blocks that pooling adjacent violators leaves, each of enough answers to count (Zadrozny & Elkan 2002)."""
    ranked = sorted((review.confidence, float(review.right)) for review in reviews)
    blocks: list[tuple[float, float, int]] = []
    for start in range(0, len(ranked), _LEAST_BLOCK):
        part = ranked[start : start + _LEAST_BLOCK]
        blocks.append((sum(c for c, _ in part), sum(ok for _, ok in part), len(part)))
        while len(blocks) > 1 and _share(blocks[-1]) <= _share(blocks[-2]):
            last, before = blocks.pop(), blocks.pop()
            blocks.append((before[0] + last[0], before[1] + last[1], before[2] + last[2]))
    knots: list[tuple[float, float]] = []
    for block in blocks:
        centre = block[0] / block[2]
        if not knots or centre > knots[-1][0]:
            knots.append((centre, _share(block)))
    return tuple(knots)


def _share(block: tuple[float, float, int]) -> float:
    """Of right answers, a little less than all and a little more than none."""
    return (block[1] + 0.5) / (block[2] + 1.0)


def _logistic(reviews: Sequence[Reviewed]) -> tuple[float, float]:
    """Slope and offset of the log-odds that fit best (Platt 1999), drawn towards leaving them; the slope never turns."""
    odds = [_log_odds(review.confidence) for review in reviews]
    slope, offset = 1.0, 0.0
    for _ in range(_NEWTON_STEPS):
        g_slope, g_offset = _PULL_SLOPE * (slope - 1.0), _PULL_OFFSET * offset
        h_slope, h_both, h_offset = _PULL_SLOPE, 0.0, _PULL_OFFSET
        for review, score in zip(reviews, odds, strict=True):
            chance = 1.0 / (1.0 + math.exp(-(slope * score + offset)))
            error, weight = chance - review.right, chance * (1.0 - chance)
            g_slope, g_offset = g_slope + error * score, g_offset + error
            h_slope, h_both, h_offset = h_slope + weight * score * score, h_both + weight * score, h_offset + weight
        whole = h_slope * h_offset - h_both * h_both
        step_slope = (h_offset * g_slope - h_both * g_offset) / whole
        step_offset = (h_slope * g_offset - h_both * g_slope) / whole
        slope, offset = max(0.05, slope - step_slope), offset - step_offset
        if abs(step_slope) + abs(step_offset) < 1e-9:
            break
    return slope, offset


def _log_odds(confidence: float) -> float:
    kept = min(max(confidence, _BOUND), 1.0 - _BOUND)
    return math.log(kept / (1.0 - kept))

"""Ways to choose which fields are handed on to a larger model, and what is sent and right after each of them. Pure functions.

"Everything sent" is every document whole with all fields asked at once; shares of tokens are of that. What is sent of a document
goes in one request, as in daily work: its frame counts once, and so does each line that several questions need.
"""

from __future__ import annotations

import heapq
import math
import random
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

_LEAST_PROBABILITY: Final = 1e-9
Score = Callable[["FieldTrial"], float]


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
    """Its own words, and their form in the answer."""
    request_tokens: int = 0
    """What every request about the document takes, whatever is asked."""
    standing_right: bool | None = None
    """Whether what the larger model itself said is right; None where that does not stand in the document, or it said nothing."""


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
    score: float | None = None
    """Of the last field that is sent; of none where several orders were averaged."""

    @property
    def threshold(self) -> float | None:
        """In hundredths, at most 1: the last field that is sent is less sure than this, unless it is quite sure."""
        return None if self.score is None else min(1.0, (math.floor(round(100 * self.score, 6)) + 1) / 100)


METHODS: Final[Mapping[str, Score]] = {
    "confidence": lambda trial: trial.confidence,
    "margin": lambda trial: trial.margin,
    "mean log-probability": lambda trial: math.log(max(trial.plain_probability, _LEAST_PROBABILITY)),
    "checks only": lambda trial: 0.0 if trial.check_failed else 1.0,
    "before generation": lambda trial: -trial.complexity,
    "oracle": lambda trial: float(trial.local_right - trial.frontier_right),
}
"""What is lowest goes first. Fields of equal score go in the order of chance."""


CONFIDENCE: Final = "confidence"
TOGETHER: Final = "confidence, document by document"
"""What can be expected to be wrong in a document, for the tokens that asking about it takes."""
RANDOM: Final = "random"
ALL_METHODS: Final = (CONFIDENCE, TOGETHER, *(name for name in METHODS if name != CONFIDENCE), RANDOM)


def ordered(fields: Sequence[FieldTrial], method: str, seed: int = 0) -> list[FieldTrial]:
    """What goes first, by any of the methods."""
    if method == TOGETHER:
        return _together(fields)
    return ranked(fields, METHODS.get(method, lambda _: 0.0), seed)


def _together(fields: Sequence[FieldTrial]) -> list[FieldTrial]:
    """From each document the least sure fields go together, as many as are worth their tokens; then the next best document."""
    left: dict[str, list[FieldTrial]] = {}
    for trial in sorted(fields, key=METHODS[CONFIDENCE]):
        left.setdefault(trial.document, []).append(trial)
    known: dict[str, set[tuple[int, int]]] = {name: set() for name in left}
    best = [(*_worth(waiting, set()), name) for name, waiting in left.items()]
    heapq.heapify(best)
    order: list[FieldTrial] = []
    while best:
        _, count, name = heapq.heappop(best)
        asked, left[name] = left[name][:count], left[name][count:]
        order += asked
        known[name].update(line for trial in asked for line in trial.lines)
        if left[name]:
            heapq.heappush(best, (*_worth(left[name], known[name]), name))
    return order


def _worth(waiting: Sequence[FieldTrial], known: Set[tuple[int, int]]) -> tuple[float, int]:
    """The best of all beginnings: expected errors for a token, as a negative number, and how many fields that takes.

    `known` are the lines that were sent of the document before. Of fields without lines nothing is expected.
    """
    seen, errors, found, tokens = set(known), 0.0, (0.0, 1), 0
    for count, trial in enumerate(waiting, start=1):
        if not trial.lines:
            continue
        errors += 1.0 - trial.confidence
        tokens += 0 if seen else trial.request_tokens
        tokens += trial.question_tokens + sum(size for _, size in set(trial.lines) - seen)
        seen.update(trial.lines)
        found = min(found, (-errors / max(1, tokens), count))
    return found


def ranked(fields: Sequence[FieldTrial], score: Score, seed: int = 0) -> list[FieldTrial]:
    """What is lowest first; `seed` decides between fields of equal score."""
    generator = random.Random(seed)  # noqa: S311 - no secret: the same answers give the same order.
    shuffled = generator.sample(list(fields), len(fields))
    return sorted(shuffled, key=score)


def walk(order: Sequence[FieldTrial], tokens_of_all: int, score: Score | None = None) -> list[DeferralPoint]:
    """From sending nothing to asking about every field, one after the other."""
    n = len(order)
    n_documents = len({trial.document for trial in order})
    right = sum(trial.local_right for trial in order)
    sent: dict[str, set[tuple[int, int]]] = {}
    tokens = 0
    points = [DeferralPoint(0.0, 0.0, 0.0, right / n if n else 0.0)]
    for count, trial in enumerate(order, start=1):
        right += trial.frontier_right - trial.local_right
        if trial.lines:
            tokens += 0 if trial.document in sent else trial.request_tokens
            known = sent.setdefault(trial.document, set())
            tokens += trial.question_tokens + sum(size for _, size in set(trial.lines) - known)
            known.update(trial.lines)
        points.append(
            DeferralPoint(
                fields=count / n,
                documents=len(sent) / n_documents,
                tokens=tokens / tokens_of_all if tokens_of_all else 0.0,
                accuracy=right / n,
                score=score(trial) if score else None,
            )
        )
    return points


def apgr(points: Sequence[DeferralPoint]) -> float | None:
    """Average share of the gap between the models that is closed, over all shares of fields sent (Ong et al. 2024, RouteLLM).

    None where the larger model is no better.
    """
    if len(points) < 2 or points[-1].accuracy <= points[0].accuracy:
        return None
    area = sum((left.accuracy + right.accuracy) / 2 * (right.fields - left.fields) for left, right in pairwise(points))
    return (area - points[0].accuracy) / (points[-1].accuracy - points[0].accuracy)


def accuracy_at(points: Sequence[DeferralPoint], tokens: float) -> float:
    """At the last point that sends no larger share of the tokens than this."""
    return [point for point in points if point.tokens <= tokens][-1].accuracy

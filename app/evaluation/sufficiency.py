"""The smallest model that is sufficient for a job: the first one, by size, whose answers carry a target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from app.evaluation.outcome import Run
from app.evaluation.tradeoff import Promise, judged_of, promise


@dataclass(frozen=True)
class Target:
    """Such as: of the amounts that nobody checks 98 % are right, and at most 10 % need a check. No `names`: all values."""

    accuracy: float
    most_reviewed: float
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Candidate:
    """A model that answered the cases."""

    run: Run
    size_bytes: int
    is_elsewhere: bool = False
    """A larger model that is asked over the network, of unknown size."""

    @property
    def seconds_per_document(self) -> float:
        """The median over the documents that it answered."""
        return median([case.read_s + case.answer_s for case in self.run.cases if not case.error] or [0.0])


@dataclass(frozen=True)
class Verdict:
    """What one model can promise."""

    candidate: Candidate
    promise: Promise
    n: int


@dataclass(frozen=True)
class Sufficiency:
    """All models with what they can promise, the smallest first."""

    target: Target
    verdicts: tuple[Verdict, ...]
    smallest: Verdict | None
    fastest: Verdict | None
    """Among those on this computer that are sufficient."""


def smallest_sufficient(candidates: Sequence[Candidate], target: Target) -> Sufficiency:
    """Judge every model on its own cases; compare only runs over the same ones."""
    ranked = sorted(candidates, key=lambda one: (one.is_elsewhere, one.size_bytes, one.seconds_per_document))
    verdicts = tuple(_verdict(candidate, target) for candidate in ranked)
    enough = [verdict for verdict in verdicts if verdict.promise.point is not None]
    return Sufficiency(
        target=target,
        verdicts=verdicts,
        smallest=enough[0] if enough else None,
        fastest=min(
            (verdict for verdict in enough if not verdict.candidate.is_elsewhere),
            key=lambda verdict: verdict.candidate.seconds_per_document,
            default=None,
        ),
    )


def _verdict(candidate: Candidate, target: Target) -> Verdict:
    judged = judged_of(candidate.run, target.names)
    return Verdict(candidate, promise(judged, target.accuracy, target.most_reviewed), len(judged))

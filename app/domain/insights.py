"""Figures about work done: how much, how well, how long, how much of it left this computer and at what price."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Period(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True)
class Insight:
    """Counts over the documents of a task or of all, in a period or over all time. A share of nothing is None."""

    period: str = ""
    """First day of a day or week (Monday), ``2026-11`` for a month; empty for all time. On the person's calendar."""
    task: str = ""
    """Empty for all tasks."""
    n_documents: int = 0
    """With an answer."""
    n_failed: int = 0
    n_wanted: int = 0
    """The policy would have handed something on."""
    n_sent: int = 0
    """Something of the document left, or may have."""
    n_to_review: int = 0
    """A person was asked to look at the answer when it was made."""
    n_reviewed: int = 0
    """A person has looked, and finished."""
    n_corrected: int = 0
    """Reviewed, and at least one answer changed."""
    p50_s: float | None = None
    p95_s: float | None = None
    sent_bytes: int = 0
    """What left in this period, for whatever document."""
    spent_micros: int = 0
    kept_chars: int = 0
    """Length of the documents of which nothing left."""

    @property
    def n_local(self) -> int:
        return self.n_documents - self.n_sent

    @property
    def n_unchanged(self) -> int:
        return self.n_reviewed - self.n_corrected

    @property
    def local_share(self) -> float | None:
        return _share(self.n_local, self.n_documents)

    @property
    def unchanged_share(self) -> float | None:
        """The quality score: what a person looked at and left as it was."""
        return _share(self.n_unchanged, self.n_reviewed)

    @property
    def escalation_rate(self) -> float | None:
        """Share that the policy wanted to hand on; what was sent of it is for privacy, consent and budget to say."""
        return _share(self.n_wanted, self.n_documents)

    @property
    def review_rate(self) -> float | None:
        return _share(self.n_to_review, self.n_documents)

    def saved_micros(self, micros_per_char: float | None) -> int | None:
        """What sending the documents that stayed would have cost, at such a price; None while no price is known."""
        return None if micros_per_char is None else round(self.kept_chars * micros_per_char)


def percentile(ordered: Sequence[float], share: float) -> float | None:
    """The smallest value that `share` of all values do not exceed (nearest rank)."""
    if not ordered:
        return None
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None

"""Which rates have risen, overall and for documents of one look, without more false alarms the more is watched.

All alarms together may be false once in `FALSE_ALARM_EVERY` documents. Each of the four kinds of stream has a part of that. A
document moves one stream of each kind only, that of its look, so the number of looks does not matter. Corrections are known of
reviewed documents only; the two streams over all documents share their part so that both find a rise after equally many documents
of their own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.domain.drift import OVERALL, SENDER, Rise, Tuning, rises

FALSE_ALARM_EVERY: Final = 5_000
_N_EXAMPLES = 5
_LEAST_REVIEWED = 0.1


class Watched(StrEnum):
    ESCALATION = "escalation"
    """The policy wanted to hand something on."""
    CORRECTION = "correction"
    """A person changed an answer, of those they looked at."""


_OVERALL_PART: Final = 0.94
_LOOK_PART: Final = 0.01
"""Of the allowed false alarms: both streams over all documents together, and each kind of stream over looks."""


@dataclass(frozen=True)
class Observation:
    """A document with an answer. `corrected` is None while nobody has reviewed it."""

    job_id: int
    finished_at: str
    escalated: bool
    look: str = ""
    corrected: bool | None = None
    reviewed_at: str = ""


@dataclass(frozen=True)
class Drift:
    """A rate that rose: ``Supplier X since 3 October: 4 % to 31 %``. Times are those of finishing, or of review for corrections."""

    watched: Watched
    look: str
    """Empty for all documents."""
    since: str
    found_at: str
    before: float
    after: float
    n_documents: int
    """From `since` until it was found."""
    examples: tuple[int, ...]
    """Jobs of the rise, newest first."""
    sender: str = ""
    """Whom the documents of the look mostly come from, where that is known."""


def overall_every(reviewed_share: float) -> float:
    """Documents of its own between false alarms that each stream over all documents is allowed."""
    return FALSE_ALARM_EVERY * (1 + reviewed_share) / _OVERALL_PART


def look_every(share: float) -> float:
    """The same for a stream over looks that knows `share` of all documents."""
    return FALSE_ALARM_EVERY * share / _LOOK_PART


def find_drifts(observations: Iterable[Observation]) -> list[Drift]:
    """All rises, newest first."""
    finished = sorted(observations, key=lambda one: (one.finished_at, one.job_id))
    reviewed = sorted((one for one in finished if one.corrected is not None), key=lambda one: (one.reviewed_at, one.job_id))
    if not finished:
        return []
    reviewed_share = max(_LEAST_REVIEWED, round(len(reviewed) / len(finished), 1))
    every = overall_every(reviewed_share)
    found = [
        *_watch(Watched.ESCALATION, finished, every, look_every(1.0)),
        *_watch(Watched.CORRECTION, reviewed, every, look_every(reviewed_share)),
    ]
    return sorted(found, key=lambda drift: drift.found_at, reverse=True)


def _watch(watched: Watched, documents: Sequence[Observation], every: float, every_of_looks: float) -> Iterator[Drift]:
    """`every` so many documents a false alarm is allowed overall, and over looks."""
    if not documents:
        return
    yield from _of_stream(watched, "", documents, OVERALL, every, None)
    usual = sum(_event(watched, one) for one in documents) / len(documents)
    by_look = defaultdict[str, list[Observation]](list)
    for one in documents:
        by_look[one.look].append(one)
    for look, stream in by_look.items():
        if look:
            yield from _of_stream(watched, look, stream, SENDER, every_of_looks, usual)


def _of_stream(
    watched: Watched, look: str, stream: Sequence[Observation], tuning: Tuning, every: float, expected: float | None
) -> Iterator[Drift]:
    for rise in rises((_event(watched, one) for one in stream), tuning, every, expected):
        yield Drift(
            watched=watched,
            look=look,
            since=_moment(watched, stream[rise.since]),
            found_at=_moment(watched, stream[rise.found]),
            before=rise.before,
            after=rise.after,
            n_documents=rise.found - rise.since + 1,
            examples=_examples(watched, stream, rise),
        )


def _event(watched: Watched, one: Observation) -> bool:
    return one.escalated if watched is Watched.ESCALATION else bool(one.corrected)


def _moment(watched: Watched, one: Observation) -> str:
    return one.finished_at if watched is Watched.ESCALATION else one.reviewed_at


def _examples(watched: Watched, stream: Sequence[Observation], rise: Rise) -> tuple[int, ...]:
    told = [one.job_id for one in stream[rise.since : rise.found + 1] if _event(watched, one)]
    return tuple(told[::-1][:_N_EXAMPLES])

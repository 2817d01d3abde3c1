"""Trust in a larger model: how often its answers that stand in the document are right, as reviews found. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from app.domain.result import Opinion, Result

_USUAL: Final = 0.95
_WEIGHT: Final = 20.0
"""What is expected of a model that nobody has judged counts like so many reviews."""
_BOUNDS: Final = (0.5, 0.99)


@dataclass(frozen=True)
class Trust:
    """What reviews say of one larger model."""

    n_right: int = 0
    n_judged: int = 0

    @property
    def right(self) -> float:
        """The share of its answers that is right: the mean of a Beta distribution that reviews move away from the usual."""
        share = (_USUAL * _WEIGHT + self.n_right) / (_WEIGHT + self.n_judged)
        return min(max(share, _BOUNDS[0]), _BOUNDS[1])


UNJUDGED: Final = Trust()
"""As long as nobody has looked."""


def trust_in(source: str, reviewed: Iterable[Result]) -> Trust:
    """Of the larger model `source`, by results with a person's word: each value and class that both have judged counts once.

    What does not stand in the document is not counted: it is never taken.
    """
    judged = [said == truth for result in reviewed for said, truth in _judged(source, result)]
    return Trust(sum(judged), len(judged))


def _judged(source: str, result: Result) -> Iterator[tuple[str, str | None]]:
    answer = result.answer
    for value in answer.fields.values():
        said = _said(source, value.opinions)
        if value.corrected and said is not None and said.evidence is not None and said.value is not None:
            yield said.value, value.value
    label = answer.label
    if label is not None and label.method == "person":
        said = _said(source, label.opinions)
        if said is not None and said.value is not None:
            yield said.value, label.value


def _said(source: str, opinions: Iterable[Opinion]) -> Opinion | None:
    """The last that it said."""
    return next((opinion for opinion in reversed(tuple(opinions)) if opinion.source == source), None)

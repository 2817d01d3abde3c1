"""How well a value stands when parts of its evidence are left out: many readings, each without some features."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final

from app.tasks.answers.choice import Contender
from app.tasks.candidates.options import Option

_READINGS: Final = 24
_LEFT_OUT_OF_TEN: Final = 3
"""Features without which each reading goes, drawn by their names, so that a reading is the same for every document."""


def with_backing(
    contenders: Sequence[Contender],
    options: Sequence[Option],
    utilities: Sequence[float],
    facts: Sequence[Mapping[str, float]],
    weights: Mapping[str, float],
) -> tuple[Contender, ...]:
    """The contenders with the share of the readings that each of them wins. The last four arguments tell of all options."""
    places = {id(option): index for index, option in enumerate(options)}
    indices = [places[id(contender.option)] for contender in contenders]
    parts = [
        [(_readings_without(name), weights[name] * amount) for name, amount in facts[index].items() if name in weights and amount]
        for index in indices
    ]
    wins = [0] * len(contenders)
    for reading in range(_READINGS if contenders else 0):
        left = [
            utilities[index] - sum(part for readings, part in mine if readings >> reading & 1)
            for index, mine in zip(indices, parts, strict=True)
        ]
        wins[left.index(max(left))] += 1
    return tuple(replace(contender, backing=won / _READINGS) for contender, won in zip(contenders, wins, strict=True))


@lru_cache(maxsize=512)
def _readings_without(feature: str) -> int:
    """The readings that leave a feature out, as bits."""
    return sum(1 << reading for reading in range(_READINGS) if zlib.crc32(f"{reading} {feature}".encode()) % 10 < _LEFT_OUT_OF_TEN)

"""How many threads a model reads fastest with on this computer: tried with the model itself, once."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from app.tasks.asking.engine import Tokens

_PROBE_TOKENS: Final = 64
_WRITTEN_TOKENS: Final = 6
_PATIENCE_S: Final = 6.0
"""After this long no further number is tried; the usual one is tried first."""
_TRIES: Final = 2
_WORTH: Final = 1.05
"""More threads must read faster by this much: each one is taken from other programs."""
_LEAST_SHARE: Final = 0.7
"""Of the time of its threads that the engine must get, or the computer is too busy to measure."""
_TEXT: Final = "Invoice 4711 of 12.03.2024 from Miller Ltd, High Street 5: 2 chairs at 120.00, tax 48.00, total due 288.00 EUR. "


class Tunable(Protocol):
    """The part of the engine that is tried."""

    def tokenize(self, text: str, *, special: bool = False) -> Tokens: ...

    def feed(self, segments: Sequence[Sequence[int]]) -> None: ...

    def set_threads(self, threads: int) -> None: ...


@dataclass(frozen=True)
class Tuning:
    """The number of threads to use, and tokens a second with it."""

    threads: int
    prompt_tokens_per_s: float
    steps_per_s: float


def candidates(usual: int, count: int) -> list[int]:
    """Numbers of threads worth trying, the usual one first: the `count` of processors may be one of cores or of halves of cores."""
    numbers = {usual, max(1, count // 2), max(1, count - 1), count}
    return [usual, *sorted((number for number in numbers if number != usual), reverse=True)]


def tune(engine: Tunable, numbers: Sequence[int]) -> Tuning | None:
    """Try the numbers of threads, the usual one first, and leave the engine with the best.

    None, with the usual number, where other programs keep the processors busy: what is measured then would not hold later.
    """
    usual = numbers[0]
    started = time.perf_counter()
    probe = engine.tokenize(_TEXT * 8)[:_PROBE_TOKENS]
    speeds: dict[int, float] = {}
    for number in numbers:
        if speeds and time.perf_counter() - started > _PATIENCE_S:
            break
        engine.set_threads(number)
        began, used = time.perf_counter(), time.process_time()
        speeds[number] = max(_reading_speed(engine, probe, f"{number} {attempt}") for attempt in range(_TRIES))
        share = (time.process_time() - used) / max(1e-9, number * (time.perf_counter() - began))
        if number == usual and share < _LEAST_SHARE:
            return None
    best = min(speeds)
    for number in sorted(speeds):
        if speeds[number] > speeds[best] * _WORTH:
            best = number
    engine.set_threads(best)
    return Tuning(best, speeds[best], _steps_speed(engine, probe))


def _reading_speed(engine: Tunable, probe: Tokens, mark: str) -> float:
    """Tokens a second; `mark` differs each time, so that nothing is taken from what was read before."""
    beginning = engine.tokenize(mark)
    engine.feed([beginning, beginning])
    started = time.perf_counter()
    engine.feed([beginning, probe])
    return len(probe) / (time.perf_counter() - started)


def _steps_speed(engine: Tunable, probe: Tokens) -> float:
    """Single tokens a second, each with its logits."""
    segments = [[token] for token in probe[: _WRITTEN_TOKENS + 1]]
    engine.feed(segments[:1])
    started = time.perf_counter()
    for count in range(2, len(segments) + 1):
        engine.feed(segments[:count])
    return (len(segments) - 1) / (time.perf_counter() - started)

"""The number of threads is tried, and more are taken only for a clear gain."""

from __future__ import annotations

import pytest

from app.worker import tuning
from app.worker.tuning import candidates, tune


class Clock:
    now = used = 0.0

    def perf_counter(self) -> float:
        return self.now

    def process_time(self) -> float:
        return self.used


class Engine:
    """Reads at a speed that depends on its threads."""

    def __init__(self, clock: Clock, speeds: dict[int, float], share: float = 1.0) -> None:
        self.clock, self.speeds, self.share, self.threads = clock, speeds, share, 0
        self.tried: list[int] = []

    def tokenize(self, text: str, *, special: bool = False) -> list[int]:
        return list(text.encode())

    def set_threads(self, threads: int) -> None:
        self.threads = threads
        self.tried.append(threads)

    def feed(self, segments: list[list[int]]) -> None:
        seconds = sum(map(len, segments)) / self.speeds[self.threads]
        self.clock.now += seconds
        self.clock.used += seconds * self.threads * self.share


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(tuning, "time", clock)
    return clock


def test_the_fastest_number_is_kept(clock: Clock) -> None:
    engine = Engine(clock, {4: 200.0, 8: 150.0, 7: 100.0})
    tuned = tune(engine, candidates(4, 8))
    assert tuned is not None
    assert tuned.threads == engine.threads == 4
    assert tuned.prompt_tokens_per_s == pytest.approx(200.0, rel=0.1)
    assert tuned.steps_per_s > 0


@pytest.mark.parametrize(("two", "kept"), [(103.0, 1), (190.0, 2)])
def test_more_threads_must_be_worth_it(clock: Clock, two: float, kept: int) -> None:
    engine = Engine(clock, {2: two, 1: 100.0})
    assert tune(engine, candidates(2, 2)) is not None
    assert engine.threads == kept


def test_nothing_is_learnt_on_a_busy_computer(clock: Clock) -> None:
    engine = Engine(clock, {4: 50.0, 8: 100.0, 7: 100.0}, share=0.4)
    assert tune(engine, candidates(4, 8)) is None
    assert engine.threads == 4


def test_a_slow_model_is_not_tried_for_long(clock: Clock) -> None:
    engine = Engine(clock, dict.fromkeys((4, 7, 8), 5.0))
    tune(engine, candidates(4, 8))
    assert engine.tried == [4, 4]


def test_numbers_are_few_possible_and_begin_with_the_usual_one() -> None:
    assert candidates(1, 1) == [1]
    assert candidates(2, 2) == [2, 1]
    assert candidates(4, 8) == [4, 8, 7]
    assert candidates(8, 24) == [8, 24, 23, 12]

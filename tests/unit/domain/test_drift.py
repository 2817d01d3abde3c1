"""The watch over rates: false alarms are rare, rises are found soon, and told once."""

from __future__ import annotations

import math
import random
import statistics
from collections import Counter
from collections.abc import Iterator

import pytest

from app.domain.drift import OVERALL, SENDER, Scheme, Tuning, rises, scheme_for
from app.domain.drifts import FALSE_ALARM_EVERY, Drift, Observation, Watched, find_drifts, look_every, overall_every

N_SENDERS = 40
SENDER_WEIGHTS = [1 / (rank + 1) for rank in range(N_SENDERS)]


def walk(rate: float, scheme: Scheme, chance: random.Random, odds: float = 0.0) -> int:
    """Documents until the limit, by hand."""
    n = 0
    while odds < scheme.limit:
        odds = _after(odds, scheme, chance.random() < rate)
        n += 1
    return n


def _after(odds: float, scheme: Scheme, event: bool) -> float:
    return (1 + odds) * math.exp(scheme.event if event else scheme.none)


@pytest.mark.parametrize("tuning", [OVERALL, SENDER])
@pytest.mark.parametrize("rate", [0.01, 0.04, 0.1, 0.3, 0.6])
def test_the_mean_run_is_the_one_that_is_allowed(tuning: Tuning, rate: float) -> None:
    """Rates are taken in steps of a fiftieth, so they are not met exactly."""
    chance = random.Random(1)
    taken = 1.02 ** round(math.log(rate, 1.02))
    runs = [walk(taken, scheme_for(rate, tuning, 1_000), chance) for _ in range(600)]
    error = statistics.stdev(runs) / len(runs) ** 0.5
    # The theory is that of long runs.
    assert abs(1_000 - statistics.mean(runs)) < 3.5 * error + 20


@pytest.mark.parametrize("rate", [0.0, 0.9, 1.0])
def test_rates_at_the_ends_are_watched_like_those_nearby(rate: float) -> None:
    assert scheme_for(rate, OVERALL, 6_000) == scheme_for(min(0.6, max(0.01, rate)), OVERALL, 6_000)


def test_a_doubling_is_found_within_a_hundred_documents_when_the_usual_rate_is_known() -> None:
    """In the long run: the statistic stands where it stands when the rise begins, which is rarely at zero."""
    scheme = scheme_for(0.1, OVERALL, overall_every(0.4))
    chance = random.Random(2)
    delays = []
    for _ in range(1_500):
        odds = 0.0
        for _ in range(200):
            odds = _after(odds, scheme, chance.random() < 0.1)
            odds = 0.0 if odds >= scheme.limit else odds
        delays.append(walk(0.2, scheme, chance, odds))
    assert statistics.mean(delays) <= 100


def events(n_usual: int, usual: float, risen: float, chance: random.Random, n_risen: int = 1_500) -> Iterator[bool]:
    return (chance.random() < (usual if position < n_usual else risen) for position in range(n_usual + n_risen))


def delays_of(
    n_usual: int, usual: float, risen: float, tuning: Tuning, every: float, n_runs: int, expected: float | None
) -> list[int]:
    """Of runs without a false alarm before the rise."""
    chance = random.Random(3)
    delays = []
    for _ in range(n_runs):
        first = next(rises(events(n_usual, usual, risen, chance), tuning, every, expected), None)
        assert first is not None, "a rise was not found at all"
        if first.found >= n_usual:
            delays.append(first.found - n_usual + 1)
    assert len(delays) > n_runs / 5
    return delays


def test_a_doubling_is_found_within_a_hundred_documents_on_average_when_the_usual_rate_is_learnt() -> None:
    """Of what is handed on, and of corrections where two in five documents are reviewed: both are watched alike."""
    delays = [delay for n in (1_000, 1_600, 3_000) for delay in delays_of(n, 0.1, 0.2, OVERALL, overall_every(0.4), 300, None)]
    # What a mean of a hundred may come to by chance.
    assert statistics.mean(delays) <= 100 + 2 * statistics.stdev(delays) / len(delays) ** 0.5


def test_it_takes_little_longer_where_everything_is_reviewed() -> None:
    assert statistics.mean(delays_of(2_000, 0.1, 0.2, OVERALL, overall_every(1.0), 300, None)) <= 115


def test_a_sender_that_jumps_is_found_soon() -> None:
    assert statistics.mean(delays_of(150, 0.04, 0.31, SENDER, look_every(1.0), 300, 0.06)) <= 60


def observations(n: int, rate: float, chance: random.Random, reviewed: float = 0.4) -> list[Observation]:
    senders = chance.choices(range(N_SENDERS), SENDER_WEIGHTS, k=n)
    return [
        Observation(
            job_id=number,
            finished_at=f"{number:07}",
            escalated=chance.random() < rate,
            look=f"look-{sender}",
            corrected=chance.random() < rate if chance.random() < reviewed else None,
            reviewed_at=f"{number:07}",
        )
        for number, sender in enumerate(senders)
    ]


@pytest.mark.parametrize("rate", [0.04, 0.1])
def test_all_streams_together_give_one_false_alarm_in_five_thousand_documents(rate: float) -> None:
    chance = random.Random(4)
    n_documents, n_runs = 10_000, 25
    alarms = [drift for _ in range(n_runs) for drift in find_drifts(observations(n_documents, rate, chance))]
    kinds = Counter((drift.watched, bool(drift.look)) for drift in alarms)
    allowed = n_documents * n_runs / FALSE_ALARM_EVERY
    # What a mean of one in five thousand may come to by chance.
    assert len(alarms) <= allowed + 2 * allowed**0.5, kinds


def test_a_bad_sender_is_named_with_its_rates_and_examples() -> None:
    chance = random.Random(5)
    made = observations(4_000, 0.04, chance)
    turned = [
        one
        if one.look != "look-1" or one.job_id < 2_500
        else Observation(one.job_id, one.finished_at, escalated=chance.random() < 0.31, look=one.look)
        for one in made
    ]
    (found,) = [drift for drift in find_drifts(turned) if drift.look == "look-1"]
    assert (found.watched, found.look) == (Watched.ESCALATION, "look-1")
    assert "0002400" < found.since < "0002700" < found.found_at < "0003000"
    assert 0.02 < found.before < 0.1
    assert 0.2 < found.after < 0.6
    by_id = {one.job_id: one for one in turned}
    assert all(by_id[job].look == "look-1" and by_id[job].escalated for job in found.examples)
    assert 1 <= len(found.examples) <= 5
    assert list(found.examples) == sorted(found.examples, reverse=True)


def test_a_rise_that_goes_on_is_told_once() -> None:
    chance = random.Random(6)
    n_told = [len(list(rises(events(1_000, 0.1, 0.35, chance, 3_000), OVERALL, 20_000))) for _ in range(40)]
    assert statistics.mean(n_told) < 1.5
    assert statistics.median(n_told) == min(n_told) == 1


def test_a_second_rise_is_told_again() -> None:
    chance = random.Random(7)
    flags = [chance.random() < (0.05 if at < 1_000 else 0.2 if at < 3_000 else 0.5) for at in range(4_000)]
    found = list(rises(flags, OVERALL, 20_000))
    assert 1_000 <= found[0].found < 1_300
    assert any(3_000 <= rise.found < 3_300 and 0.15 < rise.before < 0.27 for rise in found)


def test_correction_counts_in_the_order_of_reviews() -> None:
    n = 1_200
    late = [
        Observation(
            number, f"{number:05}", escalated=False, corrected=number % 3 == 0 and number < 400, reviewed_at=f"{n - number:05}"
        )
        for number in range(n)
    ]
    (found,) = [drift for drift in find_drifts(late) if not drift.look]
    assert found.watched is Watched.CORRECTION
    assert found.since >= f"{n - 400:05}"


def test_little_tells_nothing() -> None:
    chance = random.Random(8)
    assert find_drifts([]) == []
    assert find_drifts(observations(30, 1.0, chance)) == []
    assert [drift for drift in find_drifts(observations(3_000, 0.0, chance)) if isinstance(drift, Drift)] == []

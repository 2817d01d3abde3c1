"""Drift: has a rate risen, since when, and from what to what? A sequential test with a step a document.

The statistic of Shiryaev and Roberts tells that a rate has risen: of all that keep to a given mean number of documents between
false alarms, it finds a change after long quiet soonest (Pollak and Tartakovsky 2009). A CUSUM beside it tells since when. The
usual rate is learnt from the documents themselves, never from those of a rise that is just being watched.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

_LEAST_RATE, _MOST_RATE, _STEP = 0.01, 0.6, 1.02
_TERMS = 1_000
_MOST_LEARNT = 1_000
_RENEWALS = 50
"""A scheme is fitted anew when this part more is known of the usual rate."""
_N_EXPECTED = 5
"""Documents that a rate known from elsewhere counts for."""


@dataclass(frozen=True)
class Tuning:
    """What rise to look for, and how the usual rate is learnt."""

    odds: float
    """The rise that is found soonest, as a ratio of odds: 2.25 is 10 % to 20 %."""
    least_rise: float
    n_learnt: int
    """Documents before anything is watched."""
    events_learnt: int
    """Events among them: a rate that is low takes longer to be learnt as well."""
    n_followed: int
    """Documents after a rise in which it must be found once more to become the usual."""
    n_remembered: int
    """Older documents fade from the usual rate."""
    caution: float
    """Standard errors that the usual rate is taken higher: too low costs more in false alarms than too high in delay."""


OVERALL = Tuning(odds=2.25, least_rise=0.03, n_learnt=200, events_learnt=20, n_followed=300, n_remembered=10_000, caution=0.3)
"""Many documents: finds a doubling."""
SENDER = Tuning(odds=3.0, least_rise=0.1, n_learnt=40, events_learnt=0, n_followed=120, n_remembered=300, caution=1.5)
"""Few documents: finds a jump, such as 4 % to 30 %."""


def n_to_learn(tuning: Tuning, n_events: float) -> int:
    """Documents before anything is watched, when so many events were among those seen."""
    return tuning.n_learnt if n_events >= tuning.events_learnt else _MOST_LEARNT


@dataclass(frozen=True)
class Rise:
    """Positions in the sequence that was watched. `since` is the first document of the rise, `found` the one that told."""

    since: int
    found: int
    before: float
    after: float
    """Share of events from `since` to `found`."""


@dataclass(frozen=True)
class Scheme:
    """A test for one rise: what an event and a document without one add, in logarithms, and the limit of the statistic."""

    event: float
    none: float
    limit: float


def rises(events: Iterable[bool], tuning: Tuning, false_alarm_every: float, expected: float | None = None) -> Iterator[Rise]:
    """Every rise once. `false_alarm_every` is the mean number of documents between false alarms that is allowed.

    A rise that goes on is not told again: found once more, its level becomes the usual one. One that does not go on was
    chance. `expected` is a rate known from elsewhere, held against the first documents.
    """
    usual = _Rate(tuning.n_remembered)
    if expected is not None:
        usual.add(_N_EXPECTED, expected * _N_EXPECTED)
    watch = _Watch(tuning, false_alarm_every, usual)
    for position, event in enumerate(events):
        rise = watch.step(position, event)
        if rise is not None:
            yield rise


class _Watch:
    """The sum on its way, with what it is held against."""

    def __init__(self, tuning: Tuning, false_alarm_every: float, usual: _Rate) -> None:
        self._tuning = tuning
        self._every = false_alarm_every
        self._usual = usual
        self._scheme = Scheme(0.0, 0.0, math.inf)
        self._is_learning = True
        self._odds = 0.0
        """Of all moments since which the rate may be risen, the sum: the statistic of Shiryaev and Roberts."""
        self._sum = 0.0
        self._since, self._n_events, self._renew_at = 0, 0, 0
        self._waiting: deque[tuple[int, int, int]] = deque()
        self._risen: _Rate | None = None
        """The rate since a rise that was told, while it is open whether it lasts."""
        self._told, self._lasts = 0, False

    def step(self, position: int, event: bool) -> Rise | None:
        if self._is_learning:
            self._usual.add(1, event)
            self._is_learning = position + 1 < n_to_learn(self._tuning, self._usual.n_events)
            return None
        if self._sum == 0:
            self._begin(position)
        self._n_events += event
        told = self._scheme.event if event else self._scheme.none
        self._sum = max(0.0, self._sum + told)
        self._odds = (1 + self._odds) * math.exp(told)
        self._follow(position, event)
        if self._odds >= self._scheme.limit:
            return self._tell(position)
        if self._sum == 0:
            self._waiting.append((position, position - self._since + 1, self._n_events))
        return None

    def _begin(self, position: int) -> None:
        """Documents join the usual rate only when they are old, so that a slow rise does not become usual unseen."""
        while self._waiting and self._waiting[0][0] <= position - self._tuning.n_learnt:
            _, n, n_events = self._waiting.popleft()
            self._usual.add(n, n_events)
        self._since, self._n_events = position, 0
        if position >= self._renew_at:
            usual = self._usual
            self._scheme = scheme_for(usual.share + self._tuning.caution * usual.error, self._tuning, self._every)
            self._renew_at = position + int(usual.n / _RENEWALS)

    def _follow(self, position: int, event: bool) -> None:
        """Decide whether the rise that was told last is the new usual level."""
        if self._risen is None:
            return
        self._risen.add(1, event)
        if position - self._told >= self._tuning.n_followed:
            if self._lasts:
                self._usual = self._risen
                self._waiting.clear()
            else:
                while self._waiting and self._waiting[-1][0] > self._told:
                    self._waiting.pop()
                self._usual.add(self._risen.n, self._risen.n_events)
            self._risen, self._sum, self._odds, self._renew_at = None, 0.0, 0.0, 0
            self._begin(position + 1)

    def _tell(self, position: int) -> Rise | None:
        self._sum = self._odds = 0.0
        if self._risen is not None:
            self._lasts = True
            return None
        n_since = position - self._since + 1
        self._told, self._lasts = position, False
        self._risen = _Rate(self._tuning.n_remembered)
        self._risen.add(n_since, self._n_events)
        return Rise(self._since, position, self._usual.share, self._n_events / n_since)


class _Rate:
    """A rate as it is learnt. Old documents fade."""

    def __init__(self, n_remembered: int) -> None:
        self._most = n_remembered
        self.n_events = 0.0
        self.n = 0.0

    def add(self, n: float, n_events: float) -> None:
        self.n += n
        self.n_events += n_events
        if self.n > self._most:
            self.n_events *= self._most / self.n
            self.n = self._most

    @property
    def share(self) -> float:
        return (self.n_events + 0.5) / (self.n + 1)

    @property
    def error(self) -> float:
        return math.sqrt(self.share * (1 - self.share) / (self.n + 1))


def scheme_for(rate: float, tuning: Tuning, false_alarm_every: float) -> Scheme:
    """The scheme for a usual rate, which is taken in steps of a fiftieth of it."""
    bounded = min(_MOST_RATE, max(_LEAST_RATE, rate))
    return _scheme(round(math.log(bounded, _STEP)), tuning.odds, tuning.least_rise, round(false_alarm_every))


@lru_cache(maxsize=4_096)
def _scheme(step: int, odds_ratio: float, least_rise: float, false_alarm_every: int) -> Scheme:
    usual = _STEP**step
    odds = usual / (1 - usual) * odds_ratio
    risen = min(0.95, max(odds / (1 + odds), usual + least_rise))
    return Scheme(math.log(risen / usual), math.log((1 - risen) / (1 - usual)), false_alarm_every * _overshoot(usual, risen))


def _overshoot(usual: float, risen: float) -> float:
    """By what factor the statistic passes its limit, on average, so that the mean run is the limit divided by it.

    By the renewal theory of the walk (Tartakovsky, Nikiforov and Basseville 2014, 8.4): exp(-sum) / information, the sum over k
    of the probabilities, divided by k, that the walk is above zero after k documents at the usual rate, and is not at the risen.
    """
    event, none = math.log(risen / usual), math.log((1 - risen) / (1 - usual))
    total, most = 0.0, 0
    # Probabilities, at both rates, of exactly and of at most `most` events among k documents; the walk is above zero with more.
    exactly, below = [1 - usual, 1 - risen], [1 - usual, 1 - risen]
    for k in range(1, _TERMS + 1):
        total += (1 - below[0] + below[1]) / k
        for at, rate in enumerate((usual, risen)):
            below[at] -= rate * exactly[at]
            exactly[at] *= (1 - rate) * (k + 1) / (k + 1 - most)
        while (most + 1) * event + (k - most) * none <= 0:
            most += 1
            for at, rate in enumerate((usual, risen)):
                exactly[at] *= (k + 2 - most) / most * rate / (1 - rate)
                below[at] += exactly[at]
    information = risen * event + (1 - risen) * none
    return math.exp(-total) / information

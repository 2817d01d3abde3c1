"""How sure an answer is: a fitted calibrator makes one probability of the facts about it.

A calibrator is a sum of readable weights of facts. The shipped one stands in `app.tasks.answers.fitted_confidence`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.tasks.answers.answer_facts import Facts
from app.tasks.answers.choice import Decision
from app.tasks.answers.fitted_confidence import ABSENT, COUNTS, GIVEN, LISTED

BIAS: Final = "bias"
ABSENCES: Final = "absent"
MEMBERS: Final = "listed"
_MOST: Final = 6.2
"""Log-odds beyond which nobody should be sure: 0.998."""


@dataclass(frozen=True)
class Calibrator:
    """Weights by the names of facts. A fact without a weight counts nothing."""

    weights: Mapping[str, float]

    def probability(self, facts: Facts) -> float:
        """That an answer with these facts is right."""
        score = self.weights.get(BIAS, 0.0) + sum(self.weights.get(name, 0.0) * amount for name, amount in facts.items())
        return 1.0 / (1.0 + math.exp(-min(max(score, -_MOST), _MOST)))


@dataclass(frozen=True)
class Calibration:
    """One calibrator for each kind of answer: a value, its absence, a member of a list."""

    given: Calibrator
    absent: Calibrator
    listed: Calibrator
    counts: Mapping[str, int]
    """Judged answers that it rests on: by kind of field, and those of absent values and of members of lists."""

    def confidence(self, decision: Decision, facts: Facts) -> float:
        if decision.best is None:
            return self.absent.probability(facts)
        return (self.listed if decision.field.many else self.given).probability(facts)

    def rests_on(self, decision: Decision, facts: Facts) -> int:
        """Judged answers like this one: of its field where it is known, else of its type."""
        if decision.best is None:
            return self.counts.get(ABSENCES, 0)
        if decision.field.many:
            return self.counts.get(MEMBERS, 0)
        return min((self.counts[name] for name in facts if name in self.counts), default=0)


SHIPPED: Final = Calibration(Calibrator(GIVEN), Calibrator(ABSENT), Calibrator(LISTED), COUNTS)

"""How sure an answer is: facts about it, and a fitted calibrator that makes one probability of them.

A fact is a number under a name; a calibrator is a logistic regression over such numbers in readable weights. The shipped one stands
in `app.tasks.fitted_confidence`; any other, such as one fitted to a person's own reviews, can take its place.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.domain.document import Document
from app.tasks.candidates import TEXT_TYPES
from app.tasks.choice import Contender, Decision
from app.tasks.fitted_confidence import ABSENT, COUNTS, GIVEN, LISTED

Facts = Mapping[str, float]

BIAS: Final = "bias"
_SURE: Final = 6.0
"""Log-odds beyond which a probability says no more."""
_LIKELY_RIVAL: Final = 0.05
_OPEN_VOTE: Final = 0.4
"""Part that counts of the odds where the model's vote decided about a field that the weights do not know: models are surer of words
than they are right. Of 44 such answers 26 were right, and the wrong ones had 0.69 on average without this."""
_LEAST: Final = 1e-6
_BOUNDS: Final = (0.002, 0.998)


@dataclass(frozen=True)
class Calibrator:
    """Weights by the names of facts. A fact without a weight counts nothing."""

    weights: Mapping[str, float]
    counts: Mapping[str, int]
    """Judged answers that the weights rest on: in all under ``bias``, and by kind of field."""

    def probability(self, facts: Facts) -> float:
        """That an answer with these facts is right."""
        score = self.weights.get(BIAS, 0.0) + sum(self.weights.get(name, 0.0) * amount for name, amount in facts.items())
        return min(max(1.0 / (1.0 + math.exp(-score)), _BOUNDS[0]), _BOUNDS[1])

    def rests_on(self, facts: Facts) -> int:
        """Judged answers like this one: of its field where it is known, else of its type."""
        known = [self.counts[name] for name in facts if name in self.counts]
        return min(known, default=0)


@dataclass(frozen=True)
class Calibration:
    """One calibrator for each kind of answer: a value, its absence, a member of a list."""

    given: Calibrator
    absent: Calibrator
    listed: Calibrator

    def confidence(self, decision: Decision, facts: Facts) -> float:
        if decision.best is None:
            return self.absent.probability(facts)
        return (self.listed if decision.field.many else self.given).probability(facts)


SHIPPED: Final = Calibration(Calibrator(GIVEN, COUNTS), Calibrator(ABSENT, {}), Calibrator(LISTED, {}))


def facts_of(decision: Decision, document: Document, task_id: str, *, confirmed: bool, contradicted: bool) -> dict[str, float]:
    """What is known about the answer to a field. `confirmed` and `contradicted` tell what the task's checks say."""
    best = decision.best
    if best is None:
        return _facts_of_absence(decision)
    rivals = [contender for contender in decision.contenders if contender is not best]
    strongest = max([rival.probability for rival in rivals] + [decision.absent, _LEAST])
    pressed = _OPEN_VOTE if not decision.known and best.model is not None and decision.field.type in TEXT_TYPES else 1.0
    facts = {
        "share": pressed * log_odds(best.probability),
        "margin": pressed * min(_SURE, math.log(max(best.probability, _LEAST) / strongest)),
        "present": -log_odds(decision.absent),
        "rivals": -math.log1p(sum(rival.probability > _LIKELY_RIVAL for rival in rivals)),
        "candidates": -math.log(len(decision.contenders)),
        "overlap": -sum(rival.probability for rival in rivals if _overlaps(rival, best)),
        "label": best.label,
        "places": math.log1p(len(best.others)),
        "verified": float(best.option.verified),
        "confirmed": float(confirmed),
        "contradicted": -float(contradicted),
        "negative": -float(best.option.value.startswith("-")),
        "recognised": -_recognition_doubt(document, best),
        "seen": float(best.seen),
        "seen_differs": -float(not best.seen and any(rival.seen for rival in rivals)),
        f"type:{decision.field.type.value}": 1.0,
    }
    if decision.field.many:
        # A list's members share one distribution; its own probability tells a member among few from one among many.
        facts["alone"] = log_odds(best.alone)
    votes = [contender.model for contender in decision.contenders if contender.model is not None]
    if votes:
        # It is asked only in doubt, and its vote makes the doubt look smaller than it was.
        facts["asked"] = -1.0
        facts["model_differs"] = -float((best.model or 0.0) < max(votes))
    if decision.field.labels and task_id:
        facts[f"field:{task_id}.{decision.field.name}"] = 1.0
    return facts


def _facts_of_absence(decision: Decision) -> dict[str, float]:
    likeliest = max((contender.probability for contender in decision.contenders), default=0.0)
    return {
        "nothing": float(not decision.contenders),
        "absent": log_odds(decision.absent) if decision.contenders else 0.0,
        "likeliest": -likeliest,
        # Without words to look for, not finding any says little.
        "unnamed": -float(bool(decision.contenders) and not decision.field.labels),
    }


def log_odds(probability: float) -> float:
    """Within bounds, for beyond them a probability is only a way of saying "surely"."""
    kept = min(max(probability, _LEAST), 1.0 - _LEAST)
    return max(-_SURE, min(_SURE, math.log(kept / (1.0 - kept))))


def _overlaps(left: Contender, right: Contender) -> bool:
    return left.option.start < right.option.end and right.option.start < left.option.end


def _recognition_doubt(document: Document, best: Contender) -> float:
    """How unsure the recognition of the value's page was; 0 for text that was stored."""
    page = document.page_of(best.option.start)
    return 1.0 - page.quality if page.ocr and page.quality is not None else 0.0

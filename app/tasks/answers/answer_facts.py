"""What is known about an answer, as numbers under names, for the calibrator.

A number is the larger the more it speaks for the answer.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping
from typing import Final

from app.domain.document import Document
from app.domain.task import FieldType
from app.tasks.answers.choice import Contender, Decision
from app.tasks.candidates.finding import TEXT_TYPES

Facts = Mapping[str, float]

_SURE: Final = 6.0
"""Log-odds beyond which a probability says no more."""
_OPEN_VOTE: Final = 0.4
"""Part that counts of the odds where the model's vote decided about a field that the weights do not know: models are surer of words
than they are right. Of 44 such answers 26 were right, and the wrong ones had 0.69 on average without this."""
_LEAST: Final = 1e-6
_WORDED: Final = frozenset({FieldType.NAME, FieldType.TEXT})
_NUMBERED: Final = frozenset({FieldType.IDENTIFIER, FieldType.TAX_ID})
_AT_ONCE: Final = re.compile(r" ?[^\s]")
_RIGHT_BEFORE: Final = re.compile(r"[^\s] ?\Z")
_REACH: Final = 30


def facts_of(
    decision: Decision, document: Document, task_id: str, *, confirmed: bool, contradicted: bool, is_shared: bool = False
) -> dict[str, float]:
    """What is known about the answer to a field.

    `confirmed` and `contradicted` tell what the task's checks say, `is_shared` whether another field's value stands at the place.
    """
    best = decision.best
    if best is None:
        return _facts_of_absence(decision)
    kind = decision.field.type
    facts = {
        **_facts_of_rivals(decision, best),
        **_facts_of_place(best, document),
        "label": best.label,
        "verified": float(best.option.verified),
        "confirmed": float(confirmed),
        "contradicted": -float(contradicted),
        "apart": -float(is_shared),
        "negative": -float(best.option.value.startswith("-")),
        "recognised": -_recognition_doubt(document, best),
        "short": -math.log1p(len(best.option.text.split())),
        "figures": _figures(best.option.text) if kind in _NUMBERED else 0.0,
        f"type:{kind.value}": 1.0,
    }
    if decision.field.many:
        # A list's members share one distribution; its own probability tells a member among few from one among many.
        facts["alone"] = log_odds(best.alone)
    votes = [contender.model for contender in decision.contenders if contender.model is not None]
    is_voted = bool(votes) and not decision.field.labels and kind in _WORDED
    if votes:
        # It is asked only in doubt, and its vote makes the doubt look smaller than it was.
        facts["asked"] = -1.0
        facts["model_differs"] = -float((best.model or 0.0) < max(votes))
    if is_voted:
        # Where no weights know the field, the model finds what evidence doesn't back.
        facts["backed"] = max(best.backing, best.model or 0.0)
        facts["open:voted"] = 1.0
    elif not decision.field.labels:
        facts[f"open:{kind.value}"] = 1.0
    elif task_id:
        facts[f"field:{task_id}.{decision.field.name}"] = 1.0
    return facts


def shared_places(decisions: Mapping[str, Decision]) -> Collection[str]:
    """The fields whose values stand, at least in part, where that of another field does."""
    chosen = {name: decision.best for name, decision in decisions.items() if decision.best is not None}
    return {
        name
        for name, best in chosen.items()
        if any(other_name != name and best.option.overlaps(other.option) for other_name, other in chosen.items())
    }


def _facts_of_rivals(decision: Decision, best: Contender) -> dict[str, float]:
    rivals = [contender for contender in decision.contenders if contender is not best]
    strongest = max([rival.probability for rival in rivals] + [decision.absent, _LEAST])
    pressed = _OPEN_VOTE if not decision.known and best.model is not None and decision.field.type in TEXT_TYPES else 1.0
    return {
        "share": pressed * log_odds(best.probability),
        "margin": pressed * min(_SURE, math.log(max(best.probability, _LEAST) / strongest)),
        "backed": best.backing,
        "present": -log_odds(decision.absent),
        "overlap": -sum(rival.probability for rival in rivals if rival.option.overlaps(best.option)),
        "seen": float(best.seen),
        "seen_differs": -float(not best.seen and any(rival.seen for rival in rivals)),
    }


def _facts_of_place(best: Contender, document: Document) -> dict[str, float]:
    start, end = best.option.start, best.option.end
    before = document.text[max(0, start - _REACH) : start].rsplit("\n", 1)[-1]
    return {
        "places": math.log1p(len(best.others)),
        "led": float(bool(_RIGHT_BEFORE.search(before))),
        "ends": -float(bool(_AT_ONCE.match(document.text, end, end + _REACH))),
    }


def _facts_of_absence(decision: Decision) -> dict[str, float]:
    has_rivals = bool(decision.contenders)
    return {
        "nothing": float(not has_rivals),
        "absent": log_odds(decision.absent) if has_rivals else 0.0,
        # Without words to look for, not finding any says little.
        "unnamed": -float(has_rivals and not decision.field.labels),
        # A printed label whose value was struck as a guess: it may well stand there in a way that was not understood.
        "printed": -float(decision.struck and decision.printed),
        "required": -float(decision.field.required),
    }


def log_odds(probability: float) -> float:
    """Within bounds, for beyond them a probability is only a way of saying "surely"."""
    kept = min(max(probability, _LEAST), 1.0 - _LEAST)
    return max(-_SURE, min(_SURE, math.log(kept / (1.0 - kept))))


def _figures(text: str) -> float:
    return sum(sign.isdigit() for sign in text) / max(1, len(text))


def _recognition_doubt(document: Document, best: Contender) -> float:
    """How unsure the recognition of the value's page was; 0 for text that was stored."""
    page = document.page_of(best.option.start)
    return 1.0 - page.quality if page.ocr and page.quality is not None else 0.0

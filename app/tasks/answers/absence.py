"""When an optional field is better left empty than shown for checking: nothing names it, and another field has the value."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Final

from app.domain.task import FieldType, TaskField
from app.tasks.answers.choice import Contender, Decision
from app.tasks.evidence.typed_features import is_like
from app.tasks.text.columns import Span

_UNLABELLED: Final = 0.15
_SURE: Final = 0.9
"""A value of at least this probability stays although another field has the same."""
_LIKELY: Final = 0.6
_LIKELY_LIKE_EXAMPLE: Final = 0.35
_LIKELY_UNLIKE_EXAMPLES: Final = 0.97
_HOPELESS: Final = 0.12
"""A value this unlikely is one of many that could be meant as well."""
_ABSENT: Final = 0.8
"""Out of ten values struck, eight or more stood for no such field."""


def without_guesses(
    decisions: Mapping[str, Decision], failing: Sequence[Collection[str]] = (), listed: Sequence[Span] = ()
) -> dict[str, Decision]:
    """The decisions with those values of optional fields struck that are borrowed from another field or mere guesses.

    `failing` are the fields of each equation that does not hold, `listed` the places of what stands in rows.
    """
    return {
        name: _struck(decision)
        if _is_doubtful(name, decision, decisions) or _is_taken(name, decision, decisions, failing) or _is_listed(decision, listed)
        else decision
        for name, decision in decisions.items()
    }


def _is_listed(decision: Decision, listed: Sequence[Span]) -> bool:
    """Whether words or a number are those of one row among several: a share of a list of bookings is none of the document's."""
    best = decision.best
    if best is None or decision.field.required or decision.field.type not in {FieldType.TEXT, FieldType.NUMBER}:
        return False
    return any(start < best.option.end and best.option.start < end for start, end in listed)


def _is_taken(name: str, decision: Decision, decisions: Mapping[str, Decision], failing: Sequence[Collection[str]]) -> bool:
    """Whether it is the least likely value of an equation that fails, and only repeats another one: a tax that is the total."""
    best = decision.best
    if best is None or decision.field.required:
        return False
    for names in failing:
        if name in names:
            others = [other for rival in names if rival != name and rival in decisions and (other := decisions[rival].best)]
            is_least = all(other.probability > best.probability for other in others)
            if is_least and any(other.key == best.key for other in others):
                return True
    return False


def _is_doubtful(name: str, decision: Decision, decisions: Mapping[str, Decision]) -> bool:
    best = decision.best
    if best is None or decision.field.required or best.label >= _UNLABELLED or best.option.verified:
        return False
    # A number that none of the field's labels names could be any number; a field without labels has none to miss.
    is_guess = decision.field.type is FieldType.IDENTIFIER and best.probability < _needed(decision.field, best)
    is_guess = is_guess or (bool(decision.field.labels) and best.probability < _HOPELESS)
    # Two amounts may well be equal: without tax, net and total are.
    may_borrow = decision.field.type in {FieldType.IDENTIFIER, FieldType.DATE} and best.probability < _SURE
    return is_guess or (may_borrow and _is_borrowed(name, decision, best, decisions))


def _needed(field: TaskField, best: Contender) -> float:
    """The probability that an unlabelled number needs: less if it looks like the examples, much if they look different."""
    if not field.labels:
        return 0.0
    if not field.examples:
        return _LIKELY
    is_alike = is_like(field.examples, best.option.value)
    return _LIKELY_LIKE_EXAMPLE if is_alike else _LIKELY_UNLIKE_EXAMPLES


def _is_borrowed(name: str, decision: Decision, best: Contender, decisions: Mapping[str, Decision]) -> bool:
    """Whether a required field of the same type has the value; of several dates, one that nothing names may be any."""
    is_date = decision.field.type is FieldType.DATE and bool(decision.field.labels)
    return any(
        other.field.type is decision.field.type and other.best is not None and (is_date or other.best.key == best.key)
        for other_name, other in decisions.items()
        if other_name != name and other.field.required
    )


def _struck(decision: Decision) -> Decision:
    return replace(decision, chosen=None, absent=max(decision.absent, _ABSENT), struck=True)

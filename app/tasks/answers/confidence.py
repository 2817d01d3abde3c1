"""How sure an answer is, what proves it, and the sentence that says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from app.domain.document import Document
from app.domain.result import CheckOutcome, Choice, Proof, Value
from app.domain.task import FieldType
from app.tasks.answers.answer_facts import facts_of
from app.tasks.answers.calibration import SHIPPED
from app.tasks.answers.checks import parse_check
from app.tasks.answers.choice import Contender, Decision
from app.tasks.answers.grounding import evidence_of
from app.tasks.evidence.wrong_digits import WRONG_DIGITS, fails_check
from app.tasks.text.damage import is_damaged

_MAX_ALTERNATIVES: Final = 4
_MIN_ALTERNATIVE: Final = 0.005
_PROVEN_ROW: Final = 0.96
"""Of 174 figures in rows of invoices 169 were right: 38 of 41 with a sum that proves them, 131 of 133 without."""
DAMAGED: Final = 0.5
"""For a value with letters that were not read: it stands in the document, and is not what was meant."""
DAMAGED_LETTERS: Final = "Some of its letters could not be read."
_AMBIGUOUS_BELOW: Final = 0.6
_TORN_BELOW: Final = 0.75
"""For a value that is less likely than all others and none together."""
_EITHER_WAY: Final = 0.7
"""The most that a value is sure which could be read in another way as well: a bare "$", 03/04/2026. A person looks at it."""
_WHICH_DOLLAR: Final = "Nothing in the document tells which dollar this is."
_WHICH_ORDER: Final = "Nothing in the document tells whether the day or the month comes first."
_NAMED: Final = 0.5
"""Strength of a label from which it is said to stand beside the value."""
_PLURALS: Final = {
    FieldType.DATE: "dates",
    FieldType.AMOUNT: "amounts",
    FieldType.NUMBER: "numbers",
    FieldType.IDENTIFIER: "numbers",
    FieldType.NAME: "names",
}


@dataclass(frozen=True)
class Verdict:
    """What the checks say about one field."""

    confirmed: str = ""
    """Sentence of an equation that holds."""
    contradicted: str = ""
    """Sentence of a check that fails, where nothing else confirms the value."""


def verdict_on(name: str, outcomes: Sequence[CheckOutcome], values: Mapping[str, str | None]) -> Verdict:
    """The checks that name a field. An equation of fields that holds outweighs one that fails; a sum of rows does not.

    A row may be missing from the sum, or two may be read as one.
    """
    confirmed = contradicted = ""
    told = [outcome for outcome in outcomes if name in outcome.fields and outcome.passed is not None]
    fails = any(not outcome.passed and _is_equation_of_fields(outcome) for outcome in told)
    for outcome in told:
        if outcome.passed and (_is_equation_of_fields(outcome) or (_is_equation(outcome) and not fails)):
            confirmed = confirmed or _with_values(outcome.expression, values)
        elif not outcome.passed:
            contradicted = contradicted or outcome.message or outcome.expression
    return Verdict(confirmed, "" if confirmed else contradicted)


def _is_equation(outcome: CheckOutcome) -> bool:
    return parse_check(outcome.expression).is_equation


def _is_equation_of_fields(outcome: CheckOutcome) -> bool:
    return _is_equation(outcome) and not any("." in name for name in outcome.fields)


def value_of(decision: Decision, document: Document, verdict: Verdict, task_id: str = "", *, is_shared: bool = False) -> Value:
    """The answer to show for a decision: value, place, confidence, proof and reason.

    `is_shared` tells that another field's value stands at the same place.
    """
    facts = facts_of(
        decision,
        document,
        task_id,
        confirmed=bool(verdict.confirmed),
        contradicted=bool(verdict.contradicted),
        is_shared=is_shared,
    )
    confidence = SHIPPED.confidence(decision, facts)
    rests_on = SHIPPED.rests_on(decision, facts)
    best = decision.best
    if best is None:
        return _absent(decision, document, confidence, rests_on)
    option = best.option
    if _reads_either_way(best):
        confidence = min(confidence, _EITHER_WAY)
    if is_damaged(option.text):
        confidence = min(confidence, DAMAGED)
    proof, reason = _proof(decision, best, confidence, verdict)
    return Value(
        value=option.value,
        text=option.text,
        evidence=evidence_of(document, option),
        confidence=round(confidence, 4),
        rests_on=rests_on,
        plain_probability=round(best.alone if best.model is None else best.model, 6),
        proof=proof,
        reason=reason,
        alternatives=_choices(decision.contenders[1:], document),
    )


def confirm_rows(
    name: str, records: tuple[dict[str, Value], ...], outcomes: Sequence[CheckOutcome]
) -> tuple[dict[str, Value], ...]:
    """The rows with those columns marked as proven whose sum agrees with the document's own."""
    proven = {
        field.partition(".")[2]
        for outcome in outcomes
        if outcome.passed and _is_equation(outcome)
        for field in outcome.fields
        if field.startswith(f"{name}.")
    }
    mark = {"proof": Proof.VERIFIED, "confidence": _PROVEN_ROW, "reason": "The rows add up to the document's own sum."}
    return tuple(
        {
            field: value.model_copy(update=mark) if field in proven and value.value is not None else value
            for field, value in record.items()
        }
        for record in records
    )


def _absent(decision: Decision, document: Document, confidence: float, rests_on: int) -> Value:
    reason = "The document does not seem to give it." if decision.contenders else "Nothing of this kind stands in the document."
    return Value(
        confidence=round(confidence, 4),
        rests_on=rests_on,
        plain_probability=round(decision.absent, 6),
        reason=reason,
        alternatives=_choices(decision.contenders, document),
    )


def _reads_either_way(best: Contender) -> bool:
    return all(place.either_way for place in (best.option, *best.others))


def _proof(decision: Decision, best: Contender, confidence: float, verdict: Verdict) -> tuple[Proof, str]:
    if fails_check(decision.field, best.option.value):
        return Proof.CONTRADICTED, WRONG_DIGITS
    if verdict.contradicted:
        return Proof.CONTRADICTED, f"This does not hold: {verdict.contradicted}."
    if _reads_either_way(best):
        return Proof.AMBIGUOUS, _WHICH_DOLLAR if decision.field.type is FieldType.CURRENCY else _WHICH_ORDER
    if is_damaged(best.option.text):
        return Proof.AMBIGUOUS, DAMAGED_LETTERS
    if confidence < _AMBIGUOUS_BELOW or (confidence < _TORN_BELOW and best.probability < 0.5):
        return Proof.AMBIGUOUS, _ambiguous_reason(decision)
    if verdict.confirmed:
        return Proof.VERIFIED, f"{verdict.confirmed}{_instead(decision)}"
    if best.option.verified and decision.field.type is not FieldType.PHONE:
        return Proof.VERIFIED, "Its check digits are right."
    if best.label >= _NAMED:
        return Proof.GROUNDED, "It stands beside a label of this field."
    return Proof.GROUNDED, "It stands in the document."


def _instead(decision: Decision) -> str:
    """What a check put right, for the end of a sentence."""
    return f"; its place alone spoke for {decision.instead_of.option.text}" if decision.instead_of else ""


def _ambiguous_reason(decision: Decision) -> str:
    likely = [contender for contender in decision.contenders if contender.probability > 0.1]
    if len(likely) > 1:
        kind = _PLURALS.get(decision.field.type, "places")
        return f"{_count(len(likely))} {kind} could be meant: {', '.join(contender.option.text for contender in likely[:3])}."
    if decision.best is not None and decision.best.label >= _NAMED:
        return "A label of this field stands beside it, but such values are often wrong."
    return "No label of this field stands near it."


def _count(number: int) -> str:
    return {2: "Two", 3: "Three", 4: "Four"}.get(number, "Several")


def _choices(contenders: Sequence[Contender], document: Document) -> tuple[Choice, ...]:
    return tuple(
        Choice(
            value=contender.option.value,
            text=contender.option.text,
            evidence=evidence_of(document, contender.option),
            probability=round(contender.probability, 4),
        )
        for contender in contenders[:_MAX_ALTERNATIVES]
        if contender.probability >= _MIN_ALTERNATIVE
    )


def _with_values(expression: str, values: Mapping[str, str | None]) -> str:
    """The expression in words with its values: "Net amount 593.36 + tax amount 124.61 == total amount 717.97"."""
    words = []
    for word in expression.replace("==", "=").split():
        value = values.get(word)
        words.append(f"{word.replace('_', ' ')} {value}" if value is not None else word.replace("_", " "))
    sentence = " ".join(words)
    return sentence[:1].upper() + sentence[1:]

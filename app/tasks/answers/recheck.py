"""The task's checks, run again after a person changed a value: what they say of the other values may have changed with it."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.result import CheckOutcome, Proof, Result, Value
from app.domain.targets import edit_answer
from app.domain.task import TaskCheck
from app.tasks.answers.checks import run_check

_CONFIRMED_CONFIDENCE = 0.97
"""Of a value that agrees with a person's in an equation."""


def recheck(result: Result, checks: Sequence[TaskCheck]) -> Result:
    """Values that no person set follow the checks; a person's stay as they are."""
    return edit_answer(result, lambda answer: _recheck(answer, checks)) if checks else result


def _recheck(answer: Result, checks: Sequence[TaskCheck]) -> Result:
    values = {name: value.value for name, value in answer.fields.items()}
    columns: dict[str, list[str | None]] = {}
    for group, rows in answer.rows.items():
        for row in rows:
            for cell, value in row.items():
                columns.setdefault(f"{group}.{cell}", []).append(value.value)
    outcomes = tuple(run_check(check, values, columns) for check in checks)
    before = {outcome.expression: outcome.passed for outcome in answer.checks}
    changed = [outcome for outcome in outcomes if before.get(outcome.expression) is not outcome.passed]
    touched = {name for outcome in changed for name in outcome.fields}
    fields = {name: _judged(name, value, outcomes, values) if name in touched else value for name, value in answer.fields.items()}
    return answer.model_copy(update={"fields": fields, "checks": outcomes})


def _judged(name: str, value: Value, outcomes: Sequence[CheckOutcome], values: dict[str, str | None]) -> Value:
    if value.corrected or value.value is None:
        return value
    # Loads the recognizers, which a program that corrects nothing does not need.
    from app.tasks.answers.confidence import verdict_on

    verdict = verdict_on(name, outcomes, values)
    if verdict.contradicted:
        return value.model_copy(update={"proof": Proof.CONTRADICTED, "reason": f"This does not hold: {verdict.contradicted}."})
    if verdict.confirmed:
        confidence = max(value.confidence, _CONFIRMED_CONFIDENCE)
        return value.model_copy(update={"proof": Proof.VERIFIED, "reason": verdict.confirmed, "confidence": confidence})
    if value.proof is Proof.CONTRADICTED:
        return value.model_copy(update={"proof": Proof.GROUNDED, "reason": "It stands in the document."})
    return value

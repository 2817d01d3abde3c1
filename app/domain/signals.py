"""Signals: what of a local answer a policy would hand on, and why. A person's values never fail."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from app.domain.policy import Policy
from app.domain.result import CheckOutcome, LabelAnswer, Proof, Result, Value
from app.domain.routing import Failing, Signals
from app.domain.targets import LABEL, POINTS
from app.domain.task import SummaryStyle, Task, TaskField, TaskKind, TaskRows

_DOUBTFUL: Final = frozenset({Proof.AMBIGUOUS, Proof.CONTRADICTED})


def signals_of(result: Result, task: Task, policy: Policy) -> Signals:
    """What the policy hands on. `task` is the one that made `result.answer`; with `auto`, the class that chose it is not asked.

    The confidence of a summary's points is a rank and no probability, so points count by their proof alone.
    """
    answer, complexity = result.answer, result.answer.complexity
    open_targets = tuple(_open_targets(answer, task))
    if policy.routing.primary == "frontier":
        return Signals(tuple(Failing(target, "primary_frontier") for target in open_targets), complexity)
    failing = [failing for failing in _failing(answer, task, policy) if failing.target in open_targets]
    if complexity > policy.routing.escalate_if.complexity_above:
        failing += [Failing(target, "complexity_above") for target in open_targets if not _is_proven(answer, target)]
    return Signals(tuple(failing), complexity)


def _open_targets(answer: Result, task: Task) -> Iterator[str]:
    """What could be asked at all: everything that no person has decided."""
    for field in task.fields:
        values = answer.lists.get(field.name, ()) if field.many else (answer.fields.get(field.name, Value()),)
        if not any(value.corrected for value in values):
            yield field.name
    for group in task.rows:
        if not any(value.corrected for row in answer.rows.get(group.name, ()) for value in row.values()):
            yield group.name
    if task.kind in {TaskKind.CLASSIFY, TaskKind.AUTO} and answer.label is not None and answer.label.method != "person":
        yield LABEL
    if task.kind is TaskKind.SUMMARIZE and not any(point.proof is Proof.VERIFIED for point in answer.points):
        yield POINTS


def _failing(answer: Result, task: Task, policy: Policy) -> Iterator[Failing]:
    rule = policy.routing.escalate_if
    for field in task.fields:
        if rule.schema_invalid and field.required and _is_missing(answer, field):
            yield Failing(field.name, "schema_invalid")
        lowest = _lowest_confidence(answer, field)
        if lowest is not None and lowest < rule.confidence_below:
            yield Failing(field.name, "confidence_below", f"{lowest:.2f}")
    for group in task.rows:
        rows = answer.rows.get(group.name, ())
        if rule.schema_invalid and _lacks_cells(rows, group):
            yield Failing(group.name, "schema_invalid")
        lowest = _lowest_of_rows(rows)
        if lowest is not None and lowest < rule.confidence_below:
            yield Failing(group.name, "confidence_below", f"{lowest:.2f}")
    if rule.check_failed:
        for outcome in answer.checks:
            yield from _failed(outcome, answer)
    if answer.label is not None and _is_unsure(answer.label, rule.confidence_below):
        yield Failing(LABEL, "confidence_below", f"{answer.label.confidence:.2f}")
    if task.kind is TaskKind.SUMMARIZE:
        yield from _failing_points(answer, task, is_complete=rule.schema_invalid)


def _is_missing(answer: Result, field: TaskField) -> bool:
    if field.many:
        return not answer.lists.get(field.name)
    value = answer.fields.get(field.name)
    return value is None or value.value is None


def _lowest_confidence(answer: Result, field: TaskField) -> float | None:
    """Of a value, also of its absence, or of the members of a list; None where nothing was answered."""
    if field.many:
        return min((value.confidence for value in answer.lists.get(field.name, ())), default=None)
    value = answer.fields.get(field.name)
    return None if value is None else value.confidence


def _lacks_cells(rows: Sequence[dict[str, Value]], group: TaskRows) -> bool:
    required = [field.name for field in group.fields if field.required]
    return any(row.get(name, Value()).value is None for row in rows for name in required)


def _lowest_of_rows(rows: Sequence[dict[str, Value]]) -> float | None:
    """Of the cells with a value. Rows that add up to the document's own sum are complete: only doubtful cells count there."""
    cells = [value for row in rows for value in row.values() if value.value is not None]
    if any(value.proof is Proof.VERIFIED for value in cells):
        cells = [value for value in cells if value.proof in _DOUBTFUL]
    return min((value.confidence for value in cells), default=None)


def _failed(outcome: CheckOutcome, answer: Result) -> Iterator[Failing]:
    """The targets of a check that fails, without fields that another check confirms."""
    if outcome.passed is not False:
        return
    for target in dict.fromkeys(name.partition(".")[0] for name in outcome.fields):
        value = answer.fields.get(target)
        if value is None or value.proof is not Proof.VERIFIED:
            yield Failing(target, "check_failed", outcome.message or outcome.expression)


def _is_unsure(label: LabelAnswer, confidence_below: float) -> bool:
    return label.method != "person" and label.confidence < confidence_below


def _failing_points(answer: Result, task: Task, *, is_complete: bool) -> Iterator[Failing]:
    """Points without a proof; none at all, unless there may be nothing to do."""
    if any(point.proof in _DOUBTFUL | {Proof.NOT_FOUND} for point in answer.points):
        yield Failing(POINTS, "confidence_below")
    if is_complete and not answer.points and task.style is not SummaryStyle.ACTION_ITEMS:
        yield Failing(POINTS, "schema_invalid")


def _is_proven(answer: Result, target: str) -> bool:
    value = answer.fields.get(target)
    return value is not None and value.proof is Proof.VERIFIED

"""What a review teaches: a case with the answers that a person let stand, and how right the model had been."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from app.domain.case import KeptCase
from app.domain.recalibration import Recalibration, confidence_by
from app.domain.result import Result, Value
from app.domain.review import is_confirmed
from app.domain.targets import iterate_values
from app.domain.task import Task
from app.evaluation.cases import LABEL, SUMMARY
from app.evaluation.comparison import expected_values, is_right
from app.evaluation.tradeoff import Judged

_FEWEST_FREE: Final = 30
_FEW_LOOKS: Final = 8


def expected_of(final: Result) -> dict[str, Any]:
    """What a case expects after a review, in the form of `Case.expected`: only what the person looked at is named in it."""
    answer = final.answer
    expected: dict[str, Any] = {name: value.value for name, value in answer.fields.items() if value.corrected}
    expected |= {
        name: [value.value for value in values if value.value is not None]
        for name, values in answer.lists.items()
        if values and all(value.corrected for value in values)
    }
    expected |= {
        name: [{cell: value.value for cell, value in row.items() if value.value is not None} for row in rows]
        for name, rows in answer.rows.items()
        if rows and all(value.corrected for row in rows for value in row.values())
    }
    if answer.label is not None and answer.label.method == "person":
        expected[LABEL] = answer.label.value
    if answer.points and all(is_confirmed(point) for point in answer.points):
        expected[SUMMARY] = "\n".join(point.text for point in answer.points)
    return expected


def is_whole(final: Result) -> bool:
    """Whether a person looked at every answer. Empty cells are looked at with the rest of their row."""
    answer = final.answer
    label_is_seen = answer.label is None or answer.label.method == "person"
    values_are_seen = all(value.corrected or (target.cell and value.value is None) for target, value in iterate_values(answer))
    return label_is_seen and values_are_seen and all(map(is_confirmed, answer.points))


def judged_by_review(case: KeptCase, first: Result, task: Task, found: Recalibration | None = None) -> dict[str, Judged]:
    """The model's first answer beside what a person let stand, by field; `label` is the class. Lists, rows and points are left out.

    `task` is the case's. What nobody looked at is not judged. The confidence is the model's own, or what the map makes of that.
    """
    answer = first.answer
    judged: dict[str, Judged] = {}
    for field in task.fields:
        value = answer.fields.get(field.name, Value())
        if field.name in case.expected and not field.many and not value.corrected:
            right = is_right(field.type, value.value, expected_values(case.expected[field.name]))
            judged[field.name] = Judged(confidence_by(found, value), right, case.key)
    label = answer.label or first.label
    if LABEL in case.expected and label is not None and label.method != "person":
        right = label.value in expected_values(case.expected[LABEL])
        judged[LABEL] = Judged(confidence_by(found, label), right, case.key)
    return judged


def reviewed_classes(cases: Sequence[tuple[KeptCase, Result]]) -> list[tuple[str, str]]:
    """For each case with a class: the one that a person let stand, and the model's own."""
    found = []
    for case, first in cases:
        label, expected = first.answer.label or first.label, expected_values(case.expected.get(LABEL))
        if label is not None and label.method != "person" and expected:
            found.append((label.value if label.value in expected else str(expected[0]), label.value))
    return found


def reviews_for_learning(cases: Sequence[tuple[KeptCase, Result]], task: Task) -> list[Judged]:
    """What confidence may be learnt from: all but the held-out cases, unless too few are left without them, and but what a larger
    model had a say in.

    `document` names what must be held out together in a trial: look-alikes, or where there are few looks the single documents.
    """
    free = [(case, first) for case, first in cases if not case.held_out]
    chosen = free if len(free) >= _FEWEST_FREE else cases
    has_few_looks = len({case.group for case, _ in chosen}) < _FEW_LOOKS
    judged: list[Judged] = []
    for case, first in chosen:
        together = case.key if has_few_looks else case.group
        own = judged_by_review(case, first, task)
        judged += [replace(one, document=together) for name, one in own.items() if not _is_helped(first, name)]
    return judged


def _is_helped(first: Result, name: str) -> bool:
    label, value = first.answer.label or first.label, first.answer.fields.get(name)
    answer = label if name == LABEL else value
    return answer is not None and bool(answer.opinions)

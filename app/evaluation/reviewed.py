"""What a review teaches: a case with the answers that a person let stand, and how right the model had been."""

from __future__ import annotations

from typing import Any

from app.domain.case import KeptCase
from app.domain.result import Result, Value
from app.domain.review import is_confirmed
from app.domain.targets import iterate_values
from app.domain.task import Task
from app.evaluation.cases import LABEL, SUMMARY
from app.evaluation.comparison import expected_values, is_right
from app.evaluation.tradeoff import Judged


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
    """Whether a person looked at every answer."""
    answer = final.answer
    label_is_seen = answer.label is None or answer.label.method == "person"
    return label_is_seen and all(value.corrected for _, value in iterate_values(answer)) and all(map(is_confirmed, answer.points))


def judged_by_review(case: KeptCase, first: Result, task: Task) -> dict[str, Judged]:
    """The model's first answer beside what a person let stand, by field; `label` is the class. Lists, rows and points are left out.

    `task` is the case's. What nobody looked at is not judged.
    """
    answer = first.answer
    judged: dict[str, Judged] = {}
    for field in task.fields:
        value = answer.fields.get(field.name, Value())
        if field.name in case.expected and not field.many and not value.corrected:
            right = is_right(field.type, value.value, expected_values(case.expected[field.name]))
            judged[field.name] = Judged(value.confidence, right, case.group)
    label = answer.label or first.label
    if LABEL in case.expected and label is not None and label.method != "person":
        judged[LABEL] = Judged(label.confidence, label.value in expected_values(case.expected[LABEL]), case.group)
    return judged

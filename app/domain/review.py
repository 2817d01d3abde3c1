"""What a person still has to look at, and what their word does to a result. Pure functions; storing is `app.storage`.

Rules of a person's word: it is final (`corrected`), its confidence is 1 and its proof VERIFIED, because a person is the strongest
check there is. The reason tells whether the value stands in the document; one that does not has no evidence. A value taken out,
or confirmed as absent, stays NOT_FOUND and is final as well.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass

from app.domain.document import Document
from app.domain.job import JobState
from app.domain.result import Evidence, LabelAnswer, LabelScore, Point, Proof, Result, Value
from app.domain.targets import LABEL, POINTS, Target, edit_answer, iterate_values, parse_target, replace_value, value_at
from app.domain.task import Task, TaskCheck

CORRECTED = "Corrected by you."
ENTERED = "Entered by you; it does not stand in the document."
CONFIRMED = "Confirmed by you."
REMOVED = "Taken out by you."
_NOT_INSIDE = (r"(?<!\w)(?<!\d[.,'’])", r"(?!\w)(?![.,'’]\d)")
"""Not part of a longer word or number."""
_PointEdit = Callable[[Point], Point]
_DOUBTFUL = frozenset({Proof.AMBIGUOUS, Proof.CONTRADICTED})
_CERTAIN = 1.0
"""A bound above it asks for the whole document."""


@dataclass(frozen=True)
class ReviewRule:
    """When an answer needs a person. Kept with each answer, so that it does not change under the person's hands."""

    required: frozenset[str] = frozenset()
    review_below: float = 0.0
    checks: tuple[TaskCheck, ...] = ()

    @staticmethod
    def of_task(task: Task, review_below: float) -> ReviewRule:
        """`task` is the one that made `result.answer`."""
        return ReviewRule(required_names(task), review_below, task.checks)

    def open_targets(self, result: Result) -> tuple[str, ...]:
        return review_targets(result, self.required, self.review_below)

    def state_of(self, result: Result) -> JobState:
        return JobState.REVIEW if self.open_targets(result) else JobState.DONE


def required_names(task: Task) -> frozenset[str]:
    """Names that must have a value: ``total_amount``, and ``line_items.amount`` for every row."""
    fields = {field.name for field in task.fields if field.required}
    cells = {f"{group.name}.{field.name}" for group in task.rows for field in group.fields if field.required}
    return frozenset(fields | cells)


def review_targets(result: Result, required: Collection[str], review_below: float) -> tuple[str, ...]:
    """Targets to check: a required value that is missing, one that is ambiguous or contradicted, or one of low confidence.

    Absent optional values and the confidence of summary points are no reason; a point counts by its proof alone. Only where the
    whole document is asked for they are open as well: an answer that was never put before a person has not been reviewed, and
    what was wrongly not found would never show. Cells are looked at with their row. One acceptance of all settles what is left.
    """
    answer = result.answer
    is_whole = review_below > _CERTAIN
    found = [str(target) for target, value in iterate_values(answer) if _is_open(target, value, required, review_below)]
    named = answer.fields.keys() | {name for name, values in answer.lists.items() if values}
    found += [name for name in sorted(required) if "." not in name and name not in named]
    label = result.label or answer.label
    if label is not None and label.method != "person" and (label.proof in _DOUBTFUL or label.confidence < review_below):
        found.append(LABEL)
    found += [
        str(Target(POINTS, index))
        for index, point in enumerate(answer.points)
        if point.proof in _DOUBTFUL | {Proof.NOT_FOUND} or (is_whole and not is_confirmed(point))
    ]
    return tuple(found)


def expected_errors(result: Result, targets: Collection[str]) -> float:
    """How many of the answers to check are wrong, as far as their confidence tells: what a person's look is worth."""
    return sum(1.0 - _confidence_at(result, parse_target(target)) for target in targets)


def _confidence_at(result: Result, target: Target) -> float:
    if target.name == LABEL and target.index is None:
        label = result.label or result.answer.label
        return label.confidence if label else 0.0
    if target.name == POINTS and target.index is not None:
        return result.answer.points[target.index].confidence
    value = value_at(result, target)
    return value.confidence if value else 0.0


def _is_open(target: Target, value: Value, required: Collection[str], review_below: float) -> bool:
    if value.corrected:
        return False
    if value.value is None:
        name = f"{target.name}.{target.cell}" if target.cell else target.name
        return name in required or value.proof in _DOUBTFUL or (review_below > _CERTAIN and not target.cell)
    return value.proof in _DOUBTFUL or value.proof is Proof.NOT_FOUND or value.confidence < review_below


def current_text(result: Result, target_text: str) -> str | None:
    """The normalized value, label or point text a target has now."""
    target = parse_target(target_text)
    if target.name == LABEL and target.index is None:
        label = result.label or result.answer.label
        return label.value if label else None
    if target.name == POINTS and target.index is not None:
        points = result.answer.points
        return points[target.index].text if target.index < len(points) else None
    value = value_at(result, target)
    return value.value if value else None


def correct(
    result: Result,
    document: Document | None,
    target_text: str,
    *,
    value: str | None,
    text: str | None = None,
    evidence: Evidence | None = None,
) -> Result:
    """`result` after a person's edit; ``value=None`` takes a value, list item or row out. Raises `ValueError` for a bad target."""
    target = parse_target(target_text)
    if target.name == LABEL and target.index is None:
        return _correct_label(result, value)
    if target.name == POINTS and target.index is not None:
        return edit_answer(result, lambda answer: _correct_point(answer, target, value))
    is_item = target.index is not None and not target.cell
    before = value_at(result, target)
    opinions = before.opinions if before is not None else ()
    if value is None:
        if is_item:
            return replace_value(result, target, None)
        return replace_value(result, target, Value(confidence=1.0, reason=REMOVED, corrected=True, opinions=opinions))
    said = person_value(document, value, text, evidence, near=before)
    return replace_value(result, target, said.model_copy(update={"opinions": opinions}))


def person_value(
    document: Document | None, value: str, text: str | None, evidence: Evidence | None, *, near: Value | None = None
) -> Value:
    """A person's value, with its place if it has one in the document: the one they chose, else where the words stand."""
    place = _checked_place(document, text, evidence) or _find_place(document, text or value, near)
    printed = document.text[place.start : place.end] if document and place else text
    return Value(
        value=value,
        text=printed,
        evidence=place,
        confidence=1.0,
        proof=Proof.VERIFIED,
        reason=CORRECTED if place else ENTERED,
        corrected=True,
    )


def accept(result: Result, target_text: str | None) -> Result:
    """`result` with one answer, or all of them, confirmed as it is. Raises `ValueError` for a target that is not there."""
    if target_text is None:
        return _accept_all(result)
    target = parse_target(target_text)
    if target.name == LABEL and target.index is None:
        return _accept_label(result)
    if target.name == POINTS and target.index is not None:
        return edit_answer(result, lambda answer: _edit_point(answer, target, _confirmed_point))
    value = value_at(result, target)
    if value is None and target.index is not None:
        raise ValueError(f"there is no {target}")
    return replace_value(result, target, _confirmed(value or Value()))


def _confirmed(value: Value) -> Value:
    if value.corrected:
        return value
    proof = Proof.NOT_FOUND if value.value is None else Proof.VERIFIED
    return value.model_copy(update={"proof": proof, "confidence": 1.0, "reason": CONFIRMED, "corrected": True})


def is_confirmed(point: Point) -> bool:
    """Whether a person confirmed or reworded a point of a summary."""
    return point.reason in {CONFIRMED, CORRECTED}


def _confirmed_point(point: Point) -> Point:
    if point.reason == CORRECTED:
        return point
    return point.model_copy(update={"proof": Proof.VERIFIED, "confidence": 1.0, "reason": CONFIRMED})


def _accept_all(result: Result) -> Result:
    for target, value in iterate_values(result.answer):
        result = replace_value(result, target, _confirmed(value))
    result = edit_answer(
        result, lambda answer: answer.model_copy(update={"points": tuple(_confirmed_point(point) for point in answer.points)})
    )
    return _accept_label(result) if result.label or result.answer.label else result


def _accept_label(result: Result) -> Result:
    label = result.label or result.answer.label
    if label is None:
        raise ValueError("there is no label")
    if label.method == "person":
        return result
    confirmed = label.model_copy(update={"method": "person", "confidence": 1.0, "proof": Proof.VERIFIED, "reason": CONFIRMED})
    return _set_label(result, confirmed)


def _correct_label(result: Result, value: str | None) -> Result:
    if value is None:
        raise ValueError("a label can't be taken out")
    before = result.label or result.answer.label
    others = (LabelScore(value=before.value, probability=0.0),) if before and before.value != value else ()
    label = LabelAnswer(
        value=value,
        confidence=1.0,
        alternatives=others,
        method="person",
        proof=Proof.VERIFIED,
        reason=CORRECTED,
        opinions=before.opinions if before else (),
    )
    return _set_label(result, label)


def _set_label(result: Result, label: LabelAnswer) -> Result:
    if result.label is not None or result.then is None:
        return result.model_copy(update={"label": label})
    return edit_answer(result, lambda answer: answer.model_copy(update={"label": label}))


def _correct_point(answer: Result, target: Target, value: str | None) -> Result:
    if value is None:
        return _edit_point(answer, target, None)
    return _edit_point(
        answer, target, lambda point: _confirmed_point(point).model_copy(update={"text": value, "reason": CORRECTED})
    )


def _edit_point(answer: Result, target: Target, edit: _PointEdit | None) -> Result:
    index = target.index or 0
    if index >= len(answer.points):
        raise ValueError(f"there is no {target}")
    middle = () if edit is None else (edit(answer.points[index]),)
    return answer.model_copy(update={"points": (*answer.points[:index], *middle, *answer.points[index + 1 :])})


def _checked_place(document: Document | None, text: str | None, evidence: Evidence | None) -> Evidence | None:
    """The place a person chose, if it lies in the document and says what they say it does."""
    if document is None or evidence is None or not 0 <= evidence.start < evidence.end <= len(document.text):
        return None
    if text is not None and _squeezed(document.text[evidence.start : evidence.end]) != _squeezed(text):
        return None
    return _evidence(document, evidence.start, evidence.end)


def _find_place(document: Document | None, words: str, near: Value | None) -> Evidence | None:
    """Where typed words stand as whole words; with several places, the one nearest to the answer before."""
    parts = words.split()
    if document is None or not parts:
        return None
    pattern = _NOT_INSIDE[0] + r"\s+".join(re.escape(part) for part in parts) + _NOT_INSIDE[1]
    places = [match.span() for match in re.finditer(pattern, document.text)]
    if not places:
        return None
    origin = near.evidence.start if near and near.evidence else 0
    return _evidence(document, *min(places, key=lambda place: abs(place[0] - origin)))


def _evidence(document: Document, start: int, end: int) -> Evidence:
    return Evidence(page=document.page_of(start).number, start=start, end=end, boxes=document.boxes_of(start, end))


def _squeezed(text: str) -> str:
    return " ".join(text.split())

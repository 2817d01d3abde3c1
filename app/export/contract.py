"""The JSON object for one document that other programs rely on. Its keys are always all there; see the README."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from app.domain.job import JobError, JobState
from app.domain.result import Evidence, LabelAnswer, Point, Result, Value

_FINISHED = {JobState.DONE: "done", JobState.REVIEW: "review"}


def to_contract(
    file: str | PurePath,
    sha256: str,
    task: str,
    status: JobState | str,
    result: Result | None = None,
    error: JobError | None = None,
) -> dict[str, Any]:
    """With `auto`, `label` is the class that chose the task, and task, fields, rows and summary are the chosen task's.

    A field with many values is a list of what a field otherwise is. `label` and `summary` are null where the task has none. Any
    status but done and review is told as failed, without the answer that may be left of an earlier run.
    """
    is_answered = JobState(status) in _FINISHED
    outer = result if result is not None and is_answered else Result(task=task)
    answer = outer.answer
    model = answer.model if answer.model.sha256 else outer.model
    return {
        "file": str(file),
        "sha256": sha256,
        "task": answer.task,
        "status": _FINISHED.get(JobState(status), "failed"),
        "error": None if error is None else {"code": error.code, "message": error.message, "hint": error.hint},
        "route": {"kind": answer.route.kind, "reasons": list(answer.route.reasons)},
        "fields": {name: _value(value) for name, value in answer.fields.items()}
        | {name: [_value(value) for value in values] for name, values in answer.lists.items()},
        "rows": {
            name: [{cell: _value(value) for cell, value in row.items()} for row in rows] for name, rows in answer.rows.items()
        },
        "label": _label(outer.label or answer.label),
        "summary": {"points": [_point(point) for point in answer.points]} if is_answered and _is_summary(answer) else None,
        "pages_read": list(answer.pages_read or outer.pages_read),
        "model": {"id": model.id, "sha256": model.sha256},
        "timing": {name: round(seconds, 4) for name, seconds in outer.timing.model_dump().items()},
        "tokens": outer.tokens.model_dump(),
    }


def _is_summary(answer: Result) -> bool:
    """Also one without points: only an answer of another kind has something else to say."""
    return bool(answer.points) or not (answer.fields or answer.lists or answer.rows or answer.label)


def _value(value: Value) -> dict[str, Any]:
    place = value.evidence
    return {
        "value": value.value,
        "text": value.text,
        "page": place.page if place else None,
        "start": place.start if place else None,
        "end": place.end if place else None,
        "boxes": [[round(edge, 2) for edge in box] for box in place.boxes] if place else [],
        "confidence": round(value.confidence, 4),
        "proof": value.proof.value,
    }


def _label(label: LabelAnswer | None) -> dict[str, Any] | None:
    if label is None:
        return None
    return {
        "value": label.value,
        "confidence": round(label.confidence, 4),
        "alternatives": [{"value": other.value, "probability": round(other.probability, 4)} for other in label.alternatives],
    }


def _point(point: Point) -> dict[str, Any]:
    told: dict[str, Any] = {"text": point.text, "evidence": [_place(place) for place in point.evidence]}
    return {"question": point.question, **told} if point.question else told


def _place(place: Evidence) -> dict[str, int]:
    return {"page": place.page, "start": place.start, "end": place.end}

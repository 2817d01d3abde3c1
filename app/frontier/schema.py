"""The JSON schema of an enquiry's answers, and answers read against it."""

from __future__ import annotations

import json
from collections.abc import Sequence

from pydantic import JsonValue

from app.domain.enquiry import Answers, Enquiry, Question

_MAX_CHARS = 20_000
_MAX_MEMBERS = 2_000

Schema = dict[str, JsonValue]


class WrongFormError(ValueError):
    """The answer is not what was asked for; the text says where, and repeats nothing of it."""


def schema_of(enquiry: Enquiry, *, nullable: bool = True) -> Schema:
    """One object with every target. Where `nullable` is off an empty string says that there is no value.

    Only what all services understand in their strict modes: no lengths, no patterns, everything required.
    """
    return _object(enquiry.questions, nullable)


def _object(questions: Sequence[Question], nullable: bool) -> Schema:
    return {
        "type": "object",
        "properties": {question.target: _property(question, nullable) for question in questions},
        "required": [question.target for question in questions],
        "additionalProperties": False,
    }


def _property(question: Question, nullable: bool) -> Schema:
    if question.cells:
        row = _object(question.cells, nullable)
        return {"type": "array", "items": row} if question.many else row
    if question.many:
        return {"type": "array", "items": _scalar(question, False)}
    return _scalar(question, nullable)


def _scalar(question: Question, nullable: bool) -> Schema:
    if not question.labels:
        return {"type": ["string", "null"] if nullable else "string"}
    names: list[JsonValue] = [option.name for option in question.labels]
    if nullable:
        return {"anyOf": [{"type": "string", "enum": names}, {"type": "null"}]}
    return {"type": "string", "enum": names if question.many else [*names, ""]}


def read_answers(enquiry: Enquiry, untrusted: str) -> Answers:
    """The answers of a model's text. Empty strings mean that there is no value. Raises `WrongFormError`."""
    answers = _parse(untrusted)
    if not isinstance(answers, dict):
        raise WrongFormError("it is no JSON object")
    return {question.target: _read(question, answers.get(question.target)) for question in enquiry.questions}


def _parse(untrusted: str) -> JsonValue:
    begin, end = untrusted.find("{"), untrusted.rfind("}")
    if begin < 0 or end < begin:
        raise WrongFormError("it holds no JSON object")
    try:
        # Numbers stay as they were written: 12.50 is not 12.5.
        parsed: JsonValue = json.loads(untrusted[begin : end + 1], parse_float=str, parse_int=str, parse_constant=str)
    except (ValueError, RecursionError):
        raise WrongFormError("it is no valid JSON") from None
    return parsed


def _read(question: Question, value: JsonValue) -> JsonValue:
    if not question.many:
        return _read_one(question, value)
    if value is None:
        return []
    if not isinstance(value, list) or len(value) > _MAX_MEMBERS:
        raise WrongFormError(f"{question.target} is no list that could be right")
    members = (_read_one(question, member) for member in value)
    return [member for member in members if member not in (None, {})]


def _read_one(question: Question, value: JsonValue) -> JsonValue:
    if question.cells:
        return _read_cells(question, value)
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > _MAX_CHARS:
        raise WrongFormError(f"{question.target} is no text that could be right")
    text = value.strip()
    if question.labels and text and text not in {option.name for option in question.labels}:
        raise WrongFormError(f"{question.target} is none of the choices")
    return text or None


def _read_cells(question: Question, value: JsonValue) -> JsonValue:
    if value is None:
        return None
    if not isinstance(value, dict):
        raise WrongFormError(f"{question.target} is no object")
    cells: dict[str, JsonValue] = {cell.target: _read(cell, value.get(cell.target)) for cell in question.cells}
    return cells if any(cell not in (None, []) for cell in cells.values()) else {}

"""What the peers are asked: the same fields with the same descriptions, as a chat with a JSON schema."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from app.domain.task import Task, TaskField, TaskLabel

Messages = list[dict[str, str]]
Schema = dict[str, Any]

_INSTRUCTIONS = (
    "You read documents and copy values from them exactly as printed."
    " Answer with one JSON object that has these keys; a value is a string, or null where the document has none:"
)
_CLASSES = "Read the text and say which class it belongs to. Answer with the name of one of these classes and nothing else:"
_TOKENS_PER_FIELD = 32
_TOKENS_AROUND = 64
_PAIR = re.compile(r'"((?:[^"\\]|\\.)*)"\s*:\s*(null|"(?:[^"\\]|\\.)*")')


def extraction_messages(task: Task, fields: Sequence[TaskField], text: str) -> Messages:
    """Instructions and fields first: that part is the same for every document, so that a prompt cache helps."""
    lines = [f"- {field.name}: {description_of(field)}" for field in fields]
    instructions = "\n".join([*filter(None, [task.instructions]), _INSTRUCTIONS, *lines])
    return [{"role": "system", "content": instructions}, {"role": "user", "content": text}]


def label_messages(labels: Sequence[TaskLabel], text: str) -> Messages:
    """The classes first, for the same reason; the answer is the name alone, which is the least to write."""
    lines = [f"- {label.name}" + (f": {label.description}" if label.description else "") for label in labels]
    instructions = "\n".join([_CLASSES, *lines])
    return [{"role": "system", "content": instructions}, {"role": "user", "content": text}]


def description_of(field: TaskField) -> str:
    return field.description or field.title.get("en", field.name.replace("_", " "))


def schema_of(fields: Sequence[TaskField]) -> Schema:
    """Every field is there, as a string or null."""
    return {
        "type": "object",
        "properties": {field.name: {"anyOf": [{"type": "string"}, {"type": "null"}]} for field in fields},
        "required": [field.name for field in fields],
        "additionalProperties": False,
    }


def answer_tokens(fields: Sequence[TaskField]) -> int:
    """Room for an answer; a model that repeats itself is stopped there."""
    return _TOKENS_AROUND + _TOKENS_PER_FIELD * len(fields)


def values_in(reply: str, fields: Sequence[TaskField]) -> dict[str, str | None]:
    """The values of a reply. Of one that was cut short, the pairs that are whole."""
    try:
        loaded = json.loads(reply)
        pairs = loaded if isinstance(loaded, dict) else {}
    except ValueError:
        pairs = {json.loads(f'"{name}"'): json.loads(value) for name, value in _whole_pairs(reply)}
    return {field.name: _as_text(pairs.get(field.name)) for field in fields}


def _whole_pairs(reply: str) -> list[tuple[str, str]]:
    found = []
    for name, value in _PAIR.findall(reply):
        try:
            json.loads(f'"{name}"'), json.loads(value)
        except ValueError:
            continue
        found.append((name, value))
    return found


def _as_text(value: object) -> str | None:
    text = "" if value is None else str(value).strip()
    return text if text and text.casefold() not in {"null", "none", "n/a"} else None

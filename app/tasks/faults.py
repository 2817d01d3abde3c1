"""What is wrong with a task file, in plain words and by line. Reads text, no files."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from app.domain.task import Task, TaskKind
from app.tasks.answers.checks import CheckSyntaxError, parse_check

_Model = TypeVar("_Model", bound=BaseModel)
_TABLES = ("dict_type", "model_type", "model_attributes_type", "dataclass_type")
_RULES = {
    "string_type": "must be text in quotes",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "tuple_type": "must be a list in square brackets",
    "enum": "must be {expected}",
    "literal_error": "must be {expected}",
    "string_pattern_mismatch": "must be lower case letters, digits and underscores, and begin with a letter",
    "string_too_short": "must not be empty",
    "string_too_long": "must have at most {max_length} letters",
    "too_short": "must have at least {min_length} entry",
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "missing": "is missing",
    "extra_forbidden": "is not a key that belongs here",
}


@dataclass(frozen=True)
class Fault:
    """One thing wrong with a task file; `line` counts from 1."""

    line: int
    detail: str


def find_faults(source: str) -> list[Fault]:
    """Everything wrong with the text of a task file, in the order of its lines; empty when it can be used."""
    task, faults = read_as(Task, source)
    return faults if task is None else _faults_of_the_whole(task, KeyLines(source))


def read_as(kind: type[_Model], source: str) -> tuple[_Model | None, list[Fault]]:
    """A TOML text as a model, or everything that keeps it from being one, in the order of its lines."""
    try:
        data = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        line = int(found.group(1)) if found else source.count("\n") + 1
        return None, [Fault(line, re.sub(r" \(at .*\)$", "", str(error)) + ".")]
    except RecursionError:
        return None, [Fault(1, "its lists are nested too deeply.")]
    try:
        return kind.model_validate(data), []
    except ValidationError as error:
        lines = KeyLines(source)
        faults = [Fault(lines.of(entry["loc"]), in_words(dict(entry))) for entry in error.errors()]
        return None, sorted(faults, key=lambda fault: fault.line)


def _faults_of_the_whole(task: Task, lines: KeyLines) -> list[Fault]:
    """Faults that only show once the task as a whole is known."""
    faults = []
    for index, check in enumerate(task.checks):
        line = lines.of(("checks", index, "expression"))
        faults += [Fault(line, detail) for detail in _expression_faults(check.expression, task)]
    for index, field in enumerate(task.fields):
        if field.type == "choice" and not field.choices:
            faults.append(Fault(lines.of(("fields", index, "type")), f"the field {field.name!r} is a choice but lists no choices."))
    if task.kind is TaskKind.CLASSIFY and task.other_label and task.other_label not in {label.name for label in task.labels}:
        faults.append(Fault(lines.of(("other_label",)), f"the other label {task.other_label!r} is not one of the labels."))
    return faults


def _expression_faults(expression: str, task: Task) -> Iterator[str]:
    known = {field.name for field in task.fields} | {f"{rows.name}.{field.name}" for rows in task.rows for field in rows.fields}
    try:
        names = parse_check(expression).names
    except CheckSyntaxError as error:
        yield f"the check can't be used: {error}."
        return
    for name in sorted(names - known):
        yield f"the check uses {name!r}, which is not a field of the task."


def in_words(entry: dict[str, Any]) -> str:
    """A fault of one key as a sentence for people who do not know how Deskhand is written."""
    message = str(entry["msg"]).removeprefix("Value error, ")
    place = _place(entry["loc"])
    if not place:
        return f"{message}."
    if entry["type"] in _TABLES:
        key = next(part for part in reversed(entry["loc"]) if isinstance(part, str))
        header = f"[[{key}]]" if isinstance(entry["loc"][-1], int) else f"[{key}]"
        return f"{place} must be a table of keys and values, as below a line {header}."
    rule = _RULES.get(entry["type"], f"can't be used: {message}")
    return f"{place} {rule.format_map(entry.get('ctx', {}))}."


def _place(path: tuple[int | str, ...]) -> str:
    """The key at the end of a path; which item of it, where it is a list."""
    if not path:
        return ""
    *_, last = path
    if isinstance(last, str):
        return repr(last)
    key = next((part for part in reversed(path) if isinstance(part, str)), "")
    return f"item {last + 1} of {key!r}"


class KeyLines:
    """The lines on which keys of a TOML text stand, by path."""

    _HEADER = re.compile(r"^\s*(\[\[?)\s*([A-Za-z0-9_.\"-]+)\s*\]\]?")
    _KEY = re.compile(r"^\s*([A-Za-z0-9_\"-]+)\s*=")

    def __init__(self, source: str) -> None:
        self._lines: dict[tuple[str | int, ...], int] = {}
        counts: dict[tuple[str | int, ...], int] = {}
        prefix: tuple[str | int, ...] = ()
        for number, line in enumerate(source.splitlines(), start=1):
            if header := self._HEADER.match(line):
                prefix = self._path(header.group(2), counts, repeated=header.group(1) == "[[")
                self._lines.setdefault(prefix, number)
            elif key := self._KEY.match(line):
                self._lines.setdefault((*prefix, key.group(1).strip('"')), number)

    @staticmethod
    def _path(name: str, counts: dict[tuple[str | int, ...], int], *, repeated: bool) -> tuple[str | int, ...]:
        path: tuple[str | int, ...] = ()
        parts = [part.strip('"') for part in name.split(".")]
        for depth, part in enumerate(parts):
            path = (*path, part)
            if repeated and depth == len(parts) - 1:
                counts[path] = counts.get(path, -1) + 1
            if path in counts:
                path = (*path, counts[path])
        return path

    def of(self, place: tuple[int | str, ...]) -> int:
        """The line of the longest known beginning of a path; 1 when none is known."""
        for length in range(len(place), 0, -1):
            if place[:length] in self._lines:
                return self._lines[place[:length]]
        return 1

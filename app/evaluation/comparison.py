"""Whether an answer is the expected one: numbers and dates by value, words without case, accents and punctuation."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from app.documents.normalizers import normalize
from app.domain.result import Value
from app.domain.task import FieldType, TaskRows
from app.tasks.text.folding import same_name_key

_CENT: Final = 0.005
_ISO_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d")
_CLOCK: Final = re.compile(r"(\d{1,2})(?:[:.](\d\d))?")
_WORDED: Final = frozenset({FieldType.TEXT, FieldType.NAME, FieldType.ADDRESS})
"""Types whose values run over lines in too many ways to tell rows apart."""


def is_right(kind: FieldType, value: str | None, expected: Sequence[Any]) -> bool:
    """Whether a normalized value is one of those expected; without any, whether there is none."""
    if value is None:
        return not expected
    return any(_is_same(kind, value, right) for right in expected)


def expected_values(given: Any) -> list[Any]:
    """What a case expects, as a list of acceptable values: empty where the document has none."""
    if given is None or given == "":
        return []
    return [value for value in given if value not in (None, "")] if isinstance(given, list) else [given]


def is_readable(kind: FieldType, right: Any) -> bool:
    """Whether an expected value can be compared with: a number that is none is equal to no answer."""
    match kind:
        case FieldType.AMOUNT | FieldType.NUMBER:
            return not math.isnan(_number_of(str(right), kind))
        case FieldType.DATE:
            return bool(_ISO_DATE.match(str(right))) or normalize(kind, str(right)) is not None
        case FieldType.TIME:
            return _CLOCK.search(str(right)) is not None
        case _:
            return True


def match_list(kind: FieldType, values: Sequence[Value], expected: Sequence[Any]) -> int:
    """How many of the expected values are among those given."""
    return sum(any(is_right(kind, value.value, [right]) for value in values) for right in expected)


def match_rows(rows: TaskRows, records: Sequence[Mapping[str, Value]], expected: Sequence[Mapping[str, Any]]) -> int:
    """How many of the expected rows are among those given; each is used once.

    Rows are told apart by their numbers, dates and codes; by their words only where nothing else is expected.
    """
    kinds = {field.name: field.type for field in rows.fields}
    left = list(records)
    found = 0
    for wanted in expected:
        asked = {name: right for name, right in wanted.items() if name in kinds and right not in (None, "")}
        telling = {name: right for name, right in asked.items() if kinds[name] not in _WORDED} or asked
        for record in left:
            if all(_cell_fits(kinds[name], record.get(name), right) for name, right in telling.items()):
                left.remove(record)
                found += 1
                break
    return found


def _cell_fits(kind: FieldType, value: Value | None, right: Any) -> bool:
    return value is not None and is_right(kind, value.value, expected_values(right))


def _is_same(kind: FieldType, value: str, right: Any) -> bool:
    match kind:
        case FieldType.AMOUNT | FieldType.NUMBER:
            return _is_same_number(value, str(right), kind)
        case FieldType.DATE:
            text = str(right)
            return value == (text[:10] if _ISO_DATE.match(text) else normalize(kind, text))
        case FieldType.TIME:
            return _clock(value) == _clock(str(right))
        case FieldType.DURATION:
            return value == (normalize(kind, str(right)) or right)
        case FieldType.CURRENCY:
            return value in {str(right), normalize(kind, str(right))}
        case _:
            return _letters(value) == _letters(str(right))


def _is_same_number(value: str, right: str, kind: FieldType) -> bool:
    try:
        return abs(float(value) - _number_of(right, kind)) < _CENT
    except ValueError:
        return False


def _number_of(right: str, kind: FieldType) -> float:
    """Not a number where it is none."""
    try:
        return float(right.replace(",", ""))
    except ValueError:
        return float(normalize(kind, right) or "nan")


def _letters(text: str) -> str:
    return same_name_key(text).replace(" ", "")


def _clock(text: str) -> tuple[int, int]:
    """Hour and minute, the hour counted to twelve: many sources leave out whether it is before or after noon."""
    match = _CLOCK.search(text)
    return (int(match[1]) % 12, int(match[2] or 0)) if match else (-1, -1)

"""What an answer is worth: right values of any system by one rule, and values that no document holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.documents.language import guess_language
from app.documents.normalizers import normalize
from app.domain.document import Document
from app.domain.result import Result
from app.domain.targets import iterate_values
from app.domain.task import FieldType, TaskField
from app.evaluation.comparison import expected_values, is_right
from app.tasks.candidates.finding import RECOGNISED_TYPES, find_typed
from app.tasks.text.folding import same_name_key


def normalized(values: Mapping[str, str | None], fields: Sequence[TaskField], document: Document) -> dict[str, str | None]:
    """Written values in their normal form, so that nobody loses by writing a date or an amount as the document does."""
    language = guess_language(document.text)
    return {
        field.name: normalize(field.type, text, language=language, context=document.text) or text
        if (text := values.get(field.name)) is not None
        else None
        for field in fields
    }


def right_fields(values: Mapping[str, str | None], fields: Sequence[TaskField], expected: Mapping[str, Any]) -> dict[str, bool]:
    """For each field with a known truth, whether its normalized value is right."""
    return {
        field.name: is_right(field.type, values.get(field.name), expected_values(expected[field.name]))
        for field in fields
        if field.name in expected
    }


def count_invented(values: Mapping[str, str | None], fields: Sequence[TaskField], document: Document) -> int:
    """Written values that stand nowhere in the document, in whatever form it prints them."""
    letters = _letters(document.text)
    typed = find_typed(document.text, language=guess_language(document.text))
    normal = normalized(values, fields, document)
    return sum(
        not _stands(field.type, text, normal[field.name], letters, typed)
        for field in fields
        if (text := values.get(field.name)) is not None
    )


def invented_values(result: Result, document: Document) -> int:
    """Deskhand's values that do not stand where they say they do."""
    return sum(
        value.value is not None
        and (value.evidence is None or document.text[value.evidence.start : value.evidence.end] != value.text)
        for _, value in iterate_values(result)
    )


def _stands(kind: FieldType, text: str, normal: str | None, letters: str, typed: Mapping[FieldType, Sequence[Any]]) -> bool:
    key = _letters(text)
    if key and key in letters:
        return True
    return kind in RECOGNISED_TYPES and any(candidate.value == normal for candidate in typed.get(kind, ()))


def _letters(text: str) -> str:
    return same_name_key(text).replace(" ", "")

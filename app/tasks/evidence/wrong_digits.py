"""Whether the check digits of what stands there are wrong, for the field that asks."""

from __future__ import annotations

from typing import Final

from app.documents.recognizers.check_digits import has_wrong_check_digits
from app.domain.task import FieldType, TaskField
from app.tasks.text.folding import tokens_of

WRONG_DIGITS: Final = "Its check digits are wrong: see how it is printed."


def fails_check(field: TaskField, value: str) -> bool:
    """Other numbers are built like a securities number by chance: "RE2024000123" is a good number of an invoice."""
    return (field.type is not FieldType.IDENTIFIER or _asks_for_isin(field)) and has_wrong_check_digits(field.type, value)


def _asks_for_isin(field: TaskField) -> bool:
    return any(token.text == "isin" for token in tokens_of(" ".join((field.name, field.description, *field.labels))))

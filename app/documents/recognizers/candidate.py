"""The candidate: a typed span that a recognizer found, with its normal form."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.task import FieldType


@dataclass(frozen=True, slots=True)
class Candidate:
    """``document text[start:end] == text``; `value` is the normal form of its type."""

    type: FieldType
    start: int
    end: int
    text: str
    value: str
    currency: str | None = None
    """ISO 4217 code printed beside an amount."""
    verified: bool = False
    """A checksum, or for phones the numbering plan, confirms the value."""
    either_way: bool = False
    """Another reading is as good: nothing in the document tells which dollar it is, or which figure of a date the month."""
    year_elsewhere: bool = False
    """A day of a list whose year the document's other dates tell."""

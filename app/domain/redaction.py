"""Redaction: sensitive words of an enquiry become placeholders, and placeholders in an answer become those words again."""

from __future__ import annotations

from collections.abc import Collection

from pydantic import BaseModel, ConfigDict, JsonValue

from app.domain.enquiry import Enquiry, Sensitive


class Redacted(BaseModel):
    """An enquiry with placeholders. `replacements` pairs each with what it stands for; they never leave this computer."""

    model_config = ConfigDict(frozen=True)
    enquiry: Enquiry
    replacements: tuple[tuple[str, str], ...] = ()


def redact(enquiry: Enquiry, spans: Collection[Sensitive] | None = None) -> Redacted:
    """Hide some of the enquiry's sensitive spans, or all. The same words get the same placeholder."""
    raise NotImplementedError


def restore(answer: JsonValue, replacements: tuple[tuple[str, str], ...]) -> JsonValue:
    """An answer with every placeholder replaced by what it stands for, at any depth."""
    raise NotImplementedError

"""Names in running text that a label runs up to, over ends of lines: "laws of the State of" New York, "between" Acme Inc."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from app.domain.task import FieldType, TaskField
from app.tasks.lines.notions import implied_labels

_LONG_LABEL: Final = 20
_STOPS: Final = (
    "without|excluding|exclusive|applicable|as|in|regardless|except|other|shall|is|are|which|this|any|if|with|irrespective"
    "|notwithstanding|for|to|by|or|but|whose|both|article|section|may|will|that|on|at|from|not|has|have|all|each"
)
_WORD: Final = rf"(?!(?i:{_STOPS})\b)[A-ZÀ-ÖØ-ÞĀŁŚŞİĞÇ](?:[.](?=[A-Z][.\s,]))?[\w&'’\-]*"
_INITIAL: Final = r"(?:\b[A-Z]\.)+"
_PLACE: Final = rf"{_WORD}(?:\s+(?:of\s+(?:the\s+)?)?{_WORD}){{0,4}}"
_FORM: Final = r"(?i:inc|llc|l\.l\.c|ltd|limited|corp|corporation|co|lp|l\.p|llp|n\.a|b\.v|s\.a|plc|gmbh|ag|jr|sr|iii|ii|pty)\b\.?"
_NAME: Final = rf"(?:{_INITIAL}|{_WORD})(?:,?\s+{_FORM}|\s+(?:(?:of|de|van|von|&|der)\s+(?:the\s+)?)?(?:{_INITIAL}|{_WORD})){{0,7}}"
_KIND_OF_PLACE = re.compile(r"(?:state|commonwealth|province)\s+of\s+(?:the\s+)?", re.IGNORECASE)
ROLE_AFTER = re.compile(
    r",?\s*(?:,?\s*(?:an?|the|with|whose|having|organi[sz]ed|located)\s[^;()\"“]{0,160})?,?\s*[(\[]\s*(?:[\"“”'‘]|(?:the|hereinafter|hereafter"
    r"|herein|collectively|together|each|individually|nachfolgend|nachstehend|im folgenden|ci-après|bundan)\b)",
    re.IGNORECASE,
)
"""What follows a party: perhaps what it is, then its role in brackets."""


class Lead(NamedTuple):
    start: int
    end: int
    strength: float
    """Length of the label before it, 0–1."""


def led_names(field: TaskField, text: str) -> Iterator[Lead]:
    """The capitalised words that follow a label of the field at once; a longer warning takes the place for itself."""
    labels = field.labels or implied_labels(field)
    pattern = _pattern(labels, field.not_labels, field.type is FieldType.NAME)
    if pattern is None:
        return
    own = _words(labels)
    for match in pattern.finditer(text):
        label = " ".join(match["label"].lower().split())
        if label in own and match["name"]:
            start, end = match.span("name")
            strength = min(1.0, len(label) / _LONG_LABEL)
            kind = None if field.type is FieldType.NAME else _KIND_OF_PLACE.match(text, start, end)
            yield Lead(kind.end() if kind else start, end, strength)


def _words(labels: tuple[str, ...]) -> frozenset[str]:
    return frozenset(" ".join(label.lower().split()) for label in labels)


@lru_cache(maxsize=256)
def _pattern(labels: tuple[str, ...], not_labels: tuple[str, ...], is_name: bool) -> re.Pattern[str] | None:
    known = sorted(_words(labels) | _words(not_labels), key=len, reverse=True)
    if not known:
        return None
    spelled = "|".join(r"\s+".join(map(re.escape, label.split())) for label in known)
    name = _NAME if is_name else _PLACE
    return re.compile(rf"(?<!\w)(?P<label>(?i:{spelled}))(?!\w)(?:[\s:,]+(?:(?i:the)\s+)?(?P<name>{name}))?")

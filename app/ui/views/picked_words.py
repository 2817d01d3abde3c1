"""What words picked in the document mean as a field's value: as recognizers read them, else as this person writes."""

from __future__ import annotations

from app.documents.language import guess_language
from app.domain.document import Document
from app.domain.result import Evidence
from app.domain.task import FieldType
from app.ui.views.entries import Entry
from app.ui.views.typed_values import EntryError, parsed_value

_READ_AS_PRINTED = frozenset(
    {FieldType.DATE, FieldType.AMOUNT, FieldType.NUMBER, FieldType.TIME, FieldType.PHONE, FieldType.DURATION}
)
_CONTEXT_CHARS = 2000


class PickedWordsError(ValueError):
    """The picked words do not fit the field's type; the message is a sentence for the person."""


def picked_value(entry: Entry, text: str, evidence: Evidence, document: Document) -> str:
    """The normalized value of picked words. Raises `PickedWordsError`."""
    for choice in entry.value.alternatives:
        if (choice.evidence.start, choice.evidence.end) == (evidence.start, evidence.end):
            return choice.value
    if entry.type in _READ_AS_PRINTED:
        # Recognizers take a tenth of a second to import, which the window's start need not wait for.
        from app.documents.normalizers import normalize

        language = guess_language(document.text[:_CONTEXT_CHARS])
        printed = normalize(entry.type, text, language=language, context=document.text[:_CONTEXT_CHARS])
        if printed is not None:
            return printed
    try:
        return parsed_value(entry.type, text, choices=entry.choices)
    except EntryError as error:
        raise PickedWordsError(str(error)) from error

"""What people typed or ticked in a PDF form, where the page's own text does not show it."""

from __future__ import annotations

from collections.abc import Sequence

from liteparse import AnnotationRect, FormField, ParsedPage

from app.documents.cleaning import clean_inline, clean_text
from app.documents.layout import Piece

_TICKED = "[x]"
_MAX_FIELDS = 2000
_LINE_POINTS = 12.0


def filled_in(page: ParsedPage) -> list[Piece]:
    """The values that are missing from the text, each at the place of its field."""
    shown = "".join(page.text.split())
    pieces: list[Piece] = []
    for field in (page.form_fields or [])[:_MAX_FIELDS]:
        if field.rect is None:
            continue
        if field.type in {"checkbox", "radio"}:
            pieces.extend(_lines(field, [_TICKED]) if field.checked and not _is_drawn(page, field.rect) else [])
        elif field.type in {"text", "combobox", "listbox"}:
            value = clean_text(field.value or "")
            if value.strip() and "".join(value.split()) not in shown:
                pieces.extend(_lines(field, value.split("\n")))
    return pieces


def printed_pieces(page: ParsedPage) -> list[Piece]:
    """The page's text as pieces, so that values can be set between them."""
    texts = ((clean_inline(item.text), item) for item in page.text_items)
    return [Piece(text, item.x, item.y, item.x + item.width, item.y + item.height) for text, item in texts if text]


def _is_drawn(page: ParsedPage, rect: AnnotationRect) -> bool:
    """Whether a sign for the tick is part of the page's text."""
    centres = ((item.x + item.width / 2 - rect.x, item.y + item.height / 2 - rect.y) for item in page.text_items)
    return any(-2 <= across <= rect.width + 2 and -2 <= down <= rect.height + 2 for across, down in centres)


def _lines(field: FormField, lines: Sequence[str]) -> list[Piece]:
    rect = field.rect
    assert rect is not None
    texts = [text for text in map(clean_inline, lines) if text]
    height = rect.height / max(1, len(texts)) if len(texts) > 1 else min(rect.height, 1.6 * _LINE_POINTS)
    top = rect.y + (rect.height - height * len(texts)) / 2
    return [
        Piece(text, rect.x, top + height * number, rect.x + rect.width, top + height * (number + 1))
        for number, text in enumerate(texts)
    ]

"""Puts pages, words and children together as one `Document`. Between two pages stands one empty line."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field

from app.documents.cleaning import clean_inline
from app.domain.document import Document, Page, Word

PAGE_BREAK = "\n\n"
_MAX_METADATA_CHARS = 1000


@dataclass
class DraftWord:
    """A word of one page: offsets within the page's text, box in page points."""

    start: int
    end: int
    x0: float
    y0: float
    x1: float
    y1: float


@dataclass
class DraftPage:
    """The cleaned text of one page with its words."""

    number: int
    text: str
    width: float = 0.0
    height: float = 0.0
    words: list[DraftWord] = field(default_factory=list)
    ocr: bool = False
    quality: float | None = None


@dataclass
class Draft:
    """What a format's reader hands back; `reader` turns it into a `Document`."""

    format: str
    pages: list[DraftPage]
    metadata: dict[str, str] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)
    children: list[Document] = field(default_factory=list)

    @classmethod
    def of_text(cls, format_name: str, text: str, metadata: dict[str, str] | None = None) -> Draft:
        """A draft of a format without pages."""
        return cls(format_name, [DraftPage(1, text)], dict(metadata or {}))


def assemble(draft: Draft, data: bytes, name: str, max_chars: int) -> Document:
    """Join the pages. Text over `max_chars` is cut at a page or line, with a notice: truncation is never silent."""
    notices = list(draft.notices)
    pages: list[Page] = []
    words: list[Word] = []
    parts: list[str] = []
    offset = 0
    for page in draft.pages:
        if pages:
            parts.append(PAGE_BREAK)
            offset += len(PAGE_BREAK)
        text = page.text
        if offset + len(text) > max_chars:
            text = text[: max(0, max_chars - offset)]
            text = text[: text.rfind("\n")] if "\n" in text else text
            notices.append(f"The text is longer than {max_chars} characters; the rest from page {page.number} on was left out.")
        parts.append(text)
        words.extend(_placed(page.words, page.number, offset, len(text)))
        pages.append(
            Page(
                number=page.number,
                start=offset,
                end=offset + len(text),
                width=page.width,
                height=page.height,
                ocr=page.ocr,
                quality=page.quality,
            )
        )
        offset += len(text)
        if text is not page.text:
            break
    return Document(
        name=name,
        sha256=hashlib.sha256(data).hexdigest(),
        format=draft.format,
        text="".join(parts),
        pages=tuple(pages) or (Page(number=1, start=0, end=0),),
        words=tuple(words),
        metadata=_clean_metadata(draft.metadata),
        notices=tuple(notices),
        children=tuple(draft.children),
    )


def _placed(words: Iterable[DraftWord], page: int, offset: int, length: int) -> list[Word]:
    """The words with document offsets, sorted, without those that overlap or lie behind a cut."""
    placed: list[Word] = []
    end = 0
    for word in sorted(words, key=lambda word: word.start):
        if end <= word.start < word.end <= length:
            box = (round(value, 2) for value in (word.x0, word.y0, word.x1, word.y1))
            placed.append(Word(word.start + offset, word.end + offset, page, *box))
            end = word.end
    return placed


def _clean_metadata(metadata: dict[str, str]) -> dict[str, str]:
    cleaned = {key: clean_inline(value)[:_MAX_METADATA_CHARS] for key, value in metadata.items()}
    return {key: value for key, value in cleaned.items() if value}

"""A document: one file read to text, pages and boxes. Offsets count characters of `Document.text` everywhere."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict


class Box(NamedTuple):
    """A rectangle on a page in points (1/72 inch), origin at the top left."""

    x0: float
    y0: float
    x1: float
    y1: float


class Word(NamedTuple):
    """A run of characters ``text[start:end]`` with its place. Words are sorted by `start` and do not overlap."""

    start: int
    end: int
    page: int
    """Number of the page, from 1."""
    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def box(self) -> Box:
        return Box(self.x0, self.y0, self.x1, self.y1)


class Page(BaseModel):
    """One page; ``document.text[start:end]`` is its text. Width and height are in points, 0 where the format has no pages."""

    model_config = ConfigDict(frozen=True)
    number: int
    start: int
    end: int
    width: float = 0.0
    height: float = 0.0
    ocr: bool = False
    quality: float | None = None
    """Mean recognition confidence of OCR text, 0–1; None where the text was not recognized but stored."""


class Document(BaseModel):
    """A file read to text. `pages` is never empty; formats without pages have one page of size 0.

    `text` is spatial: columns of a page are kept apart by runs of blanks, so that lines read as they look.
    """

    model_config = ConfigDict(frozen=True)
    name: str
    """File name without folder, as shown to people."""
    sha256: str
    format: str
    """Short name of the recognised format: pdf, image, docx, pptx, xlsx, odt, rtf, html, text, csv, json, xml, eml, msg, …"""
    text: str
    pages: tuple[Page, ...]
    words: tuple[Word, ...] = ()
    """Empty where the format has no page geometry."""
    metadata: dict[str, str] = {}
    """What the file says of itself, such as title, author or an e-mail's headers; never used as evidence."""
    notices: tuple[str, ...] = ()
    """Sentences for the person: pages skipped, text recognised with doubt, attachments left out."""
    children: tuple[Document, ...] = ()
    """Attachments, read as documents of their own."""

    def page_of(self, offset: int) -> Page:
        """The page that holds a character offset; offsets between pages belong to the page before."""
        starts = [page.start for page in self.pages]
        return self.pages[max(0, bisect_right(starts, offset) - 1)]

    def boxes_of(self, start: int, end: int) -> tuple[Box, ...]:
        """The boxes of ``text[start:end]``, one for each run of words on a line. Empty where the format has no geometry."""
        first = bisect_right(self.words, (start, float("inf"))) - 1
        first = max(0, first)
        last = bisect_left(self.words, (end,))
        boxes: list[Box] = []
        previous: Word | None = None
        for word in self.words[first:last]:
            if word.end <= start or word.start >= end:
                continue
            if previous is not None and _continues(previous, word):
                run = boxes[-1]
                boxes[-1] = Box(min(run.x0, word.x0), min(run.y0, word.y0), max(run.x1, word.x1), max(run.y1, word.y1))
            else:
                boxes.append(word.box)
            previous = word
        return tuple(boxes)


def _continues(left: Word, right: Word) -> bool:
    """Whether two words are neighbours on one printed line."""
    height = max(left.y1 - left.y0, right.y1 - right.y0, 1.0)
    same_line = min(left.y1, right.y1) - max(left.y0, right.y0) > 0.5 * min(left.y1 - left.y0, right.y1 - right.y0)
    return left.page == right.page and same_line and -0.5 * height <= right.x0 - left.x1 <= 2.0 * height

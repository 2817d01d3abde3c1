"""Where pages lie in the scrolled view, and which words lie where. Pure geometry; no widgets."""

from __future__ import annotations

import re
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSizeF

from app.domain.document import Box, Document, Page, Word
from app.domain.result import Evidence

GAP = 12.0
MARGIN = 10.0
_A4 = (595.0, 842.0)


class PageLayout:
    """Pages below one another, each as wide as it is; positions in pixels at `scale` pixels a point."""

    def __init__(self, pages: Sequence[Page]) -> None:
        self.pages = tuple(pages)
        self._sizes = [QSizeF(page.width or _A4[0], page.height or _A4[1]) for page in pages]
        self._index = {page.number: index for index, page in enumerate(pages)}

    @property
    def widest(self) -> float:
        return max((size.width() for size in self._sizes), default=_A4[0])

    def size(self, scale: float) -> QSizeF:
        height = sum(size.height() * scale + GAP for size in self._sizes) - GAP + 2 * MARGIN
        return QSizeF(self.widest * scale + 2 * MARGIN, height)

    def rects(self, scale: float, view_width: float) -> dict[int, QRectF]:
        """Each page's place, by number, centred in the view when the view is wider."""
        total = max(view_width, self.widest * scale + 2 * MARGIN)
        rects: dict[int, QRectF] = {}
        top = MARGIN
        for page, size in zip(self.pages, self._sizes, strict=True):
            width, height = size.width() * scale, size.height() * scale
            rects[page.number] = QRectF((total - width) / 2, top, width, height)
            top += height + GAP
        return rects

    def has_page(self, number: int) -> bool:
        return number in self._index


class WordFinder:
    """Finds the words under the pointer and between two points of a page."""

    def __init__(self, document: Document) -> None:
        self._text = document.text
        self._words: dict[int, list[Word]] = {}
        for word in document.words:
            self._words.setdefault(word.page, []).append(word)

    def on_page(self, page: int) -> list[Word]:
        return self._words.get(page, [])

    def at(self, page: int, point: QPointF) -> Word | None:
        """The word at a point of the page, in points; a small slack makes thin words easy to hit."""
        slack = 1.5
        for word in self.on_page(page):
            if word.x0 - slack <= point.x() <= word.x1 + slack and word.y0 - slack <= point.y() <= word.y1 + slack:
                return word
        return None

    def between(self, page: int, start: QPointF, end: QPointF) -> list[Word]:
        """The words that a drag from `start` to `end` touches."""
        area = QRectF(start, end).normalized().adjusted(-0.5, -0.5, 0.5, 0.5)
        return [
            word for word in self.on_page(page) if area.intersects(QRectF(word.x0, word.y0, word.x1 - word.x0, word.y1 - word.y0))
        ]

    def span(self, first: Word, last: Word) -> list[Word]:
        """All words from one word to another of the same page, in reading order."""
        low, high = sorted((first.start, last.start))
        return [word for word in self.on_page(first.page) if low <= word.start <= high]

    def printed(self, word: Word) -> str:
        return self._text[word.start : word.end]

    def text_of(self, words: Sequence[Word]) -> str:
        """The words as one text: neighbours keep what is printed between them, others are joined by a blank."""
        text = ""
        previous: Word | None = None
        for word in words:
            between = self._text[previous.end : word.start] if previous is not None else ""
            text += re.sub(r"\s+", " ", between) if not between.strip() else " "
            text += self._text[word.start : word.end]
            previous = word
        return text.strip()

    def evidence_of(self, words: Sequence[Word]) -> Evidence:
        boxes: list[Box] = []
        for word in words:
            joined = _joined(boxes[-1], word) if boxes else None
            if joined is not None:
                boxes[-1] = joined
            else:
                boxes.append(word.box)
        return Evidence(page=words[0].page, start=words[0].start, end=words[-1].end, boxes=tuple(boxes))


def _joined(box: Box, word: Word) -> Box | None:
    overlap = min(box.y1, word.y1) - max(box.y0, word.y0)
    if overlap < 0.5 * (word.y1 - word.y0) or word.x0 < box.x0:
        return None
    return Box(box.x0, min(box.y0, word.y0), word.x1, max(box.y1, word.y1))

"""A reader that gives every word of a text file a place on a page, and draws each word in a shade of its own."""

from __future__ import annotations

import re
import threading
import zlib

from app.domain.document import Document, Page, Word
from app.domain.picture import PagePicture
from app.worker.ports import OnProgress
from tests.helpers.window_world import PageReader

LETTER, LINE = 6.0, 14.0
MARGIN = 40.0
WIDTH, HEIGHT = 595.0, 842.0


def words_of(text: str) -> tuple[Word, ...]:
    """In a grid of letters, as a typewriter would."""
    found = []
    for match in re.finditer(r"\S+", text):
        line, column = text.count("\n", 0, match.start()), match.start() - (text.rfind("\n", 0, match.start()) + 1)
        left, top = MARGIN + column * LETTER, MARGIN + line * LINE
        found.append(Word(match.start(), match.end(), 1, left, top, left + len(match.group()) * LETTER, top + LINE - 4))
    return tuple(found)


def shade_of(word: str) -> int:
    return 20 + zlib.crc32(word.encode()) % 200


def draw(text: str, dpi: float) -> PagePicture:
    scale = dpi / 72
    width, height = round(WIDTH * scale), round(HEIGHT * scale)
    rows = bytearray(b"\xff") * (3 * width * height)
    for word in words_of(text):
        length = 3 * round((word.x1 - word.x0) * scale)
        for y in range(round(word.y0 * scale), round(word.y1 * scale)):
            at = 3 * (y * width + round(word.x0 * scale))
            rows[at : at + length] = bytes([shade_of(text[word.start : word.end])]) * length
    return PagePicture(width, height, 3 * width, bytes(rows))


class DrawnReader(PageReader):
    """`lost` names words that get no place."""

    def __init__(self, lost: frozenset[str] = frozenset()) -> None:
        super().__init__()
        self.lost = lost

    def read(
        self,
        data: bytes,
        name: str,
        *,
        password: str | None = None,
        cancel: threading.Event | None = None,
        on_progress: OnProgress | None = None,
    ) -> Document:
        document = super().read(data, name, password=password, cancel=cancel, on_progress=on_progress)
        words = tuple(word for word in words_of(document.text) if document.text[word.start : word.end] not in self.lost)
        page = Page(number=1, start=0, end=len(document.text), width=WIDTH, height=HEIGHT, ocr=True)
        return document.model_copy(update={"words": words, "pages": (page,)})

    def render(self, data: bytes, name: str, page: int, *, dpi: float, password: str | None = None) -> PagePicture:
        self.rendered.append((name, page))
        return draw(data.decode(), dpi)

"""Cutouts: the printed words of a page that a larger model may see as a picture. Everything else on the page stays white."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from pydantic import BaseModel, ConfigDict

from app.domain.document import Page, Word
from app.domain.picture import PagePicture

_WHITE: Final = 0xFF
_BLACK: Final = 0x00
_RIM: Final = 2
"""Pixels around a word that show with it."""
_COVER: Final = 2 * _RIM
"""Pixels around a hidden word that are painted over with it."""
_LEAST_PLACED: Final = 0.9
"""Of the characters to be shown, so many must have their place; with fewer the places can't be trusted."""
_GREEN: Final = 1
_LEVEL: Final = 6
"""With 9 a clean page takes ten times as long, for two parts in a hundred less; sheets are painted anew while a person waits."""


class PlacedWord(NamedTuple):
    """Characters of the document's text, and their rectangle in pixels of the cutout."""

    start: int
    end: int
    left: int
    top: int
    right: int
    bottom: int


class Cutout(BaseModel):
    """A part of a page in shades of grey, one byte a pixel; `packed` holds the rows, compressed."""

    model_config = ConfigDict(frozen=True, ser_json_bytes="base64", val_json_bytes="base64")
    page: int
    width: int
    height: int
    packed: bytes
    words: tuple[PlacedWord, ...]

    @property
    def png(self) -> bytes:
        """The same pixels always give the same bytes."""
        rows = zlib.decompress(self.packed)
        lines = b"".join(b"\0" + rows[at : at + self.width] for at in range(0, len(rows), self.width))
        header = struct.pack(">IIBBBBB", self.width, self.height, 8, 0, 0, 0, 0)
        chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(lines, _LEVEL)), (b"IEND", b""))
        return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)

    def without(self, hidden: Iterable[tuple[int, int, str]]) -> Cutout | None:
        """The cutout with spans (start, end, text) painted over; None where a part of one has no place, so that nobody can say
        whether it shows.
        """
        covered: set[PlacedWord] = set()
        for start, end, text in hidden:
            under = [word for word in self.words if word.start < end and start < word.end]
            placed = {at for word in under for at in range(word.start, word.end)}
            if any(not sign.isspace() and start + offset not in placed for offset, sign in enumerate(text)):
                return None
            covered.update(under)
        if not covered:
            return self
        rows = bytearray(zlib.decompress(self.packed))
        for word in covered:
            box = (word.left - _COVER, word.top - _COVER, word.right + _COVER, word.bottom + _COVER)
            _fill(rows, self.width, self.height, box, _BLACK)
        return self.model_copy(update={"packed": zlib.compress(bytes(rows), _LEVEL)})


def cut_out(picture: PagePicture, page: Page, words: Sequence[Word], shown: Sequence[tuple[int, int, str]]) -> Cutout | None:
    """The words of some spans (start, end, text) of one page; None where too many of them have no place on it."""
    on_page = [word for word in words if word.page == page.number]
    wanted = [word for word in on_page if any(start <= word.start and word.end <= end for start, end, _ in shown)]
    n_chars = sum(not sign.isspace() for _, _, text in shown for sign in text)
    if not page.width or not page.height or sum(word.end - word.start for word in wanted) < _LEAST_PLACED * max(1, n_chars):
        return None
    boxes = list(_placed(wanted, page, picture, _RIM))
    if not boxes:
        return None
    left, top = min(box.left for box in boxes), min(box.top for box in boxes)
    width, height = max(box.right for box in boxes) - left, max(box.bottom for box in boxes) - top
    rows = bytearray([_WHITE]) * (width * height)
    for box in boxes:
        for y in range(box.top, box.bottom):
            first = y * picture.stride + 3 * box.left + _GREEN
            grey = picture.pixels[first : y * picture.stride + 3 * box.right : 3]
            at = (y - top) * width + box.left - left
            rows[at : at + len(grey)] = grey
    kept = set(wanted)
    for box in _placed([word for word in on_page if word not in kept], page, picture, 0):
        # What reaches into the rim of a word, or lies under it, is not to be seen.
        _fill(rows, width, height, (box.left - left, box.top - top, box.right - left, box.bottom - top), _WHITE)
    moved = tuple(
        PlacedWord(box.start, box.end, box.left - left, box.top - top, box.right - left, box.bottom - top) for box in boxes
    )
    return Cutout(page=page.number, width=width, height=height, packed=zlib.compress(bytes(rows), _LEVEL), words=moved)


def _placed(words: Sequence[Word], page: Page, picture: PagePicture, rim: int) -> Iterator[PlacedWord]:
    """The words in pixels of the picture, with a rim, as far as they lie in it."""
    x_scale, y_scale = picture.width / page.width, picture.height / page.height
    for word in words:
        left, top = max(0, int(word.x0 * x_scale) - rim), max(0, int(word.y0 * y_scale) - rim)
        right = min(picture.width, int(word.x1 * x_scale) + 1 + rim)
        bottom = min(picture.height, int(word.y1 * y_scale) + 1 + rim)
        if left < right and top < bottom:
            yield PlacedWord(word.start, word.end, left, top, right, bottom)


def _fill(rows: bytearray, width: int, height: int, box: tuple[int, int, int, int], shade: int) -> None:
    left, right = max(0, box[0]), min(width, box[2])
    if left < right:
        for y in range(max(0, box[1]), min(height, box[3])):
            rows[y * width + left : y * width + right] = bytes([shade]) * (right - left)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

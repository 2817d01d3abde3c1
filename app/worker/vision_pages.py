"""Pictures of recognised pages on their way from the reader to a model that sees: kept for a while, packed behind the document."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence

from app.domain.document import Document
from app.domain.picture import PagePicture
from app.errors import DocumentError
from app.worker.protocol import Json

MOST_PAGES = 2
_LONGEST_SIDE_PIXELS = 1440
_POINTS_PER_INCH = 72.0
_MOST_BYTES = 192 << 20

Render = Callable[[int, float], PagePicture]
"""Draws the page of a number at a resolution."""


class PageShelf:
    """Pictures by the hash of their file, the oldest given up first. Thread safe."""

    def __init__(self, is_wanted: Callable[[], bool]) -> None:
        """`is_wanted` tells, for each document, whether a model that sees is going to answer."""
        self._is_wanted = is_wanted
        self._pictures: OrderedDict[str, tuple[PagePicture, ...]] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, document: Document, render: Render) -> None:
        """Draw the first pages that were recognised. One that can't be drawn is left out: its text is there."""
        pages = [page for page in document.pages if page.ocr and page.width and page.height][:MOST_PAGES]
        if not pages or not self._is_wanted():
            return
        pictures = []
        for page in pages:
            try:
                pictures.append(render(page.number, _POINTS_PER_INCH * _LONGEST_SIDE_PIXELS / max(page.width, page.height)))
            except DocumentError:
                continue
        with self._lock:
            self._pictures[document.sha256] = tuple(pictures)
            self._pictures.move_to_end(document.sha256)
            while len(self._pictures) > 1 and self._total_bytes() > _MOST_BYTES:
                self._pictures.popitem(last=False)

    def of(self, document: Document) -> tuple[PagePicture, ...]:
        """Nothing for a document whose pictures were given up, or that was attached to another one."""
        with self._lock:
            return self._pictures.get(document.sha256, ())

    def _total_bytes(self) -> int:
        return sum(len(picture.pixels) for pictures in self._pictures.values() for picture in pictures)


def pack(document: bytes, pictures: Sequence[PagePicture]) -> tuple[Json, bytes]:
    """What to send: the shapes, for the header line, and the document with the pixels behind it."""
    shapes = [{"width": picture.width, "height": picture.height, "stride": picture.stride} for picture in pictures]
    return {"document_bytes": len(document), "pictures": shapes}, b"".join((document, *(picture.pixels for picture in pictures)))


def unpack(args: Json, blob: bytes) -> tuple[bytes, list[PagePicture]]:
    """The document and its pictures, as they were before `pack`."""
    position = args["document_bytes"]
    pictures = []
    for shape in args["pictures"]:
        end = position + shape["stride"] * shape["height"]
        pictures.append(PagePicture(shape["width"], shape["height"], shape["stride"], blob[position:end]))
        position = end
    return blob[: args["document_bytes"]], pictures

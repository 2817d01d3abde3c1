"""The page pictures at hand, and which sharper ones to ask for. Keeps a bounded number; no I/O."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from PySide6.QtGui import QImage

_STEPS_DPI = (72.0, 96.0, 120.0, 144.0, 192.0, 240.0, 288.0)
_KEPT = 8


@dataclass(frozen=True)
class Picture:
    image: QImage
    dpi: float


class PagePictures:
    """A picture a page, the most recently used ones; each wish is made once until it is answered or forgotten."""

    def __init__(self) -> None:
        self._pictures: OrderedDict[int, Picture] = OrderedDict()
        self._asked: dict[int, float] = {}
        self._missing: set[int] = set()

    def clear(self) -> None:
        self._pictures.clear()
        self._asked.clear()
        self._missing.clear()

    def put(self, page: int, image: QImage, dpi: float) -> None:
        """Keep a picture. A null image says that there is none to be had."""
        self._asked.pop(page, None)
        if image.isNull():
            self._missing.add(page)
            return
        self._missing.discard(page)
        held = self._pictures.get(page)
        if held is None or held.dpi <= dpi:
            self._pictures[page] = Picture(image, dpi)
            self._pictures.move_to_end(page)
        while len(self._pictures) > _KEPT:
            self._pictures.popitem(last=False)

    def get(self, page: int) -> Picture | None:
        picture = self._pictures.get(page)
        if picture is not None:
            self._pictures.move_to_end(page)
        return picture

    def is_missing(self, page: int) -> bool:
        return page in self._missing

    def wish(self, page: int, needed_dpi: float) -> float | None:
        """The resolution to ask for, or None when the picture at hand, or one already asked for, is sharp enough."""
        step = next((step for step in _STEPS_DPI if step >= needed_dpi * 0.97), _STEPS_DPI[-1])
        held = self._pictures.get(page)
        if page in self._missing or (held is not None and held.dpi >= step) or self._asked.get(page, 0.0) >= step:
            return None
        self._asked[page] = step
        return step

"""Draws a page, its value boxes and the words being picked. Painting only; it decides nothing."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen

from app.domain.document import Box, Word
from app.ui.messages import tr
from app.ui.views.marks import PlaceMark
from app.ui.views.page_pictures import PagePictures
from app.ui.widgets.tone_colors import PAPER_INK

_PAPER = QColor(0xFF, 0xFF, 0xFF)
_EDGE = QColor(0, 0, 0, 38)
_GHOST_INK = QColor(0x8A, 0x8E, 0x95)
_PICK = QColor(0x2B, 0x5F, 0xB8)


class PagePainter:
    def __init__(self, pictures: PagePictures) -> None:
        self._pictures = pictures

    def paint_page(self, painter: QPainter, number: int, rect: QRectF, words: Sequence[Word], scale: float) -> None:
        """The page's picture; until it is there, its words as plain text at their places."""
        painter.fillRect(rect, _PAPER)
        picture = self._pictures.get(number)
        if picture is not None:
            painter.drawImage(rect, picture.image)
        else:
            _paint_ghost(painter, rect, words, scale)
            note = tr("This page has no picture.") if self._pictures.is_missing(number) else tr("Loading the page …")
            _paint_note(painter, rect, note)
        painter.setPen(QPen(_EDGE, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(rect)

    def paint_marks(self, painter: QPainter, rect: QRectF, marks: Sequence[PlaceMark], selected: str, scale: float) -> None:
        """Boxes of all values, the selected one last so that it lies on top."""
        for mark in sorted(marks, key=lambda mark: mark.target == selected):
            chosen = mark.target == selected
            line = QColor(PAPER_INK[mark.tone])
            fill = QColor(line)
            fill.setAlpha(0 if mark.dashed else 52 if chosen else 22)
            pen = QPen(line, 2.2 if chosen else 1.2)
            if mark.dashed:
                pen.setDashPattern([3, 2.5])
            painter.setPen(pen)
            painter.setBrush(fill)
            for box in mark.evidence.boxes:
                painter.drawRoundedRect(_placed(box, rect, scale).adjusted(-2.5, -1.5, 2.5, 1.5), 3, 3)

    def paint_picked(self, painter: QPainter, rect: QRectF, words: Sequence[Word], hovered: Word | None, scale: float) -> None:
        wash = QColor(_PICK)
        wash.setAlpha(60)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(wash)
        for word in words:
            painter.drawRoundedRect(_placed(word.box, rect, scale).adjusted(-1, -1, 1, 1), 2, 2)
        if hovered is not None:
            area = _placed(hovered.box, rect, scale)
            painter.setPen(QPen(_PICK, 1.4))
            painter.drawLine(area.bottomLeft(), area.bottomRight())


def _placed(box: Box, rect: QRectF, scale: float) -> QRectF:
    return QRectF(rect.left() + box.x0 * scale, rect.top() + box.y0 * scale, (box.x1 - box.x0) * scale, (box.y1 - box.y0) * scale)


def _paint_ghost(painter: QPainter, rect: QRectF, words: Sequence[Word], scale: float) -> None:
    """Bars where the words stand: the page's shape is there at once, before its picture."""
    bar = QColor(_GHOST_INK)
    bar.setAlpha(56)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(bar)
    for word in words:
        painter.drawRoundedRect(_placed(word.box, rect, scale).adjusted(0, 1, 0, -1), 2, 2)


def _paint_note(painter: QPainter, rect: QRectF, text: str) -> None:
    font = QFont(painter.font())
    painter.setFont(font)
    painter.setPen(_GHOST_INK)
    painter.drawText(rect.adjusted(12, 10, -12, -10), Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight, text)

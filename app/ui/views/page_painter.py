"""Draws a page, its value boxes and the words being picked. Painting only; it decides nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from app.domain.document import Box, Word
from app.ui.messages import tr
from app.ui.views.marks import PlaceMark
from app.ui.views.page_pictures import PagePictures
from app.ui.widgets.tone_colors import PAPER_INK

_PAPER = QColor(0xFF, 0xFF, 0xFF)
_EDGE = QColor(0, 0, 0, 38)
_TEXT_INK = QColor(0x3A, 0x3F, 0x46)
_GHOST_INK = QColor(0x8A, 0x8E, 0x95)
_PICK = QColor(0x2B, 0x5F, 0xB8)


class PagePainter:
    def __init__(self, pictures: PagePictures) -> None:
        self._pictures = pictures
        self.printed: Callable[[Word], str] = lambda _word: ""
        """The text of a word, for pages of which there is no picture."""

    def paint_page(self, painter: QPainter, number: int, rect: QRectF, words: Sequence[Word], scale: float) -> None:
        """The page's picture; until it is there, its words as plain text at their places."""
        painter.fillRect(rect, _PAPER)
        picture = self._pictures.get(number)
        if picture is not None:
            painter.drawImage(rect, picture.image)
        elif self._pictures.is_missing(number):
            self._paint_text(painter, rect, words, scale)
        else:
            _paint_ghost(painter, rect, words, scale)
            _paint_note(painter, rect, tr("Loading the page …"))
        painter.setPen(QPen(_EDGE, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(rect)

    def _paint_text(self, painter: QPainter, rect: QRectF, words: Sequence[Word], scale: float) -> None:
        """The words at their places, each as large as its box."""
        _paint_note(
            painter, rect, tr("This page has no picture. Its words stand where they are printed."), Qt.AlignmentFlag.AlignBottom
        )
        painter.save()
        painter.setPen(_TEXT_INK)
        font = QFont(painter.font())
        for word in words:
            area = _placed(word.box, rect, scale)
            if area.height() >= 1:
                font.setPixelSize(max(1, round(area.height() * 0.8)))
                painter.setFont(font)
                text = self.printed(word)
                painter.save()
                width = max(1.0, QFontMetricsF(font).horizontalAdvance(text))
                painter.translate(area.left(), area.bottom() - area.height() * 0.2)
                painter.scale(min(1.0, area.width() / width), 1.0)
                painter.drawText(QPointF(0, 0), text)
                painter.restore()
        painter.restore()

    def paint_marks(self, painter: QPainter, rect: QRectF, marks: Sequence[PlaceMark], selected: str, scale: float) -> None:
        """Boxes of all values, the selected one last so that it lies on top."""
        for mark in sorted(marks, key=lambda mark: mark.target == selected):
            chosen = mark.target == selected
            if mark.is_aside and not chosen:
                continue
            line = QColor(PAPER_INK[mark.tone])
            fill = QColor(line)
            fill.setAlpha(0 if mark.dashed else 52 if chosen else 22)
            width = 2.2 if chosen else 1.2
            pen = QPen(line, 1.0 if mark.is_passage else width)
            if mark.is_passage and not chosen:
                pen = QPen(Qt.PenStyle.NoPen)
            if mark.dashed:
                pen.setDashPattern([3, 2.5])
            painter.setPen(pen)
            painter.setBrush(fill)
            for box in mark.evidence.boxes:
                painter.drawRoundedRect(_placed(box, rect, scale).adjusted(-2.5, -1.5, 2.5, 1.5), 3, 3)

    def paint_picked(self, painter: QPainter, rect: QRectF, boxes: Sequence[Box], hovered: Word | None, scale: float) -> None:
        wash = QColor(_PICK)
        wash.setAlpha(60)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(wash)
        for box in boxes:
            painter.drawRoundedRect(_placed(box, rect, scale).adjusted(-1, -1, 1, 1), 2, 2)
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


def _paint_note(painter: QPainter, rect: QRectF, text: str, side: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignTop) -> None:
    font = QFont(painter.font())
    painter.setFont(font)
    painter.setPen(_GHOST_INK)
    painter.drawText(rect.adjusted(12, 10, -12, -10), side | Qt.AlignmentFlag.AlignRight, text)

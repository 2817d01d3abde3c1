"""A small rounded badge: an icon and a word in one tone. The word carries the meaning, the colour only supports it."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QWidget

from app.ui.widgets.plain_label import PlainLabel

Tone = Literal["good", "warn", "bad", "quiet"]
Mark = Literal["tick", "double_tick", "question", "cross", "pencil", "dash", "none"]

_STROKES: dict[str, tuple[tuple[tuple[float, float], ...], ...]] = {
    "tick": (((0.12, 0.55), (0.40, 0.82), (0.90, 0.20)),),
    "double_tick": (((0.0, 0.55), (0.26, 0.82), (0.70, 0.20)), ((0.46, 0.78), (0.52, 0.82), (1.0, 0.20))),
    "cross": (((0.2, 0.2), (0.8, 0.8)), ((0.8, 0.2), (0.2, 0.8))),
    "dash": (((0.15, 0.5), (0.85, 0.5)),),
    "pencil": (((0.12, 0.88), (0.20, 0.62), (0.72, 0.10), (0.90, 0.28), (0.38, 0.80), (0.12, 0.88)),),
    "question": (
        ((0.26, 0.34), (0.28, 0.18), (0.50, 0.08), (0.72, 0.18), (0.74, 0.36), (0.62, 0.50), (0.50, 0.58), (0.50, 0.70)),
        ((0.50, 0.90), (0.50, 0.93)),
    ),
}


def draw_mark(painter: QPainter, area: QRectF, mark: Mark, colour: QColor) -> None:
    """Draw a mark into a square area."""
    side = min(area.width(), area.height()) - 2.0
    pen = QPen(colour, max(1.5, side / 6))
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(pen)
    for stroke in _STROKES.get(mark, ()):
        painter.drawPolyline(QPolygonF([QPointF(area.x() + 1 + x * side, area.y() + 1 + y * side) for x, y in stroke]))
    painter.restore()


class MarkIcon(QWidget):
    """A tiny line icon drawn in the widget's text colour, so that no font or picture is needed."""

    def __init__(self, mark: Mark = "none", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._mark: Mark = mark
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_mark(self, mark: Mark) -> None:
        self._mark = mark
        self.setVisible(mark != "none")
        self.update()

    def sizeHint(self) -> QSize:
        side = max(9, round(self.fontMetrics().ascent() * 0.85))
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        draw_mark(QPainter(self), QRectF(self.rect()), self._mark, self.palette().color(self.foregroundRole()))


class Pill(QFrame):
    """A badge. `set_state(text, tone, mark)` changes it; the style sheet colours it by the property ``tone``.

    Signals: pressed, of one that is a link.
    """

    pressed = Signal()

    def __init__(self, text: str = "", tone: Tone = "quiet", mark: Mark = "none", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._icon = MarkIcon(mark, self)
        self._label = PlainLabel("", self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 2, 9, 3)
        layout.setSpacing(5)
        layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addWidget(self._label)
        self.set_state(text, tone, mark)

    @property
    def text(self) -> str:
        return self._label.text()

    def make_link(self) -> None:
        """Let pointer and keys press it."""
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setProperty("role", "link")

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if self.rect().contains(event.position().toPoint()):
            self.pressed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}:
            self.pressed.emit()
        else:
            super().keyPressEvent(event)

    def set_state(self, text: str, tone: Tone, mark: Mark = "none") -> None:
        self._label.setText(text)
        self._icon.set_mark(mark)
        self.setAccessibleName(text)
        if self.property("tone") != tone:
            for widget in (self, self._icon, self._label):
                widget.setProperty("tone", tone)
                widget.style().unpolish(widget)
                widget.style().polish(widget)

"""Covers the window while files are dragged over it and says what dropping them will do."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.ui.theme import tokens_of
from app.ui.widgets.empty_state import Picture
from app.ui.widgets.plain_label import PlainLabel


class DropOverlay(QWidget):
    """Lies over its parent; the mouse goes through it, so that the window below keeps receiving the drag."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("dropOverlay")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._title = PlainLabel("", role="display")
        self._text = PlainLabel("", role="soft")
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        layout.addStretch(1)
        layout.addWidget(Picture("documents", 64, "accent"))
        for label in (self._title, self._text):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            layout.addWidget(label)
        layout.addStretch(1)
        self.hide()

    def offer(self, title: str, text: str) -> None:
        """Show what letting go now would do."""
        self._title.setText(title)
        self._text.setText(text)
        self.setAccessibleName(title)
        parent = self.parentWidget()
        if parent is not None:
            self.setGeometry(parent.rect())
        self.raise_()
        self.show()

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = tokens_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        dim = tokens.color("background")
        dim.setAlphaF(0.97)
        painter.fillRect(self.rect(), dim)
        pen = QPen(tokens.color("accent"), 2, Qt.PenStyle.CustomDashLine)
        pen.setDashPattern([5, 4])
        painter.setPen(pen)
        ground = tokens.color("accent_soft")
        ground.setAlphaF(0.6)
        painter.setBrush(ground)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(24, 24, -24, -24), 16, 16)

"""How sure an answer is: three dots and a word. Never a bare percentage."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from app.ui.theme import tokens_of
from app.ui.widgets.plain_label import PlainLabel

_DOTS = 3
_DOT_PX = 6


class _Dots(QWidget):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.level = 0
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(_DOTS * (_DOT_PX + 3), _DOT_PX + 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens = tokens_of(self)
        painter.setPen(QPen(tokens.color("soft"), 1))
        for index in range(_DOTS):
            painter.setBrush(tokens.color("soft") if index < self.level else Qt.BrushStyle.NoBrush)
            painter.drawEllipse(
                QPointF(index * (_DOT_PX + 3) + _DOT_PX / 2 + 1, self.height() / 2), _DOT_PX / 2 - 0.5, _DOT_PX / 2 - 0.5
            )


class ConfidenceMeter(QWidget):
    """`set_level(0 to 3, word)` shows it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._dots = _Dots(self)
        self._word = PlainLabel("", self, role="small")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(5)
        layout.addWidget(self._dots, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addWidget(self._word)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    @property
    def word(self) -> str:
        return self._word.text()

    def set_level(self, level: int, word: str) -> None:
        self._dots.level = level
        self._dots.update()
        self._word.setText(word)
        self.setAccessibleName(word)

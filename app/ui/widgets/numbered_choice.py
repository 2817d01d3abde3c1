"""A small button for one of several values, with the number key that picks it."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from app.ui.messages import tr
from app.ui.widgets.plain_label import PlainLabel

_LONGEST_PX = 220


class NumberedChoice(QPushButton):
    """`number` is shown before the text; 0 shows none. The text is plain and shortened in the middle when long."""

    def __init__(self, number: int, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "choice")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAutoDefault(False)
        self.setObjectName(f"choice{number}")
        self.setAccessibleName(tr("Use {text}", text=text))
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        shown = QFontMetrics(self.font()).elidedText(" ".join(text.split()), Qt.TextElideMode.ElideMiddle, _LONGEST_PX)
        if shown != text:
            self.setToolTip(escape(text))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(6, 2, 8, 2)
        layout.setSpacing(6)
        if number:
            layout.addWidget(PlainLabel(str(number), self, role="digit"))
        layout.addWidget(PlainLabel(shown, self))
        for label in self.findChildren(PlainLabel):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def sizeHint(self) -> QSize:
        layout = self.layout()
        return layout.sizeHint() if layout is not None else super().sizeHint()

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

"""A small button for one of several values, with the number key that picks it."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from app.ui.messages import tr
from app.ui.theme import scaled_px
from app.ui.widgets.plain_label import PlainLabel

_LONGEST_PX = 200
_LONGEST_HINT_PX = 130
_LONGEST_WHOLE_PX = 210
_SHORTEST_HINT_PX = 36


class NumberedChoice(QPushButton):
    """`number` is shown before the text, `hint` after it. Texts are plain and shortened when long.

    Signals: pointed (True while the pointer or the focus is on it).
    """

    pointed = Signal(bool)

    def __init__(self, number: int, text: str, parent: QWidget | None = None, *, hint: str = "") -> None:
        super().__init__(parent)
        self._is_pointed = False
        self.setProperty("role", "choice")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAutoDefault(False)
        self.setObjectName(f"choice{number}")
        self.setAccessibleName(tr("Use {text}", text=text))
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        metrics = QFontMetrics(self.font())
        shown = metrics.elidedText(" ".join(text.split()), Qt.TextElideMode.ElideMiddle, scaled_px(_LONGEST_PX))
        if shown != text:
            self.setToolTip(escape(text))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(6, 2, 8, 2)
        layout.setSpacing(6)
        if number:
            layout.addWidget(PlainLabel(str(number), self, role="digit"))
        layout.addWidget(PlainLabel(shown, self))
        room = min(scaled_px(_LONGEST_HINT_PX), scaled_px(_LONGEST_WHOLE_PX) - metrics.horizontalAdvance(shown))
        if hint and room >= _SHORTEST_HINT_PX:
            layout.addWidget(PlainLabel(metrics.elidedText(hint, Qt.TextElideMode.ElideLeft, room), self, role="small"))
        for label in self.findChildren(PlainLabel):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def event(self, event: QEvent) -> bool:
        if event.type() in {QEvent.Type.Enter, QEvent.Type.FocusIn}:
            self._is_pointed = True
            self.pointed.emit(True)
        elif self._is_pointed and event.type() in {QEvent.Type.Leave, QEvent.Type.FocusOut, QEvent.Type.Hide}:
            self._is_pointed = False
            self.pointed.emit(False)
        return super().event(event)

    def sizeHint(self) -> QSize:
        layout = self.layout()
        return layout.sizeHint() if layout is not None else super().sizeHint()

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

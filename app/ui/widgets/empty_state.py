"""What a page shows when it has nothing to show: one line, what to do, and on the inbox a large drop target."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from app.ui.icons import pixmap
from app.ui.theme import tokens_of
from app.ui.widgets.plain_label import PlainLabel


class Picture(QLabel):
    """A large line icon in a colour of the theme."""

    def __init__(self, name: str, size: int, color: str = "soft", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._size, self._color = name, size, color
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._draw()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw()

    def _draw(self) -> None:
        color = str(getattr(tokens_of(self), self._color))
        self.setPixmap(pixmap(self._name, color, self._size, self.devicePixelRatioF()))


class EmptyState(QWidget):
    """An icon, a line, a sentence and room for buttons. `is_target` draws the dashed border of a place to drop things."""

    def __init__(
        self,
        icon: str,
        title: str,
        text: str = "",
        object_name: str = "",
        parent: QWidget | None = None,
        *,
        is_target: bool = False,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self.setAccessibleName(title)
        self._is_target = is_target
        self._title = PlainLabel(title, role="display" if is_target else "heading", wrap=True)
        self._text = PlainLabel(text, role="soft", wrap=True)
        self._text.setVisible(bool(text))
        for label in (self._title, self._text):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(12)
        self._foot = QVBoxLayout()
        self._foot.setSpacing(4)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(32, 24, 32, 24)
        layout.setSpacing(8)
        layout.addStretch(2)
        layout.addWidget(Picture(icon, 56 if is_target else 40, "accent" if is_target else "soft"))
        layout.addSpacing(12)
        layout.addWidget(self._title)
        layout.addWidget(self._text)
        layout.addSpacing(12)
        layout.addLayout(self._buttons)
        layout.addStretch(2)
        layout.addLayout(self._foot)

    def set_text(self, title: str, text: str) -> None:
        self._title.setText(title)
        self._text.setText(text)
        self._text.setVisible(bool(text))
        self.setAccessibleName(title)

    def add_buttons(self, *buttons: QWidget) -> None:
        self._buttons.addStretch(1)
        for button in buttons:
            self._buttons.addWidget(button)
        self._buttons.addStretch(1)

    def set_foot(self, icon: str, text: str) -> None:
        """A quiet sentence at the bottom."""
        label = PlainLabel(text, role="soft", wrap=True)
        label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._foot.addWidget(Picture(icon, 18, "accent"))
        self._foot.addWidget(label)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._is_target:
            return
        tokens = tokens_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(tokens.color("scroll"), 1.5, Qt.PenStyle.CustomDashLine)
        pen.setDashPattern([5, 4])
        painter.setPen(pen)
        painter.setBrush(tokens.color("card"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 12, 12)

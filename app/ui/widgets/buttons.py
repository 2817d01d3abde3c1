"""Buttons with an icon in the colour of the theme, named for screen readers and tests."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget

from app.ui.icons import icon
from app.ui.theme import tokens_of


class IconButton(QToolButton):
    """A small flat button that shows an icon; `label` is its tool tip and its accessible name."""

    def __init__(self, name: str, label: str, object_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._drawn = ("", "")
        self.setObjectName(object_name)
        self.setProperty("role", "icon")
        self.setIconSize(QSize(18, 18))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        self.set_label(label)
        self._draw()

    def set_label(self, label: str) -> None:
        self.setToolTip(label)
        self.setAccessibleName(label)

    def set_icon(self, name: str) -> None:
        self._name = name
        self._draw()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw()

    def _draw(self) -> None:
        tokens = tokens_of(self)
        drawn = (self._name, tokens.scheme)
        if drawn != self._drawn:
            self._drawn = drawn
            self.setIcon(icon(self._name, tokens.soft, tokens.line))


class TextButton(QPushButton):
    """A button with words; `role` is ``primary``, ``plain``, ``ghost`` or ``danger``."""

    def __init__(
        self, text: str, object_name: str, role: str = "plain", parent: QWidget | None = None, *, icon_name: str = ""
    ) -> None:
        super().__init__(text, parent)
        self._icon_name = icon_name
        self._drawn = ("", "")
        self.setObjectName(object_name)
        self.setAccessibleName(text)
        self.setProperty("role", role)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAutoDefault(False)
        self._draw()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in {QEvent.Type.PaletteChange, QEvent.Type.StyleChange}:
            self._draw()

    def _draw(self) -> None:
        tokens = tokens_of(self)
        role = str(self.property("role"))
        if not self._icon_name or (tokens.scheme, role) == self._drawn:
            return
        self._drawn = (tokens.scheme, role)
        color = {"primary": tokens.accent_ink, "danger": tokens.bad}.get(role, tokens.ink)
        self.setIcon(icon(self._icon_name, color, tokens.soft))
        self.setIconSize(QSize(16, 16))

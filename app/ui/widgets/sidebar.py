"""The way between pages, with how many documents wait on each."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.ui.formats import shown_number
from app.ui.icons import icon
from app.ui.messages import tr
from app.ui.theme import tokens_of
from app.ui.widgets.plain_label import PlainLabel

PAGES = ("inbox", "review", "done", "tasks", "models", "evaluate", "insights", "settings")


class NavButton(QPushButton):
    """One line of the sidebar: icon, name, number."""

    def __init__(self, page: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._page, self._title = page, text
        self.setObjectName(f"nav_{page}")
        self.setProperty("role", "nav")
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setIconSize(QSize(18, 18))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._count = PlainLabel("", self, role="soft")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 10, 0)
        layout.addStretch(1)
        layout.addWidget(self._count)
        self.toggled.connect(self._draw)
        self.set_count(0)
        self._draw()

    def set_count(self, count: int) -> None:
        self._count.setText(shown_number(count) if count else "")
        self.setAccessibleName(f"{self._title}, {count}" if count else self._title)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw()

    def _draw(self) -> None:
        tokens = tokens_of(self)
        self.setIcon(icon(self._page, tokens.accent if self.isChecked() else tokens.soft))


class Sidebar(QWidget):
    """Signals: page_chosen(str): one of PAGES."""

    page_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sidebar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(tr("Pages"))
        self.setFixedWidth(max(196, self.fontMetrics().horizontalAdvance("M" * 15)))
        self._buttons: dict[str, NavButton] = {}
        self._group = QButtonGroup(self)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(10, 18, 10, 12)
        self._layout.setSpacing(4)
        brand = PlainLabel("Deskhand", role="brand")
        brand.setContentsMargins(8, 0, 0, 14)
        self._layout.addWidget(brand)
        for page, text in (("inbox", tr("Inbox")), ("review", tr("Review")), ("done", tr("Done"))):
            self._add(page, text)
        caption = PlainLabel(tr("WORKSHOP"), role="caption")
        caption.setContentsMargins(12, 14, 0, 4)
        self._layout.addWidget(caption)
        for page, text in (
            ("tasks", tr("Tasks")),
            ("models", tr("Models")),
            ("evaluate", tr("Evaluate")),
            ("insights", tr("Insights")),
        ):
            self._add(page, text)
        self._layout.addStretch(1)
        self._add("settings", tr("Settings"))
        self.select("inbox")

    def select(self, page: str) -> None:
        """Mark the page in view; none for one that has no line here."""
        self._group.setExclusive(page in self._buttons)
        for name, button in self._buttons.items():
            button.setChecked(name == page)

    def set_count(self, page: str, count: int) -> None:
        self._buttons[page].set_count(count)

    def _add(self, page: str, text: str) -> None:
        button = NavButton(page, text)
        button.clicked.connect(lambda: self.page_chosen.emit(page))
        self._buttons[page] = button
        self._group.addButton(button)
        self._layout.addWidget(button)

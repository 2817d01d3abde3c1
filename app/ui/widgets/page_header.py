"""The top of a page: its name, a sentence about it, the search field and the way to add documents."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, QTimer, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from app.ui.icons import icon
from app.ui.messages import tr
from app.ui.theme import tokens_of
from app.ui.widgets.buttons import TextButton
from app.ui.widgets.labels import ElidedLabel
from app.ui.widgets.plain_label import PlainLabel

_TYPING_PAUSE_MS = 150


class SearchField(QLineEdit):
    """Signals: searched(str): the words to look for, after a pause in typing."""

    searched = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("searchField")
        self.setAccessibleName(tr("Search documents and values"))
        self.setPlaceholderText(tr("Search documents and values  (Ctrl+K)"))
        self.setClearButtonEnabled(True)
        self.setAcceptDrops(False)
        self._lens = QAction(self)
        self.addAction(self._lens, QLineEdit.ActionPosition.LeadingPosition)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_TYPING_PAUSE_MS)
        self._pause.timeout.connect(lambda: self.searched.emit(self.text()))
        self.textChanged.connect(lambda _: self._pause.start())
        self._draw()

    def sizeHint(self) -> QSize:
        wanted = self.fontMetrics().horizontalAdvance(self.placeholderText()) + 62
        return QSize(wanted, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(150, super().minimumSizeHint().height())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw()

    def _draw(self) -> None:
        self._lens.setIcon(icon("search", tokens_of(self).soft))


class PageHeader(QWidget):
    """Signals: searched(str), add_requested."""

    searched = Signal(str)
    add_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = PlainLabel("", role="title")
        self._title.setObjectName("pageTitle")
        self._subtitle = ElidedLabel("", role="subtitle")
        self._subtitle.setObjectName("pageSubtitle")
        self.search = SearchField()
        self.search.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._add = TextButton(tr("Add documents"), "addButton", "primary")
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._title)
        words.addWidget(self._subtitle)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(14)
        layout.addLayout(words, 1)
        layout.addWidget(self.search, 0)
        layout.addWidget(self._add)
        self.search.searched.connect(self.searched)
        self._add.clicked.connect(self.add_requested)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # The page's sentence needs its share as well.
        self.search.setMaximumWidth(max(150, self.width() // 3))

    def show_page(self, title: str, subtitle: str, *, has_search: bool) -> None:
        self._title.setText(title)
        self._subtitle.setText(subtitle)
        self.search.setVisible(has_search)
        self._add.setVisible(has_search)

    @property
    def subtitle(self) -> str:
        return self._subtitle.text()

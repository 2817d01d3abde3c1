"""A sentence across the page that stays until it is dealt with, and a notice that goes by itself."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.ui.messages import tr
from app.ui.theme import set_role
from app.ui.widgets.buttons import IconButton, TextButton
from app.ui.widgets.pill import Tone
from app.ui.widgets.plain_label import PlainLabel

_NEWS_MS = 5000
_OFFER_MS = 10_000
"""Longer, because the person may want to take up what is offered."""
_NOTICE_WIDTH = 560


def announce(widget: QWidget, text: str) -> None:
    """Let a screen reader say something that has no focus."""
    QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, text))


class Banner(QFrame):
    """A title, a sentence and up to two buttons.

    Signals: action_requested, second_requested, closed.
    """

    action_requested = Signal()
    second_requested = Signal()
    closed = Signal()

    def __init__(self, object_name: str, parent: QWidget | None = None, *, role: str = "banner", closable: bool = True) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self._role = role
        self._title = PlainLabel("", role="strong", wrap=True)
        self._text = PlainLabel("", wrap=True)
        for label in (self._title, self._text):
            label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self._action = TextButton("", f"{object_name}Action")
        self._second = TextButton("", f"{object_name}Second", "ghost")
        self._close = IconButton("close", tr("Close"), f"{object_name}Close")
        self._close.setVisible(closable)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._title)
        words.addWidget(self._text)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(12)
        self._buttons.addStretch(1)
        for button in (self._second, self._action, self._close):
            self._buttons.addWidget(button)
        self._layout = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._layout.setContentsMargins(16, 10, 10, 10)
        self._layout.setSpacing(12)
        self._layout.addLayout(words, 1)
        self._layout.addLayout(self._buttons)
        self._action.clicked.connect(self.action_requested)
        self._second.clicked.connect(self.second_requested)
        for button in (self._action, self._second):
            button.hide()
        self._close.clicked.connect(self._on_close_clicked)
        self.hide()

    @property
    def text(self) -> str:
        return f"{self._title.text()} {self._text.text()}".strip()

    def tell(self, tone: Tone, title: str, text: str = "", action: str = "", second: str = "") -> None:
        """Show the sentence; an empty button text leaves the button out."""
        set_role(self, self._role, tone=tone)
        self._title.setText(title)
        self._title.setVisible(bool(title))
        self._text.setText(text)
        self._text.setVisible(bool(text))
        for button, words in ((self._action, action), (self._second, second)):
            button.setText(words)
            button.setAccessibleName(words)
            button.setVisible(bool(words))
        self.setAccessibleName(self.text)
        self._choose_direction()
        self.show()
        announce(self, self.text)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._choose_direction()

    def _choose_direction(self) -> None:
        """Buttons that would leave the words less than half of the width stand below them."""
        is_short = self._buttons.sizeHint().width() > self.width() // 2
        direction = QBoxLayout.Direction.TopToBottom if is_short else QBoxLayout.Direction.LeftToRight
        if self._layout.direction() != direction:
            self._layout.setDirection(direction)

    def _on_close_clicked(self) -> None:
        self.hide()
        self.closed.emit()


class Notice(Banner):
    """News that floats over the foot of its parent: good news leaves after a while, a failure stays until it is closed."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__("notice", parent, role="toast")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.expire)

    def tell(self, tone: Tone, title: str, text: str = "", action: str = "", second: str = "") -> None:
        super().tell(tone, title, text, action, second)
        if tone == "bad":
            self._timer.stop()
        else:
            self._timer.start(_OFFER_MS if action else _NEWS_MS)
        self.place()

    def place(self) -> None:
        """Keep to the middle of the parent's foot."""
        parent = self.parentWidget()
        if parent is None:
            return
        width = min(_NOTICE_WIDTH, parent.width() - 32)
        self.setFixedWidth(width)
        height = self.heightForWidth(width) if self.hasHeightForWidth() else self.sizeHint().height()
        self.setGeometry((parent.width() - width) // 2, parent.height() - height - 24, width, height)
        self.raise_()

    def expire(self) -> None:
        """Leave as if the person had closed it."""
        self._timer.stop()
        if not self.isHidden():
            self._on_close_clicked()

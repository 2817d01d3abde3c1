"""One quiet line about a document and the larger model: it could be asked, is being asked, has answered, could not be asked."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.ui.messages import tr
from app.ui.theme import set_role
from app.ui.widgets.buttons import TextButton
from app.ui.widgets.pill import Tone
from app.ui.widgets.plain_label import PlainLabel


@dataclass(frozen=True)
class AskState:
    """A sentence and up to two things to do; actions are ``ask``, ``undo`` or ``deny``. Without a sentence there is no line."""

    sentence: str = ""
    detail: str = ""
    tone: Tone = "quiet"
    action: str = ""
    action_words: str = ""


class AskLine(QFrame):
    """Signals: action_requested(str)."""

    action_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("askLine")
        self._state = AskState()
        self._sentence = PlainLabel("", self, wrap=True)
        self._detail = PlainLabel("", self, role="small", wrap=True)
        self._button = TextButton(tr("Ask a larger model"), "askAction", "ghost", self)
        self._button.setProperty("density", "small")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(2)
        layout.addWidget(self._sentence)
        layout.addWidget(self._detail)
        foot = QHBoxLayout()
        foot.addWidget(self._button)
        foot.addStretch(1)
        layout.addLayout(foot)
        self._button.clicked.connect(lambda: self.action_requested.emit(self._state.action))
        self.hide()

    @property
    def state(self) -> AskState:
        return self._state

    def show_state(self, state: AskState) -> None:
        if state == self._state:
            return
        self._state = state
        set_role(self, "banner", tone=state.tone)
        self._sentence.setText(state.sentence)
        self._detail.setText(state.detail)
        self._detail.setVisible(bool(state.detail))
        self._button.setText(state.action_words)
        self._button.setAccessibleName(state.action_words)
        self._button.setVisible(bool(state.action))
        self.setAccessibleName(f"{state.sentence} {state.detail}".strip())
        self.setVisible(bool(state.sentence))

"""Parts of a field's card that are made only when they are needed: the candidates, and the buttons of the current card."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.ui.messages import tr
from app.ui.widgets.buttons import TextButton
from app.ui.widgets.flow_layout import FlowLayout
from app.ui.widgets.numbered_choice import NumberedChoice


class ChoiceArea(QWidget):
    """Candidates side by side.

    Signals: picked (number, from 1), pointed (number, or 0 when the pointer and the focus have left).
    """

    picked = Signal(int)
    pointed = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._shown: tuple[tuple[str, str], ...] = ()
        self._flow = FlowLayout(self)

    def show_choices(self, choices: Sequence[tuple[str, str]]) -> None:
        """Each as its text and what is printed before it; the same ones stay as they are, with their focus."""
        if tuple(choices) == self._shown:
            return
        self._shown = tuple(choices)
        for old in self.findChildren(NumberedChoice):
            self._flow.removeWidget(old)
            old.hide()
            old.deleteLater()
        for number, (text, hint) in enumerate(choices, start=1):
            button = NumberedChoice(number, text, self, hint=hint)
            button.pointed.connect(lambda on, number=number: self.pointed.emit(number if on else 0))
            button.clicked.connect(lambda _checked=False, number=number: self.picked.emit(number))
            self._flow.addWidget(button)


class CardActions(QWidget):
    """Signals: accept_requested, edit_requested."""

    accept_requested = Signal()
    edit_requested = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.accept = TextButton(tr("Accept  A"), "acceptField", "ghost", self)
        self.edit = TextButton(tr("Edit  E"), "editField", "ghost", self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 2, 0, 0)
        layout.setSpacing(14)
        for button in (self.accept, self.edit):
            button.setProperty("density", "small")
            layout.addWidget(button)
        layout.addStretch(1)
        self.accept.clicked.connect(self.accept_requested)
        self.edit.clicked.connect(self.edit_requested)

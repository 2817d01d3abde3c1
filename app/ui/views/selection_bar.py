"""What can be done with several chosen documents, above the list while more than one is chosen. Shows and signals only."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QWidget

from app.ui.messages import tr
from app.ui.widgets.buttons import TextButton
from app.ui.widgets.plain_label import PlainLabel


class SelectionBar(QFrame):
    """Signals: accept_requested."""

    accept_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("selectionBar")
        self._words = PlainLabel("", self, role="strong")
        self._words.setObjectName("selectionWords")
        self._accept = TextButton("", "acceptChosen", "primary", self)
        self._accept.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._accept.clicked.connect(self.accept_requested)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 4, 10, 6)
        layout.setSpacing(8)
        layout.addWidget(self._words, 1)
        layout.addWidget(self._accept)
        self.hide()

    def show_chosen(self, n_chosen: int, n_open: int) -> None:
        """`n_open` of the chosen documents are to check; with one chosen or none the bar is not there."""
        self._words.setText(tr("{n} chosen", n=n_chosen))
        words = tr("Accept all {n}", n=n_open) if n_open == n_chosen else tr("Accept the {n} to check", n=n_open)
        self._accept.setText(f"{words}  Shift+A")
        self._accept.setAccessibleName(words)
        self._accept.setVisible(n_open > 0)
        self.setVisible(n_chosen > 1)

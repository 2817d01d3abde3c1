"""The proof that work needs no connection: a button, and the evidence line by line."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.ui.messages import tr
from app.ui.theme import set_role
from app.ui.widgets.buttons import TextButton
from app.ui.widgets.pill import Pill
from app.ui.widgets.plain_label import PlainLabel


class OfflineProofCard(QFrame):
    """Signals: proof_requested."""

    proof_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("offlineProof")
        set_role(self, "card")
        self._button = TextButton(tr("Show me the proof"), "proveOffline", parent=self)
        self._evidence = QVBoxLayout()
        self._evidence.setSpacing(6)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 18)
        layout.setSpacing(10)
        layout.addWidget(PlainLabel(tr("Proof that nothing leaves"), self, role="strong"))
        words = tr("Reads three samples and has them answered while every connection is refused and counted. Takes a few seconds.")
        layout.addWidget(PlainLabel(words, self, role="small", wrap=True))
        layout.addLayout(self._evidence)
        foot = QHBoxLayout()
        foot.addWidget(self._button)
        foot.addStretch(1)
        layout.addLayout(foot)
        self._button.clicked.connect(self._on_clicked)

    def show_evidence(self, statements: Sequence[tuple[bool, str]]) -> None:
        """Sentences with whether they hold."""
        self._clear()
        for holds, sentence in statements:
            self._evidence.addWidget(self._line(holds, sentence))
        self._button.setEnabled(True)
        self._button.setText(tr("Show me again"))

    def show_failure(self, sentence: str) -> None:
        self.show_evidence([(False, sentence)])

    def _line(self, holds: bool, sentence: str) -> QWidget:
        row = QWidget(self)
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        pill = Pill(tr("holds") if holds else tr("does not hold"), "good" if holds else "bad", "tick" if holds else "cross", row)
        layout.addWidget(pill, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(PlainLabel(sentence, row, wrap=True), 1)
        return row

    def _on_clicked(self) -> None:
        self._clear()
        self._button.setEnabled(False)
        self._evidence.addWidget(PlainLabel(tr("Working …"), self, role="soft"))
        self.proof_requested.emit()

    def _clear(self) -> None:
        while (item := self._evidence.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()

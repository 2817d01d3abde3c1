"""The history of a document's answer: every step with who made it, newest first, and the way back to the original."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QDialog, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.domain.revision import Revision, RevisionKind
from app.domain.task import Task
from app.ui.messages import tr
from app.ui.models.revision_words import RevisionWords, concerns, full_title, words_of
from app.ui.theme import scaled_px, set_role
from app.ui.widgets.buttons import TextButton
from app.ui.widgets.labels import ElidedLabel
from app.ui.widgets.pill import Pill
from app.ui.widgets.plain_label import PlainLabel


class HistoryDialog(QDialog):
    """`task` gives the titles. Closes with Esc. Signals: restore_requested, undo_requested."""

    restore_requested = Signal()
    undo_requested = Signal()

    def __init__(self, name: str, task: Task | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("historyDialog")
        self.setWindowTitle(tr("History"))
        self.setAccessibleName(tr("History of {name}", name=name))
        self.resize(scaled_px(560), scaled_px(520))
        self._steps: Sequence[Revision] = ()
        self._task = task
        self._choice = QComboBox(self)
        self._choice.setObjectName("historyChoice")
        self._choice.setAccessibleName(tr("Show the history of"))
        self._choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self._choice.activated.connect(lambda _: self._show_steps())
        self._area = QScrollArea(self)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidgetResizable(True)
        self._restore = TextButton(tr("Back to the original answer"), "restoreOriginal", "plain", self)
        self._restore.clicked.connect(self.restore_requested)
        self._undo = TextButton(tr("Undo the last step"), "historyUndo", "ghost", self)
        self._undo.clicked.connect(self.undo_requested)
        close = TextButton(tr("Close"), "closeHistory", parent=self)
        close.clicked.connect(self.accept)
        close.setDefault(True)
        foot = QHBoxLayout()
        foot.addWidget(self._restore)
        foot.addWidget(self._undo)
        foot.addStretch(1)
        foot.addWidget(close)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(ElidedLabel(name, self, role="title"), 1)
        head.addWidget(self._choice)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 18)
        layout.setSpacing(14)
        layout.addLayout(head)
        layout.addWidget(self._area, 1)
        layout.addLayout(foot)

    def show_history(self, steps: Sequence[Revision]) -> None:
        """The value chosen before stays chosen."""
        chosen, task = str(self._choice.currentData() or ""), self._task
        self._steps = steps
        targets = dict.fromkeys(change.target for step in steps for change in step.changes)
        self._choice.clear()
        self._choice.addItem(tr("All values"), "")
        for one in targets:
            self._choice.addItem(full_title(one, task), one)
        self._choice.setCurrentIndex(max(0, self._choice.findData(chosen)))
        stands = [step for step in steps if not words_of(step, task).state]
        self._undo.setEnabled(len(stands) > 1)
        self._restore.setEnabled(len(stands) > 1 and stands[-1].kind is not RevisionKind.RESTORED)
        self._show_steps()

    def _show_steps(self) -> None:
        target = str(self._choice.currentData() or "")
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(8)
        for step in reversed(self._steps):
            if concerns(step, target):
                column.addWidget(_card(words_of(step, self._task, target)))
        column.addStretch(1)
        self._area.setWidget(body)


def _card(words: RevisionWords) -> QWidget:
    card = QFrame()
    set_role(card, "card")
    card.setAccessibleName(" ".join(part for part in (words.title, words.state, words.when, *words.lines) if part))
    layout = QVBoxLayout(card)
    layout.setContentsMargins(14, 9, 12, 10)
    layout.setSpacing(3)
    head = QHBoxLayout()
    head.setSpacing(8)
    head.addWidget(PlainLabel(words.title, role="strong", wrap=True), 1)
    if words.state:
        pill = Pill("")
        pill.set_state(words.state, "quiet")
        head.addWidget(pill)
    head.addWidget(PlainLabel(words.when, role="small"))
    layout.addLayout(head)
    for line in words.lines:
        layout.addWidget(PlainLabel(line, role="soft" if words.state else "", wrap=True))
    return card

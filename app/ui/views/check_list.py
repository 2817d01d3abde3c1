"""The checks of a result, each as a sentence with an icon that says whether it holds."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.domain.result import Result
from app.domain.task import Task
from app.ui.messages import tr
from app.ui.theme import refresh_style
from app.ui.views.check_sentences import check_sentence
from app.ui.widgets.pill import Mark, MarkIcon, Tone
from app.ui.widgets.plain_label import PlainLabel

_LOOKS: dict[bool | None, tuple[Mark, Tone]] = {True: ("tick", "good"), False: ("cross", "bad"), None: ("dash", "quiet")}


class CheckList(QFrame):
    """Hidden when the result has no checks that could be made."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("checkList")
        self.setProperty("role", "card")
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(14, 10, 12, 11)
        self._layout.setSpacing(6)
        self._layout.addWidget(PlainLabel(tr("Checks"), self, role="soft"))
        self._rows: list[QWidget] = []
        self._shown: list[tuple[str, bool | None]] = []
        self.hide()

    def show_checks(self, result: Result | None, task: Task | None) -> None:
        checks = [check for check in result.answer.checks if check.passed is not None] if result is not None else []
        shown = [(check_sentence(check, task, result or Result(task="")), check.passed) for check in checks]
        if shown == self._shown:
            return
        self._shown = shown
        for row in self._rows:
            self._layout.removeWidget(row)
            row.deleteLater()
        self._rows = []
        for sentence, passed in shown:
            self._rows.append(self._row(sentence, passed))
            self._layout.addWidget(self._rows[-1])
        self.setVisible(bool(checks))

    def _row(self, sentence: str, passed: bool | None) -> QWidget:
        row = QWidget(self)
        row.setAccessibleName(sentence)
        mark, tone = _LOOKS[passed]
        icon = MarkIcon(mark, row)
        icon.setProperty("tone", tone)
        icon.setAccessibleName(tr("holds") if passed else tr("does not hold"))
        refresh_style(icon)
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(PlainLabel(sentence, row, wrap=True), 1)
        return row

"""A job without an answer: what happened in a sentence, what to do, and the controls to do it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.domain.job import Job, JobState
from app.ui.messages import tr
from app.ui.models.job_row import JobRow, error_sentence
from app.ui.widgets.buttons import TextButton
from app.ui.widgets.pill import Pill
from app.ui.widgets.plain_label import PlainLabel

_PASSWORD_CODES = frozenset({"password_needed", "wrong_password"})


class FailurePane(QFrame):
    """Signals: password_entered (password), retry_requested, open_requested."""

    password_entered = Signal(str)
    retry_requested = Signal()
    open_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("failurePane")
        self.setProperty("role", "card")
        self._pill = Pill("", parent=self)
        self._name = PlainLabel("", self, role="heading", wrap=True)
        self._sentence = PlainLabel("", self, wrap=True)
        self._sentence.setObjectName("failureSentence")
        self._hint = PlainLabel("", self, role="soft", wrap=True)
        self._hint.setObjectName("failureHint")
        self._password_row = QWidget(self)
        self._password = QLineEdit(self._password_row)
        self._password.setObjectName("passwordEdit")
        self._password.setAccessibleName(tr("Password of the document"))
        self._password.setPlaceholderText(tr("Password"))
        self._password.setEchoMode(QLineEdit.EchoMode.Password)
        self._unlock = TextButton(tr("Open with password"), "unlock", "primary", self._password_row)
        self._retry = TextButton(tr("Try again"), "retry", parent=self)
        self._open = TextButton(tr("Open the file"), "openFile", parent=self)
        self._build()
        self._password.returnPressed.connect(self._on_unlock)
        self._unlock.clicked.connect(self._on_unlock)
        self._retry.clicked.connect(self.retry_requested)
        self._open.clicked.connect(self.open_requested)

    def _build(self) -> None:
        column = QVBoxLayout()
        column.setSpacing(12)
        column.addStretch(2)
        column.addWidget(self._pill, 0, Qt.AlignmentFlag.AlignLeft)
        for label in (self._name, self._sentence, self._hint):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            column.addWidget(label)
        row = QHBoxLayout(self._password_row)
        row.setContentsMargins(0, 4, 0, 0)
        row.addWidget(self._password, 1)
        row.addWidget(self._unlock)
        column.addWidget(self._password_row)
        buttons = QHBoxLayout()
        buttons.addWidget(self._retry)
        buttons.addWidget(self._open)
        buttons.addStretch(1)
        column.addLayout(buttons)
        column.addStretch(3)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(32, 24, 32, 24)
        outer.addStretch(1)
        outer.addLayout(column, 4)
        outer.addStretch(1)

    def show_job(self, job: Job) -> None:
        failed = job.state is JobState.FAILED
        error = job.error
        status = JobRow(job).status
        self._pill.set_state(status.word, status.tone, "cross" if failed else "dash")
        self._name.setText(job.name)
        self._sentence.setText(
            error_sentence(error.message, "")
            if error is not None
            else tr("This document was cancelled before it was read to the end.")
        )
        again = tr("Try again whenever you like; the file is as it was.")
        self._hint.setText(error_sentence("", error.hint) if error is not None else again)
        self._hint.setVisible(bool(self._hint.text()))
        needs_password = failed and error is not None and error.code in _PASSWORD_CODES
        self._password_row.setVisible(needs_password)
        self._retry.setVisible(not needs_password)
        self._password.clear()
        if needs_password:
            self.setFocusProxy(self._password)
        else:
            self.setFocusProxy(self._retry)
        self.setAccessibleName(f"{job.name}: {self._sentence.text()}")

    def holds_focus(self) -> bool:
        focused = QApplication.focusWidget()
        return focused is not None and self.isAncestorOf(focused)

    def _on_unlock(self) -> None:
        if self._password.text():
            self.password_entered.emit(self._password.text())
            self._password.clear()

"""The trial beside the task's form: a document to try it on, and the answer shown like any other. Shows and signals only."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QProgressBar, QStackedWidget, QVBoxLayout, QWidget

from app.domain.document import Document
from app.domain.result import Result
from app.domain.task import Task
from app.ui.messages import tr
from app.ui.views.review import JobDetail
from app.ui.widgets.buttons import TextButton
from app.ui.widgets.plain_label import PlainLabel


class TrialPane(QFrame):
    """Signals: trial_requested (job id), page_requested (page, dpi)."""

    trial_requested = Signal(int)
    page_requested = Signal(int, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("trialPane")
        self._documents = QComboBox(self)
        self._documents.setObjectName("trialDocument")
        self._documents.setAccessibleName(tr("Document to try the task on"))
        self._documents.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._documents.setMinimumContentsLength(8)
        self._try = TextButton(tr("Try it"), "tryTask", "primary", self)
        self._try.setToolTip(tr("Ctrl+Return"))
        self._progress = QProgressBar(self, textVisible=False)
        self._progress.setRange(0, 0)
        self._progress.setAccessibleName(tr("The task is being tried"))
        self._note = PlainLabel("", self, role="soft", wrap=True)
        self._note.setObjectName("trialNote")
        self._hint = PlainLabel("", self, role="small", wrap=True)
        self._detail: JobDetail | None = None
        self._stack = QStackedWidget(self)
        self._ready = False
        self._build()
        self._try.clicked.connect(self.start)

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._documents, 1)
        head.addWidget(self._try)
        layout.addLayout(head)
        layout.addWidget(self._progress)
        empty = QFrame(self)
        empty.setProperty("role", "card")
        column = QVBoxLayout(empty)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(8)
        column.addStretch(1)
        column.addWidget(self._note)
        column.addWidget(self._hint)
        column.addStretch(2)
        self._stack.addWidget(empty)
        layout.addWidget(self._stack, 1)
        self._progress.hide()
        self.clear()

    @property
    def detail(self) -> JobDetail:
        """Shows what was found; made for the first trial."""
        if self._detail is None:
            self._detail = JobDetail(self._stack, read_only=True)
            self._detail.set_stacked(True)
            self._detail.page_requested.connect(self.page_requested)
            self._stack.addWidget(self._detail)
        return self._detail

    @property
    def has_documents(self) -> bool:
        return self._documents.count() > 0

    def set_documents(self, documents: Sequence[tuple[int, str]]) -> None:
        """The documents to choose from; the one chosen stays chosen."""
        chosen = self._documents.currentData()
        self._documents.clear()
        for job_id, name in documents:
            self._documents.addItem(name, job_id)
        self._documents.setCurrentIndex(max(0, self._documents.findData(chosen)) if documents else -1)
        self._documents.setVisible(bool(documents))
        self.clear()

    def set_ready(self, ready: bool) -> None:
        """Whether the task on the form can be tried."""
        self._ready = ready
        self._sync()

    def start(self) -> None:
        job_id = self._documents.currentData()
        if job_id is None or not self._try.isEnabled():
            return
        self._progress.show()
        self._sync()
        self.trial_requested.emit(job_id)

    def clear(self) -> None:
        self._show_note(
            tr("Try the task on one of your documents: choose it above and press Try it.")
            if self.has_documents
            else tr("Add a document on the Inbox page to try the task on it."),
            "",
        )

    def show_trial(self, document: Document, result: Result, task: Task) -> None:
        self._end()
        self.detail.show_trial(document, result, task)
        self._stack.setCurrentWidget(self.detail)

    def show_error(self, text: str, hint: str) -> None:
        self._end()
        self._show_note(text, hint)

    def set_page_picture(self, page: int, image: QImage, dpi: float) -> None:
        self.detail.set_page_picture(page, image, dpi)

    def _show_note(self, text: str, hint: str) -> None:
        self._note.setText(text)
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))
        self._stack.setCurrentIndex(0)

    def _end(self) -> None:
        self._progress.hide()
        self._sync()

    def _sync(self) -> None:
        idle = self._progress.isHidden()
        self._try.setEnabled(self._ready and idle and self.has_documents)

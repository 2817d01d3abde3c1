"""One job in detail: its document, what was found in it, and everything a person does to check it. Shows and signals only."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QImage, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from app.domain.document import Document
from app.domain.job import Job, JobState
from app.domain.progress import Progress
from app.domain.result import Evidence, Result
from app.domain.task import Task
from app.ui.messages import tr
from app.ui.theme import scaled_px
from app.ui.views.ask_line import AskLine, AskState
from app.ui.views.document_view import DocumentView
from app.ui.views.entries import Layout, RowGroup, layout_of
from app.ui.views.failure_pane import FailurePane
from app.ui.views.fields_panel import FieldsPanel
from app.ui.views.marks import PlaceMark, marks_of, passages_of
from app.ui.views.partial_result import progress_sentence, with_progress
from app.ui.views.picked_words import PickedWordsError, picked_value
from app.ui.views.proof import DEFAULT_REVIEW_BELOW
from app.ui.views.rows_table import RowsTable
from app.ui.widgets.plain_label import PlainLabel

_PANEL_WIDTH = 312
_LEAST_PANEL_WIDTH = 260
_EMPTY, _WORK, _FAILURE = range(3)


class JobDetail(QWidget):
    """`task` is the one that made ``result.answer``; with it come titles, types and what is required.

    Signals: page_requested (page, dpi), value_corrected (target, value, text, evidence; value None takes it out),
    accepted (target, or None for all), undo_requested, next_requested, previous_requested, password_entered, retry_requested,
    open_requested, history_requested.
    """

    page_requested = Signal(int, float)
    value_corrected = Signal(str, object, object, object)
    accepted = Signal(object)
    undo_requested = Signal()
    next_requested = Signal()
    previous_requested = Signal()
    password_entered = Signal(str)
    retry_requested = Signal()
    open_requested = Signal()
    history_requested = Signal()

    def __init__(self, parent: QWidget | None = None, *, read_only: bool = False) -> None:
        super().__init__(parent)
        self.setObjectName("jobDetail")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._read_only = read_only
        self._review_below = DEFAULT_REVIEW_BELOW
        self._job: Job | None = None
        self._document: Document | None = None
        self._result: Result | None = None
        self._task: Task | None = None
        self._classes: Task | None = None
        self._layout_shown = Layout()
        self._resolved = ""
        self._enlarges = True
        self._goes_close = False
        self._stack = QStackedWidget(self)
        self._empty = PlainLabel(tr("Choose a document to see what was found in it."), self, role="soft")
        self._failure = FailurePane(self)
        self._document_view = DocumentView(self)
        self._panel = FieldsPanel(self, read_only=read_only)
        self._tables: list[RowsTable] = []
        self._table_space = QVBoxLayout()
        self._build()
        self._connect()
        self._add_shortcuts()

    def _build(self) -> None:
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        middle = QWidget(self)
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._document_view, 1)
        self._table_space.setSpacing(8)
        column.addLayout(self._table_space)
        self._splitter = splitter = QSplitter(Qt.Orientation.Horizontal, self)
        splitter.setObjectName("reviewSplitter")
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(14)
        splitter.addWidget(middle)
        splitter.addWidget(self._panel)
        splitter.setStretchFactor(0, 1)
        splitter.setStretchFactor(1, 0)
        splitter.setSizes([640, scaled_px(_PANEL_WIDTH)])
        self._panel.setMinimumWidth(scaled_px(_LEAST_PANEL_WIDTH))
        for page in (self._empty, splitter, self._failure):
            self._stack.addWidget(page)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)

    def _connect(self) -> None:
        view, panel, failure = self._document_view, self._panel, self._failure
        view.page_requested.connect(self.page_requested)
        view.mark_clicked.connect(self._on_mark_clicked)
        view.words_picked.connect(self._on_words_picked)
        panel.target_selected.connect(self._on_target_selected)
        panel.corrected.connect(self._on_corrected)
        panel.accepted.connect(self._on_accepted)
        panel.undo_requested.connect(self.undo_requested)
        panel.next_requested.connect(self.next_requested)
        panel.history_requested.connect(self.history_requested)
        panel.evidence_clicked.connect(view.reveal)
        panel.evidence_pointed.connect(view.point_at)
        failure.password_entered.connect(self.password_entered)
        failure.retry_requested.connect(self.retry_requested)
        failure.open_requested.connect(self.open_requested)

    def _add_shortcuts(self) -> None:
        view, panel = self._document_view, self._panel
        keys: dict[str, Callable[[], object]] = {
            "J": lambda: panel.step(1),
            "K": lambda: panel.step(-1),
            "Ctrl++": view.zoom_in,
            "Ctrl+=": view.zoom_in,
            "Ctrl+-": view.zoom_out,
            "Ctrl+0": view.fit_width,
            "PgDown": view.next_page,
            "PgUp": view.previous_page,
        }
        if not self._read_only:
            keys |= {
                "A": panel.accept_current,
                "Shift+A": lambda: self._on_accepted(None),
                "E": self._edit_current,
                "U": self.undo_requested.emit,
                "Ctrl+Z": self.undo_requested.emit,
                "S": self.next_requested.emit,
                "Shift+S": self.previous_requested.emit,
                "H": self.history_requested.emit,
            }
            keys |= {str(number): lambda number=number: panel.choose(number) for number in range(1, 10)}  # type: ignore[misc]
        for key, act in keys.items():
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(self._if_working(act))

    def _if_working(self, act: Callable[[], object]) -> Callable[[], None]:
        def run() -> None:
            if self._stack.currentIndex() == _WORK:
                act()

        return run

    @property
    def job(self) -> Job | None:
        return self._job

    @property
    def task(self) -> Task | None:
        """The one that made the answer in view."""
        return self._task

    @property
    def ask_line(self) -> AskLine:
        """What a larger model has to do with the job."""
        return self._panel.ask_line

    @property
    def current_target(self) -> str:
        return self._panel.current

    def prepare(self) -> Iterator[None]:
        """Make parts that the first document will need, step by step."""
        return self._panel.prepare()

    def set_review_below(self, confidence: float) -> None:
        """The confidence below which a value is to check, as in the settings."""
        self._review_below = confidence

    def set_goes_close(self, goes_close: bool) -> None:
        """Whether a document is opened at its first value to check, enlarged to be read, or as a whole page."""
        self._goes_close = goes_close

    def set_classes(self, task: Task | None) -> None:
        """The task whose classes an automatic job chose from; with it come their titles."""
        self._classes = task

    def set_stacked(self, stacked: bool) -> None:
        """Put the panel below the document, where there is little width."""
        self._splitter.setOrientation(Qt.Orientation.Vertical if stacked else Qt.Orientation.Horizontal)
        self._splitter.setSizes([400, 400] if stacked else [640, scaled_px(_PANEL_WIDTH)])
        self._splitter.setStretchFactor(1, 1 if stacked else 0)

    def show_job(self, job: Job, document: Document | None, result: Result | None, task: Task | None) -> None:
        """Show a job. The same job again keeps the place, the zoom and the current field."""
        is_new = self._job is None or job.id != self._job.id
        restarted = not is_new and self._job is not None and self._job.state.is_finished and not job.state.is_finished
        self._job, self._document, self._task = job, document, task
        self._result = result if result is not None or is_new or restarted else self._partial()
        if job.state in {JobState.FAILED, JobState.CANCELLED} and result is None:
            self._failure.show_job(job)
            self._stack.setCurrentIndex(_FAILURE)
            self.setFocusProxy(self._failure)
            return
        self.setFocusProxy(None)  # type: ignore[arg-type]
        if self._failure.holds_focus() or (is_new and self._panel.holds_focus()):
            # Else the focus would go on to whatever comes next in the window, such as the pause button.
            self.setFocus()
        self._stack.setCurrentIndex(_WORK)
        self._document_view.show_document(document, job.name)
        if is_new:
            self._panel.start()
            self.ask_line.show_state(AskState())
            self._resolved = ""
        self._show_result()
        self._say_working(self._working_sentence(), 0.0)
        self._move_on(is_new)

    def go_to(self, target: str) -> None:
        """Make a value the current one; its place comes into view, on whatever page it stands."""
        self._panel.select(target)

    def show_trial(self, document: Document, result: Result, task: Task) -> None:
        """Show an answer that belongs to no job."""
        self._document, self._result, self._task = document, result, task
        self._stack.setCurrentIndex(_WORK)
        self._document_view.show_document(document)
        self._show_result()
        self._move_on(True)

    def clear(self) -> None:
        """Show no job."""
        self._job = self._document = self._result = self._task = None
        self._document_view.show_document(None)
        self._panel.start()
        self._stack.setCurrentIndex(_EMPTY)

    def set_page_picture(self, page: int, image: QImage, dpi: float) -> None:
        """Take a page's picture; a null image says that there is none."""
        self._document_view.set_picture(page, image, dpi)

    def set_progress(self, progress: Progress) -> None:
        """Show how far the job is, and each value as soon as it is decided."""
        if self._job is None or self._job.state.is_finished or self._stack.currentIndex() != _WORK:
            return
        if progress.value is not None:
            self._announce(progress)
            self._result = with_progress(self._partial() or Result(task=self._job.task), progress)
            self._show_result()
        self._say_working(progress_sentence(progress, self._task), progress.fraction)

    def _announce(self, progress: Progress) -> None:
        """Let a screen reader say which value has arrived."""
        if progress.value is not None and progress.value.value and QAccessible.isActive():
            sentence = f"{progress_sentence(progress, self._task)}: {progress.value.value}"
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, sentence))

    def _say_working(self, sentence: str, fraction: float) -> None:
        is_waiting = self._job is not None and self._job.state is JobState.WAITING
        self._panel.show_working(sentence, fraction, is_waiting=is_waiting)
        self._document_view.set_placeholder(sentence)

    def _partial(self) -> Result | None:
        return self._result if self._job is not None and not self._job.state.is_finished else None

    def _working_sentence(self) -> str:
        if self._job is None or self._job.state.is_finished:
            return ""
        return tr("waiting its turn") if self._job.state is JobState.WAITING else tr("working …")

    def _show_result(self) -> None:
        working = self._job is not None and not self._job.state.is_finished
        result = self._result or (Result(task=self._job.task) if working and self._job is not None else None)
        if result is None:
            self._layout_shown = Layout()
        else:
            self._layout_shown = layout_of(self._task, result, review_below=self._review_below, working=working)
        self._panel.show_result(self._layout_shown, result, self._document, self._task, self._classes)
        self._show_tables(self._layout_shown.tables)
        marks: list[PlaceMark] = []
        if self._document is not None and result is not None:
            marks = passages_of(result, self._document, self._layout_shown.open_targets)
            marks += marks_of(self._layout_shown.entries, self._document)
        self._document_view.set_marks(marks)
        self._document_view.select(self._panel.current, reveal=False)

    def _show_tables(self, groups: tuple[RowGroup, ...]) -> None:
        while len(self._tables) < len(groups):
            table = RowsTable(self, read_only=self._read_only)
            table.selected.connect(self._panel.select)
            table.corrected.connect(self._on_corrected)
            self._tables.append(table)
            self._table_space.addWidget(table)
        for table, group in zip(self._tables, groups, strict=False):
            table.show_group(group)
        for table in self._tables[len(groups) :]:
            table.clear()

    def _move_on(self, is_new: bool) -> None:
        """Start at the first value to check; after a decision go to the next one."""
        if is_new:
            self._enlarges = self._goes_close
            self._panel.select_open()
            self._enlarges = True
        elif self._resolved and self._resolved not in self._panel.open_targets:
            self._panel.select_open(self._resolved)
        self._resolved = ""

    def _edit_current(self) -> None:
        if not self._panel.edit_current():
            for table in self._tables:
                table.edit(self._panel.current)

    def _on_target_selected(self, target: str) -> None:
        self._document_view.select(target, enlarge=self._enlarges)
        for table in self._tables:
            table.select(target)

    def _on_mark_clicked(self, target: str) -> None:
        self._enlarges = False
        self._panel.select(target)
        self._enlarges = True

    def _on_words_picked(self, text: str, evidence: Evidence) -> None:
        """The words become the current field's value if they fit its type, else they wait in its editor."""
        target = self._panel.current
        entry = next((entry for entry in self._layout_shown.entries if entry.target == target), None)
        if entry is None or self._read_only or entry.pending or self._document is None:
            return
        try:
            value = picked_value(entry, text, evidence, self._document)
        except PickedWordsError as error:
            if not self._panel.edit_current(text, str(error)):
                for table in self._tables:
                    table.show_fault(target, str(error))
            return
        self.value_corrected.emit(target, value, text, evidence)

    def _on_corrected(self, target: str, value: object, text: object, evidence: object) -> None:
        # Who changes what was not to check is at work there, as on a table's rows, and stays.
        self._resolved = target if target in self._panel.open_targets else ""
        self.value_corrected.emit(target, value, text, evidence)

    def _on_accepted(self, target: str | None) -> None:
        if target and target == self._resolved:
            # The key was pressed twice before the answer to the first one came.
            return
        self._resolved = target or ""
        if self._result is not None:
            self.accepted.emit(target)

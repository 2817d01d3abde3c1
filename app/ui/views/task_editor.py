"""Tasks in three panes: the list, the form of one, and a trial of it on a document. No TOML; shows and signals only."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QImage, QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMessageBox, QSplitter, QVBoxLayout, QWidget

from app.domain.document import Document
from app.domain.result import Result
from app.domain.task import Task, TaskKind
from app.ui.messages import title_of, tr
from app.ui.theme import set_role
from app.ui.views.task_drafts import copy_of, name_from_title, new_task
from app.ui.views.task_form import TaskForm
from app.ui.views.task_list import TaskListPane
from app.ui.views.trial_pane import TrialPane
from app.ui.widgets.buttons import TextButton
from app.ui.widgets.labels import ElidedLabel
from app.ui.widgets.plain_label import PlainLabel


class TaskEditor(QWidget):
    """Built-in tasks are shown and copied, never changed.

    Signals: task_saved (task), task_deleted (id), trial_requested (task, job id), page_requested (page, dpi) of the tried document.
    """

    task_saved = Signal(object)
    task_deleted = Signal(str)
    trial_requested = Signal(object, int)
    page_requested = Signal(int, float)

    def __init__(self, parent: QWidget | None = None, *, form: TaskForm | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("taskEditor")
        self._tasks: dict[str, Task] = {}
        self._builtin: frozenset[str] = frozenset()
        self._shown: Task | None = None
        self._tried: Task | None = None
        self._dirty = False
        self._list = TaskListPane(self)
        self._form = form or TaskForm(self)
        self._trial = TrialPane(self)
        self._banner = QFrame(self)
        self._banner_text = PlainLabel("", self._banner, wrap=True)
        self._copy = TextButton(tr("Make a copy"), "copyTask", parent=self, icon_name="copy")
        self._save = TextButton(tr("Save"), "saveTask", "primary", self)
        self._revert = TextButton(tr("Undo changes"), "revertTask", parent=self)
        self._delete = TextButton(tr("Delete"), "deleteTask", "danger", self)
        self._state = ElidedLabel("", self, role="soft")
        self._state.setObjectName("taskState")
        self._state.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._build()
        self._connect()

    def _build(self) -> None:
        middle = QFrame(self)
        middle.setProperty("role", "card")
        middle.setObjectName("taskFormCard")
        column = QVBoxLayout(middle)
        column.setContentsMargins(2, 2, 2, 2)
        column.setSpacing(0)
        self._banner.setProperty("role", "banner")
        self._banner.setProperty("tone", "good")
        banner = QHBoxLayout(self._banner)
        banner.setContentsMargins(14, 8, 14, 8)
        banner.addWidget(self._banner_text, 1)
        holder = QVBoxLayout()
        holder.setContentsMargins(12, 12, 12, 0)
        holder.addWidget(self._banner)
        column.addLayout(holder)
        column.addWidget(self._form, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(16, 10, 16, 12)
        foot.setSpacing(8)
        for button in (self._delete, self._copy):
            foot.addWidget(button)
        foot.addWidget(self._state, 1)
        for button in (self._revert, self._save):
            foot.addWidget(button)
        column.addLayout(foot)
        splitter = QSplitter(Qt.Orientation.Horizontal, self)
        splitter.setObjectName("taskSplitter")
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(14)
        for pane, stretch in ((self._list, 0), (middle, 3), (self._trial, 2)):
            splitter.addWidget(pane)
            splitter.setStretchFactor(splitter.count() - 1, stretch)
        splitter.setSizes([210, 500, 420])
        self._list.setMinimumWidth(150)
        middle.setMinimumWidth(300)
        self._trial.setMinimumWidth(260)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(splitter)
        self._form.hide()

    def _connect(self) -> None:
        self._list.task_chosen.connect(self._on_task_chosen)
        self._list.new_requested.connect(self._on_new_requested)
        self._form.changed.connect(self._on_changed)
        self._form.checked.connect(self._on_checked)
        self._copy.clicked.connect(self._on_copy)
        self._save.clicked.connect(self._on_save)
        self._revert.clicked.connect(self._on_revert)
        self._delete.clicked.connect(self._on_delete)
        self._trial.trial_requested.connect(self._on_trial_requested)
        self._trial.page_requested.connect(self.page_requested)
        for key, act in (("Ctrl+Return", self._trial.start), ("Ctrl+Enter", self._trial.start), ("Ctrl+S", self._on_save)):
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(act)

    @property
    def shown_task(self) -> Task | None:
        return self._shown

    @property
    def has_changes(self) -> bool:
        """Whether the form holds changes that are not saved."""
        return self._dirty

    @property
    def has_documents(self) -> bool:
        """Whether there is a document to try a task on."""
        return self._trial.has_documents

    def set_tasks(self, tasks: Sequence[Task], builtin_ids: Collection[str]) -> None:
        """Show the tasks there are; `auto` is no task to edit. Unsaved changes stay on the form."""
        self._tasks = {task.id: task for task in tasks if task.kind is not TaskKind.AUTO}
        self._builtin = frozenset(builtin_ids)
        self._list.set_tasks(list(self._tasks.values()), self._builtin)
        if self._dirty and self._shown is not None:
            self._list.choose(self._shown.id)
            return
        chosen = self._shown.id if self._shown is not None and self._shown.id in self._tasks else self._list.first_id()
        if chosen:
            self._show(self._tasks[chosen])
            self._list.choose(chosen)

    def set_documents(self, documents: Sequence[tuple[int, str]]) -> None:
        """The documents to try a task on, as (job id, name)."""
        self._trial.set_documents(documents)
        self._form.checked_task()

    @Slot(object, object)
    def show_trial(self, document: Document, result: Result) -> None:
        """Show the answer of the task that was tried last."""
        if self._tried is not None:
            self._trial.show_trial(document, result, self._tried)

    @Slot(str, str)
    def show_trial_error(self, text: str, hint: str) -> None:
        self._trial.show_error(text, hint)

    def set_page_picture(self, page: int, image: QImage, dpi: float) -> None:
        """Take a page's picture of the tried document."""
        self._trial.set_page_picture(page, image, dpi)

    def _show(self, task: Task, *, dirty: bool = False) -> None:
        self._shown = task
        self._dirty = dirty
        builtin = task.id in self._builtin and task == self._tasks.get(task.id)
        self._form.show()
        self._form.show_task(task, read_only=builtin)
        self._banner.setVisible(builtin)
        self._banner_text.setText(tr("This task is built in and stays as it is. Make a copy to change it."))
        self._trial.clear()
        self._sync()

    def _is_builtin(self) -> bool:
        return self._shown is not None and self._shown.id in self._builtin

    def _sync(self) -> None:
        builtin = self._is_builtin()
        self._save.setVisible(not builtin)
        self._save.setEnabled(self._dirty and self._form.checked_task() is not None)
        self._revert.setVisible(self._dirty)
        self._delete.setVisible(not builtin and self._shown is not None and self._shown.id in self._tasks)
        self._copy.setVisible(self._shown is not None and not self._dirty)
        set_role(self._copy, "primary" if builtin else "plain")

    def _on_task_chosen(self, task: Task) -> None:
        if self._shown is not None and task.id == self._shown.id:
            return
        if self._dirty and self._shown is not None:
            self._ask_before_leaving(task)
            return
        self._show(task)

    def _ask_before_leaving(self, task: Task) -> None:
        assert self._shown is not None
        box = QMessageBox(self)
        box.setObjectName("unsavedTask")
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(tr("“{title}” has changes that are not saved.", title=title_of(self._shown.title, self._shown.id)))
        save = box.addButton(tr("Save"), QMessageBox.ButtonRole.AcceptRole)
        discard = box.addButton(tr("Discard"), QMessageBox.ButtonRole.DestructiveRole)
        box.addButton(tr("Go on editing"), QMessageBox.ButtonRole.RejectRole)
        save.setEnabled(self._form.checked_task() is not None)

        def finished() -> None:
            clicked = box.clickedButton()
            if clicked is save:
                self._on_save()
                self._show(task)
            elif clicked is discard:
                self._show(task)
            self._list.choose(self._shown.id if self._shown is not None else "")
            box.deleteLater()

        box.finished.connect(finished)
        box.open()

    def _on_new_requested(self, kind: TaskKind) -> None:
        task = new_task(kind, self._tasks)
        self._list.choose("")
        self._show(task, dirty=True)
        self._form.focus_title()

    def _on_copy(self) -> None:
        if self._shown is None:
            return
        task = copy_of(self._shown, self._tasks)
        self._list.choose("")
        self._show(task, dirty=True)
        self._form.focus_title()

    def _on_changed(self) -> None:
        self._dirty = True
        self._state.setText(tr("Not saved yet"))
        self._revert.show()
        self._copy.hide()

    def _on_checked(self, task: Task | None) -> None:
        ready = task is not None
        self._save.setEnabled(ready and self._dirty)
        self._trial.set_ready(ready)
        if not ready:
            self._state.setText(tr("Something is missing, see the red lines"))
        else:
            self._state.setText(tr("Not saved yet") if self._dirty else "")

    def _on_save(self) -> None:
        task = self._form.checked_task()
        if task is None or not self._dirty or self._is_builtin():
            return
        if task.id not in self._tasks:
            task = task.model_copy(update={"id": name_from_title(title_of(task.title, task.id), self._tasks, "task")})
        before = self._tasks.get(task.id)
        if before is not None and before != task:
            task = task.model_copy(update={"version": before.version + 1})
        self._dirty = False
        self._shown = task
        self.task_saved.emit(task)
        self._state.setText(tr("Saved"))
        self._save.setEnabled(False)
        self._revert.hide()
        self._copy.show()

    def _on_revert(self) -> None:
        if self._shown is None:
            return
        stored = self._tasks.get(self._shown.id) or next(iter(self._tasks.values()), None)
        if stored is not None:
            self._show(stored)
            self._list.choose(stored.id)

    def _on_delete(self) -> None:
        if self._shown is None or self._is_builtin():
            return
        task = self._shown
        box = QMessageBox(self)
        box.setObjectName("deleteTaskQuestion")
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(tr("Delete the task “{title}”? Results that it made stay.", title=title_of(task.title, task.id)))
        yes = box.addButton(tr("Delete"), QMessageBox.ButtonRole.DestructiveRole)
        box.addButton(tr("Keep"), QMessageBox.ButtonRole.RejectRole)

        def finished() -> None:
            if box.clickedButton() is yes:
                self._dirty = False
                self._shown = None
                self.task_deleted.emit(task.id)
            box.deleteLater()

        box.finished.connect(finished)
        box.open()

    def _on_trial_requested(self, job_id: int) -> None:
        task = self._form.checked_task()
        if task is None:
            return
        self._tried = task
        self.trial_requested.emit(task, job_id)

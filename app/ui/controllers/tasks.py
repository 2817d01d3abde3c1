"""Saves and deletes tasks, and tries one on a document without touching what is stored."""

from __future__ import annotations

import threading
from collections.abc import Callable

from PySide6.QtCore import QObject, Slot

from app.bootstrap import Deskhand
from app.domain.document import Document
from app.domain.job import JobState
from app.domain.result import Result
from app.domain.task import Task
from app.errors import AppError, CancelledError
from app.ui.background import Background
from app.ui.controllers.jobs import JobsController
from app.ui.controllers.pictures import PagePictures
from app.ui.main_window import MainWindow
from app.ui.messages import language, title_of, tr
from app.ui.models.job_row import error_sentence
from app.ui.models.jobs import JobsTableModel
from app.ui.views.task_editor import TaskEditor
from app.worker.ports import Pages
from app.worker.services import ModelService

_MAX_DOCUMENTS = 200


class TasksController(QObject):
    """A trial has a model of its own, loaded at the first one, so that it never waits for the queue."""

    def __init__(
        self,
        deskhand: Deskhand,
        window: MainWindow,
        *,
        editor: TaskEditor,
        jobs: JobsController,
        rows: JobsTableModel,
        pictures: Pages,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._deskhand = deskhand
        self._window = window
        self._editor = editor
        self._jobs = jobs
        self._rows = rows
        self._lane = Background(self)
        self._trying = Background(self)
        self._pictures = PagePictures(pictures, self._tell_error, self)
        self._model: ModelService | None = None
        self._cancel = threading.Event()
        self._tried_id: int | None = None
        self._is_due = True
        editor.task_saved.connect(self._on_task_saved)
        editor.task_deleted.connect(self._on_task_deleted)
        editor.trial_requested.connect(self._on_trial_requested)
        editor.page_requested.connect(self._on_page_requested)
        window.page_shown.connect(self._on_page_shown)
        rows.rowsInserted.connect(self._on_rows_inserted)
        jobs.tasks_changed.connect(self._on_tasks_changed)

    def stop(self) -> None:
        self._cancel.set()
        self._pictures.stop()
        self._trying.stop()
        self._lane.stop()
        if self._model is not None:
            self._model.close()

    @Slot()
    def _on_tasks_changed(self) -> None:
        """Filling the form takes a while, so it waits until somebody looks at it."""
        self._is_due = True
        if self._window.page == "tasks":
            self._show_tasks()

    def _show_tasks(self) -> None:
        self._is_due = False
        tasks = list(self._jobs.tasks.values())
        self._lane.run(self._deskhand.tasks.builtin_ids, lambda ids: self._editor.set_tasks(tasks, ids), self._tell_error)

    @Slot(str)
    def _on_page_shown(self, page: str) -> None:
        if page == "tasks":
            if self._is_due:
                self._show_tasks()
            self._show_documents()

    @Slot()
    def _on_rows_inserted(self) -> None:
        """The first documents may come while the page is open already."""
        if self._window.page == "tasks" and not self._editor.has_documents:
            self._show_documents()

    def _show_documents(self) -> None:
        finished = {JobState.REVIEW, JobState.DONE}
        rows = [row for row in reversed(self._rows.all_rows()) if row.job.state in finished]
        self._editor.set_documents([(row.job.id, row.job.name) for row in rows[:_MAX_DOCUMENTS]])

    @Slot(object)
    def _on_task_saved(self, task: Task) -> None:
        text = tr("{task} is saved. Documents added from now on use it.", task=title_of(task.title, task.id))
        self._change(lambda: self._deskhand.tasks.save(task), text)

    @Slot(str)
    def _on_task_deleted(self, task_id: str) -> None:
        self._change(lambda: self._deskhand.tasks.delete(task_id), tr("The task was deleted."))

    def _change(self, op: Callable[[], object], text: str) -> None:
        def tell(_: object) -> None:
            self._window.notice.tell("good", text)
            self._jobs.reload_tasks()

        self._lane.run(op, tell, self._tell_error)

    @Slot(object, int)
    def _on_trial_requested(self, task: Task, job_id: int) -> None:
        self._cancel.set()
        self._cancel = cancel = threading.Event()
        self._tried_id = job_id
        self._trying.run(
            lambda: self._try(task, job_id, cancel),
            lambda tried: self._editor.show_trial(*tried) if not cancel.is_set() else None,
            self._on_trial_failed,
        )

    def _try(self, task: Task, job_id: int, cancel: threading.Event) -> tuple[Document, Result]:
        document = self._deskhand.store.document(job_id)
        if document is None:
            raise AppError(detail="the document has to be added again.")
        model = self._model_for(task)
        followups = self._deskhand.tasks.followups() if task.kind == "auto" else {}
        return document, model.run(task, document, followups=followups, language=language(), cancel=cancel)

    def _model_for(self, task: Task) -> ModelService:
        """The one of the last trial where it is the same file."""
        if self._model is not None and self._model.info.sha256 != self._deskhand.choose_model(task.id).sha256:
            self._model.close()
            self._model = None
        if self._model is None:
            self._model = self._deskhand.make_model(task.id)
        return self._model

    def _on_trial_failed(self, error: AppError) -> None:
        if not isinstance(error, CancelledError):
            self._editor.show_trial_error(error_sentence(error.user_text, ""), error_sentence("", error.hint))

    @Slot(int, float)
    def _on_page_requested(self, page: int, dpi: float) -> None:
        row = self._rows.row_of(self._tried_id) if self._tried_id is not None else None
        if row is not None:
            password = self._deskhand.runner.password_of(row.job.id)
            self._pictures.want(row.job, page, dpi, password, self._editor.set_page_picture)

    def _tell_error(self, error: AppError) -> None:
        self._window.notice.tell("bad", error_sentence(error.user_text, ""), error_sentence("", error.hint))

"""Shows the chosen job with its document, and stores what a person corrects and accepts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices

from app.bootstrap import Deskhand
from app.domain.document import Document
from app.domain.job import Job
from app.domain.progress import Progress
from app.domain.result import Evidence, Result
from app.domain.revision import Revision
from app.errors import AppError
from app.jobs.events import JobChanged, ResultStored
from app.storage.review import Acceptance
from app.ui.background import Background
from app.ui.bridge import JobBridge
from app.ui.controllers.jobs import JobsController
from app.ui.controllers.pictures import PagePictures
from app.ui.dialogs.history import HistoryDialog
from app.ui.main_window import WORK_PAGES, MainWindow
from app.ui.messages import tr, tr_n
from app.ui.models.job_row import error_sentence
from app.ui.views.review import JobDetail
from app.worker.ports import Pages


@dataclass(frozen=True)
class _Loaded:
    job: Job | None
    document: Document | None
    result: Result | None


class DetailController(QObject):
    """`pictures` draws in a process of its own, so that pages show at once while another document is being read.

    Signals: shown: another job, or another state of it, is in view.
    """

    shown = Signal()

    def __init__(
        self,
        deskhand: Deskhand,
        window: MainWindow,
        *,
        detail: JobDetail,
        jobs: JobsController,
        bridge: JobBridge,
        pictures: Pages,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._deskhand = deskhand
        self._window = window
        self._detail = detail
        self._jobs = jobs
        self._bridge = bridge
        self._pictures = PagePictures(pictures, self._tell_error, self)
        self._lane = Background(self)
        self._current: Job | None = None
        self._document: Document | None = None
        self._wanted_id: int | None = None
        self._is_focus_wanted = False
        self._trail: list[int | Acceptance] = []
        self._left_behind = False
        self._is_going_on = False
        self._offer = ""
        self._history: HistoryDialog | None = None
        self._history_of: Job | None = None
        self._place_wanted: tuple[int, str] | None = None
        self._connect()

    def _connect(self) -> None:
        detail, work_list = self._detail, self._window.workbench.list
        # Queued: opening the document changes the list's columns, which must not happen while the list is still selecting.
        work_list.job_chosen.connect(self.show, Qt.ConnectionType.QueuedConnection)
        work_list.table.clicked.connect(self._want_focus)
        self._window.page_shown.connect(self._want_focus)
        self._jobs.password_wanted.connect(self._on_password_wanted)
        self._window.workbench.compact_changed.connect(self._on_detail_opened)
        self._window.undo_requested.connect(self.undo)
        self._window.notice.action_requested.connect(self._on_offer_taken)
        work_list.accept_requested.connect(self.accept_documents)
        self._bridge.jobs_changed.connect(self._on_jobs_changed)
        self._bridge.progressed.connect(self._on_progressed)
        detail.page_requested.connect(self._on_page_requested)
        detail.value_corrected.connect(self._on_value_corrected)
        detail.accepted.connect(self._on_accepted)
        detail.undo_requested.connect(self.undo)
        detail.history_requested.connect(self.open_history)
        detail.next_requested.connect(lambda: self._step(1))
        detail.previous_requested.connect(lambda: self._step(-1))
        detail.password_entered.connect(self._on_password_entered)
        detail.retry_requested.connect(self._on_retry_requested)
        detail.open_requested.connect(self._on_open_requested)

    def stop(self) -> None:
        self._pictures.stop()
        self._lane.stop()

    @Slot(int)
    def show(self, job_id: int) -> None:
        """Open a job beside the list."""
        self._left_behind, self._is_going_on = self._is_going_on, False
        if job_id == self._wanted_id:
            return
        self._pictures.forget()
        self._wanted_id = job_id
        self._window.workbench.set_detail_open(True)
        self._window.workbench.switcher.show_job(job_id)
        self._load()

    @Slot(int, str)
    def go_to(self, job_id: int, target: str) -> None:
        """Show a value of a document as soon as that is in view."""
        self._place_wanted = (job_id, target)
        if self._current is not None and self._current.id == job_id == self._wanted_id:
            self._go_to_place(self._current)

    def _go_to_place(self, job: Job) -> None:
        wanted, self._place_wanted = self._place_wanted, None
        if wanted is not None and wanted[0] == job.id:
            self._detail.go_to(wanted[1])

    def _step(self, step: int) -> None:
        self._want_focus()
        self._window.workbench.list.select_neighbour(step)

    @Slot()
    def _want_focus(self) -> None:
        """In review the keys belong to the document; elsewhere they stay with the list, where Delete removes."""
        self._is_focus_wanted = self._window.page == "review"

    def _load(self) -> None:
        job_id = self._wanted_id
        if job_id is None:
            return
        store, current = self._deskhand.store, self._current
        # A correction changes the answer, never the document; a long one takes a while to unpack.
        known = self._document if current is not None and current.id == job_id and current.state.is_finished else None

        def read() -> _Loaded:
            return _Loaded(store.job(job_id), known or store.document(job_id), store.result(job_id))

        self._lane.run(read, self._on_loaded, self._tell_error)

    def _on_loaded(self, loaded: _Loaded) -> None:
        job, result = loaded.job, loaded.result
        if job is None or job.id != self._wanted_id:
            return
        self._current, self._document = job, loaded.document
        answering = result.answer.task if result is not None else job.task
        self._detail.set_review_below(self._deskhand.settings.review_below_of(answering, job.sha256))
        task = self._jobs.tasks.get(answering)
        self._detail.set_goes_close(self._window.page == "review")
        self._detail.set_classes(self._jobs.tasks.get(result.task) if result is not None else None)
        self._detail.show_job(job, loaded.document, result, task)
        self._go_to_place(job)
        self.shown.emit()
        if self._is_focus_wanted:
            self._is_focus_wanted = False
            self._detail.setFocus()

    @Slot(bool)
    def _on_detail_opened(self, is_open: bool) -> None:
        if not is_open:
            self._pictures.forget()
            self._wanted_id = None
            self._current = self._document = None
            self._detail.clear()

    @Slot(int)
    def _on_password_wanted(self, job_id: int) -> None:
        self._window.workbench.list.select([job_id])
        self.show(job_id)
        self._detail.setFocus()

    @Slot(object)
    def _on_jobs_changed(self, changed: list[Job]) -> None:
        if any(job.id == self._wanted_id and job != self._current for job in changed):
            self._load()

    @Slot(object)
    def _on_progressed(self, news: list[tuple[int, Progress]]) -> None:
        for job_id, progress in news:
            if self._current is not None and job_id == self._current.id:
                self._detail.set_progress(progress)

    # Pictures of pages.

    @Slot(int, float)
    def _on_page_requested(self, page: int, dpi: float) -> None:
        job = self._current
        if job is None:
            return
        self._pictures.want(job, page, dpi, self._deskhand.runner.password_of(job.id), self._detail.set_page_picture)

    # What a person says.

    @Slot(str, object, object, object)
    def _on_value_corrected(self, target: str, value: str | None, text: str | None, evidence: Evidence | None) -> None:
        store = self._deskhand.store
        self._change(lambda job_id: store.correct(job_id, target, value=value, text=text, evidence=evidence))

    @Slot(object)
    def _on_accepted(self, target: str | None) -> None:
        store = self._deskhand.store
        self._change(lambda job_id: store.accept(job_id, target))

    @Slot()
    def undo(self) -> None:
        """Put back what was removed last, or take back the last change.

        It is the one of the document in view. Right after a decision that led on to this document, or where nothing of it can be
        taken back, it is the last change made.
        """
        if self._jobs.removals.undo() or self._window.page not in WORK_PAGES:
            return
        if self._left_behind and self._trail:
            self._undo_last()
        else:
            self.undo_change()

    def undo_change(self, of: Job | None = None) -> None:
        """Take back the last change of a document, of the one in view if none is named."""
        job, store = of or self._current, self._deskhand.store
        if job is None:
            self._undo_last()
            return

        def change() -> Job | None:
            return store.job(job.id) if store.undo(job.id) is not None else None

        self._lane.run(change, lambda changed: self._on_undone([changed]) if changed else self._undo_last(), self._tell_error)

    def _undo_last(self) -> None:
        """Take back the last change, in whichever documents it was."""
        if not self._trail:
            self._window.notice.tell("quiet", tr("There is nothing to undo."))
            return
        last, store = self._trail.pop(), self._deskhand.store

        def change() -> list[Job]:
            ids = store.undo_acceptance(last) if isinstance(last, Acceptance) else [last] if store.undo(last) is not None else []
            return [job for job_id in ids if (job := store.job(job_id)) is not None]

        self._lane.run(change, self._on_undone, self._tell_error)

    def _on_undone(self, jobs: list[Job]) -> None:
        self._left_behind = False
        for job in jobs:
            if job.id in self._trail:
                self._trail.reverse()
                self._trail.remove(job.id)
                self._trail.reverse()
            self._take_in(job)
        if jobs and all(job.id != self._wanted_id for job in jobs):
            self._want_focus()
            self._window.workbench.list.select([jobs[0].id])
        elif jobs:
            self._load()
        self._refresh_history()

    def _change(self, op: Callable[[int], object], of: Job | None = None) -> None:
        job = of or self._current
        if job is None:
            return
        job_id, store = job.id, self._deskhand.store
        self._left_behind = False

        def change() -> Job | None:
            op(job_id)
            return store.job(job_id)

        self._lane.run(change, self._on_changed, self._tell_error)

    def _on_changed(self, job: Job | None) -> None:
        if job is None:
            return
        self._trail.append(job.id)
        place = self._window.workbench.list.table.currentIndex().row()
        if job.id == self._wanted_id:
            self._load()
        self._take_in(job)
        if job.id == self._wanted_id:
            self._go_on(place)
        self._refresh_history()

    def _take_in(self, job: Job) -> None:
        self._jobs.take_in(job)
        self._bridge.post(JobChanged(job))
        self._bridge.post(ResultStored(job.id))

    def _go_on(self, place: int) -> None:
        """Open what has taken the place of a document that has left the list."""
        work_list = self._window.workbench.list
        if not work_list.selected_ids():
            self._want_focus()
            work_list.select_place(place)
            self._is_going_on = bool(work_list.selected_ids())

    # Several documents.

    @Slot(object)
    def accept_documents(self, job_ids: Sequence[int]) -> None:
        """Accept documents as they are; a notice counts what that was and offers to take it back."""
        self._jobs.removals.commit()
        store = self._deskhand.store

        def accept() -> tuple[Acceptance, list[Job]]:
            made = store.accept_documents(job_ids)
            return made, [job for job_id in made.steps if (job := store.job(job_id)) is not None]

        self._lane.run(accept, self._on_documents_accepted, self._tell_error)

    def _on_documents_accepted(self, accepted: tuple[Acceptance, list[Job]]) -> None:
        made, jobs = accepted
        if not jobs:
            return
        self._trail.append(made)
        place = self._window.workbench.list.table.currentIndex().row()
        for job in jobs:
            self._take_in(job)
        self._go_on(max(0, place))
        self._offer = tr_n("{n} document accepted.", "{n} documents accepted.", len(jobs))
        values = tr_n(
            "{n} value that was to check counts as right now.", "{n} values that were to check count as right now.", made.n_open
        )
        self._window.notice.tell("good", self._offer, values, tr("Undo"))

    @Slot()
    def _on_offer_taken(self) -> None:
        """The notice has one button for all that it tells; only its words say whose it is."""
        if self._offer and self._window.notice.text.startswith(self._offer):
            self._offer = ""
            self._window.notice.expire()
            self._undo_last()

    # The history.

    @Slot()
    def open_history(self) -> None:
        """Show every step of the answer in view."""
        job = self._current
        if job is None:
            return
        dialog = HistoryDialog(job.name, self._detail.task, self._window)
        self._history, self._history_of = dialog, job
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.restore_requested.connect(lambda: self._change(self._deskhand.store.restore, job))
        dialog.undo_requested.connect(lambda: self.undo_change(job))
        dialog.finished.connect(self._forget_history)
        self._refresh_history()
        dialog.open()

    def _refresh_history(self) -> None:
        job, store = self._history_of, self._deskhand.store
        if job is not None and self._history is not None:
            self._lane.run(lambda: store.revisions(job.id), self._show_history, self._tell_error)

    def _show_history(self, steps: list[Revision]) -> None:
        if self._history is not None:
            self._history.show_history(steps)

    @Slot()
    def _forget_history(self) -> None:
        self._history = self._history_of = None

    @Slot(str)
    def _on_password_entered(self, password: str) -> None:
        if self._current is not None:
            self._jobs.retry(self._current.id, password)

    @Slot()
    def _on_retry_requested(self) -> None:
        if self._current is not None:
            self._jobs.retry(self._current.id)

    @Slot()
    def _on_open_requested(self) -> None:
        if self._current is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(self._current.path))

    def _tell_error(self, error: AppError) -> None:
        self._window.notice.tell("bad", error_sentence(error.user_text, ""), error_sentence("", error.hint))

"""Feeds the list with jobs and results, and carries out what a person wants done with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog

from app.bootstrap import Deskhand
from app.domain.job import Job, JobState
from app.domain.progress import Progress
from app.domain.task import FieldType, Task
from app.errors import AppError
from app.jobs.events import QueueChanged
from app.jobs.intake import AddOutcome
from app.paths import resources
from app.ui.background import Background
from app.ui.bridge import JobBridge
from app.ui.controllers.removals import Removals
from app.ui.main_window import WORK_PAGES, MainWindow
from app.ui.messages import title_of, tr, tr_n
from app.ui.models.digest import Cell, Digest, digest, key_fields, running_cells
from app.ui.models.job_row import error_sentence
from app.ui.models.jobs import ACTION, DOCUMENT, STATUS, Column, mixed_columns
from app.ui.models.jobs_filter import JobsFilter
from app.ui.queue_meter import QueueMeter
from app.ui.views.work_pages import STATES, Counts, WelcomePage, empty_words, sentence_of_page, title_of_page
from app.ui.widgets.banner import announce
from app.ui.widgets.empty_state import EmptyState

_DIGEST_BATCH = 40
_MOST_SPOKEN = 3
"""A screen reader names so many results that arrive at once; more would only be noise."""


class JobsController(QObject):
    """Signals:
    password_wanted: int, a job whose file needs a password.
    tasks_changed: the tasks known are other ones now.
    problem_changed: JobError | None, why the queue stopped by itself.
    changed_by_hand: Job, after a person's step.
    """

    password_wanted = Signal(int)
    tasks_changed = Signal()
    changed_by_hand = Signal(object)
    problem_changed = Signal(object)

    def __init__(self, deskhand: Deskhand, window: MainWindow, jobs: JobsFilter, bridge: JobBridge, parent: QObject) -> None:
        super().__init__(parent)
        self._deskhand = deskhand
        self._window = window
        self._jobs = jobs
        self._lane = Background(self)
        self._adding = Background(self)
        self._digesting = Background(self)
        self.removals = Removals(deskhand, window, jobs, self._lane, self._tell_error, self)
        self._meter = QueueMeter()
        self._is_paused = False
        self._problem: object = None
        self.is_loaded = False
        self._search = ""
        self._task = ""
        self.tasks: dict[str, Task] = {}
        self.samples = sorted(path for path in (resources() / "samples").glob("*.*") if path.suffix != ".md")
        self._welcome = WelcomePage(has_samples=bool(self.samples), parent=window.workbench)
        self._empty = EmptyState("done", "", "", "emptyPage", window.workbench)
        for page in (self._welcome, self._empty):
            # Until the workbench has taken a page in, it would lie in the window's corner.
            page.hide()
        self.removals.changed.connect(self._show_state)
        bridge.jobs_changed.connect(self._on_jobs_changed)
        bridge.jobs_removed.connect(self._on_jobs_removed)
        bridge.progressed.connect(self._on_progressed)
        bridge.results_stored.connect(self.refresh_digests)
        bridge.queue_changed.connect(self._on_queue_changed)
        self._connect_window()

    def _connect_window(self) -> None:
        window, work_list = self._window, self._window.workbench.list
        window.paths_given.connect(self.add)
        window.add_requested.connect(self.choose_files)
        window.page_shown.connect(self._on_page_shown)
        window.header.searched.connect(self._on_searched)
        window.status.pause_toggled.connect(self._on_pause_toggled)
        window.status.cancel_requested.connect(self.cancel_all)
        window.workbench.compact_changed.connect(lambda _: self._show_columns())
        work_list.action_requested.connect(self.act)
        work_list.task_chosen.connect(self._on_task_chosen)
        self._welcome.add_requested.connect(self.choose_files)
        self._welcome.samples_requested.connect(self.add_samples)

    def load(self) -> None:
        """Show what earlier runs left."""
        self.reload_tasks()
        self._lane.run(self._deskhand.store.jobs, self._on_jobs_loaded, self._tell_error)

    def start(self) -> None:
        """Begin the work, when all that listens to it is there."""
        self._lane.run(self._deskhand.runner.start, None, self._tell_error)

    def stop(self) -> None:
        """Carry out what was put off, then let the threads end."""
        for background in (self._adding, self._digesting, self._lane):
            background.stop()
        self.removals.finish()

    def reload_tasks(self) -> None:
        self._lane.run(self._deskhand.tasks.all, self._on_tasks_loaded, self._tell_error)

    @property
    def counts(self) -> Counts:
        hidden = self.removals.hidden
        states = Counter(row.job.state for row in self._jobs.source.all_rows() if row.job.id not in hidden)
        return Counts(
            waiting=states[JobState.WAITING],
            working=states[JobState.WORKING],
            failed=states[JobState.FAILED],
            review=states[JobState.REVIEW],
            done=states[JobState.DONE],
        )

    # Adding.

    @Slot()
    def choose_files(self) -> None:
        dialog = QFileDialog(self._window, tr("Add documents"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(lambda names: self.add([Path(name) for name in names]))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(object)
    def add(self, paths: Sequence[Path]) -> None:
        """Hash and queue files and folders."""
        task = self._deskhand.settings.default_task
        if self._window.page != "inbox":
            self._window.show_page("inbox")
        self._adding.run(lambda: self._deskhand.runner.add(paths, task), self._on_added, self._tell_error)

    @Slot()
    def add_samples(self) -> None:
        self.add(self.samples)

    def _on_added(self, outcomes: list[AddOutcome]) -> None:
        n_new = sum(outcome.job is not None for outcome in outcomes)
        n_known = sum(outcome.already is not None for outcome in outcomes)
        refused = [outcome.error for outcome in outcomes if outcome.error is not None]
        parts = []
        if n_new:
            parts.append(tr_n("{n} document added.", "{n} documents added.", n_new))
        if n_known:
            parts.append(tr_n("{n} was in the list already.", "{n} were in the list already.", n_known))
        if refused:
            first = error_sentence(refused[0].user_text, refused[0].hint)
            more = tr_n("{n} more was refused.", "{n} more were refused.", len(refused) - 1) if len(refused) > 1 else ""
            self._window.notice.tell("bad", " ".join(parts), f"{first} {more}".strip())
        elif parts:
            self._window.notice.tell("good", " ".join(parts))
        else:
            self._window.notice.tell("warn", tr("There was nothing to add: the folder holds no documents."))

    # Doing something with jobs.

    @Slot(int, str)
    def act(self, job_id: int, action: str) -> None:
        if action == "password":
            self.password_wanted.emit(job_id)
        elif action == "retry":
            self.retry(job_id)
        elif action == "cancel":
            self._lane.run(lambda: self._deskhand.runner.cancel(job_id), None, self._tell_error)

    def retry(self, job_id: int, password: str | None = None) -> None:
        self._lane.run(lambda: self._deskhand.runner.retry(job_id, password), None, self._tell_error)

    def show_answered(self, job_ids: Sequence[int]) -> bool:
        """Go to documents where most of them are; False where all were taken off the list."""
        jobs = [row.job for job_id in job_ids if (row := self._jobs.source.row_of(job_id)) is not None]
        if jobs:
            in_review = sum(job.state is JobState.REVIEW for job in jobs)
            self._window.show_page("review" if in_review * 2 > len(jobs) else "done")
            self._window.workbench.list.select([job.id for job in jobs])
        return bool(jobs)

    @Slot()
    def cancel_all(self) -> None:
        """Cancel everything that waits or runs."""
        ids = [row.job.id for row in self._jobs.source.all_rows() if not row.job.state.is_finished]
        runner = self._deskhand.runner

        def cancel() -> None:
            # The last ones first, so that none of them begins meanwhile.
            for job_id in reversed(ids):
                runner.cancel(job_id)

        self._lane.run(cancel, None, self._tell_error)

    @Slot()
    def _on_pause_toggled(self) -> None:
        runner = self._deskhand.runner
        self._lane.run(runner.resume if self._is_paused else runner.pause, None, self._tell_error)

    def resume(self) -> None:
        self._lane.run(self._deskhand.runner.resume, None, self._tell_error)

    # News.

    def _on_tasks_loaded(self, tasks: list[Task]) -> None:
        self.tasks = {task.id: task for task in tasks}
        titles = sorted((title_of(task.title, task.id), task.id) for task in tasks if task.kind != "auto")
        self._window.workbench.list.set_tasks([(task_id, title) for title, task_id in titles])
        self.show_default_task()
        self.tasks_changed.emit()

    def show_default_task(self) -> None:
        """Name the task that dropped documents get."""
        default = self._deskhand.settings.default_task
        task = self.tasks.get(default)
        self._window.drop_task_title = title_of(task.title if task else {}, default)

    def _on_jobs_loaded(self, jobs: list[Job]) -> None:
        self._put(jobs)
        self.is_loaded = True
        self.refresh_all_digests()
        self._show_columns()
        self._show_state()
        self._open_first()

    @Slot(object)
    def _on_jobs_changed(self, jobs: list[Job]) -> None:
        if self._window.page == "inbox":
            # Also those that were done before they could be seen: the person watches for what was just added.
            known = self._jobs.source.row_of
            self._jobs.let_linger(job.id for job in jobs if known(job.id) is None or self._jobs.shows(job.id))
        self._put(jobs)
        self._show_state()
        finished = [row for job in jobs if job.state.is_finished and (row := self._jobs.source.row_of(job.id)) is not None]
        if 0 < len(finished) <= _MOST_SPOKEN:
            announce(self._window, ". ".join(f"{row.job.name}: {row.status.word}" for row in finished))

    @Slot(object)
    def _on_jobs_removed(self, job_ids: list[int]) -> None:
        self.removals.note_gone(job_ids)
        self._jobs.source.remove_jobs(job_ids)
        self._show_state()

    @Slot(object)
    def _on_progressed(self, news: list[tuple[int, Progress]]) -> None:
        for job_id, progress in news:
            self._jobs.source.put_progress(job_id, progress, self._cells_of(job_id, progress))

    @Slot(object)
    def refresh_digests(self, job_ids: Iterable[int]) -> None:
        """Read results again, in small batches, newest first."""
        ids = sorted(job_ids, reverse=True)
        for first in range(0, len(ids), _DIGEST_BATCH):
            batch = ids[first : first + _DIGEST_BATCH]
            self._digesting.run(lambda batch=batch: self._digests(batch), self._jobs.source.put_digests, self._tell_error)  # type: ignore[misc]

    def refresh_all_digests(self) -> None:
        """Read all results again, as when another confidence asks for review."""
        answered = {JobState.REVIEW, JobState.DONE}
        self.refresh_digests([row.job.id for row in self._jobs.source.all_rows() if row.job.state in answered])

    def _digests(self, job_ids: list[int]) -> list[tuple[int, Digest | None]]:
        tasks, settings, store = self.tasks, self._deskhand.settings, self._deskhand.store
        made: list[tuple[int, Digest | None]] = []
        for job_id in job_ids:
            job, result = store.job(job_id), store.result(job_id)
            if job is None or result is None:
                made.append((job_id, None))
                continue
            below = settings.review_below_of(result.answer.task, job.sha256)
            made.append((job_id, digest(result, tasks.get(result.answer.task), below)))
        return made

    @Slot(object)
    def _on_queue_changed(self, news: QueueChanged) -> None:
        self._is_paused = news.paused
        self._window.status.show_queue(self._meter.measure(news))
        if news.problem != self._problem:
            self._problem = news.problem
            self.problem_changed.emit(news.problem)

    # What is in view.

    @Slot(str)
    def _on_page_shown(self, page: str) -> None:
        if page in WORK_PAGES:
            self._window.workbench.list.clear_selection()
            self._window.workbench.set_detail_open(False)
            self._jobs.show_states(STATES[page])
            self._show_columns()
            if page == "review":
                self._window.workbench.list.sort_by_gain()
            else:
                self._window.workbench.list.sort_by_arrival(newest_first=page == "done")
        self._show_state()
        self._open_first()

    def _open_first(self) -> None:
        """In review the first document is open at once."""
        if self._window.page == "review" and self._jobs.rowCount():
            self._window.workbench.list.select(self._jobs.job_ids()[:1])

    @Slot(str)
    def _on_searched(self, text: str) -> None:
        self._search = text.strip()
        self._jobs.search(text)
        self._show_state()

    @Slot(str)
    def _on_task_chosen(self, task_id: str) -> None:
        self._task = task_id
        self._jobs.show_task(task_id)
        self._show_columns()
        self._show_state()

    def _show_columns(self) -> None:
        columns = mixed_columns()
        task = self.tasks.get(self._task)
        if task is not None and task.fields:
            middle = tuple(
                Column(item.name, title_of(item.title, item.name), is_number=item.type is FieldType.AMOUNT)
                for item in key_fields(task)
            )
            ends = {column.key: column for column in columns}
            columns = (ends[DOCUMENT], *middle, ends[STATUS], ends[ACTION])
        if self._window.page != "inbox":
            # Buttons in rows are for what waits, runs or failed.
            columns = tuple(column for column in columns if column.key != ACTION)
        self._window.workbench.list.set_columns(columns, is_compact=self._window.workbench.is_detail_open)

    @Slot()
    def _show_state(self) -> None:
        window, counts = self._window, self.counts
        for page, count in (("inbox", counts.inbox), ("review", counts.review), ("done", counts.done)):
            window.sidebar.set_count(page, count)
        page = window.page
        sentence = sentence_of_page(page, counts, n_shown=self._jobs.rowCount())
        if self._search and page in WORK_PAGES:
            sentence = tr_n("{n} document found, wherever it is.", "{n} documents found, wherever they are.", self._jobs.rowCount())
        window.header.show_page(title_of_page(page), sentence, has_search=page in WORK_PAGES)
        if page not in WORK_PAGES or not self.is_loaded:
            return
        if self._jobs.rowCount():
            window.workbench.show_empty(None)
        elif page == "inbox" and not self._search and not self._task:
            window.workbench.show_empty(self._welcome)
        else:
            self._empty.set_text(*empty_words(page, self._search))
            window.workbench.show_empty(self._empty)

    def take_in(self, job: Job) -> None:
        """Show a change that was made outside the queue."""
        self.changed_by_hand.emit(job)
        self._put([job])
        self._show_state()

    def _put(self, jobs: Iterable[Job]) -> None:
        self._jobs.source.put_jobs([(job, self._title_of_task(job.task)) for job in jobs])

    def _title_of_task(self, task_id: str) -> str:
        task = self.tasks.get(task_id)
        return title_of(task.title if task else {}, task_id)

    def _cells_of(self, job_id: int, progress: Progress) -> dict[str, Cell]:
        """The cells that a decided value fills while its job is running."""
        row = self._jobs.source.row_of(job_id)
        if row is None or progress.value is None or "[" in progress.name:
            return {}
        task = self.tasks.get(row.job.task)
        candidates = [task] if task is not None and task.fields else list(self.tasks.values())
        for candidate in candidates:
            if any(item.name == progress.name for item in candidate.fields):
                return running_cells(candidate, progress.name, progress.value)
        return {}

    def _tell_error(self, error: AppError) -> None:
        self._window.notice.tell("bad", error_sentence(error.user_text, ""), error_sentence("", error.hint))

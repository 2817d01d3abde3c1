"""Lets models answer cases while the window stays free, and shows what came out."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QFileDialog

from app.bootstrap import Deskhand
from app.domain.case import CaseSource, KeptCase
from app.domain.document import Document
from app.domain.revision import PointReviews
from app.domain.task import FieldType, Task
from app.errors import AppError, CancelledError
from app.evaluation.cases import Case, cases_for, read_cases
from app.evaluation.contest import ContestProgress, compete
from app.evaluation.deferral_run import Examined, asked_names
from app.evaluation.kept import as_cases
from app.evaluation.larger_model import LargerAnswers
from app.evaluation.outcome import CaseOutcome
from app.evaluation.reviewed import reviewed_classes
from app.evaluation.sufficiency import Candidate
from app.ui.background import Background
from app.ui.controllers.cases import CasesController
from app.ui.controllers.evaluation_results import Contest, EvaluationResults, titles_of
from app.ui.controllers.jobs import JobsController
from app.ui.controllers.larger_contest import LargerContestController
from app.ui.controllers.settings import SettingsController
from app.ui.main_window import MainWindow
from app.ui.messages import title_of, tr, tr_n
from app.ui.models.confusion import grid_of_pairs
from app.ui.models.job_row import error_sentence
from app.ui.views.evaluate_page import EvaluatePage
from app.ui.views.evaluation_setup import ModelChoice, TaskChoice
from app.ui.views.evaluation_target import ValueChoice
from app.ui.views.quote_page import QuotePage

_MOST_CLASSES = 1_000
"""Newer ones tell more, and reading each takes time."""


@dataclass(frozen=True)
class _Offer:
    """What can be chosen: tasks with their numbers of cases, and models."""

    tasks: list[TaskChoice]
    models: list[ModelChoice]


@dataclass(frozen=True)
class _Found:
    """Cases to run on, and all that are kept: of the task, and of all tasks.

    `points` tells what became of the points of its summaries.
    """

    cases: list[Case]
    kept: list[KeptCase]
    n_all: int
    points: PointReviews
    classes: list[tuple[str, str]]
    """What a person let stand and what the model had said, of reviewed classes."""


class EvaluationController(QObject):
    """Which task, cases and models there are, and the run itself; `EvaluationResults` shows what comes out."""

    _told = Signal(object)

    def __init__(
        self,
        deskhand: Deskhand,
        window: MainWindow,
        *,
        page: EvaluatePage,
        quote: QuotePage,
        jobs: JobsController,
        settings: SettingsController,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._deskhand = deskhand
        self._window = window
        self._page = page
        self._jobs = jobs
        self._lane = Background(self)
        self._running = Background(self)
        self._cancel = threading.Event()
        self._task_id = ""
        self._file: Path | None = None
        self._cases: list[Case] = []
        setup = page.setup
        self.results = EvaluationResults(deskhand, window, page=page, jobs=jobs, parent=self)
        self.larger = LargerContestController(deskhand, window, setup=setup, page=quote, parent=self)
        self.larger.answered.connect(self._on_larger_answered)
        self.larger.priced.connect(page.tradeoff.show_price)
        self.larger.ended.connect(lambda: setup.show_progress(None))
        setup.task_chosen.connect(self._on_task_chosen)
        setup.file_requested.connect(self._on_file_requested)
        setup.reviews_requested.connect(self._on_reviews_requested)
        setup.start_requested.connect(self._on_start_requested)
        setup.stop_requested.connect(self._on_stop_requested)
        self.kept = CasesController(deskhand, window, page.cases, settings, self)
        self.kept.changed.connect(self._on_kept_changed)
        self.kept.replaced.connect(self._look_again)
        window.page_shown.connect(self._on_page_shown)
        self._told.connect(self._on_told, Qt.ConnectionType.QueuedConnection)

    def stop(self) -> None:
        self._cancel.set()
        self._running.stop()
        self.larger.stop()
        self.results.stop()
        self.kept.stop()
        self._lane.stop()

    @Slot(str)
    def _on_page_shown(self, page: str) -> None:
        if page == "evaluate":
            if not self._page.setup.task_id:
                known = [task for task in self._jobs.tasks.values() if task.kind != "auto"]
                self._page.setup.show_tasks([TaskChoice(task.id, title_of(task.title, task.id), None) for task in known], "")
            self._look_again()

    def _look(self) -> _Offer:
        self._deskhand.collect_cases()
        counts = self._deskhand.store.cases.counts()
        tasks = [
            TaskChoice(task.id, title_of(task.title, task.id), counts.get(task.id, 0))
            for task in self._deskhand.tasks.all()
            if task.kind != "auto"
        ]
        tasks.sort(key=lambda task: (-(task.n_cases or 0), task.title))
        return _Offer(tasks, list(self._models()))

    def _models(self) -> Iterator[ModelChoice]:
        in_use, catalog, paces = self._id_of_model_in_use(), self._deskhand.catalog, self._deskhand.store.paces()
        installed = catalog.installed()
        never_used = [spec for spec in installed if spec.main_file.sha256 not in paces]
        speeds = self._deskhand.speeds(self._deskhand.machine()) if never_used else None
        for spec in installed:
            if speeds is not None and spec in never_used:
                seconds = 60 / speeds.of(spec).documents_per_minute
                yield ModelChoice(spec.id, spec.name, seconds, is_expected=True, is_in_use=spec.id == in_use)
            else:
                yield ModelChoice(spec.id, spec.name, paces[spec.main_file.sha256].seconds, is_in_use=spec.id == in_use)

    def _id_of_model_in_use(self) -> str:
        try:
            return self._deskhand.choose_model().spec.id
        except AppError:
            return ""

    def _show_offer(self, offer: _Offer) -> None:
        if not self._task_id and offer.tasks:
            known = [task.id for task in offer.tasks]
            default = self._deskhand.settings.default_task
            self._task_id = default if default in known and not offer.tasks[0].n_cases else known[0]
        self._page.setup.show_tasks(offer.tasks, self._task_id)
        self._page.setup.show_models(offer.models)
        self.results.offer_baselines()
        self._load_cases()

    @Slot(str)
    def _on_task_chosen(self, task_id: str) -> None:
        self._task_id = task_id
        self.results.show_task(task_id)
        self._load_cases()

    @Slot()
    def _on_reviews_requested(self) -> None:
        self._file = None
        self._load_cases()

    @Slot()
    def _on_file_requested(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self._window, tr("Use a case file"), "", tr("Case files (*.jsonl)"))
        if chosen:
            self.use_file(Path(chosen))

    def use_file(self, path: Path) -> None:
        """Take the cases of a file instead of the person's reviews, for the task that is chosen."""
        self._file = path
        self._load_cases()

    def _load_cases(self) -> None:
        wanted = (self._task_id, self._file)
        self._page.setup.wait_for_cases()

        def show(found: _Found) -> None:
            if wanted == (self._task_id, self._file):
                self._show_cases(found)

        self._lane.run(partial(self._cases_of, *wanted), show, self._on_cases_failed)

    def _cases_of(self, task_id: str, path: Path | None) -> _Found:
        store = self._deskhand.store.cases
        kept, n_all = store.all(task_id), sum(store.counts().values())
        points = self._deskhand.store.point_reviews(task_id)
        if path is not None:
            return _Found(cases_for(read_cases(path), {task_id}, path), kept, n_all, points, [])
        task = self._jobs.tasks.get(task_id)
        classes = reviewed_classes(store.first_answers(task_id, _MOST_CLASSES)) if task is not None and task.labels else []
        return _Found(as_cases(kept), kept, n_all, points, classes)

    def _show_cases(self, found: _Found) -> None:
        self._cases = found.cases
        n = len(self._cases)
        task = self._jobs.tasks.get(self._task_id)
        self.kept.show(self._task_id, found.kept, titles_of(task) if task is not None else {}, found.n_all)
        self._page.cases.show_points(found.points)
        names = {label.name: title_of(label.title, label.name) for label in task.labels} if task is not None else {}
        self._page.show_reviewed_classes(grid_of_pairs(found.classes, names) if found.classes else None)
        if self._file is not None:
            sentence = tr_n("{n} case of {file}", "{n} cases of {file}", n, file=self._file.name)
        else:
            sentence = _kept_words(found.kept)
        self._page.setup.show_cases(sentence, n, is_file=self._file is not None)
        self._page.setup.target.show_values(_values_of(task) if task is not None else [])
        self.larger.look(task, n)

    def _on_cases_failed(self, error: AppError) -> None:
        self._tell_error(error)
        if self._file is not None:
            self._file = None
            self._load_cases()

    @Slot()
    def _on_start_requested(self) -> None:
        self._cancel = cancel = threading.Event()
        task, model_ids = self._jobs.tasks[self._task_id], self._page.setup.model_ids
        contest = Contest(task, list(self._cases), self._file.absolute().parent if self._file else None, ())
        examined: list[Examined] | None = [] if self._page.setup.larger.is_chosen else None
        self._page.setup.show_progress((0, len(contest.cases) * len(model_ids), ""))
        self._running.run(
            lambda: self._compete(contest, model_ids, cancel, examined),
            lambda done: self._on_competed(done, None if cancel.is_set() else examined),
            self._on_run_failed,
        )

    def _compete(
        self, contest: Contest, model_ids: Sequence[str], cancel: threading.Event, examined: list[Examined] | None
    ) -> Contest:
        """What the first model answered is put into `examined`, unless that is None."""
        run = self._deskhand.evaluation_of(contest.task, contest.cases, contest.folder or Path())

        def keep(case: Case, outcome: CaseOutcome, document: Document) -> None:
            if examined is not None and (result := outcome.result) is not None:
                asked, path = asked_names(outcome, ()), run.path_of(case)
                examined.append(Examined(case, outcome, document, run.answering_task(result), result, asked, path))

        candidates = compete(
            run,
            [self._deskhand.contestant(model_id) for model_id in model_ids],
            max_bytes=self._deskhand.settings.limits.max_bytes,
            cancel=cancel,
            on_progress=self._told.emit,
            on_first=keep,
        )
        return replace(contest, candidates=candidates)

    def _on_competed(self, contest: Contest, examined: list[Examined] | None) -> None:
        self._page.setup.show_progress(None)
        self.results.show(contest)
        if examined:
            self._page.setup.show_progress((0, len(examined), ""))
            self.larger.begin(examined, self._deskhand.contestant(contest.candidates[0].run.model.id))

    @Slot(object)
    def _on_larger_answered(self, answers: LargerAnswers) -> None:
        """Beside what is shown by now: a case may have been corrected since the run."""
        contest = self.results.contest
        if contest is not None:
            candidates = [*contest.candidates, Candidate(answers.run, 0, is_elsewhere=True)]
            self.results.show(replace(contest, candidates=candidates, deferral=answers.deferral))
            self.results.score_anew()

    @Slot(object)
    def _on_told(self, news: ContestProgress) -> None:
        if not self._cancel.is_set():
            self._page.setup.show_progress((news.done, news.total, news.model_id))

    @Slot()
    def _on_stop_requested(self) -> None:
        self._cancel.set()
        self.larger.cancel()
        self._page.setup.show_progress(None)

    def _on_run_failed(self, error: AppError) -> None:
        """What was stopped has been cleared away at once; since then another run may have begun."""
        if not isinstance(error, CancelledError):
            self._page.setup.show_progress(None)
            self._tell_error(error)

    # Kept cases.

    @Slot()
    def _on_kept_changed(self) -> None:
        self._load_cases()
        self.results.score_anew()

    @Slot()
    def _look_again(self) -> None:
        self._lane.run(self._look, self._show_offer, self._tell_error)

    def _tell_error(self, error: AppError) -> None:
        self._window.notice.tell("bad", error_sentence(error.user_text, ""), error_sentence("", error.hint))


def _kept_words(kept: Sequence[KeptCase]) -> str:
    n_imported = sum(case.source is CaseSource.IMPORT for case in kept)
    if n_imported:
        return tr_n("{n} case, {imported} imported", "{n} cases, {imported} imported", len(kept), imported=n_imported)
    return tr_n("{n} document that you reviewed", "{n} documents that you reviewed", len(kept))


def _values_of(task: Task) -> list[ValueChoice]:
    """Its amounts together, where there are several, and each single field."""
    single = [field for field in task.fields if not field.many]
    amounts = tuple(field.name for field in single if field.type is FieldType.AMOUNT)
    together = [ValueChoice(tr("all amounts"), amounts)] if len(amounts) > 1 else []
    return together + [ValueChoice(title_of(field.title, field.name), (field.name,)) for field in single if len(single) > 1]

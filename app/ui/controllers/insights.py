"""Reads the figures of Insights while the window stays free, and writes them out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QFileDialog

from app.bootstrap import Deskhand
from app.domain.drifts import Drift
from app.domain.insights import Insight, Period
from app.domain.recalibration import Recalibration
from app.domain.task import Task
from app.errors import AppError, ExportError
from app.evaluation.ramp import Proposal, propose
from app.evaluation.readiness import Finding, readiness
from app.evaluation.reviewed import judged_by_review
from app.evaluation.runs import SavedRuns
from app.export.atomic import write_atomically
from app.frontier.prices import price_of
from app.settings import Ramp, ReviewStage
from app.ui.background import Background
from app.ui.controllers.jobs import JobsController
from app.ui.controllers.settings import SettingsController
from app.ui.main_window import MainWindow
from app.ui.messages import title_of, tr
from app.ui.models.insight_words import as_csv
from app.ui.models.job_row import error_sentence
from app.ui.views.insights_page import InsightsPage
from app.ui.widgets.chart import prepare

_CHARS_PER_TOKEN = 4
_MOST_PERIODS = 31
_MOST_DRIFTS = 8


@dataclass(frozen=True)
class _Seen:
    """All that the page shows."""

    tasks: list[tuple[str, str]]
    overall: Insight
    by_period: list[Insight]
    micros_per_char: float | None
    drifts: list[Drift]
    findings: tuple[Finding, ...] | None
    ramp: Ramp | None
    proposal: Proposal | None
    learnt: Recalibration | None
    is_taken_back: bool
    """The person went back from confidence that followed their reviews."""


class InsightsController(QObject):
    def __init__(
        self,
        deskhand: Deskhand,
        window: MainWindow,
        *,
        page: InsightsPage,
        jobs: JobsController,
        settings: SettingsController,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._deskhand = deskhand
        self._window = window
        self._page = page
        self._jobs = jobs
        self._settings = settings
        self._lane = Background(self)
        self._shown: list[Insight] = []
        page.chosen.connect(self._on_chosen)
        page.csv_requested.connect(self._on_csv_requested)
        page.picture_requested.connect(self._on_picture_requested)
        page.ramp_wanted.connect(self._on_ramp_wanted)
        page.examples_requested.connect(self._on_examples_requested)
        page.confidence_reset.connect(self._on_confidence_reset)
        page.confidence_wanted.connect(self._on_confidence_wanted)
        window.page_shown.connect(self._on_page_shown)

    def stop(self) -> None:
        self._lane.stop()

    @Slot(str)
    def _on_page_shown(self, page: str) -> None:
        if page == "insights":
            self._lane.run(prepare)
            self._on_chosen()

    @Slot()
    def _on_chosen(self) -> None:
        task_id, period = self._page.task_id, self._page.period
        self._lane.run(lambda: self._look(task_id, period), self._show, self._tell_error)

    def _look(self, task_id: str, period: Period) -> _Seen:
        insights = self._deskhand.store.insights
        tasks = {task.id: task for task in self._deskhand.tasks.all()}
        overall = insights.overall(task_id)
        learnt, model = self._deskhand.store.recalibrations, self._deskhand.model_sha256(task_id)
        names = [(one.task, title_of(tasks[one.task].title if one.task in tasks else {}, one.task)) for one in insights.by_task()]
        chosen = tasks.get(task_id)
        return _Seen(
            tasks=names,
            overall=overall,
            by_period=insights.by_period(period, task_id)[-_MOST_PERIODS:],
            micros_per_char=insights.micros_per_char() or self._listed_micros_per_char(),
            drifts=insights.drifts(task_id)[:_MOST_DRIFTS],
            findings=self._readiness(chosen, overall) if chosen is not None else None,
            ramp=self._deskhand.settings.ramps.get(task_id),
            learnt=learnt.in_force(task_id, model),
            is_taken_back=learnt.refused_reviews(task_id, model) > 0,
            proposal=self._proposal(chosen) if chosen is not None else None,
        )

    def _listed_micros_per_char(self) -> float | None:
        """What reading a character costs by the price of the larger model that is set up, while nothing was paid yet."""
        config = self._deskhand.settings.frontier.provider
        known = price_of(config) if config is not None else None
        # Dollars for a million tokens are millionths of a dollar for one.
        return float(known.price.input) / _CHARS_PER_TOKEN if known is not None else None

    def _readiness(self, task: Task, work: Insight) -> tuple[Finding, ...]:
        saved = SavedRuns(self._deskhand.paths.evaluations)
        runs = [run for name in saved.names() if (run := saved.load_if_whole(name)) is not None and run.task == task.id]
        provider = self._deskhand.settings.frontier.provider
        return readiness(
            task,
            runs,
            work,
            frontier_models=frozenset({provider.model} if provider is not None else ()),
            has_larger_model=self._deskhand.frontier.is_ready(),
            has_privacy="privacy" in task.model_fields_set,
        )

    def _proposal(self, task: Task) -> Proposal:
        """The next step of review, from documents that were reviewed in whole, with the confidence that they would have now."""
        self._deskhand.collect_cases()
        found = self._deskhand.store.recalibrations.in_force(task.id, self._deskhand.model_sha256(task.id))
        judged = [
            one for case, first in self._deskhand.reviewed(task) for one in judged_by_review(case, first, task, found).values()
        ]
        return propose(self._deskhand.settings.ramps.get(task.id) or Ramp(stage=ReviewStage.EVERYTHING), judged)

    @Slot(object)
    def _on_ramp_wanted(self, ramp: Ramp) -> None:
        settings = self._deskhand.settings
        ramps = settings.ramps | {self._page.task_id: ramp}
        self._settings.apply(settings.model_copy(update={"ramps": ramps}), self._on_chosen)

    @Slot()
    def _on_confidence_reset(self) -> None:
        self._change_confidence(self._deskhand.store.recalibrations.drop_newest)

    @Slot()
    def _on_confidence_wanted(self) -> None:
        self._change_confidence(self._deskhand.store.recalibrations.take_again)

    def _change_confidence(self, change: Callable[[str, str], None]) -> None:
        task_id = self._page.task_id
        self._lane.run(lambda: change(task_id, self._deskhand.model_sha256(task_id)), lambda _: self._on_chosen(), self._tell_error)

    def _show(self, seen: _Seen) -> None:
        self._shown = seen.by_period
        self._page.show_tasks(seen.tasks)
        self._page.show_figures(seen.overall, seen.by_period, seen.micros_per_char)
        self._page.show_drifts(seen.drifts)
        self._page.show_readiness(seen.findings)
        self._page.show_ramp(seen.ramp, seen.proposal, self._deskhand.settings.review_below)
        self._page.show_confidence(seen.learnt, is_taken_back=seen.is_taken_back)

    @Slot(object)
    def _on_examples_requested(self, job_ids: list[int]) -> None:
        if not self._jobs.show_answered(job_ids):
            self._window.notice.tell("quiet", tr("These documents are not on the list any more."))

    @Slot()
    def _on_csv_requested(self) -> None:
        path = self._ask(tr("Save as CSV"), "deskhand-insights.csv", tr("CSV table (*.csv)"))
        if path is not None:
            self.save_csv(path)

    def save_csv(self, path: Path) -> None:
        self._lane.run(
            lambda: write_atomically(path, as_csv(self._shown).encode()), lambda _: self._tell_saved(path), self._tell_error
        )

    @Slot()
    def _on_picture_requested(self) -> None:
        path = self._ask(tr("Save as picture"), "deskhand-insights.png", tr("Picture (*.png)"))
        if path is not None:
            self.save_picture(path)

    def save_picture(self, path: Path) -> None:
        """The whole page, also what is scrolled out of view."""
        if self._page.picture().save(str(path), "PNG"):
            self._tell_saved(path)
        else:
            self._tell_error(ExportError(file=path, detail="it can't be written there"))

    def _ask(self, title: str, name: str, kinds: str) -> Path | None:
        chosen, _ = QFileDialog.getSaveFileName(self._window, title, name, kinds)
        return Path(chosen) if chosen else None

    def _tell_saved(self, path: Path) -> None:
        self._window.notice.tell("good", tr("{file} was written.", file=path.name))

    def _tell_error(self, error: AppError) -> None:
        self._window.notice.tell("bad", error_sentence(error.user_text, ""), error_sentence("", error.hint))

"""Shows what models answered to cases: figures, a verdict, saved runs, and the way to a document."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices

from app.bootstrap import Deskhand
from app.domain.result import Result
from app.domain.task import Task
from app.errors import AppError
from app.evaluation.cases import LABEL, SUMMARY, Case
from app.evaluation.deferral import Deferral
from app.evaluation.kept import as_cases
from app.evaluation.report import Report, report_of
from app.evaluation.runs import Comparison, SavedRuns, compare, scored_anew
from app.evaluation.sufficiency import Candidate, Sufficiency, Target, smallest_sufficient
from app.evaluation.tradeoff import Tradeoff, tradeoff_of
from app.jobs.plan import answering_task
from app.ui.background import Background
from app.ui.controllers.jobs import JobsController
from app.ui.main_window import MainWindow
from app.ui.messages import title_of, tr, tr_n
from app.ui.models.confusion import confusion_grid
from app.ui.models.job_row import error_sentence
from app.ui.views.evaluate_page import EvaluatePage

_MOST_LETTERS = 64
"""Of the name of a saved run."""


@dataclass(frozen=True)
class Contest:
    """What was evaluated, and what came out; `folder` is that of the case file, None where the cases are kept ones."""

    task: Task
    cases: Sequence[Case]
    folder: Path | None
    candidates: Sequence[Candidate]
    deferral: Deferral | None = None


_Judgement = tuple[Sufficiency, list[Tradeoff]]


class EvaluationResults(QObject):
    """Signals: value_wanted(int, str): a field of a job is to be shown."""

    value_wanted = Signal(int, str)

    def __init__(
        self, deskhand: Deskhand, window: MainWindow, *, page: EvaluatePage, jobs: JobsController, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._deskhand = deskhand
        self._window = window
        self._page = page
        self._jobs = jobs
        self._lane = Background(self)
        self._task_id = ""
        self.contest: Contest | None = None
        """As it was run."""
        self.shown: Contest | None = None
        """As the kept cases are now: what is expected is up to date, and cases that were removed are left out."""
        page.setup.target.changed.connect(self._on_target_changed)
        page.case_opened.connect(self._on_case_opened)
        page.save_requested.connect(self._on_save_requested)
        page.baseline_chosen.connect(self._on_baseline_chosen)

    def stop(self) -> None:
        self._lane.stop()

    @property
    def _saved(self) -> SavedRuns:
        return SavedRuns(self._deskhand.paths.evaluations)

    def show(self, contest: Contest) -> None:
        # At once: a case that is corrected while figures are counted must not bring the one before back.
        self.contest = self.shown = contest
        self._count(lambda: contest)

    def show_task(self, task_id: str) -> None:
        """What came out of another task would be read as this one's."""
        self._task_id = task_id
        self._page.set_results_visible(self.shown is not None and self.shown.task.id == task_id)

    def score_anew(self) -> None:
        """What is shown follows what the kept cases expect now."""
        contest, store = self.contest, self._deskhand.store.cases
        if contest is None or contest.folder is not None:
            return
        task_of = self._task_of(contest.task)

        def score() -> Contest:
            cases = as_cases(store.all(contest.task.id))
            scored = [replace(one, run=scored_anew(one.run, cases, task_of)) for one in contest.candidates]
            return replace(contest, cases=cases, candidates=scored)

        self._count(score)

    def _count(self, make: Callable[[], Contest]) -> None:
        """Figures of many answers take a while."""
        target = self._target()

        def count() -> tuple[Contest, list[Report], _Judgement]:
            contest = make()
            return contest, [report_of(one.run) for one in contest.candidates], _judged(contest, target)

        self._lane.run(count, lambda counted: self._show(*counted), self._tell_error)

    def _show(self, contest: Contest, reports: list[Report], judgement: _Judgement) -> None:
        self.shown = contest
        self._page.show_results(contest.candidates, reports, titles_of(contest.task))
        if self._task_id:
            self.show_task(self._task_id)
        self._page.show_target(*judgement)
        self._page.deferral.show_deferral(contest.deferral, contest.candidates[-1].run.model.id)
        classes = {label.name: title_of(label.title, label.name) for label in contest.task.labels}
        grids = [(one.run.model.id, confusion_grid(one.run, classes)) for one in contest.candidates]
        self._page.show_confusions([(name, grid) for name, grid in grids if grid is not None])
        if self._page.baseline:
            self._on_baseline_chosen(self._page.baseline)
        self.offer_baselines()

    def _target(self) -> Target:
        target = self._page.setup.target
        return Target(*target.shares, target.names)

    @Slot()
    def _on_target_changed(self) -> None:
        shown, target = self.shown, self._target()
        if shown is not None:
            self._lane.run(partial(_judged, shown, target), lambda found: self._page.show_target(*found), self._tell_error)

    @Slot(str, str)
    def _on_case_opened(self, key: str, name: str) -> None:
        """The document at the value in question; a case of a file as its own program shows it."""
        shown = self.shown
        case = next((case for case in shown.cases if case.key == key), None) if shown is not None else None
        if shown is None or case is None:
            return
        if case.job_id is not None and self._jobs.show_answered([case.job_id]):
            self.value_wanted.emit(case.job_id, name)
            return
        path = shown.folder / case.file if case.file is not None and shown.folder is not None else Path(case.path)
        if path.is_file():
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
        else:
            self._window.notice.tell("quiet", tr("{name} is neither on the list nor where it lay.", name=case.shown))

    # Saved runs.

    def offer_baselines(self) -> None:
        shown = self.shown
        if shown is not None:
            self._lane.run(partial(self._saved.of_task, shown.task.id), self._page.show_baselines, self._tell_error)

    @Slot()
    def _on_save_requested(self) -> None:
        moment = datetime.now().astimezone().strftime("%Y-%m-%d-%H%M%S")
        runs = [(_run_name(one, moment), one.run) for one in (self.shown.candidates if self.shown is not None else ())]

        def save() -> None:
            for name, run in runs:
                self._saved.save(name, run)

        def tell(_: None) -> None:
            self._window.notice.tell("good", tr("Saved. Later runs can be compared with it."))
            self.offer_baselines()

        self._lane.run(save, tell, self._tell_error)

    @Slot(str)
    def _on_baseline_chosen(self, name: str) -> None:
        shown = self.shown
        titles = titles_of(shown.task) if shown is not None else {}
        if not name or shown is None:
            self._page.show_comparison(None, "", titles)
            return
        task_of = self._task_of(shown.task)

        def hold_against() -> tuple[Comparison, str]:
            """The run of the same model, if there is one; both by what is expected now."""
            before = self._saved.load(name)
            same = [one.run for one in shown.candidates if one.run.model == before.model]
            now = (same or [shown.candidates[0].run])[0]
            found = compare(scored_anew(before, shown.cases, task_of, keeps_others=True), now)
            return found, _compared_words(found, before.model.id, now.model.id)

        self._lane.run(hold_against, lambda found: self._page.show_comparison(*found, titles), self._tell_error)

    def _task_of(self, task: Task) -> Callable[[Result], Task]:
        followups = self._deskhand.tasks.followups()
        return lambda result: answering_task(task, followups, result)

    def _tell_error(self, error: AppError) -> None:
        self._window.notice.tell("bad", error_sentence(error.user_text, ""), error_sentence("", error.hint))


def _judged(contest: Contest, target: Target) -> _Judgement:
    return smallest_sufficient(contest.candidates, target), [tradeoff_of(one.run, target.names) for one in contest.candidates]


def titles_of(task: Task) -> dict[str, str]:
    """Names of fields, of rows, of the class and of the summary, for people."""
    titles = {field.name: title_of(field.title, field.name) for field in task.fields}
    titles |= {group.name: title_of(group.title, group.name) for group in task.rows}
    return titles | {LABEL: tr("Class"), SUMMARY: tr("Summary")}


def _compared_words(found: Comparison, before: str, now: str) -> str:
    """Which answers stand beside which, and on how many cases that rests."""
    whose = now if now == before else tr("{now} now, {before} then", now=now, before=before)
    if not found.shared:
        return tr("{whose}: no case in common, so nothing can be compared.", whose=whose)
    return tr_n(
        "{whose}: {n} case in both; {before} only then, {now} only now.",
        "{whose}: {n} cases in both; {before} only then, {now} only now.",
        found.shared,
        whose=whose,
        before=found.only_before,
        now=found.only_now,
    )


def _run_name(candidate: Candidate, moment: str) -> str:
    """Models elsewhere may have any signs in their names."""
    model = "".join(letter if letter.isalnum() or letter in "-." else "-" for letter in candidate.run.model.id)
    task = candidate.run.task
    return f"{task[:20]}-{model[: _MOST_LETTERS - 2 - len(task[:20]) - len(moment)]}-{moment}"

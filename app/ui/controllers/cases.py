"""Carries out what a person wants done with their kept cases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog

from app.bootstrap import Deskhand
from app.domain.case import KeptCase
from app.domain.document import Document
from app.domain.result import Result
from app.errors import AppError
from app.evaluation.cases import Case
from app.evaluation.expected import require_answerable
from app.evaluation.kept import export_cases, import_cases
from app.ui.background import Background
from app.ui.controllers.settings import SettingsController
from app.ui.main_window import MainWindow
from app.ui.messages import title_of, tr, tr_n
from app.ui.models.job_row import error_sentence
from app.ui.views.cases_card import CasesCard


@dataclass(frozen=True)
class _TakenOut:
    """A case that was removed, with what puts it back; `words` told it."""

    case: KeptCase
    document: Document
    first: Result | None
    words: str


class CasesController(QObject):
    """Signals: changed: a case expects something else, is gone, or is back; replaced: the numbers of cases are other ones."""

    changed = Signal()
    replaced = Signal()

    def __init__(
        self, deskhand: Deskhand, window: MainWindow, card: CasesCard, settings: SettingsController, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._deskhand = deskhand
        self._window = window
        self._card = card
        self._settings = settings
        self._lane = Background(self)
        self._task_id = ""
        self._taken_out: _TakenOut | None = None
        card.keep_changed.connect(self._on_keep_changed)
        card.edited.connect(self._on_case_edited)
        card.removed.connect(self._on_case_removed)
        card.forget_requested.connect(self._on_forget_requested)
        card.export_requested.connect(self._on_export_requested)
        card.import_requested.connect(self._on_import_requested)
        window.notice.action_requested.connect(self._on_notice_action)

    def stop(self) -> None:
        self._lane.stop()

    def show(self, task_id: str, cases: Sequence[KeptCase], titles: dict[str, str], n_all: int) -> None:
        """The cases of a task; `n_all` are kept of all tasks."""
        self._task_id = task_id
        self._card.show_keeping(self._deskhand.settings.keep_cases)
        self._card.show_cases(cases, titles, n_all)

    def _tell_changed(self, _: object) -> None:
        self.changed.emit()

    @Slot(bool)
    def _on_keep_changed(self, keeps: bool) -> None:
        self._settings.apply(self._deskhand.settings.model_copy(update={"keep_cases": keeps}), self.changed.emit)

    @Slot(int, object)
    def _on_case_edited(self, case_id: int, expected: dict[str, Any]) -> None:
        deskhand, task_id = self._deskhand, self._task_id

        def edit() -> None:
            require_answerable(deskhand.tasks.get(task_id), expected)
            deskhand.store.cases.edit(case_id, expected)

        self._lane.run(edit, self._tell_changed, self._on_refused)

    def _on_refused(self, error: AppError) -> None:
        self._card.show_fault(error_sentence(error.user_text, error.hint))

    @Slot(int)
    def _on_case_removed(self, case_id: int) -> None:
        store, task_id = self._deskhand.store.cases, self._task_id

        def take_out() -> _TakenOut | None:
            case = next((case for case in store.all(task_id) if case.id == case_id), None)
            if case is None:
                return None
            document, first = store.document(case_id), store.first_answer(case_id)
            store.remove(case_id)
            words = tr("The case of {name} was removed.", name=case.name)
            return _TakenOut(case, document, first, words) if document is not None else None

        self._lane.run(take_out, self._on_taken_out, self._tell_error)

    def _on_taken_out(self, taken: _TakenOut | None) -> None:
        self._taken_out = taken
        if taken is not None:
            self._window.notice.tell("quiet", taken.words, tr("The document itself stays."), tr("Undo"))
        self.changed.emit()

    @Slot()
    def _on_notice_action(self) -> None:
        """The notice has one button for all that it tells; only its words say whose it is."""
        taken, notice, store = self._taken_out, self._window.notice, self._deskhand.store.cases
        if taken is None or not notice.text.startswith(taken.words):
            return
        self._taken_out = None
        notice.expire()
        self._lane.run(lambda: store.keep(taken.case, taken.document, taken.first), self._tell_changed, self._tell_error)

    @Slot()
    def _on_forget_requested(self) -> None:
        def tell(n_forgotten: int) -> None:
            self._window.notice.tell("good", tr_n("{n} case forgotten.", "{n} cases forgotten.", n_forgotten))
            self.replaced.emit()

        self._lane.run(self._deskhand.store.cases.forget_all, tell, self._tell_error)

    @Slot()
    def _on_export_requested(self) -> None:
        name = f"{self._task_id}-cases.jsonl"
        chosen, _ = QFileDialog.getSaveFileName(self._window, tr("Export cases"), name, tr("Case files (*.jsonl)"))
        if chosen:
            self.export_kept(Path(chosen))

    def export_kept(self, path: Path) -> None:
        """Write the kept cases of the chosen task."""
        store, task_id = self._deskhand.store, self._task_id
        self._lane.run(
            lambda: export_cases(store, store.cases.all(task_id), path),
            lambda _: self._window.notice.tell("good", tr("{file} was written.", file=path.name)),
            self._tell_error,
        )

    @Slot()
    def _on_import_requested(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self._window, tr("Import cases"), "", tr("Case files (*.jsonl)"))
        if chosen:
            self.import_kept(Path(chosen))

    def import_kept(self, path: Path) -> None:
        """Keep the cases of a file as one's own, for the task that is chosen where they name none."""
        deskhand, task_id = self._deskhand, self._task_id

        def take() -> list[tuple[Case, AppError | None]]:
            limit, cases = deskhand.settings.limits.max_bytes, deskhand.store.cases
            return list(import_cases(cases, path, task_id, deskhand.reader, deskhand.tasks.get, max_bytes=limit))

        self._lane.run(take, self._on_imported, self._tell_error)

    def _on_imported(self, outcomes: list[tuple[Case, AppError | None]]) -> None:
        kept = Counter(case.task for case, error in outcomes if error is None)
        failed = [error for _, error in outcomes if error is not None]
        words = tr_n("{n} case imported.", "{n} cases imported.", kept.total())
        if set(kept) - {self._task_id}:
            # Not all of them will be seen in the list below.
            words += " " + ", ".join(f"{self._title_of(name)}: {n}" for name, n in kept.most_common())
        text = error_sentence(failed[0].user_text, failed[0].hint) if failed else ""
        if len(failed) > 1:
            text = f"{tr_n('{n} could not be taken.', '{n} could not be taken.', len(failed))} {text}"
        self._window.notice.tell("bad" if failed else "good", words, text)
        self.replaced.emit()

    def _title_of(self, task_id: str) -> str:
        return title_of(self._deskhand.tasks.get(task_id).title, task_id)

    def _tell_error(self, error: AppError) -> None:
        self._window.notice.tell("bad", error_sentence(error.user_text, ""), error_sentence("", error.hint))

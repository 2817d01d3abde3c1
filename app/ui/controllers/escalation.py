"""What a larger model could be asked: counted on Review, shown on the send sheet at a person's click, told when it is answered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.bootstrap import Deskhand
from app.domain.consent import ConsentScope
from app.domain.enquiry import Sensitive
from app.domain.job import JobError, JobState
from app.domain.proposal import ProposalState
from app.domain.sheet import Sheet
from app.errors import AppError
from app.jobs.events import EscalationChanged
from app.ui.background import Background
from app.ui.bridge import JobBridge
from app.ui.controllers.ask_words import JobStanding, ask_state, standing_of
from app.ui.controllers.detail import DetailController
from app.ui.controllers.jobs import JobsController
from app.ui.main_window import PASSING_PAGES, MainWindow
from app.ui.messages import tr, tr_n
from app.ui.models.job_row import error_sentence
from app.ui.views.review import JobDetail
from app.ui.views.send_sheet import SendSheet

_PAUSE_MS = 200


@dataclass(frozen=True)
class _Offers:
    targets: dict[int, tuple[str, ...]]
    model: str


class EscalationController(QObject):
    """Signals: ledger_changed: something was sent, or its outcome is known."""

    ledger_changed = Signal()

    def __init__(
        self,
        deskhand: Deskhand,
        window: MainWindow,
        *,
        sheet: SendSheet,
        detail: JobDetail,
        detail_controller: DetailController,
        jobs: JobsController,
        bridge: JobBridge,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._deskhand = deskhand
        self._window = window
        self._sheet = sheet
        self._detail = detail
        self._detail_controller = detail_controller
        self._jobs = jobs
        self._lane = Background(self)
        self._preparing = Background(self)
        self._offers = _Offers({}, "")
        self._errors: dict[int, JobError] = {}
        self._page_before = "review"
        self._is_closed_for_now = False
        self._due = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._due.timeout.connect(self._count)
        bridge.escalations_changed.connect(self._on_changed)
        bridge.results_stored.connect(self._on_results_stored)
        detail_controller.shown.connect(self._show_line)
        detail.ask_line.action_requested.connect(self._on_line_action)
        window.ask_banner.action_requested.connect(lambda: self.open_sheet(self._offers.targets))
        window.ask_banner.closed.connect(self._on_banner_closed)
        window.page_shown.connect(self._on_page_shown)
        sheet.hidden_changed.connect(self._on_hidden_changed)
        sheet.pictures_left_out.connect(self._on_pictures_left_out)
        sheet.send_requested.connect(self._on_send_requested)
        sheet.denied.connect(self._on_denied)
        sheet.left.connect(self._leave)
        window.page_closed.connect(self._on_page_closed)

    def stop(self) -> None:
        self._due.stop()
        for background in (self._preparing, self._lane):
            background.stop()

    # What could be asked.

    @Slot()
    def refresh(self) -> None:
        """Settings, key or connection are other ones now: look at all answers again."""
        self._is_closed_for_now = False
        escalation, store = self._deskhand.runner.escalation, self._deskhand.store
        if escalation is not None:
            self._lane.run(lambda: escalation.survey(store.jobs([JobState.REVIEW])), lambda _: self._count(), self._tell_error)

    @Slot()
    def _count(self) -> None:
        escalation = self._deskhand.runner.escalation
        if escalation is None:
            return

        def count() -> _Offers:
            config = escalation.config
            return _Offers(escalation.offers(), config.model if config is not None else "")

        self._lane.run(count, self._on_counted, self._tell_error)
        self._show_line()

    def _on_counted(self, offers: _Offers) -> None:
        self._offers = offers
        self._show_banner()

    def _show_banner(self) -> None:
        banner, offers = self._window.ask_banner, self._offers
        n = sum(map(len, offers.targets.values()))
        if not n or self._window.page != "review" or self._is_closed_for_now:
            banner.hide()
            return
        banner.tell(
            "quiet",
            "",
            tr_n(
                "{n} answer could be asked of {model}. Nothing is sent before you have seen it.",
                "{n} answers could be asked of {model}. Nothing is sent before you have seen it.",
                n,
                model=offers.model,
            ),
            tr("Look at what would be sent"),
        )

    @Slot()
    def _on_banner_closed(self) -> None:
        self._is_closed_for_now = True

    @Slot(str)
    def _on_page_shown(self, page: str) -> None:
        if page not in PASSING_PAGES:
            self._page_before = page
        self._show_banner()
        if page == "review":
            self._due.start()

    @Slot(object)
    def _on_results_stored(self, _job_ids: list[int]) -> None:
        self._due.start()

    # One document.

    @Slot()
    def _show_line(self) -> None:
        job, escalation = self._detail.job, self._deskhand.runner.escalation
        if job is None or escalation is None:
            return
        self._lane.run(lambda: standing_of(escalation, job), self._on_standing, self._tell_error)

    def _on_standing(self, standing: JobStanding) -> None:
        job = self._detail.job
        if job is not None and job.id == standing.job.id:
            task = self._jobs.tasks.get(standing.task)
            self._detail.ask_line.show_state(ask_state(standing, self._errors.get(job.id), task))

    @Slot(str)
    def _on_line_action(self, action: str) -> None:
        job = self._detail.job
        if job is None:
            return
        if action == "undo":
            self._detail_controller.undo_change()
        elif action == "ask":
            self.open_sheet([job.id])

    # The sheet: only ever opened by the two clicks above.

    def open_sheet(self, job_ids: Iterable[int]) -> None:
        escalation, ids = self._deskhand.runner.escalation, sorted(job_ids)
        if escalation is None or not ids:
            return
        self._sheet.show_preparing()
        self._window.show_page("send")
        self._preparing.run(lambda: escalation.sheet(ids, shows_pictures=True), self._on_sheet, self._on_sheet_failed)

    def _on_sheet(self, sheet: Sheet) -> None:
        if self._window.page != "send":
            return
        if not sheet.items:
            self._leave()
            self._window.notice.tell("quiet", tr("There is nothing to ask any more."))
            return
        self._sheet.show_sheet(sheet, self._jobs.tasks)
        self._sheet.focus_first()

    def _on_sheet_failed(self, error: AppError) -> None:
        if self._window.page == "send":
            self._leave()
        self._tell_error(error)

    @Slot(int, object)
    def _on_hidden_changed(self, job_id: int, hidden: list[Sensitive]) -> None:
        sheet = self._sheet.sheet
        if sheet is not None:
            self._sheet.show_sheet(sheet.with_hidden(job_id, hidden, self._deskhand.frontier.pack), self._jobs.tasks)

    @Slot(int)
    def _on_pictures_left_out(self, job_id: int) -> None:
        sheet = self._sheet.sheet
        if sheet is not None:
            self._sheet.show_sheet(sheet.without_pictures(job_id, self._deskhand.frontier.pack), self._jobs.tasks)

    @Slot(object, object)
    def _on_send_requested(self, sheet: Sheet, scope: ConsentScope) -> None:
        escalation = self._deskhand.runner.escalation
        if escalation is None:
            return
        for item in sheet.items:
            self._errors.pop(item.job.id, None)
        self._leave()
        self._lane.run(lambda: escalation.approve(sheet, scope), lambda n: self._on_approved(n, sheet.model), self._tell_error)

    def _on_approved(self, n: int, model: str) -> None:
        text = tr_n("{model} is being asked about {n} document.", "{model} is being asked about {n} documents.", n, model=model)
        self._window.notice.tell("quiet", text, tr("You can go on meanwhile."))
        self._due.start()

    @Slot(object)
    def _on_denied(self, job_ids: list[int]) -> None:
        escalation = self._deskhand.runner.escalation
        if escalation is not None:
            self._leave()
            self._lane.run(lambda: escalation.refuse(job_ids), lambda _: self._count(), self._tell_error)

    @Slot(str)
    def _on_page_closed(self, page: str) -> None:
        if page == "send":
            self._leave()

    @Slot()
    def _leave(self) -> None:
        """Nothing is sent by leaving."""
        self._window.show_page(self._page_before)

    # What became of it.

    @Slot(object)
    def _on_changed(self, changed: list[EscalationChanged]) -> None:
        for news in changed:
            if news.error is not None:
                self._errors[news.job_id] = news.error
            elif news.state is not ProposalState.FAILED:
                self._errors.pop(news.job_id, None)
        failed = [news for news in changed if news.error is not None]
        if failed and failed[0].error is not None:
            self._tell_failure(failed[0].error, len(failed))
        if any(news.state in {ProposalState.SENDING, ProposalState.ANSWERED, ProposalState.FAILED} for news in changed):
            self.ledger_changed.emit()
        self._due.start()

    def _tell_failure(self, error: JobError, n: int) -> None:
        more = tr_n("{n} more could not be asked.", "{n} more could not be asked.", n - 1) if n > 1 else ""
        detail = f"{error_sentence('', error.hint)} {more}".strip()
        self._window.notice.tell("bad", error_sentence(error.message, ""), detail)

    def _tell_error(self, error: AppError) -> None:
        self._window.notice.tell("bad", error_sentence(error.user_text, ""), error_sentence("", error.hint))

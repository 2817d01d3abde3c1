"""Lets a larger model take part in an evaluation: says what that takes, shows what would be sent, and asks after a yes."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from statistics import median

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from app.bootstrap import Deskhand
from app.domain.ledger import Caps, Ending, LedgerRow, Purpose, dollars_of
from app.domain.task import Task
from app.errors import AppError, CancelledError, EvaluationError
from app.evaluation.contest import Contestant
from app.evaluation.deferral_run import Examined
from app.evaluation.larger_model import LargerAnswers, LargerModel, estimate, may_leave, price_of_value
from app.evaluation.quote import Quote
from app.evaluation.recorded_frontier import REPLIES
from app.jobs.plan import language_of_person
from app.ui.background import Background
from app.ui.formats import shown_dollars
from app.ui.main_window import MainWindow
from app.ui.messages import tr, tr_n
from app.ui.models.job_row import error_sentence
from app.ui.views.evaluation_setup import EvaluationSetup, shown_duration
from app.ui.views.quote_page import QuotePage

_PAGE = "quote"
_EVALUATE = "evaluate"
_USUAL_CHARS = 3_000
_MOST_TIMED = 50


@dataclass(frozen=True)
class _Asking:
    """What is about to be asked, and with which local model beside it."""

    larger: LargerModel
    leaving: list[Examined]
    contestant: Contestant
    quote: Quote
    staying: list[str]
    room: Decimal | None


class LargerContestController(QObject):
    """Signals:
    priced(str, Decimal | None): a larger model can be asked, and what one value costs at most; empty where none can.
    answered(LargerAnswers): it answered the cases. ended: nothing is under way any more.
    ledger_changed: something was sent, or its outcome is known.
    """

    priced = Signal(str, object)
    answered = Signal(object)
    ended = Signal()
    ledger_changed = Signal()
    _told = Signal(int, int)
    _asked = Signal(int, int)

    def __init__(self, deskhand: Deskhand, window: MainWindow, *, setup: EvaluationSetup, page: QuotePage, parent: QObject) -> None:
        super().__init__(parent)
        self._deskhand = deskhand
        self._window = window
        self._setup = setup
        self._page = page
        self._lane = Background(self)
        self._looking = Background(self)
        self._cancel = threading.Event()
        self._asking: _Asking | None = None
        self._waiting: _Asking | None = None
        self._task: Task | None = None
        self._n_cases = 0
        self._word = ""
        page.agreed.connect(self._on_agreed)
        page.left.connect(self._on_left)
        window.page_closed.connect(self._on_page_closed)
        window.page_shown.connect(self._on_page_shown)
        setup.larger.changed.connect(self._estimate)
        self._told.connect(self._on_told, Qt.ConnectionType.QueuedConnection)
        self._asked.connect(self._on_asked, Qt.ConnectionType.QueuedConnection)

    def stop(self) -> None:
        self._cancel.set()
        self._lane.stop()
        self._looking.stop()

    def cancel(self) -> None:
        self._cancel.set()
        self._asking = self._waiting = None

    # Before the start.

    def look(self, task: Task | None, n_cases: int) -> None:
        """The cases are those of another task, or other ones: say anew whether it can take part, and what that takes."""
        self._task, self._n_cases = task, n_cases
        self._looking.run(partial(self._offer, task), self._show_offer, self._tell_error)
        self._estimate()

    def _offer(self, task: Task | None) -> tuple[str, str, Decimal | None]:
        """The larger model that can be asked now, its host, and what it takes for one value."""
        frontier = self._deskhand.frontier
        if self._deskhand.settings.offline or frontier.config is None or not frontier.is_ready():
            return "", "", None
        price = price_of_value(task, frontier.pack) if task is not None else None
        return frontier.config.model, frontier.config.host, price

    def _show_offer(self, offer: tuple[str, str, Decimal | None]) -> None:
        name, host, price = offer
        self._setup.larger.show_model(name, host)
        self.priced.emit(name, price)

    @Slot()
    def _estimate(self) -> None:
        task, n = self._task, min(self._n_cases, self._setup.larger.most_documents)
        if task is not None and n and self._setup.larger.is_chosen:
            self._looking.run(partial(self._takes, task, n), self._setup.larger.show_words, self._tell_error)

    def _takes(self, task: Task, n: int) -> str:
        store = self._deskhand.store
        told = estimate(task, n, store.cases.mean_chars(task.id) or _USUAL_CHARS, self._deskhand.frontier.pack)
        seconds = _seconds_of(store.ledger.rows(purposes=[Purpose.FRONTIER], limit=_MOST_TIMED))
        time = tr("time not known yet") if seconds is None else tr("about {time}", time=shown_duration(seconds * told.n_requests))
        return tr_n(
            "Up to {n} request, at most about {cost}, {time}. You see every byte and the price before anything is sent.",
            "Up to {n} requests, at most about {cost}, {time}. You see every byte and the price before anything is sent.",
            told.n_requests,
            cost=shown_dollars(told.max_cost),
            time=time,
        )

    # What would be sent.

    def begin(self, examined: Sequence[Examined], contestant: Contestant) -> None:
        """The documents were answered by `contestant`; the larger model's answers are put beside these."""
        self._cancel = cancel = threading.Event()
        self._waiting = None
        self._word = tr("preparing")
        most = self._setup.larger.most_documents
        self._lane.run(lambda: self._prepare(examined, contestant, most, cancel), self._on_prepared, self._on_failed)

    def _prepare(self, examined: Sequence[Examined], contestant: Contestant, most: int, cancel: threading.Event) -> _Asking:
        deskhand, policies = self._deskhand, self._deskhand.policies.in_force()
        leaving, staying = may_leave(examined, policies, deskhand.store.cases.refused())
        if not leaving:
            raise EvaluationError(detail="none of these documents may leave this computer")
        leaving = _spread(leaving, most)
        larger = LargerModel(
            leaving,
            deskhand.frontier,
            deskhand.paths.evaluations / REPLIES,
            policies=policies,
            language=language_of_person(deskhand.settings),
            cancel=cancel,
        )
        with contestant.open() as model:
            quote = larger.quote(model, self._told.emit)
        frontier = deskhand.settings.frontier
        left = deskhand.store.ledger.left_micros(Caps.of_dollars(frontier.monthly_cap, frontier.batch_cap))
        room = None if left is None else dollars_of(left)
        return _Asking(larger, leaving, contestant, quote, [one.outcome.shown for one in staying], room)

    def _on_prepared(self, asking: _Asking) -> None:
        if self._cancel.is_set():
            return
        if not asking.quote.requests:
            self._begin_to_ask(asking)
            return
        if self._window.page == _EVALUATE:
            self._show_quote(asking)
        else:
            self._waiting = asking
            self._setup.show_progress((1, 1, tr("waiting for your answer")))
            self._window.notice.tell("warn", tr("What the larger model would be sent is ready: see it under Evaluate."))

    def _show_quote(self, asking: _Asking) -> None:
        self._asking = asking
        self._page.show_quote(asking.quote, self._task, asking.staying, asking.room)
        self._window.show_page(_PAGE)

    @Slot(str)
    def _on_page_closed(self, page: str) -> None:
        if page == _PAGE:
            self._on_left()

    @Slot()
    def _on_left(self) -> None:
        self._window.show_page(_EVALUATE)

    @Slot(str)
    def _on_page_shown(self, page: str) -> None:
        """Nobody is taken from another page; and nothing is sent by leaving, to whatever page."""
        if page == _EVALUATE and self._waiting is not None:
            asking, self._waiting = self._waiting, None
            QTimer.singleShot(0, self, partial(self._show_quote, asking))
            return
        if page != _PAGE and self._asking is not None:
            self._asking = None
            self.ended.emit()

    # Asking.

    @Slot()
    def _on_agreed(self) -> None:
        asking, self._asking = self._asking, None
        if asking is not None:
            self._window.show_page(_EVALUATE)
            self._begin_to_ask(asking)

    def _begin_to_ask(self, asking: _Asking) -> None:
        self._word = self._deskhand.frontier.config.model if self._deskhand.frontier.config is not None else ""
        self._on_told(0, len(asking.leaving))
        self._lane.run(lambda: self._ask(asking), self._on_answered, self._on_failed)

    def _ask(self, asking: _Asking) -> LargerAnswers:
        """What was said about places meanwhile counts."""
        deskhand = self._deskhand

        def require_wanted() -> None:
            asking.larger.require_may_leave(deskhand.policies.in_force(), deskhand.store.cases.refused())

        require_wanted()
        with asking.contestant.open() as model:
            return asking.larger.ask(model, self._asked.emit, require_wanted=require_wanted)

    def _on_answered(self, answers: LargerAnswers) -> None:
        self.ledger_changed.emit()
        self.ended.emit()
        self.answered.emit(answers)

    @Slot(int, int)
    def _on_told(self, done: int, total: int) -> None:
        if not self._cancel.is_set():
            self._setup.show_progress((done, total, self._word))

    @Slot(int, int)
    def _on_asked(self, done: int, total: int) -> None:
        """Also while it is being stopped: what left has left."""
        self.ledger_changed.emit()
        self._on_told(done, total)

    def _on_failed(self, error: AppError) -> None:
        """What was stopped has ended for the person at once; since then another run may have begun."""
        self.ledger_changed.emit()
        if not isinstance(error, CancelledError):
            self.ended.emit()
            self._tell_error(error)

    def _tell_error(self, error: AppError) -> None:
        self._window.notice.tell("bad", error_sentence(error.user_text, ""), error_sentence("", error.hint))


def _spread(examined: list[Examined], most: int) -> list[Examined]:
    """So many at most, from the first to the last in even steps."""
    n = len(examined)
    return examined if n <= most else [examined[at * n // most] for at in range(most)]


def _seconds_of(rows: Sequence[LedgerRow]) -> float | None:
    """The median of requests that were answered."""
    taken = [
        (datetime.fromisoformat(row.closed_at) - datetime.fromisoformat(row.opened_at)).total_seconds()
        for row in rows
        if row.closed_at and row.outcome is not None and row.outcome.ending is Ending.DONE
    ]
    return median(taken) if taken else None

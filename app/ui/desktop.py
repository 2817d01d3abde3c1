"""Puts the window together: views, models, controllers, and the order in which they begin and end."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from app.bootstrap import Deskhand
from app.ui.bridge import JobBridge
from app.ui.controllers.detail import DetailController
from app.ui.controllers.drift_alarm import DriftAlarm
from app.ui.controllers.export import ExportController
from app.ui.controllers.first_start import FirstStartController
from app.ui.controllers.handover import HandoverController
from app.ui.controllers.jobs import JobsController
from app.ui.controllers.learning import LearningController
from app.ui.controllers.model_files import ModelFilesController
from app.ui.controllers.models import ModelsController, show_network
from app.ui.controllers.settings import SettingsController
from app.ui.main_window import MainWindow
from app.ui.models.jobs import JobsTableModel
from app.ui.models.jobs_filter import JobsFilter
from app.ui.theme import Theme
from app.ui.views.models_page import ModelsPage
from app.ui.views.review import JobDetail
from app.ui.views.settings_page import SettingsPage
from app.ui.views.workbench import Workbench
from app.ui.window_memory import WindowMemory
from app.worker.ports import Pages

_SLICE_S = 0.008
_BREATH_MS = 8
"""Between slices of the start; with none, two of them could follow each other without a turn of the event loop."""


class _Stoppable(Protocol):
    def stop(self) -> None: ...


class Desktop(QObject):
    """One window on one `Deskhand`. `pictures` draws pages; it is closed with the window.

    Signals: completed: all pages are there, but for those that are made when they are first opened.
    """

    completed = Signal()

    def __init__(self, deskhand: Deskhand, theme: Theme, pictures: Pages) -> None:
        super().__init__()
        self._deskhand = deskhand
        self._pictures = pictures
        self._memory = WindowMemory(deskhand.paths.data)
        self._theme = theme
        self._is_closed = False
        self.is_complete = False
        self._to_make: dict[str, Callable[[], Iterator[None]]] = {
            "tasks": self._add_tasks,
            "evaluate": self._add_evaluation,
            "insights": self._add_insights,
        }
        self.bridge = JobBridge(self)
        self.jobs = JobsFilter(JobsTableModel(self), self)
        self.detail = JobDetail()
        self.window = MainWindow(Workbench(self.jobs, self.detail))
        self.work = JobsController(deskhand, self.window, self.jobs, self.bridge, self)
        self._detail = DetailController(
            deskhand, self.window, detail=self.detail, jobs=self.work, bridge=self.bridge, pictures=pictures, parent=self
        )
        self.export = ExportController(deskhand, self.window, self.jobs, self.work, self)
        self._first_start = FirstStartController(deskhand, self.window, self.work.samples, self)
        self._handover = HandoverController(deskhand.paths.data, self.window, self)
        self._stoppable: list[_Stoppable] = [self._handover, self._detail, self.export, self.work]
        self.window.closing.connect(self.close)

    def _go_on(self, steps: Iterator[None]) -> None:
        """Take the next steps, and let the window breathe as soon as they have taken a while."""
        until_s = time.perf_counter() + _SLICE_S
        while not self._is_closed and time.perf_counter() < until_s:
            try:
                next(steps)
            except StopIteration:
                return
        if not self._is_closed:
            self._go_on_soon(steps, _BREATH_MS)

    def _go_on_soon(self, steps: Iterator[None], delay_ms: int) -> None:
        """By a timer that ends with the window; one of `singleShot` would outlive it."""
        timer = QTimer(self, singleShot=True, interval=delay_ms)
        timer.timeout.connect(timer.deleteLater)
        timer.timeout.connect(lambda: self._go_on(steps))
        timer.start()

    @Slot(str)
    def _make_page(self, name: str) -> None:
        """Some pages are opened seldom, and what they are made of takes time and memory to load."""
        make = self._to_make.pop(name, None)
        if make is not None:
            self._go_on(make())

    def _add_workshop(self) -> Iterator[None]:
        """What stands behind the first page, step by step; made after that was shown."""
        deskhand, window = self._deskhand, self.window
        models_page = ModelsPage(window.stack)
        window.add_page("models", models_page)
        self.models = ModelsController(deskhand, window, models_page, self.work, self)
        model_files = ModelFilesController(deskhand, window, models_page, self.models, self)
        self._stoppable[:0] = [model_files, self.models]
        yield
        settings_page = SettingsPage(deskhand.settings, window.stack)
        window.add_page("settings", settings_page)
        self.settings = SettingsController(
            deskhand,
            window,
            page=settings_page,
            theme=self._theme,
            jobs=self.work,
            models=self.models,
            bridge=self.bridge,
            parent=self,
        )
        self._stoppable.insert(0, self.settings)
        self.models.installed_changed.connect(self.settings.show_models)
        for asking in (self.models, self._first_start):
            asking.settings_wanted.connect(self.settings.apply)
        self._first_start.serve(self.work, self.models, model_files)
        yield
        learning = LearningController(deskhand, window, self.work, self)
        drift_alarm = DriftAlarm(deskhand, window, self.bridge, self._memory, self)
        self._stoppable[:0] = [drift_alarm, learning]
        for watching in (learning, drift_alarm):
            self.completed.connect(watching.begin)
        yield from self._add_larger_model(settings_page)
        _leave_drops_to_window(window)
        self.work.start()
        self.models.refresh()
        yield from self.detail.prepare()
        self.is_complete = True
        self._handover.begin()
        self.completed.emit()
        window.page_shown.connect(self._make_page)
        self._make_page(window.page)

    def _add_tasks(self) -> Iterator[None]:
        window = self.window
        from app.ui.controllers.tasks import TasksController
        from app.ui.views.task_editor import TaskEditor
        from app.ui.views.task_form import TaskForm

        yield
        form = TaskForm(window.stack)
        form.hide()
        yield
        editor = TaskEditor(window.stack, form=form)
        tasks = TasksController(
            self._deskhand,
            window,
            editor=editor,
            jobs=self.work,
            rows=self.jobs.source,
            pictures=self._pictures,
            parent=self,
        )
        self._stoppable.insert(0, tasks)
        _leave_drops_to_window(editor)
        window.add_page("tasks", editor)

    def _add_evaluation(self) -> Iterator[None]:
        yield from _imported("app.evaluation.comparison", "app.evaluation.contest", "app.evaluation.kept")
        from app.ui.controllers.evaluation import EvaluationController
        from app.ui.views.evaluate_page import EvaluatePage
        from app.ui.views.quote_page import QuotePage

        yield
        quote = QuotePage(self.window.stack)
        self.window.add_page("quote", quote)
        yield
        page = EvaluatePage(self.window.stack)
        _leave_drops_to_window(page)
        self.evaluation = EvaluationController(
            self._deskhand, self.window, page=page, quote=quote, jobs=self.work, settings=self.settings, parent=self
        )
        self.evaluation.results.value_wanted.connect(self._detail.go_to)
        for shown in (self.ledger, self.frontier):
            self.evaluation.larger.ledger_changed.connect(shown.refresh)
        self._stoppable.insert(0, self.evaluation)
        self.window.add_page("evaluate", page)

    def _add_insights(self) -> Iterator[None]:
        yield from _imported("app.evaluation.comparison", "app.evaluation.readiness", "app.evaluation.reviewed")
        from app.ui.controllers.insights import InsightsController
        from app.ui.views.insights_page import InsightsPage

        yield
        page = InsightsPage(self.window.stack)
        _leave_drops_to_window(page)
        self.insights = InsightsController(
            self._deskhand, self.window, page=page, jobs=self.work, settings=self.settings, parent=self
        )
        self._stoppable.insert(0, self.insights)
        self.window.add_page("insights", page)

    def _add_larger_model(self, settings_page: SettingsPage) -> Iterator[None]:
        """The send sheet, the ledger, and their settings."""
        deskhand, window = self._deskhand, self.window
        yield
        from app.ui.controllers.escalation import EscalationController
        from app.ui.views.send_sheet import SendSheet

        yield
        send_sheet = SendSheet(window.stack)
        window.add_page("send", send_sheet)
        self.escalation = EscalationController(
            deskhand,
            window,
            sheet=send_sheet,
            detail=self.detail,
            detail_controller=self._detail,
            jobs=self.work,
            bridge=self.bridge,
            parent=self,
        )
        self._stoppable.insert(0, self.escalation)
        self.settings.frontier_changed.connect(self.escalation.refresh)
        yield
        from app.ui.controllers.ledger import LedgerController
        from app.ui.views.ledger_page import LedgerPage

        yield
        ledger_page = LedgerPage(window.stack)
        window.add_page("ledger", ledger_page)
        self.ledger = LedgerController(deskhand, window, ledger_page, self)
        self._stoppable.insert(0, self.ledger)
        self.escalation.ledger_changed.connect(self.ledger.refresh)
        yield
        from app.ui.controllers.frontier import FrontierController
        from app.ui.controllers.privacy import PrivacyController
        from app.ui.views.folder_policies import FolderPoliciesCard
        from app.ui.views.frontier_card import FrontierCard
        from app.ui.views.offline_proof import OfflineProofCard

        yield
        frontier_card = FrontierCard(deskhand.settings.frontier, settings_page)
        settings_page.add_card(frontier_card)
        yield
        folders, proof = FolderPoliciesCard(settings_page), OfflineProofCard(settings_page)
        for card in (folders, proof):
            settings_page.add_card(card)
        self.frontier = FrontierController(
            deskhand,
            window,
            frontier_card,
            settings=self.settings,
            escalation=self.escalation,
            ledger=self.ledger,
            parent=self,
        )
        self.privacy = PrivacyController(deskhand, window, folders=folders, proof=proof, escalation=self.escalation, parent=self)
        self._stoppable[:0] = [self.frontier, self.privacy]
        self.frontier.refresh()
        self.ledger.refresh()

    def open(self) -> None:
        """Show the window where it was, then begin to work."""
        self._restore()
        if self._first_start.is_due:
            self._first_start.open()
        else:
            self.window.show_page("inbox")
        show_network(self.window, self._deskhand.settings)
        self.window.show()
        self.work.load()
        self._unsubscribe = self._deskhand.runner.subscribe(self.bridge.post)
        self._go_on_soon(self._add_workshop(), 0)

    @Slot()
    def close(self) -> None:
        """Remember the window and end what runs in the background; the queue itself is ended by `Deskhand.close`."""
        if self._is_closed:
            return
        self._is_closed = True
        self._memory.geometry = self.window.saveGeometry()
        self._memory.list_width = self.window.workbench.list_width
        self._memory.column_widths = self.window.workbench.list.widths()
        self._memory.save()
        self._unsubscribe()
        for controller in self._stoppable:
            controller.stop()
        self._pictures.close()

    def _restore(self) -> None:
        if not self._memory.geometry.isEmpty():
            self.window.restoreGeometry(self._memory.geometry)
        if self._memory.list_width:
            self.window.workbench.set_list_width(self._memory.list_width)
        self.window.workbench.list.set_widths(self._memory.column_widths)


def _imported(*modules: str) -> Iterator[None]:
    """Import what takes long on a thread; the window can breathe meanwhile."""
    importing = threading.Thread(target=lambda: [import_module(name) for name in modules], name="import")
    importing.start()
    while importing.is_alive():
        importing.join(_SLICE_S)
        yield


def _leave_drops_to_window(root: QWidget) -> None:
    """Files dropped on a text field belong to the window as well."""
    for field in [*root.findChildren(QLineEdit), *root.findChildren(QPlainTextEdit)]:
        field.setAcceptDrops(False)

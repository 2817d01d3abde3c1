"""Applies what is set on the Settings page, at once."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, Slot

from app.bootstrap import Deskhand
from app.domain.job import JobError
from app.errors import AppError
from app.settings import Settings
from app.ui.background import Background
from app.ui.bridge import JobBridge
from app.ui.controllers.jobs import JobsController
from app.ui.controllers.models import ModelsController
from app.ui.main_window import MainWindow
from app.ui.messages import title_of, tr
from app.ui.models.job_row import error_sentence
from app.ui.theme import Theme
from app.ui.views.settings_page import SettingsPage


class SettingsController(QObject):
    """Also answers the banner about missing protection, which a setting can accept, and the offline switch.

    Signals: frontier_changed: a larger model may be asked now, or not any more.
    """

    frontier_changed = Signal()

    def __init__(
        self,
        deskhand: Deskhand,
        window: MainWindow,
        *,
        page: SettingsPage,
        theme: Theme,
        jobs: JobsController,
        models: ModelsController,
        bridge: JobBridge,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._deskhand = deskhand
        self._window = window
        self._page = page
        self._theme = theme
        self._jobs = jobs
        self._models = models
        self._lane = Background(self)
        page.changed.connect(self.apply)
        jobs.tasks_changed.connect(self._show_tasks)
        jobs.problem_changed.connect(self._on_problem_changed)
        bridge.results_stored.connect(self._show_protection)
        window.sandbox_banner.action_requested.connect(self._on_weak_sandbox_accepted)
        window.status.offline_toggled.connect(self._on_offline_toggled)
        if jobs.tasks:
            self._show_tasks()
        # The switch could be clicked before anybody listened to it.
        if window.status.is_offline != deskhand.settings.offline:
            self._on_offline_toggled(window.status.is_offline)

    def stop(self) -> None:
        self._lane.stop()

    @Slot(object)
    def apply(self, settings: Settings, then: Callable[[], None] | None = None) -> None:
        """Store what differs in these settings and let everything follow; `then` is called when that is over, also where it failed.

        They may be made from settings that another change is about to replace: that change stays.
        """
        base, then = self._deskhand.settings, then or (lambda: None)
        if settings.theme != base.theme:
            self._theme.set_appearance(settings.theme)

        def change() -> tuple[Settings, Settings]:
            before = self._deskhand.settings
            after = before.with_changes(base, settings)
            self._deskhand.change_settings(after)
            return before, after

        def follow(changed: tuple[Settings, Settings]) -> None:
            self._on_applied(*changed)
            then()

        def tell(error: AppError) -> None:
            self._tell_error(error)
            then()

        self._lane.run(change, follow, tell)

    def _on_applied(self, before: Settings, settings: Settings) -> None:
        self._page.show_settings(settings)
        if settings.offline and not before.offline:
            self._models.go_offline()
        self._models.show_connection()
        if (before.offline, before.frontier) != (settings.offline, settings.frontier):
            self.frontier_changed.emit()
        self._jobs.show_default_task()
        if before.language != settings.language:
            self._window.notice.tell("quiet", tr("The language changes at the next start."))
        models_differ = (before.model, before.task_models) != (settings.model, settings.task_models)
        if models_differ or (before.context_tokens, before.offline) != (settings.context_tokens, settings.offline):
            self._models.refresh()
        if models_differ:
            self._jobs.resume()
        if before.review_below != settings.review_below:
            self._jobs.refresh_all_digests()
        if before.allow_weak_sandbox != settings.allow_weak_sandbox:
            self._window.sandbox_banner.hide()
            self._jobs.resume()

    @Slot()
    def _show_tasks(self) -> None:
        tasks = self._jobs.tasks.values()
        choices = {task.id: title_of(task.title, task.id) for task in tasks}
        self._page.set_choices("default_task", dict(sorted(choices.items(), key=lambda item: (item[0] != "auto", item[1]))))

    @Slot(object)
    def show_models(self, models: dict[str, str]) -> None:
        self._page.set_choices("model", {"": tr("The best one on this computer")} | models)

    @Slot(object)
    def _on_problem_changed(self, problem: JobError | None) -> None:
        banner = self._window.sandbox_banner
        if problem is not None and problem.code == "sandbox":
            banner.tell(
                "warn", error_sentence(problem.message, ""), error_sentence("", problem.hint), tr("Work without full protection")
            )
        elif problem is None:
            banner.hide()

    @Slot()
    def _show_protection(self) -> None:
        """After a document was read it is known which layers of the lock are in force."""
        report = self._deskhand.reader.sandbox
        self._window.status.show_protection(report.missing if report is not None else ())

    @Slot()
    def _on_weak_sandbox_accepted(self) -> None:
        self.apply(self._deskhand.settings.model_copy(update={"allow_weak_sandbox": True}))

    @Slot(bool)
    def _on_offline_toggled(self, is_offline: bool) -> None:
        if is_offline:
            # At once: what is under way must not wait for the settings' file.
            self._deskhand.gate.offline = True
        self.apply(self._deskhand.settings.model_copy(update={"offline": is_offline}))

    def _tell_error(self, error: AppError) -> None:
        self._models.show_connection()
        self._page.show_settings(self._deskhand.settings)
        self._window.notice.tell("bad", error_sentence(error.user_text, ""), error_sentence("", error.hint))

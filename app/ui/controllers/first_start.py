"""The first steps: shown once, left by any way out of them, and opened again from the list of keys (F1)."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from app.bootstrap import Deskhand
from app.ui.controllers.jobs import JobsController
from app.ui.controllers.model_files import ModelFilesController
from app.ui.controllers.models import ModelsController
from app.ui.main_window import MainWindow
from app.ui.views.first_start import FirstStart

PAGE = "welcome"


class FirstStartController(QObject):
    """Signals: settings_wanted(Settings): remember that the steps were shown."""

    settings_wanted = Signal(object)

    def __init__(self, deskhand: Deskhand, window: MainWindow, samples: list[Path], parent: QObject) -> None:
        super().__init__(parent)
        self._deskhand = deskhand
        self._window = window
        self._has_samples = bool(samples)
        self._page: FirstStart | None = None
        self._jobs: JobsController | None = None
        self._models: ModelsController | None = None
        self._files: ModelFilesController | None = None
        self._is_open = False
        window.page_shown.connect(self._on_page_shown)
        window.first_steps_requested.connect(self.open)

    @property
    def is_due(self) -> bool:
        return self._deskhand.settings.first_steps

    def serve(self, jobs: JobsController, models: ModelsController, files: ModelFilesController) -> None:
        """From now on what is asked for on the pages can be done."""
        self._jobs, self._models, self._files = jobs, models, files
        if self._page is not None and not self._is_open:
            self._remember()
        if self._page is not None:
            self._connect(self._page)

    @Slot()
    def open(self) -> None:
        """Show the steps from the first one."""
        if self._page is None:
            self._page = FirstStart(has_samples=self._has_samples, parent=self._window.stack)
            self._page.left.connect(lambda: self._window.show_page("inbox"))
            self._window.add_page(PAGE, self._page)
            if self._models is not None:
                self._connect(self._page)
        self._page.show_step(0)
        self._is_open = True
        self._window.show_page(PAGE)

    def _connect(self, page: FirstStart) -> None:
        jobs, models, files, step = self._jobs, self._models, self._files, page.model_step
        if jobs is None or models is None or files is None:
            return
        page.choose_requested.connect(jobs.choose_files)
        page.samples_requested.connect(jobs.add_samples)
        step.requested.connect(self._on_requested)
        step.found_use_requested.connect(files.use_found)
        step.work_cancelled.connect(models.transfers.cancel)
        step.import_requested.connect(files.choose_file)
        step.all_requested.connect(lambda: self._window.show_page("models"))
        models.shelf_changed.connect(page.show_shelf)
        models.news_changed.connect(step.show_news)
        models.told.connect(step.tell)
        if models.shelf is not None:
            page.show_shelf(models.shelf)

    @Slot(str, str)
    def _on_requested(self, action: str, model_id: str) -> None:
        """The page has said that a download connects once, so that pressing its button is the person's word."""
        if self._models is None or self._files is None:
            return
        if action in {"download", "accept"}:
            self._models.fetch_once(model_id, is_accepted=action == "accept")
        else:
            self._models.carry_out(action, model_id)
            self._files.carry_out(action, model_id)

    def _remember(self) -> None:
        if self.is_due:
            self.settings_wanted.emit(self._deskhand.settings.model_copy(update={"first_steps": False}))

    @Slot(str)
    def _on_page_shown(self, page: str) -> None:
        if page == PAGE or not self._is_open:
            return
        self._is_open = False
        self._remember()
        if self._models is not None:
            self._models.refresh()

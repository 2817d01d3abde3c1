"""The banner above every page: no model answers, or one failed, and what to do about it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from app.domain.job import JobError
from app.ui.controllers.jobs import JobsController
from app.ui.controllers.model_shelf import Glance
from app.ui.formats import shown_size
from app.ui.main_window import MainWindow
from app.ui.messages import tr
from app.ui.models.job_row import error_sentence

_MODEL_PROBLEMS = frozenset({"model_missing", "unknown_model", "hash_mismatch", "model_file", "model_load", "model_memory"})


class ModelBanner(QObject):
    """Signals:
    glance_wanted: look at the models again; what is seen is told with `show`.
    download_wanted(str): a model's id; automatic_wanted: let Deskhand choose the model.
    """

    glance_wanted = Signal()
    download_wanted = Signal(str)
    automatic_wanted = Signal()

    def __init__(self, window: MainWindow, jobs: JobsController, parent: QObject) -> None:
        super().__init__(parent)
        self._window = window
        self._jobs = jobs
        self._missing_id = ""
        """The model that the banner offers to fetch; empty where it offers to choose one that is here."""
        self._has_problem = False
        """What it tells is a fault, not that there is no model."""
        window.model_banner.action_requested.connect(self._on_action)
        window.model_banner.second_requested.connect(lambda: window.show_page("models"))
        jobs.problem_changed.connect(self._on_problem_changed)

    def show(self, seen: Glance) -> None:
        if seen.in_use is not None:
            self._window.model_banner.setHidden(not self._has_problem)
        elif self._window.page != "welcome":
            # The button says now what to do about it, and must do that.
            self._has_problem = False
            self._missing_id = "" if seen.lost else seen.to_fetch.id
            if seen.lost:
                self._tell_lost(seen.lost)
            else:
                self._tell_missing(seen)

    def _tell_lost(self, name: str) -> None:
        self._window.model_banner.tell(
            "warn",
            tr("The model {name} is not there any more.", name=name),
            tr("It is the one that was chosen. Documents wait until another one answers."),
            tr("Let Deskhand choose"),
            tr("Other models"),
        )

    def _tell_missing(self, seen: Glance) -> None:
        if seen.damaged:
            title = tr("The file of {name} is damaged.", name=seen.damaged)
            text = tr("Documents wait until there is a good one. Your documents stay here; only the model is fetched.")
        else:
            title = tr("There is no model on this computer yet.")
            text = tr("Documents wait until there is one. Your documents stay here; only the model is fetched.")
        name, size = seen.to_fetch.name, shown_size(seen.to_fetch.main_file.size_bytes)
        self._window.model_banner.tell(
            "bad" if seen.damaged else "warn",
            title,
            text,
            tr("Download {name} ({size})", name=name, size=size),
            tr("Other models"),
        )

    @Slot(object)
    def _on_problem_changed(self, problem: JobError | None) -> None:
        had_problem, self._has_problem = self._has_problem, False
        if problem is None or problem.code not in _MODEL_PROBLEMS:
            if had_problem:
                self._window.model_banner.hide()
            return
        if problem.code == "model_missing":
            self.glance_wanted.emit()
            return
        if problem.code in {"hash_mismatch", "unknown_model"}:
            # What follows tells what to do about it, unless only some tasks wait for the model.
            self.glance_wanted.emit()
        self._has_problem = True
        self._window.model_banner.tell(
            "bad", error_sentence(problem.message, ""), error_sentence("", problem.hint), tr("Try again"), tr("Other models")
        )

    @Slot()
    def _on_action(self) -> None:
        if self._has_problem:
            self._jobs.resume()
        elif self._missing_id:
            self._window.show_page("models")
            self.download_wanted.emit(self._missing_id)
        else:
            self.automatic_wanted.emit()

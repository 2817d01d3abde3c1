"""Which models there are, which one is in use, and downloads. A download in offline mode is asked for first, each time."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QFileDialog

from app.bootstrap import Deskhand
from app.catalog.download import fetch
from app.catalog.fit import estimate, machine_memory
from app.catalog.imports import import_file
from app.catalog.spec import ModelSpec
from app.catalog.tuning import tuning_of
from app.domain.job import JobError
from app.errors import AppError, CancelledError, ModelMissingError
from app.network.gate import Gate
from app.settings import Settings
from app.ui.background import Background
from app.ui.controllers.jobs import JobsController
from app.ui.formats import shown_size
from app.ui.main_window import MainWindow
from app.ui.messages import tr, tr_n
from app.ui.models.job_row import error_sentence
from app.ui.models.model_offer import ModelOffer
from app.ui.views.models_page import ModelsPage
from app.ui.widgets.banner import Banner

_PROGRESS_INTERVAL_S = 0.1
_MODEL_PROBLEMS = frozenset({"model_missing", "unknown_model", "model_file", "model_load"})


def show_network(window: MainWindow, settings: Settings) -> None:
    """Say what the network does when nothing is being fetched."""
    if settings.offline:
        window.status.show_network(tr("Offline. Nothing has left this computer."), "good")
    else:
        window.status.show_network(tr("Online for downloads. No document has left this computer."), "good")


class ModelsController(QObject):
    """Signals: installed_changed(dict[str, str]): names of the models on this computer by id."""

    installed_changed = Signal(object)
    _moved = Signal(str, object, object)

    def __init__(self, deskhand: Deskhand, window: MainWindow, page: ModelsPage, jobs: JobsController, parent: QObject) -> None:
        super().__init__(parent)
        self._deskhand = deskhand
        self._window = window
        self._page = page
        self._jobs = jobs
        self._lane = Background(self)
        self._looking = Background(self)
        self._loading = Background(self, threads=2)
        self._cancels: dict[str, threading.Event] = {}
        self._asked = Banner("connectBanner", page)
        self._asked_id = ""
        self._specs: dict[str, ModelSpec] = {}
        self._looked: dict[str, dict[str, Any]] = {}
        layout = page.layout()
        if layout is not None:
            layout.addWidget(self._asked)
        page.download_requested.connect(self.download)
        page.cancel_requested.connect(self._on_cancel_requested)
        page.use_requested.connect(self._on_use_requested)
        page.remove_requested.connect(self._on_remove_requested)
        page.import_requested.connect(self._on_import_requested)
        self._asked.action_requested.connect(self._on_connection_granted)
        self._moved.connect(self._on_moved, Qt.ConnectionType.QueuedConnection)
        window.model_banner.action_requested.connect(self._on_banner_action)
        window.model_banner.second_requested.connect(lambda: window.show_page("models"))
        window.page_shown.connect(self._on_page_shown)
        jobs.problem_changed.connect(self._on_problem_changed)

    def stop(self) -> None:
        for cancel in self._cancels.values():
            cancel.set()
        for background in (self._loading, self._looking, self._lane):
            background.stop()

    @Slot()
    def refresh(self) -> None:
        """Look at the folder of models again."""
        self._lane.run(self._offers, self._on_offers, self._tell_error)
        if self._window.page == "models":
            self._looking.run(self._look_closer, self._on_looked, self._tell_error)

    def _offers(self) -> list[tuple[ModelSpec, ModelOffer]]:
        catalog, memory, settings = self._deskhand.catalog, machine_memory(), self._deskhand.settings
        try:
            in_use = self._deskhand.choose_model().spec.id
        except ModelMissingError:
            in_use = ""
        looked = self._looked
        offers = []
        for spec in catalog.all():
            is_installed = catalog.is_installed(spec)
            if not (spec.answers_tasks or is_installed):
                continue
            fit = estimate(spec, memory, context_tokens=settings.context_tokens)
            offer = ModelOffer(
                id=spec.id,
                name=spec.name,
                publisher=spec.publisher,
                size_bytes=spec.main_file.size_bytes,
                need_bytes=fit.need_bytes,
                parameters_b=spec.parameters_b,
                license_id=spec.license.id,
                license_url=spec.license.url,
                must_accept=spec.license.must_accept,
                turkish=spec.turkish,
                is_installed=is_installed,
                is_in_use=spec.id == in_use,
                is_starter=spec.id == catalog.starter_id,
                fits=fit.fits,
                **looked.get(spec.id, {}),
            )
            offers.append((spec, offer))
        offers.sort(key=lambda pair: (not pair[1].is_in_use, not pair[1].is_starter, not pair[1].fits, -pair[0].rank))
        return offers

    def _look_closer(self) -> dict[str, dict[str, Any]]:
        """How fast each model is here, and which one to take for what. Takes a moment, so only for a person who looks."""
        from app.catalog.offers import recommend

        made = self._deskhand.offers()
        uses: dict[str, list[str]] = {}
        for recommendation in recommend(made):
            if recommendation.offer is not None:
                uses.setdefault(recommendation.offer.spec.id, []).append(recommendation.purpose)
        return {
            offer.spec.id: {
                "per_minute": offer.speed.documents_per_minute,
                "is_measured": offer.speed.source in {"documents", "measured"},
                "recommended_for": tuple(uses.get(offer.spec.id, ())),
                "measured": self._measured(offer.spec),
            }
            for offer in made
        }

    def _measured(self, spec: ModelSpec) -> str:
        tuning = tuning_of(self._deskhand.paths.models, spec.main_file.sha256)
        if tuning is None:
            return ""
        return tr_n(
            "Measured here: {n} thread, {read} tokens a second read, {written} written.",
            "Measured here: {n} threads, {read} tokens a second read, {written} written.",
            tuning.threads,
            read=round(tuning.prompt_tokens_per_s),
            written=round(tuning.steps_per_s),
        )

    @Slot(str)
    def _on_page_shown(self, page: str) -> None:
        if page == "models":
            # Each time: a model may have run, or come, since.
            self.refresh()

    def _on_looked(self, looked: dict[str, dict[str, Any]]) -> None:
        if looked != self._looked:
            self._looked = looked
            self._lane.run(self._offers, self._on_offers, self._tell_error)

    def _on_offers(self, offers: list[tuple[ModelSpec, ModelOffer]]) -> None:
        self._specs = {spec.id: spec for spec, _ in offers}
        self._page.set_offers([offer for _, offer in offers])
        name = next((offer.name for _, offer in offers if offer.is_in_use), "")
        self.installed_changed.emit({offer.id: offer.name for _, offer in offers if offer.is_installed})
        if name:
            self._window.model_banner.hide()
            self._window.status.show_model(tr("{model} on this computer", model=name))
        else:
            self._window.status.show_model(tr("No model yet"))
            self._show_missing()

    def _show_missing(self) -> None:
        starter = self._specs.get(self._deskhand.catalog.starter_id)
        if starter is None:
            return
        self._window.model_banner.tell(
            "warn",
            tr("There is no model on this computer yet."),
            tr("Documents wait until there is one. Your documents stay here; only the model is fetched."),
            tr("Download {name} ({size})", name=starter.name, size=shown_size(starter.main_file.size_bytes)),
            tr("Other models"),
        )

    @Slot(object)
    def _on_problem_changed(self, problem: JobError | None) -> None:
        if problem is None or problem.code not in _MODEL_PROBLEMS:
            return
        if problem.code == "model_missing":
            self.refresh()
            return
        self._window.model_banner.tell(
            "bad", error_sentence(problem.message, ""), error_sentence("", problem.hint), "", tr("Other models")
        )

    @Slot()
    def _on_banner_action(self) -> None:
        self._window.show_page("models")
        self.download(self._deskhand.catalog.starter_id)

    # Downloads.

    @Slot(str)
    def download(self, model_id: str) -> None:
        """Fetch a model; in offline mode only after a word of the person."""
        spec = self._specs.get(model_id)
        if spec is None or model_id in self._cancels:
            return
        if self._deskhand.settings.offline or spec.license.must_accept:
            self._ask(spec)
        else:
            self._fetch(spec, self._deskhand.gate)

    def _ask(self, spec: ModelSpec) -> None:
        self._asked_id = spec.id
        text = tr("Only the model file is fetched; nothing of yours is sent. Deskhand is offline again afterwards.")
        if not self._deskhand.settings.offline:
            text = ""
        if spec.license.must_accept:
            text = f"{text} {tr('By downloading you accept its licence: {url}', url=spec.license.url)}".strip()
        self._asked.tell(
            "good",
            tr("Connect once to download {name} ({size})?", name=spec.name, size=shown_size(spec.main_file.size_bytes)),
            text,
            tr("Download"),
        )

    @Slot()
    def _on_connection_granted(self) -> None:
        self._asked.hide()
        spec = self._specs.get(self._asked_id)
        if spec is not None:
            self._fetch(spec, Gate(offline=False))

    def _fetch(self, spec: ModelSpec, gate: Gate) -> None:
        cancel = threading.Event()
        self._cancels[spec.id] = cancel
        last = [0.0]

        def tell(done: int, total: int, _source: str) -> None:
            if time.monotonic() - last[0] >= _PROGRESS_INTERVAL_S or done == total:
                last[0] = time.monotonic()
                self._moved.emit(spec.id, done, total)

        def load() -> Path:
            return fetch(spec, self._deskhand.catalog, gate, progress=tell, cancel=cancel, ledger=self._deskhand.store.ledger)

        self._page.show_progress(spec.id, 0, spec.main_file.size_bytes)
        self._window.status.show_network(tr("Online. A model is being fetched; nothing of yours is sent."), "warn")
        self._loading.run(load, lambda _: self._on_fetched(spec), lambda error: self._on_fetch_failed(spec.id, error))

    @Slot(str, object, object)
    def _on_moved(self, model_id: str, done: int, total: int) -> None:
        if model_id in self._cancels:
            self._page.show_progress(model_id, done, total)

    @Slot(str)
    def _on_cancel_requested(self, model_id: str) -> None:
        cancel = self._cancels.get(model_id)
        if cancel is not None:
            cancel.set()

    def _on_fetched(self, spec: ModelSpec) -> None:
        self._end_fetch(spec.id)
        self._window.notice.tell("good", tr("{name} is ready.", name=spec.name))
        self._deskhand.runner.change_model()
        self._jobs.resume()

    def _on_fetch_failed(self, model_id: str, error: AppError) -> None:
        self._end_fetch(model_id)
        if not isinstance(error, CancelledError):
            self._tell_error(error)

    def _end_fetch(self, model_id: str) -> None:
        self._cancels.pop(model_id, None)
        self._page.show_progress(model_id, None)
        if not self._cancels:
            show_network(self._window, self._deskhand.settings)
        self.refresh()

    # Choosing, removing, importing.

    @Slot(str)
    def _on_use_requested(self, model_id: str) -> None:
        settings = self._deskhand.settings.model_copy(update={"model": model_id})
        self._lane.run(lambda: self._deskhand.change_settings(settings), lambda _: self._on_chosen(), self._tell_error)

    def _on_chosen(self) -> None:
        self.refresh()
        self._jobs.resume()

    @Slot(str)
    def _on_remove_requested(self, model_id: str) -> None:
        spec = self._specs.get(model_id)
        if spec is None:
            return

        def freed(size_bytes: int) -> None:
            text = tr("{name} was removed; {size} are free again.", name=spec.name, size=shown_size(size_bytes))
            self._window.notice.tell("good", text)
            self.refresh()

        self._lane.run(lambda: self._deskhand.catalog.remove(spec), freed, self._tell_error)

    @Slot()
    def _on_import_requested(self) -> None:
        dialog = QFileDialog(self._window, tr("Import a model file"), "", tr("Models") + " (*.gguf)")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: self._import(Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _import(self, path: Path) -> None:
        self._window.notice.tell("quiet", tr("Checking and copying {name} …", name=path.name))
        self._loading.run(lambda: import_file(path, self._deskhand.catalog), lambda _: self._on_imported(path), self._tell_error)

    def _on_imported(self, path: Path) -> None:
        self._window.notice.tell("good", tr("{name} is ready.", name=path.name))
        self.refresh()
        self._jobs.resume()

    def _tell_error(self, error: AppError) -> None:
        self._window.notice.tell("bad", error_sentence(error.user_text, ""), error_sentence("", error.hint))

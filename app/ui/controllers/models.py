"""Which models there are and which one is in use; carries out what a person wants done with them.

A download in offline mode is asked for first, each time; a licence that must be accepted is asked for once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices

from app.bootstrap import Deskhand
from app.catalog.discovery import Copy, find_copies_of, use_first
from app.catalog.download import fetch
from app.catalog.licenses import accept_license
from app.catalog.part_place import discard_part
from app.catalog.spec import EYES, ModelSpec
from app.errors import AppError
from app.network.gate import Gate
from app.settings import Settings
from app.ui.background import Background
from app.ui.controllers.jobs import JobsController
from app.ui.controllers.model_banner import ModelBanner
from app.ui.controllers.model_shelf import Glance, glance, look
from app.ui.controllers.model_transfers import ModelTransfers, Report, is_stopped
from app.ui.formats import shown_size
from app.ui.main_window import MainWindow
from app.ui.messages import tr
from app.ui.models.job_row import error_sentence
from app.ui.models.model_offer import Shelf
from app.ui.models.transfer_news import TransferNews
from app.ui.views.models_page import ModelsPage

MODEL_PAGES = frozenset({"models", "welcome"})
"""Pages that show more of models than which one is in use."""


def show_network(window: MainWindow, settings: Settings) -> None:
    """Say what the network does when nothing is being fetched."""
    window.status.show_connection(is_offline=settings.offline)


class ModelsController(QObject):
    """Signals:
    installed_changed(dict[str, str]): names of the models on this computer by id.
    shelf_changed(Shelf): everything that is known of the models.
    news_changed(str, TransferNews | None): how far the work on a model, or on a file by its path, is.
    told(str, str, str): a model's id, a sentence about it, and the role of its label.
    settings_wanted(Settings): the person asks for other settings.
    """

    installed_changed = Signal(object)
    shelf_changed = Signal(object)
    news_changed = Signal(str, object)
    told = Signal(str, str, str)
    settings_wanted = Signal(object)

    def __init__(self, deskhand: Deskhand, window: MainWindow, page: ModelsPage, jobs: JobsController, parent: QObject) -> None:
        super().__init__(parent)
        self._deskhand = deskhand
        self._window = window
        self._page = page
        self._jobs = jobs
        self._lane = Background(self)
        self._looking = Background(self)
        self.transfers = ModelTransfers(self)
        self._banner = ModelBanner(window, jobs, self)
        self.shelf: Shelf | None = None
        self._asked_id = ""
        self._to_discard: set[str] = set()
        self._granted: list[Gate] = []
        self._connect(page, window)

    def _connect(self, page: ModelsPage, window: MainWindow) -> None:
        page.requested.connect(self.carry_out)
        page.task_chosen.connect(self.use_for)
        page.folder_requested.connect(lambda: _open(self._deskhand.catalog.folder))
        page.automatic_requested.connect(lambda: self.use(""))
        page.connect_requested.connect(self._stay_online)
        page.asked.action_requested.connect(self._on_connection_granted)
        page.asked.second_requested.connect(self._on_staying_granted)
        self.transfers.moved.connect(self._on_moved)
        self.transfers.ended.connect(self._on_ended)
        self._banner.glance_wanted.connect(self.refresh)
        self._banner.download_wanted.connect(self.download)
        self._banner.automatic_wanted.connect(lambda: self.use(""))
        window.page_shown.connect(self._on_page_shown)

    def stop(self) -> None:
        self.transfers.stop()
        for background in (self._looking, self._lane):
            background.stop()

    # What there is.

    @Slot()
    def refresh(self) -> None:
        """Look at the models again; at all that a person could ask of them only while a page shows it."""
        self._lane.run(lambda: glance(self._deskhand), self._on_glance, self._tell_error)
        if self._window.page in MODEL_PAGES:
            self.look_closer()

    def look_closer(self) -> None:
        self._looking.run(lambda: look(self._deskhand), self._on_shelf, self._tell_error)

    @Slot(str)
    def _on_page_shown(self, page: str) -> None:
        if page in MODEL_PAGES:
            # Each time: a model may have run, or come, since.
            self.refresh()

    def _on_glance(self, seen: Glance) -> None:
        self.installed_changed.emit(seen.names)
        self._banner.show(seen)
        if seen.in_use is not None:
            words = tr("{model} on this computer", model=seen.in_use.name)
        else:
            words = tr("{model} is not there", model=seen.lost) if seen.lost else tr("No model yet")
        self._window.status.show_model(words)

    def _on_shelf(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self._page.show_shelf(shelf)
        self.shelf_changed.emit(shelf)

    @Slot(str, str)
    def carry_out(self, action: str, model_id: str) -> None:
        """What a card asks for; other controllers know of more."""
        actions: dict[str, Callable[[str], object]] = {
            "download": self.download,
            "pause": self.transfers.cancel,
            "cancel": self.discard,
            "eyes": lambda model_id: self.download(f"{model_id}/{EYES}"),
            "use": self.use,
            "show": lambda model_id: _open(self._deskhand.catalog.path_of(self._spec(model_id)).parent),
            "accept": self.accept,
        }
        if action in actions:
            actions[action](model_id)

    def _spec(self, model_id: str) -> ModelSpec:
        """Of a model, or of the file with which it reads pictures."""
        spec = self._deskhand.catalog.get(model_id.removesuffix(f"/{EYES}"))
        return spec.eyes or spec if model_id.endswith(f"/{EYES}") else spec

    # Downloads.

    def download(self, model_id: str, *, is_granted: bool = False) -> None:
        """Have a model: the file of another program is used in its place; where there is none it is fetched."""
        spec = self._spec(model_id)
        if self.transfers.is_busy(model_id):
            return
        self._page.tell(model_id.removesuffix(f"/{EYES}"), "")
        self.told.emit(model_id, "", "small")
        self._lane.run(
            lambda: find_copies_of(spec, self._deskhand.catalog),
            lambda copies: self._use_or_fetch(spec, copies, is_granted=is_granted),
            self._tell_error,
        )

    def _use_or_fetch(self, spec: ModelSpec, copies: list[Copy], *, is_granted: bool) -> None:
        if not copies:
            self._fetch(spec, is_granted=is_granted)
            return

        def use(report: Report, cancel: threading.Event) -> Copy | None:
            return use_first(copies, self._deskhand.catalog, cancel=cancel, progress=report)

        def used(copy: Copy | None) -> None:
            if copy is None:
                self._fetch(spec, is_granted=is_granted)
            else:
                words = tr("It is used where {program} keeps it; nothing was downloaded.", program=copy.file.program)
                self.on_arrived(spec.name, words)

        total = spec.main_file.size_bytes
        self.transfers.run(spec.id, "check", use, used, lambda error: self._on_download_failed(spec, error), total=total)

    def _fetch(self, spec: ModelSpec, *, is_granted: bool) -> None:
        """Fetch a model, or go on with it; in offline mode only after a word of the person."""
        deskhand = self._deskhand
        if self.transfers.is_busy(spec.id):
            return
        if deskhand.settings.offline and not is_granted:
            self._ask_to_connect(spec)
            return
        gate = self._gate(is_granted=is_granted)

        def load(report: Report, cancel: threading.Event) -> Path:
            return fetch(spec, deskhand.catalog, gate, progress=report, cancel=cancel, ledger=deskhand.store.ledger)

        self.transfers.run(
            spec.id,
            "download",
            load,
            lambda _: self.on_arrived(spec.name),
            lambda error: self._on_download_failed(spec, error),
            total=spec.main_file.size_bytes,
        )
        self.show_connection()

    def _gate(self, *, is_granted: bool) -> Gate:
        """The program's, or one for a single download that the person has said yes to."""
        if not is_granted:
            return self._deskhand.gate
        self._granted.append(Gate(offline=False))
        return self._granted[-1]

    def go_offline(self) -> None:
        """The person has switched to offline mode: that ends also what was granted before."""
        for gate in self._granted:
            gate.offline = True

    def show_connection(self) -> None:
        """Say what the network does: a download is never passed over in silence."""
        if self.transfers.is_connected:
            self._window.status.show_network(tr("Online. A model is being fetched; nothing of yours is sent."), "warn")
        else:
            show_network(self._window, self._deskhand.settings)

    def _ask_to_connect(self, spec: ModelSpec) -> None:
        self._asked_id = spec.id
        self._page.asked.tell(
            "good",
            tr("Connect once to download {name} ({size})?", name=spec.name, size=shown_size(spec.main_file.size_bytes)),
            tr("Only the model file is fetched; nothing of yours is sent. Deskhand is offline again afterwards."),
            tr("Download"),
            tr("Stay online for downloads"),
        )

    @Slot()
    def _on_connection_granted(self) -> None:
        self._page.asked.hide()
        self._fetch(self._spec(self._asked_id), is_granted=True)

    @Slot()
    def _on_staying_granted(self) -> None:
        self._on_connection_granted()
        self._stay_online()

    @Slot()
    def _stay_online(self) -> None:
        self.settings_wanted.emit(self._deskhand.settings.model_copy(update={"offline": False}))

    def accept(self, model_id: str) -> None:
        """The person has accepted a model's licence."""
        spec = self._spec(model_id)
        self._lane.run(
            lambda: accept_license(self._deskhand.catalog.folder, spec), lambda _: self._on_accepted(model_id), self._tell_error
        )

    def _on_accepted(self, model_id: str) -> None:
        self.refresh()
        self.download(model_id)

    def fetch_once(self, model_id: str, *, is_accepted: bool = False) -> None:
        """Fetch a model on the person's word, also in offline mode; with its licence if they have accepted that, too."""
        if not is_accepted:
            self.download(model_id, is_granted=True)
            return
        spec = self._spec(model_id)
        self._lane.run(
            lambda: accept_license(self._deskhand.catalog.folder, spec),
            lambda _: self.download(model_id, is_granted=True),
            self._tell_error,
        )

    def discard(self, model_id: str) -> None:
        """Stop a download and delete what it brought; other work is only stopped."""
        if not self.transfers.is_busy(model_id):
            self._discard_part(model_id)
            return
        if self.transfers.is_download(model_id):
            self._to_discard.add(model_id)
        self.transfers.cancel(model_id)

    def _discard_part(self, model_id: str) -> None:
        spec = self._spec(model_id)
        self._lane.run(lambda: discard_part(spec, self._deskhand.catalog), lambda _: self.refresh(), self._tell_error)

    def _on_download_failed(self, spec: ModelSpec, error: AppError) -> None:
        if is_stopped(error):
            if spec.id in self._to_discard:
                self._discard_part(spec.id)
            self._to_discard.discard(spec.id)
            return
        words = error_sentence(error.user_text, error.hint)
        self.remark(spec.id.removesuffix(f"/{EYES}"), words, "bad")
        if self._window.page not in MODEL_PAGES:
            self._window.notice.tell("bad", tr("{name} could not be downloaded.", name=spec.name), words)

    @Slot(object)
    def _on_moved(self, news: TransferNews) -> None:
        self._page.show_news(news.id, news)
        self.news_changed.emit(news.id, news)

    @Slot(str)
    def _on_ended(self, key: str) -> None:
        self._page.show_news(key, None)
        self.news_changed.emit(key, None)
        if not self.transfers.is_connected:
            self._granted.clear()
        self.show_connection()
        self.refresh()

    def on_arrived(self, name: str, words: str = "") -> None:
        """A model has come: what waited for one goes on."""
        self._window.notice.tell("good", tr("{name} is ready.", name=name), words)
        self._deskhand.runner.change_model()
        self._jobs.resume()

    # Choosing.

    def use(self, model_id: str) -> None:
        """Answer with this model from now on; with "" Deskhand chooses."""
        settings = self._deskhand.settings.model_copy(update={"model": model_id})
        self.settings_wanted.emit(settings)

    def use_for(self, task_id: str, model_id: str) -> None:
        """Answer one task with this model; with "" it follows the others again."""
        self.settings_wanted.emit(self._deskhand.settings.with_task_model(task_id, model_id))

    def stop_asking_for(self, model_id: str) -> None:
        """Settings that name a removed model would stop all work."""
        settings = self._deskhand.settings.without_model(model_id)
        if settings != self._deskhand.settings:
            self.settings_wanted.emit(settings)

    def remark(self, model_id: str, sentence: str, role: str = "small") -> None:
        """Say on a model's card what came of the last thing done with it; nothing when the sentence is empty."""
        self._page.tell(model_id, sentence, role)
        self.told.emit(model_id, sentence, role)
        self.refresh()

    def _tell_error(self, error: AppError) -> None:
        if not is_stopped(error):
            self._window.notice.tell("bad", error_sentence(error.user_text, ""), error_sentence("", error.hint))


def _open(folder: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

"""Files of models: taken in, used where another program keeps them, checked, tried out, removed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QFileDialog

from app.bootstrap import Deskhand
from app.catalog.catalog import ChosenModel
from app.catalog.discovery import Copy, model_files_in, use_copy
from app.catalog.imports import ImportMode, import_file
from app.catalog.spec import ModelSpec
from app.errors import AppError, HashMismatchError
from app.ui.background import Background
from app.ui.controllers.model_transfers import Report, is_stopped
from app.ui.controllers.models import MODEL_PAGES, ModelsController
from app.ui.formats import shown_number, shown_size
from app.ui.main_window import MainWindow
from app.ui.messages import tr, tr_n
from app.ui.models.job_row import error_sentence
from app.ui.models.model_offer import FoundModel
from app.ui.views.models_page import ModelsPage
from app.worker.self_test import SelfTest

_MOST_TOLD = 6
"""Of the files of a folder that could not be taken in."""


class ModelFilesController(QObject):
    def __init__(self, deskhand: Deskhand, window: MainWindow, page: ModelsPage, models: ModelsController, parent: QObject) -> None:
        super().__init__(parent)
        self._deskhand = deskhand
        self._window = window
        self._page = page
        self._models = models
        self._transfers = models.transfers
        self._lane = Background(self)
        page.requested.connect(self.carry_out)
        page.found_use_requested.connect(self.use_found)
        page.work_cancelled.connect(self._transfers.cancel)
        page.import_requested.connect(self.choose_file)
        page.import_agreed.connect(self.take_in)
        window.models_given.connect(self.offer_import)

    def stop(self) -> None:
        self._lane.stop()

    @Slot(str, str)
    def carry_out(self, action: str, model_id: str) -> None:
        """What a card asks for, as far as it is about files that are here."""
        actions = {"verify": self.verify, "test": self.try_out, "remove": self.remove, "forget": self.forget}
        if action in actions:
            actions[action](self._deskhand.catalog.get(model_id))

    # Taking in.

    @Slot()
    def choose_file(self) -> None:
        dialog = QFileDialog(self._window, tr("Import a model file"), "", tr("Models") + " (*.gguf)")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(lambda names: self.offer_import([Path(name) for name in names]))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(object)
    def offer_import(self, paths: Sequence[Path]) -> None:
        """Model files, or folders with them, that the person dropped or chose."""
        if self._window.page not in MODEL_PAGES:
            self._window.show_page("models")
        if self._window.page == "models":
            self._page.offer_import(paths)
        else:
            self.take_in(paths, "copy")

    @Slot(object, str)
    def take_in(self, paths: Sequence[Path], mode: ImportMode) -> None:
        self._lane.run(lambda: _model_files(paths), lambda files: self._take_in_files(files, mode), self._tell_error)

    def _take_in_files(self, files: list[Path], mode: ImportMode) -> None:
        if not files:
            self._window.notice.tell("warn", tr("There is no model file (.gguf) in this folder."))
        pending = {path for path in files if not self._transfers.is_busy(str(path))}
        faults: list[AppError] = []
        for path in sorted(pending):
            self._run_import(path, mode, pending, faults)

    def _run_import(self, path: Path, mode: ImportMode, pending: set[Path], faults: list[AppError]) -> None:
        """One of several: what went wrong with any of them is told once the last has ended."""

        def work(report: Report, cancel: threading.Event) -> ChosenModel:
            return import_file(path, self._deskhand.catalog, mode=mode, progress=report, cancel=cancel)

        def taken(chosen: ChosenModel) -> None:
            self._on_imported(chosen)
            end()

        def failed(error: AppError) -> None:
            if not is_stopped(error):
                faults.append(error)
            end()

        def end() -> None:
            pending.discard(path)
            if not pending:
                self._tell_faults(faults)

        self._transfers.run(str(path), "import", work, taken, failed, name=path.name)

    def _tell_faults(self, faults: Sequence[AppError]) -> None:
        if len(faults) == 1:
            self._tell_error(faults[0])
        elif faults:
            words = [error_sentence(fault.user_text, "") for fault in faults[:_MOST_TOLD]]
            if (n_more := len(faults) - len(words)) > 0:
                words.append(tr("… and {n} more.", n=n_more))
            title = tr_n("{n} file could not be taken in.", "{n} files could not be taken in.", len(faults))
            self._window.notice.tell("bad", title, "\n".join(words))

    @Slot(object)
    def use_found(self, found: FoundModel) -> None:
        """Use the file of another program where it lies. One that only looks like a known model counts as the person's own."""
        catalog, path = self._deskhand.catalog, found.file.path

        def work(report: Report, cancel: threading.Event) -> ChosenModel:
            def checking(done: int, total: int) -> None:
                report(done, total, "")

            if found.model_id:
                copy = Copy(catalog.get(found.model_id), found.file)
                try:
                    return ChosenModel(copy.spec, use_copy(copy, catalog, cancel=cancel, progress=checking))
                except HashMismatchError:
                    pass
            return import_file(path, catalog, mode="link", progress=report, cancel=cancel)

        self._transfers.run(str(path), "check", work, self._on_imported, self._tell_error, name=found.file.name)

    def _on_imported(self, chosen: ChosenModel) -> None:
        self._models.on_arrived(chosen.spec.name)
        if chosen.spec.main_file.checked == "imported":
            text = tr("No list knows this file; it is treated as one of the family {family}.", family=chosen.spec.prompt_family)
            self._models.remark(chosen.spec.id, text)

    # What is here.

    def verify(self, spec: ModelSpec) -> None:
        """Read every byte again and compare with the publisher's hash; also of the second file, where that is here."""
        catalog = self._deskhand.catalog
        eyes = spec.eyes if spec.eyes is not None and catalog.lies_here(spec.eyes) else None
        parts = [spec] if eyes is None else [spec, eyes]
        total = sum(part.main_file.size_bytes for part in parts)

        def work(report: Report, cancel: threading.Event) -> None:
            begun = 0

            def checking(done: int, _total: int) -> None:
                report(begun + done, total, "")

            for part in parts:
                catalog.hashes.forget(catalog.path_of(part))
                catalog.verify(part, progress=checking, cancel=cancel)
                begun += part.main_file.size_bytes

        self._transfers.run(
            spec.id,
            "check",
            work,
            lambda _: self._models.remark(spec.id, _checked_words(spec, with_eyes=eyes is not None)),
            lambda error: self._remark_failure(spec.id, error),
            total=total,
        )

    def try_out(self, spec: ModelSpec) -> None:
        """Whether the model understands what it is asked: four short texts."""
        deskhand = self._deskhand

        def work(_report: Report, cancel: threading.Event) -> SelfTest:
            return deskhand.test_model(ChosenModel(spec, deskhand.catalog.path_of(spec)), cancel)

        self._transfers.run(
            spec.id,
            "test",
            work,
            lambda test: self._models.remark(spec.id, _test_words(test), "small" if test.passed else "bad"),
            lambda error: self._remark_failure(spec.id, error),
        )

    def remove(self, spec: ModelSpec) -> None:
        """Delete the files of a model. The person was asked."""

        def words(freed_bytes: int) -> str:
            return tr("{name} was removed; {size} are free again.", name=spec.name, size=shown_size(freed_bytes))

        self._remove(spec, words)

    def forget(self, spec: ModelSpec) -> None:
        """Stop using a file of another program; it stays where it is."""
        self._remove(spec, lambda _: tr("{name} is not used any more. Its file stays where it is.", name=spec.name))

    def _remove(self, spec: ModelSpec, words: Callable[[int], str]) -> None:
        def removed(freed_bytes: int) -> None:
            self._window.notice.tell("good", words(freed_bytes), self._words_of_what_follows(spec))
            self._models.stop_asking_for(spec.id)
            self._deskhand.runner.change_model()
            self._models.remark(spec.id, "")

        self._lane.run(lambda: self._deskhand.catalog.remove(spec), removed, self._tell_error)

    def _words_of_what_follows(self, spec: ModelSpec) -> str:
        """Who answers where the settings named a model that is gone."""
        settings = self._deskhand.settings
        if settings.without_model(spec.id).model != settings.model:
            return tr("It was in use: another model takes over, or documents wait until there is one.")
        shown = self._models.shelf.offer_of(spec.id) if self._models.shelf is not None else None
        tasks = shown.used_for if shown is not None else ""
        return tr("It was chosen for {tasks}: the model in use answers there from now on.", tasks=tasks) if tasks else ""

    def _remark_failure(self, model_id: str, error: AppError) -> None:
        if not is_stopped(error):
            self._models.remark(model_id, error_sentence(error.user_text, error.hint), "bad")

    def _tell_error(self, error: AppError) -> None:
        if not is_stopped(error):
            self._window.notice.tell("bad", error_sentence(error.user_text, ""), error_sentence("", error.hint))


def _checked_words(spec: ModelSpec, *, with_eyes: bool) -> str:
    if spec.main_file.checked == "imported":
        return tr("Every byte is as it was when the file was taken in (SHA-256 {sha256} …).", sha256=spec.main_file.sha256[:16])
    words = tr("Every byte is as its publisher released it (SHA-256 {sha256} …).", sha256=spec.main_file.sha256[:16])
    return f"{words} {tr('So is each byte of the file with which it reads pictures.')}" if with_eyes else words


def _test_words(test: SelfTest) -> str:
    params = {"right": test.n_right, "asked": test.n_asked, "speed": shown_number(round(test.prompt_tokens_per_s))}
    if test.passed:
        return tr("Self-test passed: {right} of {asked} right, {speed} tokens read a second.", **params)
    return tr("Self-test failed: only {right} of {asked} right. Its answers are not to be relied on.", **params)


def _model_files(paths: Sequence[Path]) -> list[Path]:
    """The files named, and those in the folders named."""
    files: list[Path] = []
    for path in paths:
        files += sorted(found.path for found in model_files_in(path)) if path.is_dir() else [path]
    return files

"""Starts the window program: settings, language, appearance, services, window; ends them in the opposite order."""

from __future__ import annotations

import gc
import logging
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QMessageBox

from app.bootstrap import Deskhand, build
from app.errors import AppError, DatabaseInUseError, NoScreenError
from app.jobs.handover import hand_over
from app.log import start_log
from app.paths import find_paths, resources
from app.settings import Settings
from app.ui.desktop import Desktop
from app.ui.garbage import GarbageCollector
from app.ui.messages import locale, tr, use_language
from app.ui.models.job_row import error_sentence
from app.ui.theme import Theme
from app.worker.services import PageService

_SWITCH_INTERVAL_S = 0.001
_log = logging.getLogger(__name__)


def run(
    *,
    data_dir: Path | None = None,
    models_dir: Path | None = None,
    offline: bool = False,
    allow_weak_sandbox: bool = False,
    documents: Sequence[Path] = (),
) -> int:
    """Open the window and add the documents; the exit code when it was closed.

    Where a window works with the data folder already, it gets the documents and comes to the front.
    """
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, signal.SIG_DFL)
    if not _has_screen():
        error = NoScreenError()
        sys.stderr.write(f"deskhand: {error.user_text} {error.hint}\n")
        return 1
    application = make_application()
    try:
        deskhand = build(data_dir=data_dir, models_dir=models_dir, offline=offline, allow_weak_sandbox=allow_weak_sandbox)
        choose_language(deskhand.settings)
        theme = Theme(application, deskhand.settings.theme)
        deskhand.store  # noqa: B018  # Takes the data folder, or says who has it.
    except DatabaseInUseError as error:
        return 0 if hand_over(find_paths(data_dir, models_dir).data, documents) else _refuse(application, error)
    except AppError as error:
        return _refuse(application, error)
    start_log(deskhand.paths)
    with deskhand:
        pictures = make_pages(deskhand)
        desktop = Desktop(deskhand, theme, pictures)
        # What is there now stays until the end. Looking through it for garbage again and again would hold up the window.
        desktop.completed.connect(gc.freeze)
        desktop.completed.connect(lambda: desktop.window.begin_with([path.absolute() for path in documents]))
        # With the first document in the list a page will soon be looked at; an empty window needs nobody who draws.
        desktop.jobs.source.rowsInserted.connect(lambda: pictures.start(), Qt.ConnectionType.SingleShotConnection)  # noqa: PLW0108
        sys.excepthook = _FaultHook(desktop)
        desktop.open()
        code = application.exec()
        desktop.close()
        sys.excepthook = sys.__excepthook__
    return code


def _has_screen() -> bool:
    """Whether Qt would find one to try; without one it ends the program."""
    return sys.platform != "linux" or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")))


def make_application() -> QApplication:
    # Threads that read results and documents hand Python over sooner, so that the window never waits long for it.
    sys.setswitchinterval(_SWITCH_INTERVAL_S)
    application = QApplication(sys.argv[:1])
    GarbageCollector(application)
    application.setApplicationName("Deskhand")
    application.setApplicationDisplayName("Deskhand")
    application.setDesktopFileName("deskhand")
    application.setWindowIcon(QIcon(str(resources() / "icons" / "deskhand.svg")))
    return application


def choose_language(settings: Settings) -> None:
    """Speak the language of the settings, or the system's."""
    system = QLocale.languageToCode(QLocale.system().language())
    use_language(system if settings.language == "system" else settings.language)
    QLocale.setDefault(locale())


def make_pages(deskhand: Deskhand) -> PageService:
    """For looking at documents: showing a page never waits for one being read."""
    return PageService(deskhand.settings.limits, allow_weak=deskhand.settings.allow_weak_sandbox)


def _refuse(application: QApplication, error: AppError) -> int:
    """Say why there will be no window."""
    box = QMessageBox(QMessageBox.Icon.Warning, "Deskhand", error_sentence(error.user_text, error.hint))
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.finished.connect(application.quit)
    box.open()
    application.exec()
    return 1


class _FaultHook:
    """The last net: a fault is logged and told, and the window stays open."""

    def __init__(self, desktop: Desktop) -> None:
        self._desktop = desktop

    def __call__(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        _log.error("An unexpected fault", exc_info=(kind, error, trace))
        sys.__excepthook__(kind, error, trace)
        self._desktop.window.notice.tell(
            "bad", tr("A fault in Deskhand. Your documents and results are safe."), tr("The log file holds the details.")
        )

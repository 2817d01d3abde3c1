"""Takes in the documents that later starts of the program hand over, and brings the window to the front for them."""

from __future__ import annotations

import logging
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, Slot

from app.jobs.handover import close_folder, open_folder, receive
from app.ui.main_window import MainWindow

_log = logging.getLogger(__name__)


class HandoverController(QObject):
    """Other starts can leave documents from the first moment on; they are taken in from `begin` on."""

    def __init__(self, data: Path, window: MainWindow, parent: QObject) -> None:
        super().__init__(parent)
        self._data = data
        self._window = window
        self._watcher = QFileSystemWatcher(self)
        self._watcher.directoryChanged.connect(self._look)
        try:
            self._folder = str(open_folder(data))
        except OSError as error:
            self._folder = ""
            _log.warning("Later starts can't hand over documents: %s", error.strerror)

    def begin(self) -> None:
        if self._folder:
            self._watcher.addPath(self._folder)
            self._look()

    def stop(self) -> None:
        self._watcher.directoryChanged.disconnect(self._look)
        if self._folder:
            close_folder(self._data)

    @Slot()
    def _look(self) -> None:
        documents = receive(self._data)
        if documents is not None:
            self._window.begin_with(documents)
            self._window.come_to_front()

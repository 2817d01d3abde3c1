"""Where garbage is collected: cycles may hold widgets, and a thread that collects one would delete it beside the window."""

from __future__ import annotations

import gc
from typing import Final

from PySide6.QtCore import QObject, QTimer

_INTERVAL_MS: Final = 1_000
_N_GENERATIONS: Final = 3


class GarbageCollector(QObject):
    """Looks for garbage on the thread that made it, as often as Python would by itself, and ends Python's own collecting."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        self.destroyed.connect(gc.enable)
        timer = QTimer(self, interval=_INTERVAL_MS)
        timer.timeout.connect(self._collect)
        timer.start()

    def _collect(self) -> None:
        """The oldest generation that is due; younger ones go with it."""
        for generation in reversed(range(_N_GENERATIONS)):
            if gc.get_count()[generation] > gc.get_threshold()[generation]:
                gc.collect(generation)
                return

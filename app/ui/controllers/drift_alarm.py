"""Tells of rates that have risen when it happens, not only on the page that shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot

from app.bootstrap import Deskhand
from app.domain.job import Job
from app.ui.background import Background
from app.ui.bridge import JobBridge
from app.ui.main_window import MainWindow
from app.ui.messages import tr
from app.ui.window_memory import WindowMemory

if TYPE_CHECKING:
    from app.domain.drifts import Drift

_LOOK_EVERY = 25
"""Finished documents between two looks: a rise is found after about a hundred."""
_AFTER_START_MS = 3_000
_PAGE = "insights"


class DriftAlarm(QObject):
    """A number beside Insights in the sidebar until the page was opened, and one notice for each rise."""

    def __init__(self, deskhand: Deskhand, window: MainWindow, bridge: JobBridge, memory: WindowMemory, parent: QObject) -> None:
        super().__init__(parent)
        self._deskhand = deskhand
        self._window = window
        self._memory = memory
        self._lane = Background(self)
        self._settled = QTimer(self, singleShot=True, interval=_AFTER_START_MS)
        self._settled.timeout.connect(self._look)
        self._n_finished = 0
        self._drifts: list[Drift] = []
        self._told = memory.drifts_seen
        bridge.jobs_changed.connect(self._on_jobs_changed)
        window.page_shown.connect(self._on_page_shown)

    def stop(self) -> None:
        self._settled.stop()
        self._lane.stop()

    @Slot()
    def begin(self) -> None:
        """What rose since the person looked last, also in reviews of another day; once the window has settled."""
        self._settled.start()

    @Slot(object)
    def _on_jobs_changed(self, jobs: list[Job]) -> None:
        self._n_finished += sum(job.state.is_finished for job in jobs)
        if self._n_finished >= _LOOK_EVERY:
            self._look()

    def _look(self) -> None:
        self._n_finished = 0
        self._lane.run(self._deskhand.store.insights.drifts, self._on_found)

    def _on_found(self, drifts: list[Drift]) -> None:
        self._drifts = drifts
        if self._window.page == _PAGE:
            self._note_seen()
            return
        unseen = [drift for drift in drifts if drift.found_at > self._memory.drifts_seen]
        self._window.sidebar.set_count(_PAGE, len(unseen))
        news = [drift for drift in unseen if drift.found_at > self._told]
        if news:
            # What words need is loaded when there is something to tell.
            from app.ui.models.insight_words import drift_words

            self._told = news[0].found_at
            what, basis = drift_words(news[0])
            self._window.notice.tell("warn", tr("Something changed: {what}", what=what), f"{basis}. {tr('See Insights.')}")

    @Slot(str)
    def _on_page_shown(self, page: str) -> None:
        if page == _PAGE:
            self._note_seen()

    def _note_seen(self) -> None:
        if self._drifts:
            self._memory.drifts_seen = max(self._memory.drifts_seen, self._drifts[0].found_at)
        self._window.sidebar.set_count(_PAGE, 0)

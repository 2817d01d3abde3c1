"""Takes documents off the list. Each time it is put off while the notice offers to undo it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import QObject, Signal, Slot

from app.bootstrap import Deskhand
from app.ui.background import Background, OnError
from app.ui.main_window import MainWindow
from app.ui.messages import tr, tr_n
from app.ui.models.jobs_filter import JobsFilter


class Removals(QObject):
    """`lane` is where other wishes about the same documents wait.

    Signals: changed: other documents are in view now.
    """

    changed = Signal()

    def __init__(
        self, deskhand: Deskhand, window: MainWindow, jobs: JobsFilter, lane: Background, tell_error: OnError, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._deskhand = deskhand
        self._window = window
        self._jobs = jobs
        self._lane = lane
        self._tell_error = tell_error
        self._put_off: list[int] = []
        self._leaving: set[int] = set()
        window.notice.action_requested.connect(self.undo)
        window.notice.closed.connect(self.commit)
        window.workbench.list.remove_requested.connect(self.remove)

    @property
    def hidden(self) -> Collection[int]:
        """Documents that are out of sight and not gone yet."""
        return self._leaving.union(self._put_off)

    @Slot(object)
    def remove(self, job_ids: Sequence[int]) -> None:
        self.commit()
        self._put_off = list(job_ids)
        work_list = self._window.workbench.list
        place = work_list.table.currentIndex().row()
        self._jobs.hide_jobs(self.hidden)
        if self._window.workbench.is_detail_open and not work_list.selected_ids():
            self._show_next(place)
        text = tr_n("{n} document removed from the list.", "{n} documents removed from the list.", len(job_ids))
        self._window.notice.tell(
            "quiet", text, tr_n("The file itself stays.", "The files themselves stay.", len(job_ids)), tr("Undo")
        )
        self.changed.emit()

    @Slot()
    def commit(self) -> None:
        """From now on it can't be undone."""
        job_ids, self._put_off = self._put_off, []
        self._leaving.update(job_ids)
        for job_id in job_ids:
            self._lane.run(lambda job_id=job_id: self._deskhand.runner.remove(job_id), None, self._tell_error)  # type: ignore[misc]

    @Slot()
    def undo(self) -> bool:
        """Put back what was just removed; False when there is nothing to put back."""
        if not self._put_off:
            return False
        job_ids, self._put_off = self._put_off, []
        self._jobs.hide_jobs(self._leaving)
        self._window.notice.expire()
        self._window.workbench.list.select(job_ids)
        self.changed.emit()
        return True

    def note_gone(self, job_ids: Sequence[int]) -> None:
        self._leaving.difference_update(job_ids)

    def finish(self) -> None:
        """Carry out what was put off. The lane has ended, and may have dropped what it had not begun."""
        job_ids, self._put_off, self._leaving = self.hidden, [], set()
        for job_id in job_ids:
            self._deskhand.runner.remove(job_id)

    def _show_next(self, place: int) -> None:
        """Open what has taken the place of a document that is gone."""
        if self._jobs.rowCount():
            self._window.workbench.list.select_place(place)
        else:
            self._window.workbench.set_detail_open(False)

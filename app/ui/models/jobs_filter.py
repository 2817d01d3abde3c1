"""Which jobs are in view: those of the page's states, of the chosen task, with the searched words, and not just removed."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QSortFilterProxyModel, Qt

from app.domain.job import JobState
from app.ui.models.job_row import JobRow
from app.ui.models.jobs import ROW_ROLE, JobsTableModel


class JobsFilter(QSortFilterProxyModel):
    """Filters `JobsTableModel` and hands sorting on to it."""

    def __init__(self, source: JobsTableModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._states: frozenset[JobState] = frozenset(JobState)
        self._words: tuple[str, ...] = ()
        self._task = ""
        self._hidden: frozenset[int] = frozenset()
        self._lingering: frozenset[int] = frozenset()
        self._source = source
        self.setDynamicSortFilter(True)
        self.setSourceModel(source)

    @property
    def source(self) -> JobsTableModel:
        return self._source

    def show_states(self, states: Iterable[JobState]) -> None:
        self._lingering = frozenset()
        self._states = frozenset(states)
        self.refilter()

    def let_linger(self, job_ids: Iterable[int]) -> None:
        """Keep rows in view that have left the page's states, so that results can be seen where the work was watched."""
        self._lingering = self._lingering | frozenset(job_ids)

    def search(self, text: str) -> None:
        self._words = tuple(text.casefold().split())
        self.refilter()

    def show_task(self, task: str) -> None:
        """Only jobs answered by this task; empty shows all."""
        self._task = task
        self.refilter()

    def hide_jobs(self, job_ids: Iterable[int]) -> None:
        self._hidden = frozenset(job_ids)
        self.refilter()

    def refilter(self) -> None:
        self.beginFilterChange()
        self.endFilterChange(QSortFilterProxyModel.Direction.Rows)

    def accepts(self, row: JobRow) -> bool:
        job = row.job
        # Who searches for a word does not know which page it is on.
        is_in_page = job.state in self._states or job.id in self._lingering or bool(self._words)
        if job.id in self._hidden or not is_in_page:
            return False
        if self._task and self._task != (row.digest.task if row.digest is not None else job.task):
            return False
        return not self._words or row.matches(self._words)

    def filterAcceptsRow(self, source_row: int, source_parent: QModelIndex | QPersistentModelIndex) -> bool:
        return self.accepts(self._source.all_rows()[source_row])

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self._source.sort(column, order)

    def row_at(self, index: QModelIndex | QPersistentModelIndex) -> JobRow | None:
        row = index.data(ROW_ROLE) if index.isValid() else None
        return row if isinstance(row, JobRow) else None

    def shows(self, job_id: int) -> bool:
        """Whether a job is in view."""
        return self.mapFromSource(self._source.index_of(job_id)).isValid()

    def job_ids(self) -> list[int]:
        """The jobs in view, in the order in view."""
        rows = (self.row_at(self.index(place, 0)) for place in range(self.rowCount()))
        return [row.job.id for row in rows if row is not None]

"""The list of jobs as a Qt model: rows of `JobRow`, columns chosen by the task in view. Sorting is done here, in one pass."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QMimeData, QModelIndex, QPersistentModelIndex, Qt, QUrl

from app.domain.job import Job, JobState
from app.domain.progress import Progress
from app.ui.messages import tr
from app.ui.models.digest import AMOUNT, SUBJECT, Cell, Digest
from app.ui.models.job_row import JobRow, action_text

ROW_ROLE = Qt.ItemDataRole.UserRole + 1
COLUMN_ROLE = Qt.ItemDataRole.UserRole + 2
INTERNAL_DRAG = "application/x-deskhand-rows"
DOCUMENT, STATUS, ACTION = "#document", "#status", "#action"
_NO_INDEX = QModelIndex()
_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class Column:
    """A column; `key` is a field's name or one of the names that begin with #."""

    key: str
    title: str
    is_number: bool = False
    has_headline: bool = False
    """In a narrow list the answer stands under the document's name."""


def mixed_columns() -> tuple[Column, ...]:
    """Columns for a list of several tasks."""
    return (
        Column(DOCUMENT, tr("Document")),
        Column(SUBJECT, tr("Answer")),
        Column(AMOUNT, tr("Amount"), is_number=True),
        Column(STATUS, tr("State")),
        Column(ACTION, ""),
    )


BY_GAIN: Final = -2
"""In place of a column: what a look is worth most comes first, by the errors to be expected."""
_GAIN: Final = "#gain"


class JobsTableModel(QAbstractTableModel):
    """Jobs in order of arrival or as sorted. Rows change in place; a change never moves a row under the person's hand."""

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self._rows: list[JobRow] = []
        self._place: dict[int, int] = {}
        self._columns = mixed_columns()
        self._order: tuple[str, bool] = ("", False)

    @property
    def columns(self) -> tuple[Column, ...]:
        return self._columns

    def set_columns(self, columns: Sequence[Column]) -> None:
        if tuple(columns) == self._columns:
            return
        self.beginResetModel()
        self._columns = tuple(columns)
        self.endResetModel()

    def row_of(self, job_id: int) -> JobRow | None:
        place = self._place.get(job_id)
        return None if place is None else self._rows[place]

    def index_of(self, job_id: int) -> QModelIndex:
        place = self._place.get(job_id)
        return QModelIndex() if place is None else self.index(place, 0)

    def all_rows(self) -> Sequence[JobRow]:
        return self._rows

    def put_jobs(self, jobs: Iterable[tuple[Job, str]]) -> None:
        """Add jobs or update those known; each comes with its task's title."""
        fresh: list[JobRow] = []
        for job, task_title in jobs:
            place = self._place.get(job.id)
            if place is None:
                fresh.append(JobRow(job, task_title))
                continue
            row = self._rows[place]
            is_running = job.state is JobState.WORKING
            self._rows[place] = replace(row, job=job, task_title=task_title, progress=row.progress if is_running else None)
            self._changed(place)
        if fresh:
            first = len(self._rows)
            self.beginInsertRows(_NO_INDEX, first, first + len(fresh) - 1)
            self._rows.extend(fresh)
            self._place.update({row.job.id: first + offset for offset, row in enumerate(fresh)})
            self.endInsertRows()

    def put_digests(self, digests: Iterable[tuple[int, Digest | None]]) -> None:
        for job_id, digest in digests:
            place = self._place.get(job_id)
            if place is not None:
                self._rows[place] = replace(self._rows[place], digest=digest, cells={})
                self._changed(place)

    def put_progress(self, job_id: int, progress: Progress, cells: Mapping[str, Cell]) -> None:
        place = self._place.get(job_id)
        if place is not None and self._rows[place].job.state is JobState.WORKING:
            self._rows[place] = self._rows[place].with_progress(progress, cells)
            self._changed(place)

    def remove_jobs(self, job_ids: Iterable[int]) -> None:
        for place in sorted((self._place[job_id] for job_id in job_ids if job_id in self._place), reverse=True):
            self.beginRemoveRows(_NO_INDEX, place, place)
            del self._rows[place]
            self._number_rows()
            self.endRemoveRows()

    def rowCount(self, parent: _Index = _NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = _NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._columns)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row, column = self._rows[index.row()], self._columns[index.column()]
        if role == ROW_ROLE:
            return row
        if role == COLUMN_ROLE:
            return column
        if role == Qt.ItemDataRole.DisplayRole:
            return _text(row, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return _tool_tip(row, column)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return spoken(row, column)
        if role == Qt.ItemDataRole.TextAlignmentRole and column.is_number:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self._columns):
            return None
        column = self._columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.is_number else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        base = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
        return base | Qt.ItemFlag.ItemIsDragEnabled if index.isValid() else Qt.ItemFlag.NoItemFlags

    def mimeTypes(self) -> list[str]:
        return ["text/uri-list", INTERNAL_DRAG]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """The original files, so that a row dragged out of the window is its file."""
        places = sorted({index.row() for index in indexes})
        paths = dict.fromkeys(self._rows[place].job.path for place in places)
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(path) for path in paths if Path(path).is_absolute()])
        data.setData(INTERNAL_DRAG, b"1")
        return data

    def supportedDragActions(self) -> Qt.DropAction:
        return Qt.DropAction.CopyAction

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column, by `BY_GAIN`, or for any other number by arrival."""
        key = self._columns[column].key if 0 <= column < len(self._columns) else _GAIN if column == BY_GAIN else ""
        is_descending = order is Qt.SortOrder.DescendingOrder
        ordered = sorted(self._rows, key=lambda row: _sort_key(row, key), reverse=is_descending)
        if all(was is now for was, now in zip(self._rows, ordered, strict=True)):
            return
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        ids = [(self._rows[index.row()].job.id, index.column()) for index in before]
        self._rows = ordered
        self._number_rows()
        self.changePersistentIndexList(before, [self.index(self._place[job_id], at) for job_id, at in ids])
        self.layoutChanged.emit()

    def _number_rows(self) -> None:
        self._place = {row.job.id: place for place, row in enumerate(self._rows)}

    def _changed(self, place: int) -> None:
        self.dataChanged.emit(self.index(place, 0), self.index(place, len(self._columns) - 1))


def spoken(row: JobRow, column: Column) -> str:
    """What a screen reader says for a cell."""
    if column.key == DOCUMENT:
        answer = [cell.text for key in (SUBJECT, AMOUNT) if column.has_headline and (cell := row.cell(key)) is not None]
        return ". ".join([row.job.name, row.status.word, row.note, *answer])
    return f"{column.title}: {_text(row, column)}" if column.title else _text(row, column)


def _text(row: JobRow, column: Column) -> str:
    if column.key == DOCUMENT:
        return row.job.name
    if column.key == STATUS:
        return row.status.word
    if column.key == ACTION:
        return ", ".join(action_text(action) for action in row.actions)
    cell = row.cell(column.key)
    return cell.text if cell is not None else ""


def _tool_tip(row: JobRow, column: Column) -> str:
    text = f"{row.job.path}\n{row.note}" if column.key in {DOCUMENT, STATUS} else _text(row, column)
    # Zero-width no-break space in front keeps Qt from taking a document's text for markup.
    return "﻿" + text.replace("<", "‹").replace(">", "›") if text else ""


def _sort_key(row: JobRow, key: str) -> Any:
    if not key:
        return row.job.id
    if key == _GAIN:
        return (-row.digest.expected_errors if row.digest is not None else 0.0, row.job.id)
    if key == DOCUMENT:
        return row.job.name.casefold()
    if key in {STATUS, ACTION}:
        return (row.job.state.value, row.status.word)
    cell = row.cell(key)
    return cell.order if cell is not None else (3, 0, "")

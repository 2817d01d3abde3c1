"""The list of jobs: a table in a card, with the choice of a task above it. Shows and signals; changes nothing itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QEvent, QItemSelection, QModelIndex, QPoint, Qt, QUrl, Signal
from PySide6.QtGui import QAction, QDesktopServices, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QMenu,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.domain.job import JobState
from app.ui.messages import tr
from app.ui.models.job_delegate import JobDelegate, pill_width, row_height
from app.ui.models.job_row import JobRow, failure_words
from app.ui.models.jobs import ACTION, BY_GAIN, DOCUMENT, STATUS, Column
from app.ui.models.jobs_filter import JobsFilter
from app.ui.theme import set_role
from app.ui.views.selection_bar import SelectionBar
from app.ui.widgets.buttons import IconButton

_DOCUMENT_MIN_LETTERS = 12
_DOCUMENT_WIDE = 300
_DOCUMENT_SHARE = 0.36
_LEAST_SHARE = 0.7
"""Values narrower than this part of their natural width can't be read any more."""


class JobsTable(QTableView):
    """A table of whole rows that drags out original files and opens them with a double click.

    Signals: resized: the room for columns is another one.
    """

    resized = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("jobsTable")
        self.setAccessibleName(tr("Documents"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setDefaultDropAction(Qt.DropAction.CopyAction)
        self.setShowGrid(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setSortingEnabled(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(row_height(self.font()))
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(True)
        header.setSortIndicatorShown(True)
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setMinimumSectionSize(40)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.verticalHeader().setDefaultSectionSize(row_height(self.font()))


class JobsList(QFrame):
    """Signals:
    job_chosen: int, the current row is another one.
    remove_requested: list[int].
    accept_requested: list[int], documents whose values are to be accepted together.
    action_requested: (int, str), see `RowAction`.
    task_chosen: str, a task's id or empty for all.
    export_requested, expand_requested.
    widths_changed: a column was made wider or narrower by hand.
    """

    job_chosen = Signal(int)
    remove_requested = Signal(object)
    accept_requested = Signal(object)
    action_requested = Signal(int, str)
    task_chosen = Signal(str)
    export_requested = Signal()
    expand_requested = Signal()

    def __init__(self, jobs: JobsFilter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "card")
        self.setObjectName("jobsList")
        self._jobs = jobs
        self._widths: dict[str, int] = {}
        self._is_laying_out = False
        self._may_fail = True
        self.table = JobsTable()
        self.table.setModel(jobs)
        self._delegate = JobDelegate(self.table)
        self.table.setItemDelegate(self._delegate)
        self._tasks = QComboBox()
        self._tasks.setObjectName("taskFilter")
        self._tasks.setAccessibleName(tr("Show documents of this task"))
        self._tasks.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self._export = IconButton("export", tr("Export (Ctrl+E)"), "exportButton")
        self._expand = IconButton("list", tr("Show the whole list (Esc)"), "expandListButton")
        self._chosen = SelectionBar(self)
        self._build()
        self._connect()
        self.set_tasks([])

    def _build(self) -> None:
        bar = QHBoxLayout()
        bar.setContentsMargins(10, 8, 8, 2)
        bar.setSpacing(4)
        bar.addWidget(self._tasks)
        bar.addStretch(1)
        bar.addWidget(self._export)
        bar.addWidget(self._expand)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 8)
        layout.setSpacing(0)
        layout.addLayout(bar)
        layout.addWidget(self._chosen)
        layout.addWidget(self.table, 1)
        self._expand.hide()

    def _connect(self) -> None:
        table = self.table
        table.selectionModel().selectionChanged.connect(self._on_selection_changed)
        table.resized.connect(self._on_table_resized)
        table.doubleClicked.connect(lambda index: self._open(self._jobs.row_at(index)))
        table.activated.connect(self._on_activated)
        table.customContextMenuRequested.connect(self._show_menu)
        table.horizontalHeader().sortIndicatorChanged.connect(self._jobs.sort)
        table.horizontalHeader().sectionResized.connect(self._on_section_resized)
        self._delegate.action_requested.connect(self._on_action_requested)
        self._jobs.modelReset.connect(self._lay_out_columns)
        self._tasks.activated.connect(lambda: self.task_chosen.emit(self._tasks.currentData() or ""))
        self._export.clicked.connect(self.export_requested)
        self._expand.clicked.connect(self.expand_requested)
        self._chosen.accept_requested.connect(self.accept_selected)
        accept = QShortcut(QKeySequence("Shift+A"), table)
        accept.setContext(Qt.ShortcutContext.WidgetShortcut)
        accept.activated.connect(self.accept_selected)
        delete = QShortcut(QKeySequence(QKeySequence.StandardKey.Delete), table)
        delete.setContext(Qt.ShortcutContext.WidgetShortcut)
        delete.activated.connect(self.remove_selected)

    def set_tasks(self, tasks: Sequence[tuple[str, str]]) -> None:
        """The tasks (id, title) to choose from; the choice is kept."""
        chosen = self._tasks.currentData() or ""
        self._tasks.clear()
        self._tasks.addItem(tr("All tasks"), "")
        for task_id, title in tasks:
            self._tasks.addItem(title, task_id)
        self._tasks.setCurrentIndex(max(0, self._tasks.findData(chosen)))

    def set_columns(self, columns: Sequence[Column], *, is_compact: bool) -> None:
        """The columns for a task; a compact list keeps the name, with the answer under it, and the state."""
        self._expand.setVisible(is_compact)
        self._may_fail = any(column.key == ACTION for column in columns)
        shown = tuple(columns)
        if is_compact:
            shown = (replace(columns[0], has_headline=True), next(column for column in columns if column.key == STATUS))
        if shown == self._jobs.source.columns:
            return
        chosen, sorted_by = self.selected_ids(), self._sorted_key()
        self._jobs.source.set_columns(shown)
        self._mark_sorted(sorted_by)
        self._lay_out_columns()
        self.select(chosen)

    def widths(self) -> dict[str, int]:
        """Column widths set by hand, by column key."""
        return dict(self._widths)

    def set_widths(self, widths: dict[str, int]) -> None:
        self._widths = dict(widths)
        self._lay_out_columns()

    def selected_ids(self) -> list[int]:
        return [row.job.id for row in self._selected_rows()]

    def _selected_rows(self) -> list[JobRow]:
        rows = (self._jobs.row_at(index) for index in self.table.selectionModel().selectedRows())
        return [row for row in rows if row is not None]

    def sort_by_arrival(self, *, newest_first: bool) -> None:
        """The order of a page, unless the person has sorted by a column."""
        if self.table.horizontalHeader().sortIndicatorSection() < 0:
            self._jobs.sort(-1, Qt.SortOrder.DescendingOrder if newest_first else Qt.SortOrder.AscendingOrder)

    def sort_by_gain(self) -> None:
        """The documents first in which most errors are to be expected, unless the person has sorted by a column."""
        if self.table.horizontalHeader().sortIndicatorSection() < 0:
            self._jobs.sort(BY_GAIN)

    def select(self, job_ids: Sequence[int]) -> None:
        """Choose rows as a person would; ids out of view are left out."""
        for position, job_id in enumerate(job_ids):
            index = self._jobs.mapFromSource(self._jobs.source.index_of(job_id))
            if not index.isValid():
                continue
            flag = self.table.selectionModel().SelectionFlag
            mode = flag.ClearAndSelect if position == 0 else flag.Select
            self.table.selectionModel().select(index, mode | flag.Rows)
            if position == 0:
                self.table.selectionModel().setCurrentIndex(index, flag.NoUpdate)
                self.table.scrollTo(index)

    def select_neighbour(self, step: int) -> int | None:
        """Choose the row so many places on; its job, or None at the end."""
        place = self.table.currentIndex().row() + step
        row = self._jobs.row_at(self._jobs.index(place, 0)) if 0 <= place < self._jobs.rowCount() else None
        if row is None:
            return None
        self.select([row.job.id])
        return row.job.id

    def select_place(self, place: int) -> None:
        """Choose the row at a place, or the last one."""
        row = self._jobs.row_at(self._jobs.index(min(place, self._jobs.rowCount() - 1), 0))
        if row is not None:
            self.select([row.job.id])

    def clear_selection(self) -> None:
        self.table.selectionModel().clear()

    def remove_selected(self) -> None:
        ids = self.selected_ids()
        if ids:
            self.remove_requested.emit(ids)

    def accept_selected(self) -> None:
        """Ask for all chosen documents that are to check to be accepted."""
        ids = [row.job.id for row in self._selected_rows() if row.job.state is JobState.REVIEW]
        if ids:
            self.accept_requested.emit(ids)

    def _lay_out_columns(self) -> None:
        self._is_laying_out = True
        for place in range(len(self._jobs.source.columns)):
            self.table.setColumnHidden(place, False)
        header = self.table.horizontalHeader()
        columns = self._jobs.source.columns
        for place, column in enumerate(columns):
            stretches = column.key == DOCUMENT
            header.setSectionResizeMode(place, QHeaderView.ResizeMode.Stretch if stretches else QHeaderView.ResizeMode.Interactive)
            if not stretches:
                self.table.setColumnWidth(place, self._widths.get(column.key) or self._natural_width(column))
        self._shrink_to_fit(columns)
        self._widen_texts(columns)
        self._is_laying_out = False

    def _on_table_resized(self) -> None:
        if not self._is_laying_out:
            self._lay_out_columns()

    def _sorted_key(self) -> str:
        place, columns = self.table.horizontalHeader().sortIndicatorSection(), self._jobs.source.columns
        return columns[place].key if 0 <= place < len(columns) else ""

    def _mark_sorted(self, key: str) -> None:
        """Keep the arrow at its column when columns come and go; the rows stay as they are."""
        header = self.table.horizontalHeader()
        keys = [column.key for column in self._jobs.source.columns]
        header.blockSignals(True)
        header.setSortIndicator(keys.index(key) if key in keys else -1, header.sortIndicatorOrder())
        header.blockSignals(False)

    def _natural_width(self, column: Column) -> int:
        metrics = self.table.fontMetrics()
        title = metrics.horizontalAdvance(column.title) + 34
        if column.key == STATUS:
            words = [tr("{n} contradicted").replace("{n}", "9"), tr("{n} not found").replace("{n}", "9")]
            words += failure_words() if self._may_fail else []
            return max(pill_width(word, self.table.font()) for word in words) + 26
        if column.key == ACTION:
            return sum(pill_width(text, self.table.font()) for text in (tr("Enter password"), tr("Remove"))) + 50
        sample = "9,999,999.99 EUR" if column.is_number else "Some Company of Length"
        return max(title, metrics.horizontalAdvance(sample) + 24)

    def _shrink_to_fit(self, columns: Sequence[Column]) -> None:
        """Where room is short, take it from the values in equal shares; where it is very short, leave the text columns out."""
        values = [place for place, column in enumerate(columns) if column.key not in {DOCUMENT, STATUS, ACTION}]
        fixed = sum(self.table.columnWidth(place) for place, column in enumerate(columns) if column.key in {STATUS, ACTION})
        document = self.table.fontMetrics().horizontalAdvance("M" * _DOCUMENT_MIN_LETTERS)
        room = self.table.viewport().width() - document - fixed
        wanted = sum(self.table.columnWidth(place) for place in values)
        is_tight = room < _LEAST_SHARE * wanted
        for place in values:
            self.table.setColumnHidden(place, is_tight and len(values) > 1 and not columns[place].is_number)
        shown = [place for place in values if not self.table.isColumnHidden(place)]
        wanted = sum(self.table.columnWidth(place) for place in shown)
        if shown and wanted > room > 0:
            for place in shown:
                self.table.setColumnWidth(place, max(60, self.table.columnWidth(place) * room // wanted))

    def _widen_texts(self, columns: Sequence[Column]) -> None:
        """Give text columns the room that the document's name does not need."""
        others = sum(self.table.columnWidth(place) for place, column in enumerate(columns) if column.key != DOCUMENT)
        room = self.table.viewport().width()
        spare = room - others - max(_DOCUMENT_WIDE, round(room * _DOCUMENT_SHARE))
        free = {DOCUMENT, STATUS, ACTION, *self._widths}
        texts = [place for place, column in enumerate(columns) if column.key not in free and not column.is_number]
        for place in texts:
            if spare > 0:
                self.table.setColumnWidth(place, self.table.columnWidth(place) + spare // len(texts))

    def _on_section_resized(self, place: int, _before: int, width: int) -> None:
        columns = self._jobs.source.columns
        if not self._is_laying_out and place < len(columns) and columns[place].key != DOCUMENT and width > 0:
            self._widths[columns[place].key] = width

    def _on_selection_changed(self, _chosen: QItemSelection, _left: QItemSelection) -> None:
        rows = self._selected_rows()
        self._chosen.show_chosen(len(rows), sum(row.job.state is JobState.REVIEW for row in rows))
        if len(rows) == 1:
            self.job_chosen.emit(rows[0].job.id)

    def _on_activated(self, index: QModelIndex) -> None:
        row = self._jobs.row_at(index)
        if row is not None:
            self.job_chosen.emit(row.job.id)

    def _on_action_requested(self, job_id: int, action: str) -> None:
        if action == "remove":
            self.remove_requested.emit([job_id])
        else:
            self.action_requested.emit(job_id, action)

    def _open(self, row: JobRow | None) -> None:
        if row is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(row.job.path))

    def _show_menu(self, at: QPoint) -> None:
        row = self._jobs.row_at(self.table.indexAt(at))
        if row is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for text, call in self._menu_entries(row):
            action = QAction(text, menu)
            action.triggered.connect(call)
            menu.addAction(action)
        menu.popup(self.table.viewport().mapToGlobal(at))

    def _menu_entries(self, row: JobRow):  # type: ignore[no-untyped-def]  # noqa: ANN202
        job_id = row.job.id
        yield tr("Open the original"), lambda: self._open(row)
        if "password" in row.actions:
            yield tr("Enter password"), lambda: self.action_requested.emit(job_id, "password")
        if row.job.state.is_finished:
            yield tr("Run again"), lambda: self.action_requested.emit(job_id, "retry")
        else:
            yield tr("Cancel"), lambda: self.action_requested.emit(job_id, "cancel")
        if row.job.state is JobState.REVIEW:
            yield tr("Accept"), self.accept_selected
        yield tr("Export…"), self.export_requested.emit
        yield tr("Remove from the list"), self.remove_selected

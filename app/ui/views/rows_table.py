"""The rows of a result, such as line items, as a table: cells are edited in place and coloured by their proof."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeySequence, QPainter, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.domain.task import FieldType
from app.ui.messages import tr, tr_n
from app.ui.theme import tabular
from app.ui.views.entries import Entry, RowGroup
from app.ui.views.group_readings import GroupReadings
from app.ui.views.proof import look_of_value, meaning_of
from app.ui.views.stored_sentences import shown_reason
from app.ui.views.typed_values import EntryError, parsed_value, shown_value
from app.ui.widgets.buttons import IconButton
from app.ui.widgets.pill import Pill, draw_mark
from app.ui.widgets.plain_label import PlainLabel
from app.ui.widgets.tone_colors import ink_of, wash_of

Index = QModelIndex | QPersistentModelIndex
_NO_ROWS = RowGroup("", "", (), (), ())
ENTRY_ROLE = int(Qt.ItemDataRole.UserRole) + 1
_NUMERIC = frozenset({FieldType.AMOUNT, FieldType.NUMBER})
_MOST_ROWS_SHOWN = 6
_MARK_PX = 11
_ROWS_MEASURED = 30


class RowsTableModel(QAbstractTableModel):
    """Entries of one group. Signals: corrected (target, value, text), refused (sentence)."""

    corrected = Signal(str, object, object)
    refused = Signal(str)

    def __init__(self, parent: QWidget | None = None, *, read_only: bool = False) -> None:
        super().__init__(parent)
        self._group = _NO_ROWS
        self._read_only = read_only

    def set_group(self, group: RowGroup) -> None:
        """Show a group; one of the same shape keeps the selection."""
        same_shape = len(group.rows) == len(self._group.rows) and group.column_titles == self._group.column_titles
        if not same_shape:
            self.beginResetModel()
        self._group = group
        if not same_shape:
            self.endResetModel()
        elif group.rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(group.rows) - 1, len(group.column_titles) - 1))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._group.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._group.column_titles)

    def entry_at(self, index: Index) -> Entry:
        return self._group.rows[index.row()][index.column()]

    def add_row(self) -> int:
        """Show an empty row to write in; it is stored with its first value."""
        row = len(self._group.rows)
        self.beginInsertRows(QModelIndex(), row, row)
        self._group = replace(self._group, rows=(*self._group.rows, self._group.empty_row))
        self.endInsertRows()
        return row

    def row_target(self, row: int) -> str:
        """The target that means a whole row, such as ``line_items[2]``."""
        return f"{self._group.name}[{row}]"

    def index_of(self, target: str) -> QModelIndex:
        for row, entries in enumerate(self._group.rows):
            for column, entry in enumerate(entries):
                if entry.target == target:
                    return self.index(row, column)
        return QModelIndex()

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        entry = self.entry_at(index)
        shown = shown_value(entry.type, entry.value.value)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return shown or "—"
            case Qt.ItemDataRole.EditRole:
                return shown
            case Qt.ItemDataRole.TextAlignmentRole:
                side = Qt.AlignmentFlag.AlignRight if entry.type in _NUMERIC else Qt.AlignmentFlag.AlignLeft
                return int(side | Qt.AlignmentFlag.AlignVCenter)
            case Qt.ItemDataRole.ToolTipRole if entry.value.value:
                look = look_of_value(entry.value, to_check=entry.to_check)
                return escape(f"{look.word}: {shown_reason(entry.value.reason) or meaning_of(look)}")
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{shown or tr('nothing')}, {look_of_value(entry.value, to_check=entry.to_check).word}"
            case _ if role == ENTRY_ROLE:
                return entry
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal and section < len(self._group.column_titles):
            if role == Qt.ItemDataRole.DisplayRole:
                return self._group.column_titles[section]
            if role == Qt.ItemDataRole.TextAlignmentRole:
                numeric = self._group.column_types[section] in _NUMERIC
                return int((Qt.AlignmentFlag.AlignRight if numeric else Qt.AlignmentFlag.AlignLeft) | Qt.AlignmentFlag.AlignVCenter)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags if self._read_only else flags | Qt.ItemFlag.ItemIsEditable

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole or not index.isValid() or self._read_only:
            return False
        entry = self.entry_at(index)
        text = " ".join(str(value).split())
        if text == shown_value(entry.type, entry.value.value):
            return False
        if not text:
            self.corrected.emit(entry.target, None, None)
            return True
        try:
            normalized = parsed_value(entry.type, text, choices=entry.choices)
        except EntryError as error:
            self.refused.emit(str(error))
            return False
        self.corrected.emit(entry.target, normalized, text)
        return True


class _CellDelegate(QStyledItemDelegate):
    """Paints a wash and a mark in cells that are to check or a person's: the mark says what the colour says."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        entry = index.data(ENTRY_ROLE)
        view = option.widget
        if not _is_marked(entry):
            super().paint(painter, option, index)
            return
        look = look_of_value(entry.value, to_check=entry.to_check)
        area = QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.setPen(ink_of(look.tone, view) if is_selected else Qt.PenStyle.NoPen)
        painter.setBrush(wash_of(look.tone, view))
        painter.drawRoundedRect(area.adjusted(1.5, 2.5, -1.5, -2.5), 5, 5)
        painter.restore()
        mark = QRectF(area.left() + 7, area.center().y() - _MARK_PX / 2, _MARK_PX, _MARK_PX)
        draw_mark(painter, mark, look.mark, ink_of(look.tone, view))
        option.rect = option.rect.adjusted(_MARK_PX + 6, 0, 0, 0)
        option.state &= ~QStyle.StateFlag.State_Selected
        super().paint(painter, option, index)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        size = super().sizeHint(option, index)
        return QSize(size.width() + _MARK_PX + 6, size.height()) if _is_marked(index.data(ENTRY_ROLE)) else size


def _is_marked(entry: object) -> bool:
    return isinstance(entry, Entry) and (entry.to_check or entry.value.corrected)


class RowsTable(QFrame):
    """A titled table that folds away.

    Signals: selected (target), corrected (target, value, text, evidence).
    """

    selected = Signal(str)
    corrected = Signal(str, object, object, object)

    def __init__(self, parent: QWidget | None = None, *, read_only: bool = False) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.setObjectName("rowsTable")
        self._model = RowsTableModel(self, read_only=read_only)
        self._fold = IconButton("chevron-down", tr("Fold the rows away"), "foldRows", self)
        self._fold.setCheckable(True)
        self._fold.setChecked(True)
        self._title = PlainLabel("", self, role="strong")
        self._count = PlainLabel("", self, role="soft")
        self._pill = Pill("", parent=self)
        self._fault = PlainLabel("", self, role="fault", wrap=True)
        self._read_only = read_only
        self._add = IconButton("plus", tr("Add a row"), "addRow", self)
        self._remove = IconButton("trash", tr("Remove the row (Delete)"), "removeRow", self)
        self._view = QTableView(self)
        self._readings = GroupReadings(self, lambda n: tr_n("{n} row", "{n} rows", n))
        self._build()
        self._model.corrected.connect(self._on_corrected)
        self._model.refused.connect(self._show_fault)
        self._view.selectionModel().currentChanged.connect(self._on_current_changed)
        self._fold.toggled.connect(self._on_folded)
        self._add.clicked.connect(self._on_add)
        self._remove.clicked.connect(self._on_remove)
        delete = QShortcut(QKeySequence(Qt.Key.Key_Delete), self._view)
        delete.setContext(Qt.ShortcutContext.WidgetShortcut)
        delete.activated.connect(self._on_remove)
        self._on_folded(True)
        self.hide()

    def _build(self) -> None:
        view = self._view
        view.setModel(self._model)
        view.setObjectName("rowsTableView")
        view.setItemDelegate(_CellDelegate(view))
        view.setFont(tabular(view.font()))
        view.setShowGrid(False)
        view.setWordWrap(False)
        view.setTabKeyNavigation(False)
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.SelectedClicked
        )
        view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.verticalHeader().hide()
        view.verticalHeader().setDefaultSectionSize(QFontMetrics(view.font()).height() + 12)
        view.horizontalHeader().setHighlightSections(False)
        view.horizontalHeader().setResizeContentsPrecision(_ROWS_MEASURED)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 4, 10, 6)
        layout.setSpacing(0)
        head = QHBoxLayout()
        head.setSpacing(8)
        for widget in (self._fold, self._title, self._count):
            head.addWidget(widget)
        head.addStretch(1)
        for button in (self._add, self._remove):
            head.addWidget(button)
        head.addWidget(self._pill)
        layout.addLayout(head)
        layout.addWidget(view)
        layout.addWidget(self._readings)
        layout.addWidget(self._fault)
        self._fault.hide()

    @property
    def model(self) -> RowsTableModel:
        return self._model

    @property
    def view(self) -> QTableView:
        return self._view

    def show_group(self, group: RowGroup) -> None:
        self._fault.hide()
        was_empty = not self._model.rowCount()
        self._title.setText(group.title)
        self._count.setText(tr_n("{n} row", "{n} rows", len(group.rows)) if group.rows else tr("none found"))
        to_check = sum(entry.to_check for entry in group.entries)
        if to_check:
            self._pill.set_state(tr("{n} to check", n=to_check), "warn", "question")
        else:
            self._pill.set_state(tr("grounded"), "good", "tick")
        self._pill.setVisible(bool(group.rows))
        for button in (self._add, self._remove):
            button.setVisible(not self._read_only)
        self._remove.setEnabled(bool(group.rows))
        self._view.setAccessibleName(f"{group.title}, {self._count.text()}")
        self._model.set_group(group)
        self._readings.show_readings(group.readings)
        header = self._view.horizontalHeader()
        for column in range(self._model.columnCount()):
            fits = group.column_types[column] in _NUMERIC
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents if fits else QHeaderView.ResizeMode.Stretch)
        self._fit_height()
        if was_empty or not group.rows:
            self.fold(not group.rows)
        self.show()

    def clear(self) -> None:
        """Show nothing, until the next group."""
        self._model.set_group(_NO_ROWS)
        self._readings.show_readings(())
        self.hide()

    def show_fault(self, target: str, sentence: str) -> None:
        """Say what is wrong with a value meant for a cell, if the cell is in this table."""
        if self._model.index_of(target).isValid():
            self._show_fault(sentence)

    def select(self, target: str) -> None:
        index = self._model.index_of(target)
        if index.isValid():
            self._view.setCurrentIndex(index)
            self._view.scrollTo(index)

    def edit(self, target: str) -> None:
        """Edit the cell of a target, if it is in this table."""
        index = self._model.index_of(target)
        if index.isValid():
            self._view.setFocus()
            self._view.edit(index)

    def fold(self, folded: bool) -> None:
        self._fold.setChecked(not folded)

    def sizeHint(self) -> QSize:
        return QSize(480, super().sizeHint().height())

    def _fit_height(self) -> None:
        rows = min(_MOST_ROWS_SHOWN, self._model.rowCount())
        height = self._view.verticalHeader().defaultSectionSize() * rows + self._view.horizontalHeader().sizeHint().height()
        self._view.setFixedHeight(height + 4)

    def _on_add(self) -> None:
        self.fold(False)
        row = self._model.add_row()
        self._fit_height()
        index = self._model.index(row, 0)
        self._view.setCurrentIndex(index)
        self._view.scrollTo(index)
        self._view.setFocus()
        self._view.edit(index)

    def _on_remove(self) -> None:
        index = self._view.currentIndex()
        if index.isValid() and not self._read_only:
            self.corrected.emit(self._model.row_target(index.row()), None, None, None)

    def _on_folded(self, is_open: bool) -> None:
        self._view.setVisible(is_open)
        self._fold.set_icon("chevron-down" if is_open else "chevron-right")
        self._fold.set_label(tr("Fold the rows away") if is_open else tr("Show the rows"))

    def _on_current_changed(self, current: QModelIndex) -> None:
        if current.isValid():
            self._fault.hide()
            self.selected.emit(self._model.entry_at(current).target)

    def _on_corrected(self, target: str, value: object, text: object) -> None:
        self._fault.hide()
        self.corrected.emit(target, value, text, None)

    def _show_fault(self, sentence: str) -> None:
        self._fault.setText(sentence)
        self._fault.show()

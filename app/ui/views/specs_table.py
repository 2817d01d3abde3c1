"""A table of fields or classes with buttons to add, remove and order them, and room for a form of the chosen one."""

from __future__ import annotations

from typing import Generic, TypeVar

from PySide6.QtCore import QItemSelectionModel, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QHeaderView, QTableView, QVBoxLayout, QWidget

from app.ui.messages import tr
from app.ui.views.specs_model import SpecsModel
from app.ui.widgets.buttons import IconButton, TextButton
from app.ui.widgets.plain_label import PlainLabel

Spec = TypeVar("Spec")
_MOST_ROWS = 7


class SpecsTable(QWidget, Generic[Spec]):
    """Signals: changed, current_changed (row, -1 for none), add_requested."""

    changed = Signal()
    current_changed = Signal(int)
    add_requested = Signal()

    def __init__(self, model: SpecsModel[Spec], name: str, add_text: str, object_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = model
        model.setParent(self)
        self._view = QTableView(self)
        self._view.setModel(model)
        self._view.setObjectName(object_name)
        self._view.setAccessibleName(name)
        self._fault = PlainLabel("", self, role="fault", wrap=True)
        self._fault.hide()
        self._add = TextButton(add_text, f"{object_name}Add", "ghost", self, icon_name="plus")
        self._up = IconButton("chevron-up", tr("Move up"), f"{object_name}Up", self)
        self._down = IconButton("chevron-down", tr("Move down"), f"{object_name}Down", self)
        self._remove = IconButton("trash", tr("Remove"), f"{object_name}Remove", self)
        self._build()
        self._add.clicked.connect(self.add_requested)
        self._up.clicked.connect(lambda: self._move(-1))
        self._down.clicked.connect(lambda: self._move(1))
        self._remove.clicked.connect(self._on_remove)
        self._view.selectionModel().currentRowChanged.connect(self._on_current_row_changed)
        for signal in (model.rowsInserted, model.rowsRemoved, model.modelReset):
            signal.connect(self._fit_height)

    def _build(self) -> None:
        view = self._view
        view.setShowGrid(False)
        view.setTabKeyNavigation(False)
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.verticalHeader().hide()
        view.verticalHeader().setDefaultSectionSize(QFontMetrics(view.font()).height() + 14)
        header = view.horizontalHeader()
        header.setHighlightSections(False)
        header.setStretchLastSection(True)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(view)
        layout.addWidget(self._fault)
        row = QHBoxLayout()
        row.setSpacing(2)
        self._add.setProperty("density", "small")
        row.addWidget(self._add)
        row.addStretch(1)
        for button in (self._up, self._down, self._remove):
            row.addWidget(button)
        layout.addLayout(row)
        self._fit_height()

    @property
    def current_row(self) -> int:
        index = self._view.currentIndex()
        return index.row() if index.isValid() else -1

    def set_current_row(self, row: int) -> None:
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self._view.selectionModel().setCurrentIndex(self.model.index(row, 0), flags)
        self._sync()

    def set_specs(self, specs: tuple[Spec, ...]) -> None:
        self.model.set_specs(specs)
        self.current_changed.emit(-1)
        self._sync()

    def set_fault(self, sentence: str) -> None:
        self._fault.setText(sentence)
        self._fault.setVisible(bool(sentence))

    def set_read_only(self, read_only: bool) -> None:
        for button in (self._add, self._up, self._down, self._remove):
            button.setVisible(not read_only)

    def _sync(self) -> None:
        row = self.current_row
        self._up.setEnabled(row > 0)
        self._down.setEnabled(0 <= row < self.model.rowCount() - 1)
        self._remove.setEnabled(row >= 0)

    def _fit_height(self) -> None:
        rows = min(_MOST_ROWS, max(1, self.model.rowCount()))
        height = self._view.verticalHeader().defaultSectionSize() * rows + self._view.horizontalHeader().sizeHint().height() + 4
        self._view.setFixedHeight(height)

    def _move(self, by: int) -> None:
        self.set_current_row(self.model.move(self.current_row, by))
        self.changed.emit()

    def _on_remove(self) -> None:
        row = self.current_row
        if row < 0:
            return
        self.model.remove(row)
        self.set_current_row(min(row, self.model.rowCount() - 1))
        self.current_changed.emit(self.current_row)
        self.changed.emit()

    def _on_current_row_changed(self) -> None:
        self._sync()
        self.current_changed.emit(self.current_row)

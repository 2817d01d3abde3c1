"""Fields or classes of a task draft as rows of a table, in an order that the person can change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QWidget

Index = QModelIndex | QPersistentModelIndex
Spec = TypeVar("Spec")


class SpecsModel(QAbstractTableModel, Generic[Spec]):
    """`columns` are (title, how a spec reads in it)."""

    def __init__(self, columns: Sequence[tuple[str, Callable[[Spec], str]]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._columns = tuple(columns)
        self._specs: list[Spec] = []

    @property
    def specs(self) -> tuple[Spec, ...]:
        return tuple(self._specs)

    def set_specs(self, specs: Sequence[Spec]) -> None:
        self.beginResetModel()
        self._specs = list(specs)
        self.endResetModel()

    def replace(self, row: int, spec: Spec) -> None:
        self._specs[row] = spec
        self.dataChanged.emit(self.index(row, 0), self.index(row, len(self._columns) - 1))

    def append(self, spec: Spec) -> int:
        row = len(self._specs)
        self.beginInsertRows(QModelIndex(), row, row)
        self._specs.append(spec)
        self.endInsertRows()
        return row

    def remove(self, row: int) -> None:
        self.beginRemoveRows(QModelIndex(), row, row)
        del self._specs[row]
        self.endRemoveRows()

    def move(self, row: int, by: int) -> int:
        """Move a row up or down; gives back where it is then."""
        target = row + by
        if not (0 <= row < len(self._specs) and 0 <= target < len(self._specs)):
            return row
        self._specs[row], self._specs[target] = self._specs[target], self._specs[row]
        self.dataChanged.emit(self.index(min(row, target), 0), self.index(max(row, target), len(self._columns) - 1))
        return target

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._specs)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if index.isValid() and role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole}:
            text = self._columns[index.column()][1](self._specs[index.row()])
            return text if role == Qt.ItemDataRole.DisplayRole else None
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal and 0 <= section < len(self._columns):
            if role == Qt.ItemDataRole.DisplayRole:
                return self._columns[section][0]
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None

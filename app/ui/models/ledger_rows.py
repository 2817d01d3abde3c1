"""The ledger as rows for people: when, what for, where to, how much, what it cost, how it ended."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.domain.ledger import Ending, LedgerRow, Purpose, dollars_of
from app.ui.formats import shown_bytes, shown_dollars, shown_moment
from app.ui.messages import tr

_Index = QModelIndex | QPersistentModelIndex
_NO_INDEX = QModelIndex()
_NUMBERS = frozenset({4, 5})


class LedgerTableModel(QAbstractTableModel):
    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[LedgerRow] = []

    def show_rows(self, rows: Sequence[LedgerRow]) -> None:
        self.beginResetModel()
        self._rows = list(rows)
        self.endResetModel()

    def row_at(self, place: int) -> LedgerRow | None:
        return self._rows[place] if 0 <= place < len(self._rows) else None

    def rowCount(self, parent: _Index = _NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = _NO_INDEX) -> int:
        return 0 if parent.isValid() else len(column_titles())

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return column_titles()[section]
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.row_at(index.row())
        if row is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return _cells(row)[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() in _NUMBERS:
            return cast("Any", Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None


def column_titles() -> tuple[str, ...]:
    return (tr("When"), tr("What for"), tr("Where to"), tr("Document"), tr("Sent"), tr("Cost"), tr("Outcome"))


def purpose_title(purpose: Purpose) -> str:
    titles = {
        Purpose.FRONTIER: tr("Larger model asked"),
        Purpose.TEST: tr("Key tried out"),
        Purpose.DOWNLOAD: tr("Model downloaded"),
    }
    return titles[purpose]


def outcome_words(row: LedgerRow) -> str:
    if row.outcome is None:
        return tr("not known")
    words = {
        Ending.DONE: tr("answered") if row.entry.purpose is not Purpose.DOWNLOAD else tr("done"),
        Ending.REFUSED: tr("refused"),
        Ending.NOT_SENT: tr("nothing left"),
        Ending.BROKEN: tr("broken off"),
        Ending.CANCELLED: tr("given up"),
    }
    return words[row.outcome.ending]


def cost_words(row: LedgerRow) -> str:
    """What is reserved counts as spent until the cost is known."""
    if row.entry.purpose is Purpose.DOWNLOAD:
        return ""
    if not row.is_priced:
        return tr("not known")
    cost = shown_dollars(dollars_of(row.spent_micros))
    is_known = row.outcome is not None and row.outcome.cost_micros is not None
    return cost if is_known else tr("up to {cost}", cost=cost)


def _cells(row: LedgerRow) -> tuple[str, ...]:
    return (
        shown_moment(row.opened_at),
        purpose_title(row.entry.purpose),
        row.entry.host,
        row.entry.document or row.entry.model,
        shown_bytes(row.sent_bytes),
        cost_words(row),
        outcome_words(row),
    )

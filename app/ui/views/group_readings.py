"""Who read what of a list, of rows or of a summary: this computer beside the larger model, and which of the two was taken."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.ui.messages import tr, tr_n
from app.ui.views.opinion_area import source_name
from app.ui.views.readings import LOCAL, Reading
from app.ui.views.stored_sentences import shown_reason
from app.ui.widgets.buttons import IconButton
from app.ui.widgets.plain_label import PlainLabel

_MOST_LINES = 12
"""Of more lines only those are shown that one source has alone."""
_INDENT = 34


class GroupReadings(QWidget):
    """One line a source; unfolded, their readings side by side, with what only one of them has in bold."""

    def __init__(self, parent: QWidget, counted: Callable[[int], str]) -> None:
        """`counted` says how many there are: ``3 rows``."""
        super().__init__(parent)
        self.setObjectName("groupReadings")
        self._counted = counted
        self._shown: tuple[Reading, ...] = ()
        self._fold = IconButton("chevron-right", tr("Show what each read"), "foldReadings", self)
        self._fold.setCheckable(True)
        self._heads = QVBoxLayout()
        self._heads.setSpacing(2)
        self._inside = QWidget(self)
        self._grid = QGridLayout(self._inside)
        self._grid.setContentsMargins(_INDENT, 2, 0, 4)
        self._grid.setHorizontalSpacing(18)
        self._grid.setVerticalSpacing(4)
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(self._fold, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(self._heads, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(head)
        layout.addWidget(self._inside)
        self._inside.hide()
        self._fold.toggled.connect(self._on_folded)
        self.hide()

    def show_readings(self, readings: Sequence[Reading]) -> None:
        self.setVisible(bool(readings))
        if tuple(readings) == self._shown:
            return
        self._shown = tuple(readings)
        for layout in (self._heads, self._grid):
            while (item := layout.takeAt(0)) is not None:
                if (widget := item.widget()) is not None:
                    widget.hide()
                    widget.deleteLater()
        self._fold.setChecked(False)
        for column, reading in enumerate(self._shown):
            self._heads.addWidget(self._head(reading))
            self._fill(column, reading)

    def _head(self, reading: Reading) -> PlainLabel:
        words = tr("{source}: {value}", source=source_name(reading.source), value=self._counted(len(reading.lines)))
        label = PlainLabel(
            f"{words}  ✓" if reading.is_taken else words, self, role="strong" if reading.is_taken else "small", wrap=True
        )
        if reading.is_taken:
            label.setAccessibleName(tr("{words}, taken", words=words))
        elif reading.reason and reading.source != LOCAL:
            label.setText(f"{words}. {shown_reason(reading.reason)}")
        return label

    def _fill(self, column: int, reading: Reading) -> None:
        self._grid.setColumnStretch(column, 1)
        self._grid.addWidget(PlainLabel(source_name(reading.source), self._inside, role="caption"), 0, column)
        marked = list(zip(reading.lines, reading.only, strict=True))
        if len(marked) > _MOST_LINES:
            marked = [each for each in marked if each[1]][:_MOST_LINES]
        for row, (line, is_only) in enumerate(marked, start=1):
            label = PlainLabel(line, self._inside, role="strong" if is_only else "small", wrap=True)
            if is_only:
                label.setAccessibleName(tr("{words}, read by {source} alone", words=line, source=source_name(reading.source)))
            self._grid.addWidget(label, row, column, Qt.AlignmentFlag.AlignTop)
        if n_more := len(reading.lines) - len(marked):
            more = PlainLabel(tr_n("{n} more", "{n} more", n_more), self._inside, role="small")
            self._grid.addWidget(more, len(marked) + 1, column, Qt.AlignmentFlag.AlignTop)

    def _on_folded(self, is_open: bool) -> None:
        self._inside.setVisible(is_open)
        self._fold.set_icon("chevron-down" if is_open else "chevron-right")
        self._fold.set_label(tr("Fold the readings away") if is_open else tr("Show what each read"))

"""The points of a summary; a click on a point shows the sentences it rests on, one after the other."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.result import Point
from app.ui.messages import tr_n
from app.ui.views.group_readings import GroupReadings
from app.ui.views.point_card import PointCard
from app.ui.views.readings import Reading


class SummaryPanel(QWidget):
    """All points.

    Signals: point_selected (index), evidence_clicked (evidence), accepted (target), removed (target), edited (target, text).
    """

    point_selected = Signal(int)
    evidence_clicked = Signal(object)
    accepted = Signal(str)
    removed = Signal(str)
    edited = Signal(str, str)

    def __init__(self, parent: QWidget | None = None, *, read_only: bool = False) -> None:
        super().__init__(parent)
        self._read_only = read_only
        self.setObjectName("summaryPanel")
        self._points: tuple[Point, ...] = ()
        self._cards: list[PointCard] = []
        self._current = -1
        self._next_evidence = 0
        self._layout = QVBoxLayout()
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(8)
        self._readings = GroupReadings(self, lambda n: tr_n("{n} point", "{n} points", n))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(4)
        whole.addLayout(self._layout)
        whole.addWidget(self._readings)
        self.hide()

    def show_points(
        self,
        points: tuple[Point, ...],
        open_targets: Collection[str],
        *,
        readings: Sequence[Reading] = (),
        has_pages: bool = True,
    ) -> None:
        self._points = points
        self._readings.show_readings(readings)
        while len(self._cards) < len(points):
            card = PointCard(len(self._cards), self, read_only=self._read_only)
            card.clicked.connect(self.visit)
            card.accepted.connect(lambda index: self.accepted.emit(f"points[{index}]"))
            card.edited.connect(lambda index, text: self.edited.emit(f"points[{index}]", text))
            card.removed.connect(lambda index: self.removed.emit(f"points[{index}]"))
            self._cards.append(card)
            self._layout.addWidget(card)
        for index, (card, point) in enumerate(zip(self._cards, points, strict=False)):
            card.set_point(point, to_check=f"points[{index}]" in open_targets, has_pages=has_pages)
            card.show()
        for card in self._cards[len(points) :]:
            card.hide()
        if self._current >= len(points):
            self._current = -1
        self.setVisible(bool(points))

    def visit(self, index: int) -> None:
        """Select a point and show its sentence; again on the same point shows its next one."""
        if not 0 <= index < len(self._points):
            return
        evidence = self._points[index].evidence
        self._next_evidence = (self._next_evidence + 1) % max(1, len(evidence)) if index == self._current else 0
        self.set_current(index)
        self.point_selected.emit(index)
        if evidence:
            self.evidence_clicked.emit(evidence[self._next_evidence])

    def edit(self, index: int) -> bool:
        """Open the editor of a point; False when there is none."""
        if not 0 <= index < len(self._points):
            return False
        self._cards[index].start_edit()
        return True

    def card(self, index: int) -> PointCard | None:
        return self._cards[index] if 0 <= index < len(self._points) else None

    def set_current(self, index: int) -> None:
        if index != self._current:
            self._next_evidence = 0
        self._current = index
        for number, card in enumerate(self._cards):
            card.set_current(number == index)

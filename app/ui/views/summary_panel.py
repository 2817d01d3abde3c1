"""The points of a summary; a click on a point shows the sentences it rests on, one after the other."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.domain.result import Point
from app.ui.messages import tr, tr_n
from app.ui.theme import refresh_style
from app.ui.views.proof import look_of_point
from app.ui.views.stored_sentences import shown_reason
from app.ui.widgets.buttons import TextButton
from app.ui.widgets.pill import Pill
from app.ui.widgets.plain_label import PlainLabel


class PointCard(QFrame):
    """One point. Signals: clicked (index), accepted (index), removed (index)."""

    clicked = Signal(int)
    accepted = Signal(int)
    removed = Signal(int)

    def __init__(self, index: int, parent: QWidget | None = None, *, read_only: bool = False) -> None:
        super().__init__(parent)
        self._index = index
        self._read_only = read_only
        self._to_check = False
        self._actions = QWidget(self)
        self._accept = TextButton(tr("Accept  A"), f"acceptPoint{index}", "ghost", self._actions)
        self._remove = TextButton(tr("Take it out"), f"removePoint{index}", "ghost", self._actions)
        self.setObjectName(f"point{index}")
        self.setProperty("role", "card")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._question = PlainLabel("", self, role="strong", wrap=True)
        self._text = PlainLabel("", self, wrap=True)
        self._where = PlainLabel("", self, role="small", wrap=True)
        self._pill = Pill("", parent=self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 10, 12, 10)
        layout.setSpacing(5)
        foot = QHBoxLayout()
        foot.addWidget(self._where, 1)
        foot.addWidget(self._pill, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self._question)
        layout.addWidget(self._text)
        layout.addLayout(foot)
        actions = QHBoxLayout(self._actions)
        actions.setContentsMargins(0, 0, 0, 0)
        actions.setSpacing(14)
        for button in (self._accept, self._remove):
            button.setProperty("density", "small")
            actions.addWidget(button)
        actions.addStretch(1)
        layout.addWidget(self._actions)
        self._actions.hide()
        self._accept.clicked.connect(lambda: self.accepted.emit(self._index))
        self._remove.clicked.connect(lambda: self.removed.emit(self._index))

    def set_point(self, point: Point, *, to_check: bool) -> None:
        look = look_of_point(point, to_check=to_check)
        self._to_check = to_check
        self._question.setText(point.question)
        self._question.setVisible(bool(point.question))
        self._text.setText(point.text)
        self._where.setText(_where(point))
        self._pill.set_state(look.word, look.tone, look.mark)
        self.setAccessibleName(f"{point.question} {point.text}, {look.word}".strip())

    def set_current(self, current: bool) -> None:
        self.setProperty("state", "current" if current else "")
        refresh_style(self)
        self._actions.setVisible(current and not self._read_only)
        self._accept.setVisible(self._to_check)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.clicked.emit(self._index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}:
            self.clicked.emit(self._index)
        else:
            super().keyPressEvent(event)


def _where(point: Point) -> str:
    parts: list[str] = []
    if point.reason:
        parts.append(shown_reason(point.reason))
    pages = sorted({evidence.page for evidence in point.evidence})
    sentences = tr_n("{n} sentence", "{n} sentences", len(point.evidence))
    if pages:
        parts.append(tr("Rests on {sentences}, page {pages}.", sentences=sentences, pages=", ".join(map(str, pages))))
    return " ".join(parts)


class SummaryPanel(QWidget):
    """All points. Signals: point_selected (index), evidence_clicked (evidence), accepted (target), removed (target)."""

    point_selected = Signal(int)
    evidence_clicked = Signal(object)
    accepted = Signal(str)
    removed = Signal(str)

    def __init__(self, parent: QWidget | None = None, *, read_only: bool = False) -> None:
        super().__init__(parent)
        self._read_only = read_only
        self.setObjectName("summaryPanel")
        self._points: tuple[Point, ...] = ()
        self._cards: list[PointCard] = []
        self._current = -1
        self._next_evidence = 0
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(8)
        self.hide()

    def show_points(self, points: tuple[Point, ...], open_targets: Collection[str]) -> None:
        self._points = points
        while len(self._cards) < len(points):
            card = PointCard(len(self._cards), self, read_only=self._read_only)
            card.clicked.connect(self.visit)
            card.accepted.connect(lambda index: self.accepted.emit(f"points[{index}]"))
            card.removed.connect(lambda index: self.removed.emit(f"points[{index}]"))
            self._cards.append(card)
            self._layout.addWidget(card)
        for index, (card, point) in enumerate(zip(self._cards, points, strict=False)):
            card.set_point(point, to_check=f"points[{index}]" in open_targets)
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

    def set_current(self, index: int) -> None:
        if index != self._current:
            self._next_evidence = 0
        self._current = index
        for number, card in enumerate(self._cards):
            card.set_current(number == index)

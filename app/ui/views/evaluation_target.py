"""What would be good enough: how right, of which values, with how much review. Shows and signals only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QWidget

from app.ui.messages import tr
from app.ui.widgets.flow_layout import FlowLayout
from app.ui.widgets.number_box import ShareBox
from app.ui.widgets.plain_label import PlainLabel


@dataclass(frozen=True)
class ValueChoice:
    """Fields that a target can be about, by name."""

    title: str
    names: tuple[str, ...]


class EvaluationTarget(QWidget):
    """Signals: changed."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choices: tuple[ValueChoice, ...] = ()
        self._accuracy = _share_box("targetAccuracy", tr("Right at least"), 98, 50, 99.9)
        self._which = QComboBox()
        self._which.setObjectName("targetValues")
        self._which.setAccessibleName(tr("Of which values"))
        self._which.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self._reviewed = _share_box("targetReview", tr("To check at most"), 10, 0, 100)
        self.show_values([])
        row = FlowLayout(self, spacing=8)
        height = self._accuracy.sizeHint().height()
        for widget in (
            self._accuracy,
            _word(tr("right, of"), height),
            self._which,
            _word(tr("that nobody checks; to check at most"), height),
            self._reviewed,
        ):
            row.addWidget(widget)
        for box in (self._accuracy, self._reviewed):
            box.valueChanged.connect(lambda _: self.changed.emit())
        self._which.activated.connect(lambda _: self.changed.emit())

    @property
    def shares(self) -> tuple[float, float]:
        """Accuracy and the most that may be reviewed."""
        return self._accuracy.value() / 100, self._reviewed.value() / 100

    @property
    def names(self) -> tuple[str, ...]:
        """The fields that it is about; none means all."""
        return self._choices[self._which.currentIndex()].names

    def show_values(self, choices: Sequence[ValueChoice]) -> None:
        chosen = self._which.currentText()
        self._choices = (ValueChoice(tr("all values"), ()), *choices)
        self._which.clear()
        for choice in self._choices:
            self._which.addItem(choice.title)
        self._which.setCurrentIndex(max(0, self._which.findText(chosen)))


def _word(text: str, height: int) -> PlainLabel:
    label = PlainLabel(text)
    label.setMinimumHeight(height)
    return label


def _share_box(name: str, accessible: str, value: float, least: float, most: float) -> ShareBox:
    box = ShareBox()
    box.setObjectName(name)
    box.setRange(least, most)
    box.setValue(value)
    box.setAccessibleName(accessible)
    return box

"""Fields for numbers whose figures keep their distance from the border; the style sheet's padding does not reach them."""

from __future__ import annotations

from PySide6.QtWidgets import QAbstractSpinBox, QDoubleSpinBox, QSpinBox, QWidget

_LEFT_PX = 10


class NumberBox(QSpinBox):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        _keep_distance(self)


class ShareBox(QDoubleSpinBox):
    """A percentage to one decimal."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setDecimals(1)
        self.setSuffix(" %")
        _keep_distance(self)


def _keep_distance(box: QAbstractSpinBox) -> None:
    box.lineEdit().setTextMargins(_LEFT_PX, 0, 0, 0)

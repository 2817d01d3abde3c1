"""Fields for numbers whose figures keep their distance from the border; the style sheet's padding does not reach them."""

from __future__ import annotations

from PySide6.QtWidgets import QAbstractSpinBox, QDoubleSpinBox, QSpinBox, QWidget

_MARGIN_PX = 10


class NumberBox(QSpinBox):
    def __init__(self, least: int = 0, most: int = 99, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setRange(least, most)
        _keep_distance(self)


class PercentBox(NumberBox):
    """A whole percentage."""

    def __init__(self, least: int = 0, most: int = 100, parent: QWidget | None = None) -> None:
        super().__init__(least, most, parent)
        self.setSuffix(" %")


class DollarBox(QDoubleSpinBox):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setDecimals(2)
        self.setPrefix("$")
        _keep_distance(self)


class ShareBox(QDoubleSpinBox):
    """A percentage to one decimal."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setDecimals(1)
        self.setSuffix(" %")
        _keep_distance(self)


def _keep_distance(box: QAbstractSpinBox) -> None:
    box.lineEdit().setTextMargins(_MARGIN_PX, 0, _MARGIN_PX, 0)

"""A one-line label with an ellipsis where room is short."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui.widgets.plain_label import PlainLabel

_LONGEST_CHARS = 500


class ElidedLabel(PlainLabel):
    """Shows as much of `text` as fits; the whole text is then in its tool tip."""

    def __init__(
        self,
        text: str = "",
        parent: QWidget | None = None,
        *,
        role: str = "",
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
    ) -> None:
        super().__init__(text, parent, role=role)
        self._mode = mode
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def setText(self, text: str) -> None:
        """Much more than fits into a window is not measured."""
        super().setText(text[:_LONGEST_CHARS])

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.setToolTip("" if self._fits() else escape(self.text()))

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._fits():
            super().paintEvent(event)
            return
        painter = QPainter(self)
        area = self.contentsRect()
        shown = QFontMetrics(self.font()).elidedText(self.text(), self._mode, area.width())
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(area, self.alignment() | Qt.AlignmentFlag.AlignVCenter, shown)

    def _fits(self) -> bool:
        return QFontMetrics(self.font()).horizontalAdvance(self.text()) <= self.contentsRect().width()

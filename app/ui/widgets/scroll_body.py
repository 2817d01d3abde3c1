"""What a scroll area scrolls: as high as its content is at the width it has."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget


class ScrollBody(QWidget):
    """A plain widget asks for the height that its wrapped sentences would have if it were narrow, and leaves that much empty."""

    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), 0)

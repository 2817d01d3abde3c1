"""The pictures in the bytes of a request, as the service would see them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from app.ui.messages import tr_n
from app.ui.theme import set_role
from app.ui.widgets.plain_label import PlainLabel

_MARGIN = 8


class SentPictures(QScrollArea):
    """Each as wide as there is room, never larger than it is."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("sentPictures")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._files: tuple[bytes, ...] = ()
        self._shown: list[tuple[PlainLabel, QPixmap]] = []
        self._inside = QFrame(self)
        set_role(self._inside, "card")
        self._column = QVBoxLayout(self._inside)
        self._column.setContentsMargins(*(_MARGIN,) * 4)
        self.setWidget(self._inside)

    @property
    def files(self) -> tuple[bytes, ...]:
        """The PNG files that are shown."""
        return self._files

    def show_pictures(self, files: Sequence[bytes]) -> None:
        if tuple(files) == self._files:
            return
        self._files = tuple(files)
        while (item := self._column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        self._shown = []
        for file in files:
            pixmap = QPixmap()
            pixmap.loadFromData(file)
            label = PlainLabel("", self._inside)
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
            self._column.addWidget(label)
            self._shown.append((label, pixmap))
        self._column.addStretch(1)
        self.setAccessibleName(tr_n("{n} picture that is sent", "{n} pictures that are sent", len(files)))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        room = self.viewport().width() - 2 * _MARGIN
        for label, pixmap in self._shown:
            width = min(room, pixmap.width())
            if width > 0 and not pixmap.isNull():
                label.setPixmap(pixmap.scaledToWidth(width, Qt.TransformationMode.SmoothTransformation))

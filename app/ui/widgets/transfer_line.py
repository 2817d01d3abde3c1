"""How far something is that takes a while: a bar, and the words under it."""

from __future__ import annotations

from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from app.ui.models.transfer_news import TransferNews
from app.ui.widgets.plain_label import PlainLabel

_STEPS = 1000


class TransferLine(QWidget):
    """Hidden until `show_news` has some."""

    def __init__(self, object_name: str, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bar = QProgressBar()
        self._bar.setObjectName(object_name)
        self._bar.setAccessibleName(label)
        self._bar.setTextVisible(False)
        self._bar.setMaximum(_STEPS)
        self._words = PlainLabel("", role="small", wrap=True)
        self._words.setObjectName(f"{object_name}Words")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self._bar)
        layout.addWidget(self._words)
        self.hide()

    @property
    def words(self) -> str:
        return self._words.text()

    def show_news(self, news: TransferNews | None) -> None:
        """None when nothing is under way any more."""
        self.setVisible(news is not None)
        if news is None:
            return
        self._bar.setValue(round(_STEPS * news.share))
        self._words.setText(news.words)
        self._bar.setAccessibleDescription(news.words)

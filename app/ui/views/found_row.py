"""A model file that another program keeps, offered for use where it lies. Shows and signals only."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.ui.formats import shown_size
from app.ui.messages import tr
from app.ui.models.model_offer import FoundModel
from app.ui.models.transfer_news import TransferNews
from app.ui.theme import set_role
from app.ui.widgets.buttons import TextButton
from app.ui.widgets.labels import ElidedLabel
from app.ui.widgets.plain_label import PlainLabel
from app.ui.widgets.transfer_line import TransferLine


class FoundRow(QFrame):
    """Signals: use_requested(FoundModel), cancel_requested(str): the file's path."""

    use_requested = Signal(object)
    cancel_requested = Signal(str)

    def __init__(self, found: FoundModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "card")
        name = found.model_name or found.file.name
        size = shown_size(found.file.size_bytes)
        self.setAccessibleName(tr("{name}, kept by {program}", name=name, program=found.file.program))
        title = PlainLabel(name, role="value", wrap=True)
        known = "" if found.model_name else tr("No list knows it; its header is read in the locked child first.")
        about = tr("{program} keeps this file ({size}).", program=found.file.program, size=size)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(title)
        words.addWidget(PlainLabel(f"{about} {known}".strip(), role="soft", wrap=True))
        words.addWidget(ElidedLabel(str(found.file.path), role="small"))
        self._line = TransferLine("foundProgress", tr("Progress of {name}", name=name))
        words.addWidget(self._line)
        self._use = TextButton(tr("Use it in place"), "useFound")
        self._use.setAccessibleName(f"{self._use.text()}: {name}")
        self._use.clicked.connect(lambda: self.use_requested.emit(found))
        self._cancel = TextButton(tr("Cancel"), "cancelFound", "ghost")
        self._cancel.clicked.connect(lambda: self.cancel_requested.emit(str(found.file.path)))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(16)
        layout.addLayout(words, 1)
        for button in (self._use, self._cancel):
            layout.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        self.show_news(None)

    def show_news(self, news: TransferNews | None) -> None:
        self._line.show_news(news)
        self._use.setVisible(news is None)
        self._cancel.setVisible(news is not None)

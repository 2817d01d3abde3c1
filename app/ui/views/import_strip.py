"""Taking in model files of the person's own: asks whether to copy them, then shows how far it is. Shows and signals only."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from app.ui.messages import tr, tr_n
from app.ui.models.transfer_news import TransferNews
from app.ui.theme import set_role
from app.ui.widgets.banner import announce
from app.ui.widgets.buttons import TextButton
from app.ui.widgets.flow_layout import FlowLayout
from app.ui.widgets.plain_label import PlainLabel
from app.ui.widgets.transfer_line import TransferLine


class ImportStrip(QFrame):
    """Signals: agreed(list[Path], str): take these in by "copy" or "link"; cancelled(str): stop taking in the file of this path."""

    agreed = Signal(object, str)
    cancelled = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("importStrip")
        set_role(self, "banner", tone="good")
        self._paths: list[Path] = []
        self._path = ""
        self._title = PlainLabel("", role="strong", wrap=True)
        self._text = PlainLabel("", wrap=True)
        self._copy = TextButton(tr("Copy"), "importCopy")
        self._link = TextButton(tr("Use where it lies"), "importLink")
        self._drop = TextButton(tr("Not now"), "importNotNow", "ghost")
        self._stop = TextButton(tr("Cancel"), "importCancel", "ghost")
        self._copy.clicked.connect(lambda: self._agree("copy"))
        self._link.clicked.connect(lambda: self._agree("link"))
        self._drop.clicked.connect(self.hide)
        self._stop.clicked.connect(lambda: self.cancelled.emit(self._path))
        self._line = TransferLine("importProgress", tr("Progress of the import"))
        buttons = FlowLayout(spacing=8)
        for button in (self._copy, self._link, self._drop, self._stop):
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(8)
        for widget in (self._title, self._text, self._line):
            layout.addWidget(widget)
        layout.addLayout(buttons)
        self.hide()

    def offer(self, paths: Sequence[Path]) -> None:
        self._paths = list(paths)
        names = ", ".join(path.name for path in self._paths[:3])
        more = len(self._paths) - 3
        if more > 0:
            names = tr_n("{names} and {n} more", "{names} and {n} more", more, names=names)
        self._show(
            tr("Take in {names}?", names=names),
            tr(
                "A copy stays when the stick or the folder is gone. A file that the list knows is recognised by its hash. "
                "No connection is needed."
            ),
        )
        self._copy.setFocus()

    def show_news(self, news: TransferNews | None) -> None:
        """How far it is; None when nothing is being taken in any more."""
        if news is None:
            self.hide()
            self._line.show_news(None)
            return
        self._path = news.id
        if self.isHidden() or self._line.isHidden():
            self._show(tr("Taking in {name}", name=news.name), "", is_under_way=True)
        self._line.show_news(news)

    def _show(self, title: str, text: str, *, is_under_way: bool = False) -> None:
        self._title.setText(title)
        self._text.setText(text)
        self._text.setVisible(bool(text))
        for button in (self._copy, self._link, self._drop):
            button.setVisible(not is_under_way)
        self._stop.setVisible(is_under_way)
        self.setAccessibleName(title)
        self.show()
        announce(self, f"{title} {text}".strip())

    def _agree(self, mode: str) -> None:
        self.hide()
        self.agreed.emit(self._paths, mode)

"""A question in the place it is about: a sentence, perhaps a box to tick, and the answers. Nothing covers the page."""

from __future__ import annotations

from PySide6.QtCore import QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QCheckBox, QFrame, QScrollArea, QVBoxLayout, QWidget

from app.ui.messages import tr
from app.ui.theme import set_role
from app.ui.widgets.banner import announce
from app.ui.widgets.buttons import TextButton
from app.ui.widgets.flow_layout import FlowLayout
from app.ui.widgets.plain_label import PlainLabel

_MARGIN = 10


class QuestionStrip(QFrame):
    """Hidden until `ask`, which brings it into view where the page scrolls. Signals: agreed, declined."""

    agreed = Signal()
    declined = Signal()

    def __init__(self, object_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self._url = ""
        self._text = PlainLabel("", wrap=True)
        self._tick = QCheckBox()
        self._tick.setObjectName(f"{object_name}Tick")
        self._tick.toggled.connect(self._on_ticked)
        self._yes = TextButton("", f"{object_name}Yes")
        self._no = TextButton("", f"{object_name}No", "ghost")
        self._read = TextButton(tr("Read the licence"), f"{object_name}Read", "ghost", icon_name="open")
        self._laid_out = QTimer(self, singleShot=True, interval=0)
        self._laid_out.timeout.connect(self._come_into_view)
        self._read.clicked.connect(lambda: QDesktopServices.openUrl(QUrl(self._url)))
        self._yes.clicked.connect(self._on_yes)
        self._no.clicked.connect(self.dismiss)
        buttons = FlowLayout(spacing=8)
        for button in (self._yes, self._no, self._read):
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 10)
        layout.setSpacing(8)
        layout.addWidget(self._text)
        layout.addWidget(self._tick)
        layout.addLayout(buttons)
        self.hide()

    def ask(self, text: str, yes: str, no: str, *, tone: str = "warn", tick: str = "", url: str = "") -> None:
        """With `tick`, the answer is possible only once that sentence is ticked; `url` can be read in the browser."""
        set_role(self, "banner", tone=tone)
        self._url = url
        self._text.setText(text)
        self._yes.setText(yes)
        self._no.setText(no)
        for button in (self._yes, self._no):
            button.setAccessibleName(f"{button.text()}. {text}")
        self._tick.setChecked(False)
        self._tick.setText(tick)
        self._tick.setVisible(bool(tick))
        self._yes.setEnabled(not tick)
        self._read.setVisible(bool(url))
        self._read.setToolTip(url)
        self.setAccessibleName(text)
        self.show()
        announce(self, text)
        (self._tick if tick else self._no).setFocus()
        # Once it has its place: nobody is to answer what they do not see.
        self._laid_out.start()

    def dismiss(self) -> None:
        """As if the person had declined."""
        if not self.isHidden():
            self.hide()
            self.declined.emit()

    def _come_into_view(self) -> None:
        around = self.parentWidget()
        while around is not None and not isinstance(around, QScrollArea):
            around = around.parentWidget()
        if around is not None:
            around.ensureWidgetVisible(self, 0, _MARGIN)

    def _on_yes(self) -> None:
        self.hide()
        self.agreed.emit()

    def _on_ticked(self, is_ticked: bool) -> None:
        self._yes.setEnabled(is_ticked or not self._tick.text())

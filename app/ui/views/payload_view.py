"""The bytes of a request as text, exactly as they are sent, with hidden and sensitive words marked; or the same, easier to read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from contextlib import suppress

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QFontDatabase, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPlainTextEdit, QTextEdit, QVBoxLayout, QWidget

from app.domain.parcel import pictures_in
from app.ui.formats import shown_bytes
from app.ui.messages import tr
from app.ui.theme import tokens_of
from app.ui.views.sent_pictures import SentPictures
from app.ui.widgets.buttons import TextButton
from app.ui.widgets.plain_label import PlainLabel

_DOCUMENT = "<document>"
_BASE64 = re.compile(r"(?:data:image/png;base64,)?iVBORw0KGgo[A-Za-z0-9+/]+=*")


class PayloadView(QWidget):
    """Signals: words_chosen(str): the person selected words that they want hidden."""

    words_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None, *, can_hide: bool = False) -> None:
        super().__init__(parent)
        self._payload = b""
        self._title = ""
        self._hidden: tuple[str, ...] = ()
        self._sensitive: tuple[str, ...] = ()
        self._text = QPlainTextEdit(self, readOnly=True)
        self._text.setObjectName("payloadText")
        self._text.setAccessibleName(tr("What is sent, to the byte"))
        fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        fixed.setPointSizeF(self.font().pointSizeF())
        self._text.setFont(fixed)
        self._text.setTabChangesFocus(True)
        self._pictures = SentPictures(self)
        self._drawn = TextButton(tr("Picture"), "payloadPicture", "tab", self)
        self._note = PlainLabel("", self, role="small", wrap=True)
        self._note.setObjectName("payloadNote")
        self._exact = TextButton(tr("As it is sent"), "payloadExact", "tab", self)
        self._readable = TextButton(tr("Easier to read"), "payloadReadable", "tab", self)
        self._hide = TextButton(tr("Hide selected"), "hideSelected", "ghost", self)
        self._can_hide = can_hide
        self._hide.setVisible(can_hide)
        self._hide.setEnabled(False)
        group = QButtonGroup(self)
        head = QHBoxLayout()
        head.setSpacing(6)
        for button in (self._drawn, self._exact, self._readable):
            button.setCheckable(True)
            group.addButton(button)
            head.addWidget(button)
        head.addStretch(1)
        head.addWidget(self._hide)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self._pictures, 1)
        layout.addWidget(self._text, 1)
        layout.addWidget(self._note)
        self._exact.setChecked(True)
        self._drawn.hide()
        self._pictures.hide()
        group.buttonClicked.connect(self._show)
        self._hide.clicked.connect(self._on_hide_clicked)
        self._text.selectionChanged.connect(self._on_selection_changed)

    @property
    def text(self) -> str:
        return self._text.toPlainText()

    def show_payload(
        self, payload: bytes, *, hidden: Iterable[str] = (), sensitive: Iterable[str] = (), note: str = "", title: str = ""
    ) -> None:
        """`title` names whose they are, `hidden` placeholders in the text, `sensitive` words that stand out and are sent."""
        is_like_before = bool(self._payload) and title == self._title
        place = self._text.verticalScrollBar().value()
        self._title = title
        self._payload, self._hidden, self._sensitive = payload, tuple(hidden), tuple(sensitive)
        self._show_pictures(pictures_in(payload), is_new=not is_like_before)
        self._note.setText(note)
        self._note.setVisible(bool(note))
        self._show()
        if is_like_before:
            self._text.verticalScrollBar().setValue(place)

    def _show_pictures(self, files: Sequence[bytes], *, is_new: bool) -> None:
        """A picture comes into view first: it tells at a glance what else would be seen."""
        self._pictures.show_pictures(files)
        self._drawn.setVisible(bool(files))
        if files and is_new:
            self._drawn.setChecked(True)
        elif not files and self._drawn.isChecked():
            self._exact.setChecked(True)

    def _show(self) -> None:
        self._pictures.setVisible(self._drawn.isChecked())
        self._text.setVisible(not self._drawn.isChecked())
        self._hide.setVisible(self._can_hide and not self._drawn.isChecked())
        text = self._payload.decode("utf-8", "replace")
        self._text.setPlainText(readable(text) if self._readable.isChecked() else text)
        self._mark()
        self._show_document()

    def _show_document(self) -> None:
        """The document's own lines come into view; what stands around them is the same in every request."""
        found = self._text.document().find(_DOCUMENT)
        if not found.isNull():
            self._text.moveCursor(QTextCursor.MoveOperation.End)
            found.setPosition(found.selectionStart())
            self._text.setTextCursor(found)

    def _mark(self) -> None:
        tokens = tokens_of(self)
        marks: list[QTextEdit.ExtraSelection] = []
        for words, tone in ((self._hidden, "accent"), (self._sensitive, "warn")):
            look = QTextCharFormat()
            look.setBackground(tokens.color(f"{tone}_soft"))
            look.setForeground(tokens.color(tone))
            look.setFontWeight(600)
            for each in dict.fromkeys(words):
                marks += self._places(self._as_shown(each), look)
        self._text.setExtraSelections(marks)

    def _places(self, words: str, look: QTextCharFormat) -> list[QTextEdit.ExtraSelection]:
        found: list[QTextEdit.ExtraSelection] = []
        cursor = QTextCursor(self._text.document())
        while words and not (cursor := self._text.document().find(words, cursor)).isNull():
            mark = QTextEdit.ExtraSelection()
            mark.cursor, mark.format = cursor, look
            found.append(mark)
        return found

    def _as_shown(self, words: str) -> str:
        words = " ".join(words.split())
        return words if self._readable.isChecked() else json.dumps(words, ensure_ascii=False)[1:-1]

    def _on_selection_changed(self) -> None:
        self._hide.setEnabled(bool(self._text.textCursor().selectedText().strip()))

    def _on_hide_clicked(self) -> None:
        self.words_chosen.emit(self._chosen_words())

    def _chosen_words(self) -> str:
        words = self._text.textCursor().selectedText().replace("\u2029", "\n")
        if not self._readable.isChecked():
            with suppress(ValueError):
                words = json.loads(f'"{words}"', strict=False)
        return words

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._mark()


def readable(text: str) -> str:
    """The request laid out in lines; its strings as a person would write them, without pictures. What is no JSON stays as it is."""
    try:
        content = json.loads(text)
    except ValueError:
        return text
    laid_out = json.dumps(content, ensure_ascii=False, indent=2)
    laid_out = _BASE64.sub(lambda found: f"{tr('picture')}: {shown_bytes(len(found[0]))}", laid_out)
    return laid_out.replace("\\n", "\n").replace('\\"', '"')

"""What stands out as sensitive in a request: each with a switch that hides it behind a placeholder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from app.domain.enquiry import Sensitive
from app.domain.privacy import SensitiveKind
from app.ui.messages import tr
from app.ui.widgets.plain_label import PlainLabel

_MOST_ROWS = 5
_WORDS = Qt.ItemDataRole.UserRole


class SpanList(QWidget):
    """The same words are switched together. Signals: hidden_changed(frozenset[str]): the words that are to be hidden now."""

    hidden_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_showing = False
        self._title = PlainLabel("", self, role="caption")
        self._note = PlainLabel("", self, role="small", wrap=True)
        self._note.setObjectName("spanNote")
        self._list = QListWidget(self)
        self._list.setObjectName("spanList")
        self._list.setAccessibleName(tr("Sensitive words; a tick hides them"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self._title)
        layout.addWidget(self._list)
        layout.addWidget(self._note)
        self._list.itemChanged.connect(self._on_item_changed)

    def show_spans(
        self, spans: Iterable[Sensitive], hidden: Iterable[Sensitive], placeholders: Mapping[str, str], *, must_hide: bool
    ) -> None:
        """`placeholders` are by the words they stand for."""
        self._is_showing = True
        place = self._list.currentRow()
        self._list.clear()
        hidden_words = {span.text for span in hidden}
        for words, kind in {span.text: span.kind for span in spans}.items():
            is_hidden = words in hidden_words
            told = " ".join(words.split())
            shown = f"{told}  →  {placeholders.get(words, '')}".rstrip(" →") if is_hidden else told
            item = QListWidgetItem(f"{kind_title(kind)}:  {shown}")
            item.setData(_WORDS, words)
            item.setCheckState(Qt.CheckState.Checked if is_hidden else Qt.CheckState.Unchecked)
            if must_hide:
                item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsUserCheckable)
            self._list.addItem(item)
        self._list.setCurrentRow(max(0, place))
        n_all = self._list.count()
        self._title.setText(tr("SENSITIVE WORDS; A TICK HIDES THEM") if n_all else tr("NOTHING STANDS OUT AS SENSITIVE"))
        self._list.setVisible(bool(n_all))
        self._list.setFixedHeight(min(_MOST_ROWS, max(1, n_all)) * self._list.sizeHintForRow(0) + 8 if n_all else 0)
        self._note.setText(
            tr("These documents may leave only with sensitive words hidden.")
            if must_hide
            else tr("Hidden words are put back into the answer on this computer. Select words above to hide more.")
        )
        self._is_showing = False

    @property
    def hidden_words(self) -> frozenset[str]:
        items = [self._list.item(row) for row in range(self._list.count())]
        return frozenset(item.data(_WORDS) for item in items if item.checkState() is Qt.CheckState.Checked)

    def _on_item_changed(self) -> None:
        if not self._is_showing:
            self.hidden_changed.emit(self.hidden_words)


def kind_title(kind: SensitiveKind) -> str:
    titles = {
        SensitiveKind.IBAN: tr("Bank account"),
        SensitiveKind.CARD: tr("Card number"),
        SensitiveKind.TAX_ID: tr("Tax number"),
        SensitiveKind.NATIONAL_ID: tr("Identity number"),
        SensitiveKind.PHONE: tr("Phone number"),
        SensitiveKind.EMAIL: tr("E-mail address"),
        SensitiveKind.NAME: tr("Name"),
        SensitiveKind.ADDRESS: tr("Address"),
        SensitiveKind.BIRTH_DATE: tr("Date of birth"),
        SensitiveKind.HEALTH: tr("Health"),
        SensitiveKind.LEGAL: tr("Law"),
    }
    return titles[kind]

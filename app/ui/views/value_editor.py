"""The line in which a value is corrected in place, with a clear sentence where the text does not fit the type."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QStringListModel, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCompleter, QLineEdit, QVBoxLayout, QWidget

from app.domain.task import FieldType
from app.ui.messages import tr
from app.ui.views.entries import Entry
from app.ui.views.typed_values import EntryError, parsed_value, shown_value
from app.ui.widgets.plain_label import PlainLabel

_PLACEHOLDERS = {FieldType.DATE: "2026-04-19", FieldType.TIME: "14:30", FieldType.IBAN: "DE89 3704 0044 0532 0130 00"}


class _Line(QLineEdit):
    escaped = Signal()

    def event(self, event: QEvent) -> bool:
        # Esc belongs to the line while it is open, not to a shortcut of the window.
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.escaped.emit()
        else:
            super().keyPressEvent(event)


class ValueEditor(QWidget):
    """Return commits, Esc leaves.

    Signals: committed (normalized value, text as typed; both empty to take the value out), left.
    """

    committed = Signal(str, str)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entry: Entry | None = None
        self._line = _Line(self)
        self._line.setObjectName("valueEdit")
        self._fault = PlainLabel("", self, role="fault", wrap=True)
        self._fault.setObjectName("valueFault")
        self._hint = PlainLabel(tr("Enter keeps it, Esc leaves it. Empty: the document has none."), self, role="small", wrap=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 2, 0, 2)
        layout.setSpacing(4)
        for widget in (self._line, self._fault, self._hint):
            layout.addWidget(widget)
        self._line.returnPressed.connect(self.commit)
        self._line.textEdited.connect(self._clear_fault)
        self._line.escaped.connect(self.left)
        self._clear_fault()

    @property
    def fault(self) -> str:
        return self._fault.text()

    def start(self, entry: Entry, text: str | None = None) -> None:
        """Begin with the value as shown, or with another text, all of it selected."""
        self._entry = entry
        self._line.setAccessibleName(tr("Value of {title}", title=entry.title))
        self._line.setPlaceholderText(_PLACEHOLDERS.get(entry.type, ""))
        self._line.setText(text if text is not None else shown_value(entry.type, entry.value.value))
        self._set_completions(list(entry.choices))
        self._clear_fault()
        self._line.selectAll()
        self._line.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_fault(self, sentence: str) -> None:
        self._fault.setText(sentence)
        self._fault.show()
        self._hint.hide()
        self._line.setAccessibleDescription(sentence)

    def commit(self) -> None:
        if self._entry is None:
            return
        text = self._line.text()
        if not text.strip():
            self.committed.emit("", "")
            return
        try:
            value = parsed_value(self._entry.type, text, choices=self._entry.choices)
        except EntryError as error:
            self.show_fault(str(error))
            return
        self.committed.emit(value, " ".join(text.split()))

    def _clear_fault(self) -> None:
        self._fault.setText("")
        self._fault.hide()
        self._hint.show()

    def _set_completions(self, choices: list[str]) -> None:
        if not choices:
            self._line.setCompleter(None)  # type: ignore[arg-type]
            return
        completer = QCompleter(self)
        completer.setModel(QStringListModel(choices, completer))
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._line.setCompleter(completer)

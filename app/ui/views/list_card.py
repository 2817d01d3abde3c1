"""The card of a field with many values: one line a value, edited and accepted like a single one."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.domain.document import Document
from app.domain.result import Value
from app.ui.messages import tr, tr_n
from app.ui.theme import refresh_style
from app.ui.views.entries import Card, Entry
from app.ui.views.field_card import FieldCard
from app.ui.views.group_readings import GroupReadings
from app.ui.views.proof import look_of_value
from app.ui.views.typed_values import shown_value
from app.ui.widgets.buttons import TextButton
from app.ui.widgets.pill import MarkIcon, Pill
from app.ui.widgets.plain_label import PlainLabel


class _Line(QFrame):
    """One value of the list; a press selects it."""

    pressed = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("role", "listLine")
        self._icon = MarkIcon("none", self)
        self._text = PlainLabel("", self, wrap=True)
        self._target = ""
        layout = QHBoxLayout(self)
        layout.setContentsMargins(6, 3, 6, 3)
        layout.setSpacing(8)
        layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addWidget(self._text, 1)

    def set_entry(self, entry: Entry) -> None:
        self._target = entry.target
        look = look_of_value(entry.value, to_check=entry.to_check)
        shown = shown_value(entry.type, entry.value.value, currency=entry.currency)
        self._icon.set_mark("none" if entry.pending else look.mark)
        self._icon.setProperty("tone", look.tone)
        refresh_style(self._icon)
        self._text.setText("…" if entry.pending else shown or "—")
        self.setAccessibleName(f"{shown}, {look.word}")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.pressed.emit(self._target)


class ListCard(QFrame):
    """All values of one list field. The selected value opens into a card of its own.

    Signals: as `FieldCard`.
    """

    selected = Signal(str)
    corrected = Signal(str, object, object, object)
    accepted = Signal(object)
    editing_ended = Signal()
    choice_pointed = Signal(object)

    def __init__(self, parent: QWidget | None = None, *, read_only: bool = False) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.setProperty("kind", "list")
        self._title = PlainLabel("", self, role="soft", wrap=True)
        self._pill = Pill("", parent=self)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(0)
        self._detail = FieldCard(self, read_only=read_only)
        self._detail.hide()
        self._readings = GroupReadings(self, lambda n: tr_n("{n} value", "{n} values", n))
        self._entries: tuple[Entry, ...] = ()
        self._current = ""
        self._new: Entry | None = None
        self._read_only = read_only
        self._add = TextButton(tr("Add a value"), "addValue", "ghost", self, icon_name="plus")
        self._add.setProperty("density", "small")
        self._document: Document | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 9, 12, 11)
        layout.setSpacing(4)
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self._pill)
        layout.addLayout(head)
        layout.addLayout(self._lines)
        layout.addWidget(self._detail)
        layout.addWidget(self._readings)
        layout.addWidget(self._add, 0, Qt.AlignmentFlag.AlignLeft)
        self._add.clicked.connect(self._on_add)
        self._detail.editing_ended.connect(self._on_editing_ended)
        for name in ("selected", "corrected", "accepted", "editing_ended", "choice_pointed"):
            getattr(self._detail, name).connect(getattr(self, name))

    @property
    def detail(self) -> FieldCard:
        """The card of the selected value."""
        return self._detail

    def set_card(self, card: Card, document: Document | None = None) -> None:
        self._document = document
        self._entries = card.entries
        self.setObjectName(f"card_{card.name}")
        found = [entry for entry in card.entries if entry.value.value]
        self._title.setText(card.title)
        self._add.setVisible(bool(found) and not self._read_only and not any(entry.pending for entry in card.entries))
        self._show_summary(found)
        self._readings.show_readings(card.readings)
        self._fit_lines(len(card.entries))
        for index, entry in enumerate(card.entries):
            self._line(index).set_entry(entry)
        self.setAccessibleName(f"{card.title}: {tr_n('{n} value', '{n} values', len(found))}")
        self.set_current(self._current)

    def set_current(self, target: str) -> None:
        """Open the value with this target; another target closes the list."""
        self._current = target
        if self._new is not None and self._new.target != target:
            self._new = None
        known = self._entries if self._new is None else (*self._entries, self._new)
        entry = next((entry for entry in known if entry.target == target), None)
        for index, line_entry in enumerate(self._entries):
            self._line(index).setProperty("state", "current" if line_entry is entry else "")
            refresh_style(self._line(index))
        self._detail.setVisible(entry is not None)
        if entry is not None:
            self._detail.set_entry(entry, self._document)
        self._detail.set_current(entry is not None)

    def _on_add(self) -> None:
        first = self._entries[0]
        target = f"{first.target.partition('[')[0]}[{len(self._entries)}]"
        self._new = replace(first, target=target, value=Value(), to_check=False)
        self.selected.emit(target)
        self._detail.start_edit()

    def _on_editing_ended(self) -> None:
        if self._new is not None:
            self._new = None
            self.set_current("")

    def _show_summary(self, found: list[Entry]) -> None:
        to_check = sum(entry.to_check for entry in self._entries)
        self._pill.setVisible(not any(entry.pending for entry in self._entries))
        if to_check and found:
            self._pill.set_state(tr("{n} to check", n=to_check), "warn", "question")
        elif found:
            self._pill.set_state(tr_n("{n} value", "{n} values", len(found)), "good", "tick")
        else:
            self._pill.set_state(tr("not found"), "warn" if to_check else "quiet", "dash")

    def _fit_lines(self, count: int) -> None:
        while self._lines.count() > count:
            item = self._lines.takeAt(self._lines.count() - 1)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.deleteLater()
        while self._lines.count() < count:
            line = _Line(self)
            line.pressed.connect(self.selected)
            self._lines.addWidget(line)
            line.show()

    def _line(self, index: int) -> _Line:
        item = self._lines.itemAt(index)
        widget = item.widget() if item is not None else None
        assert isinstance(widget, _Line)
        return widget

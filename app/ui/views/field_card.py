"""The card of one field: value, proof, reason, candidates and the editor. Shows an entry and signals wishes.

A panel holds many cards, of which few are ever edited: candidates, buttons and the editor are made when they are first needed.
"""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.domain.document import Document
from app.domain.result import Choice, Opinion, Proof
from app.ui.messages import tr
from app.ui.theme import refresh_style
from app.ui.views.card_parts import CardActions, ChoiceArea
from app.ui.views.entries import Entry
from app.ui.views.marks import words_before
from app.ui.views.opinion_area import OpinionArea
from app.ui.views.proof import basis_of, confidence_level, confidence_word, look_of_value, meaning_of
from app.ui.views.stored_sentences import shown_reason
from app.ui.views.typed_values import shown_value
from app.ui.views.value_editor import ValueEditor
from app.ui.widgets.confidence_meter import ConfidenceMeter
from app.ui.widgets.pill import Pill
from app.ui.widgets.plain_label import PlainLabel

MOST_CHOICES = 9
MOST_SURE = 3


class FieldCard(QFrame):
    """One value.

    Signals: selected (target), corrected (target, value, text, evidence), accepted (target), editing_ended,
    choice_pointed (evidence, or None).
    """

    selected = Signal(str)
    corrected = Signal(str, object, object, object)
    accepted = Signal(object)
    editing_ended = Signal()
    choice_pointed = Signal(object)

    def __init__(self, parent: QWidget | None = None, *, read_only: bool = False) -> None:
        super().__init__(parent)
        self._entry: Entry | None = None
        self._read_only = read_only
        self._current = False
        self._choices: tuple[Choice, ...] = ()
        self._hints: tuple[str, ...] = ()
        self._choice_area: ChoiceArea | None = None
        self._opinions: OpinionArea | None = None
        self._editor: ValueEditor | None = None
        self._actions: CardActions | None = None
        self.setProperty("role", "card")
        self.setProperty("kind", "field")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._title = PlainLabel("", self, role="soft", wrap=True)
        self._pill = Pill("", parent=self)
        self._value = PlainLabel("", self, role="value", wrap=True)
        self._meter = ConfidenceMeter(self)
        self._reason = PlainLabel("", self, role="small", wrap=True)
        self._opinion_slot, self._choice_slot, self._editor_slot, self._action_slot = (QVBoxLayout() for _ in range(4))
        self._build()

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 9, 12, 11)
        layout.setSpacing(3)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._title, 1, Qt.AlignmentFlag.AlignVCenter)
        head.addWidget(self._pill, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(head)
        body = QHBoxLayout()
        body.setSpacing(8)
        body.addWidget(self._value, 1)
        body.addWidget(self._meter, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addLayout(body)
        layout.addWidget(self._reason)
        for slot in (self._opinion_slot, self._choice_slot, self._editor_slot, self._action_slot):
            layout.addLayout(slot)

    @property
    def entry(self) -> Entry | None:
        return self._entry

    @property
    def target(self) -> str:
        return self._entry.target if self._entry is not None else ""

    @property
    def is_editing(self) -> bool:
        return self._editor is not None and not self._editor.isHidden()

    def set_entry(self, entry: Entry, document: Document | None = None) -> None:
        """Show an entry; `document` tells what stands before each candidate."""
        choices = entry.value.alternatives[:MOST_CHOICES]
        hints = tuple(words_before(document, choice.evidence) if document is not None else "" for choice in choices)
        if entry == self._entry and hints == self._hints:
            return
        if self._entry is not None and entry.value != self._entry.value:
            self._close_editor()
        self._entry = entry
        self.setObjectName(f"card_{entry.target}")
        self._title.setText(entry.title)
        self._choices, self._hints = choices, hints
        self._show_value(entry)
        self._sync()

    def set_current(self, current: bool) -> None:
        """Emphasise the card; only the current card shows its actions."""
        if current == self._current:
            return
        self._current = current
        self.setProperty("state", "current" if current else "")
        refresh_style(self)
        if not current:
            self._close_editor()
        self._sync()

    def start_edit(self, text: str | None = None, fault: str = "") -> None:
        """Open the editor with the value, or with `text` and what is wrong with it."""
        if self._entry is None or self._read_only or self._entry.pending:
            return
        self.selected.emit(self.target)
        editor = self._editor or self._make_editor()
        editor.show()
        editor.start(self._entry, text)
        if fault:
            editor.show_fault(fault)
        self._sync()

    def end_edit(self) -> None:
        self._close_editor()
        self._sync()
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.editing_ended.emit()

    def choose(self, number: int) -> None:
        """Take the candidate with this number, from 1."""
        if 1 <= number <= len(self._choices) and not self._read_only:
            choice = self._choices[number - 1]
            self.corrected.emit(self.target, choice.value, choice.text, choice.evidence)

    def _show_value(self, entry: Entry) -> None:
        value = entry.value
        if entry.pending:
            self._value.setText("…")
            self._reason.hide()
            self._pill.hide()
            self._meter.hide()
            self.setAccessibleName(tr("{title}: being read", title=entry.title))
            return
        look = look_of_value(value, to_check=entry.to_check)
        self._pill.set_state(look.word, look.tone, look.mark)
        reason, basis = shown_reason(value.reason) if value.reason else meaning_of(look), basis_of(value)
        self._pill.setToolTip(escape(f"{reason} {basis}".strip()))
        self._meter.setToolTip(escape(basis))
        self._pill.show()
        shown = shown_value(entry.type, value.value, currency=entry.currency)
        self._value.setText(shown or "—")
        self._meter.set_level(confidence_level(value.confidence), confidence_word(value.confidence))
        self.setAccessibleName(f"{entry.title}: {shown or tr('nothing')}, {look.word}")

    def _make_editor(self) -> ValueEditor:
        self._editor = editor = ValueEditor(self)
        editor.committed.connect(self._on_committed)
        editor.left.connect(self.end_edit)
        self._editor_slot.addWidget(editor)
        return editor

    def _show_choices(self) -> None:
        if self._choice_area is None:
            self._choice_area = ChoiceArea(self)
            self._choice_area.picked.connect(self.choose)
            self._choice_area.pointed.connect(self._on_choice_pointed)
            self._choice_slot.addWidget(self._choice_area)
        texts = [choice.text.strip() or choice.value for choice in self._choices]
        self._choice_area.show_choices(list(zip(texts, self._hints, strict=True)))
        self._choice_area.show()

    def _show_opinions(self, entry: Entry) -> None:
        if self._opinions is None:
            self._opinions = OpinionArea(self)
            self._opinions.chosen.connect(self._on_opinion_chosen)
            self._opinion_slot.addWidget(self._opinions)
        self._opinions.show_opinions(
            entry.value.opinions,
            entry.value.value,
            lambda value: shown_value(entry.type, value, currency=entry.currency),
            can_choose=not self._read_only,
        )
        self._opinions.show()

    def _on_opinion_chosen(self, opinion: Opinion) -> None:
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.corrected.emit(self.target, opinion.value, opinion.text, opinion.evidence)

    def _show_actions(self, entry: Entry) -> None:
        if self._actions is None:
            self._actions = CardActions(self)
            self._actions.accept_requested.connect(self._on_accept_requested)
            self._actions.edit_requested.connect(self.start_edit)
            self._action_slot.addWidget(self._actions)
        accept = self._actions.accept
        if not entry.to_check and accept.hasFocus():
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        accept.setVisible(entry.to_check)
        accept.setText(tr("Accept  A") if entry.value.value else tr("It has none  A"))
        self._actions.show()

    def _close_editor(self) -> None:
        self._hide_part(self._editor)

    def _hide_part(self, part: QWidget | None) -> None:
        if part is not None and not part.isHidden():
            self._take_focus_from(part)
            part.hide()

    def _take_focus_from(self, part: QWidget) -> None:
        """Before a part is hidden: Qt would hand its focus on as with the Tab key, which makes the next card the current one."""
        focused = QApplication.focusWidget()
        if focused is not None and part.isAncestorOf(focused):
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _sync(self) -> None:
        """Show the parts that fit the state: candidates where one is to be chosen, actions on the current card."""
        entry = self._entry
        if entry is None:
            return
        quiet = self._read_only or entry.pending
        if entry.value.opinions and not entry.pending:
            self._show_opinions(entry)
        else:
            self._hide_part(self._opinions)
        if self._choices and not quiet and (entry.to_check or self._current):
            self._show_choices()
        else:
            self._hide_part(self._choice_area)
        if self._current and not quiet and not self.is_editing:
            self._show_actions(entry)
        else:
            self._hide_part(self._actions)
        self._reason.setText(_reason(entry, current=self._current))
        self._reason.setVisible(bool(self._reason.text()) and not entry.pending)
        self.setAccessibleDescription(f"{_reason(entry, current=True)} {basis_of(entry.value)}".strip())
        answered = bool(entry.value.value) and not entry.value.corrected and not entry.pending
        self._meter.setVisible(answered and (self._current or confidence_level(entry.value.confidence) < MOST_SURE))
        self.updateGeometry()

    def _on_accept_requested(self) -> None:
        self.accepted.emit(self.target)

    def _on_choice_pointed(self, number: int) -> None:
        self.choice_pointed.emit(self._choices[number - 1].evidence if 0 < number <= len(self._choices) else None)

    def _on_committed(self, value: str, text: str) -> None:
        self._close_editor()
        self._sync()
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.corrected.emit(self.target, value or None, text or None, None)
        self.editing_ended.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.selected.emit(self.target)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.start_edit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() in {Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason}:
            self.selected.emit(self.target)


def _reason(entry: Entry, *, current: bool) -> str:
    """The printed text where it differs from the value, then why to check or what confirms it.

    What is grounded and sure needs no words until it is looked at: a calm panel shows what matters.
    """
    value = entry.value
    parts: list[str] = []
    shown = shown_value(entry.type, value.value, currency=entry.currency)
    printed = " ".join((value.text or "").split())
    is_plain = value.proof is Proof.GROUNDED and not entry.to_check and not value.corrected
    if printed and printed not in {shown, value.value} and (current or not is_plain):
        parts.append(tr("Printed “{text}”.", text=printed))
    if value.reason and (current or not is_plain):
        parts.append(shown_reason(value.reason))
    return " ".join(parts)

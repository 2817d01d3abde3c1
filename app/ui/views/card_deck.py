"""The cards of a panel, one below the other. They are kept and reused, and many are filled a few at a time: a document with
dozens of fields must not hold up the window.
"""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.document import Document
from app.ui.views.entries import Card
from app.ui.views.field_card import FieldCard
from app.ui.views.list_card import ListCard

_AT_ONCE = 6
"""About as many as there is room for; the others follow while the person looks at these."""
_A_STEP = 3


class CardDeck(QWidget):
    """Signals: selected (target), corrected (target, value, text, evidence), accepted (target), choice_pointed (evidence or None),
    filled: cards were added or their heights are other ones.
    """

    selected = Signal(str)
    corrected = Signal(str, object, object, object)
    accepted = Signal(object)
    choice_pointed = Signal(object)
    filled = Signal()

    def __init__(self, parent: QWidget | None = None, *, read_only: bool = False) -> None:
        super().__init__(parent)
        self._read_only = read_only
        self._plan: tuple[Card, ...] = ()
        self._document: Document | None = None
        self._current = ""
        self._n_filled = 0
        self._cards: list[FieldCard | ListCard] = []
        self._spare: list[FieldCard | ListCard] = []
        self._space = QVBoxLayout(self)
        self._space.setContentsMargins(0, 0, 0, 0)
        self._space.setSpacing(8)
        self._next = QTimer(self, singleShot=True, interval=0)
        self._next.timeout.connect(lambda: self._fill(_A_STEP))

    def start(self) -> None:
        """Begin with another document: what was shown goes out of sight."""
        self._next.stop()
        self._plan = ()
        self._n_filled = 0
        self._drop_from(0)

    def show_cards(self, cards: tuple[Card, ...], document: Document | None) -> None:
        """Show cards. Those that are shown already change at once, others come a few at a time."""
        self._plan, self._document = cards, document
        n_shown = min(self._n_filled, len(cards))
        self._n_filled = 0
        self._fill(max(n_shown, _AT_ONCE))

    def prepare(self) -> Iterator[None]:
        """Make some cards before the first document needs them, one a step."""
        for _ in range(_AT_ONCE - len(self._spare) - len(self._cards)):
            card = self._make(FieldCard)
            card.hide()
            self._spare.append(card)
            yield

    def set_current(self, target: str) -> None:
        """Emphasise the card of a target."""
        self._current = target
        for card in self._cards[: self._n_filled]:
            self._mark(card)

    def card_of(self, target: str) -> FieldCard | None:
        """The card of a target, filled now if it is still to come."""
        if any(entry.target == target for card in self._plan[self._n_filled :] for entry in card.entries):
            self._fill(len(self._plan))
        return self.shown_card_of(target)

    def shown_card_of(self, target: str) -> FieldCard | None:
        """The card that shows a target already."""
        for card in self._cards[: self._n_filled]:
            if isinstance(card, FieldCard) and card.target == target:
                return card
            if isinstance(card, ListCard) and card.detail.target == target and not card.detail.isHidden():
                return card.detail
        return None

    def _fill(self, count: int) -> None:
        for place in range(self._n_filled, min(self._n_filled + count, len(self._plan))):
            card = self._plan[place]
            widget = self._card_at(place, ListCard if card.many else FieldCard)
            if isinstance(widget, ListCard):
                widget.set_card(card, self._document)
            else:
                widget.set_entry(card.entries[0], self._document)
            self._mark(widget)
            widget.show()
            self._n_filled = place + 1
        if self._n_filled < len(self._plan):
            self._next.start()
        else:
            self._next.stop()
            self._drop_from(len(self._plan))
        self.filled.emit()

    def _card_at(self, place: int, kind: type[FieldCard] | type[ListCard]) -> FieldCard | ListCard:
        if place < len(self._cards) and type(self._cards[place]) is kind:
            return self._cards[place]
        self._drop_from(place)
        found = next((card for card in self._spare if type(card) is kind), None)
        if found is not None:
            self._spare.remove(found)
        card = found or self._make(kind)
        self._cards.append(card)
        self._space.addWidget(card)
        return card

    def _make(self, kind: type[FieldCard] | type[ListCard]) -> FieldCard | ListCard:
        card = kind(self, read_only=self._read_only)
        card.selected.connect(self.selected)
        card.corrected.connect(self.corrected)
        card.accepted.connect(self.accepted)
        card.choice_pointed.connect(self.choice_pointed)
        return card

    def _drop_from(self, place: int) -> None:
        """Put cards aside for later documents."""
        for card in self._cards[place:]:
            card.set_current("") if isinstance(card, ListCard) else card.set_current(False)
            self._space.removeWidget(card)
            card.hide()
            self._spare.append(card)
        del self._cards[place:]

    def _mark(self, card: FieldCard | ListCard) -> None:
        if isinstance(card, ListCard):
            card.set_current(self._current)
        else:
            card.set_current(bool(self._current) and card.target == self._current)

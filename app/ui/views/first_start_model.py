"""The second of the first steps: this computer, the model that is here, and the one that would fit best. Shows and signals only."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.ui.messages import tr
from app.ui.models.model_offer import FoundModel, ModelOffer, Shelf
from app.ui.models.model_words import machine_words
from app.ui.models.transfer_news import TransferNews
from app.ui.views.found_row import FoundRow
from app.ui.views.model_card import ModelCard
from app.ui.widgets.buttons import TextButton
from app.ui.widgets.flow_layout import FlowLayout
from app.ui.widgets.plain_label import PlainLabel
from app.ui.widgets.scroll_body import ScrollBody
from app.ui.widgets.transfer_line import TransferLine

_MOST_FOUND = 2


class ModelStep(ScrollBody):
    """Signals:
    requested(str, str): what to do with a model, as `ModelCard` tells it.
    found_use_requested(FoundModel), work_cancelled(str), import_requested.
    all_requested: show all models.
    """

    requested = Signal(str, str)
    found_use_requested = Signal(object)
    work_cancelled = Signal(str)
    import_requested = Signal()
    all_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("firstStartModel")
        self._cards: dict[str, ModelCard] = {}
        self._rows: dict[str, FoundRow] = {}
        self._news: dict[str, TransferNews] = {}
        self._words = PlainLabel(tr("Looking at this computer …"), role="soft", wrap=True)
        self._words.setObjectName("firstStartModelWords")
        self._machine = PlainLabel("", role="small", wrap=True)
        self._network = PlainLabel("", role="small", wrap=True)
        self._network.setObjectName("firstStartNetwork")
        self._list = QVBoxLayout()
        self._list.setSpacing(10)
        self._line = TransferLine("firstImportProgress", tr("Progress of the import"))
        importing = TextButton(tr("Import a model file …"), "firstImport", "ghost")
        importing.clicked.connect(self.import_requested)
        everything = TextButton(tr("All models"), "firstAllModels", "ghost")
        everything.clicked.connect(self.all_requested)
        more = FlowLayout(spacing=8)
        more.addWidget(importing)
        more.addWidget(everything)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 8, 0)
        layout.setSpacing(10)
        layout.addWidget(self._words)
        layout.addLayout(self._list)
        layout.addWidget(self._line)
        layout.addWidget(self._network)
        layout.addLayout(more)
        layout.addWidget(self._machine)
        layout.addStretch(1)

    @property
    def words(self) -> str:
        return self._words.text()

    def card(self, model_id: str) -> ModelCard | None:
        return self._cards.get(model_id)

    def show_shelf(self, shelf: Shelf) -> None:
        """What is here, and what would be better."""
        offers = _offers(shelf)
        self._words.setText(_sentence(shelf, offers))
        self._machine.setText(machine_words(shelf.machine))
        is_any_to_fetch = any(not offer.is_here for offer in offers)
        self._network.setText(
            tr("Deskhand is offline. A download here connects once, for this file alone, and sends nothing of yours.")
            if shelf.is_offline and is_any_to_fetch
            else ""
        )
        self._network.setVisible(bool(self._network.text()))
        self._show_cards(offers, shelf)
        known = [found for found in shelf.found if found.model_name][:_MOST_FOUND]
        self._show_found([] if shelf.in_use is not None else known)

    def show_news(self, key: str, news: TransferNews | None) -> None:
        """How far the work on a model, or on a file by its path, is; None when it ended."""
        if news is None:
            self._news.pop(key, None)
        else:
            self._news[key] = news
        if key in self._cards:
            self._cards[key].show_news(news)
        elif key in self._rows:
            self._rows[key].show_news(news)
        elif news is None or news.kind == "import":
            self._line.show_news(news)

    def tell(self, model_id: str, sentence: str, role: str = "small") -> None:
        """A sentence on a model's card."""
        if model_id in self._cards:
            self._cards[model_id].tell(sentence, role)

    def _show_cards(self, offers: list[ModelOffer], shelf: Shelf) -> None:
        for model_id in self._cards.keys() - {offer.id for offer in offers}:
            _drop(self._cards.pop(model_id))
        for offer in offers:
            card = self._cards.get(offer.id)
            if card is None:
                card = self._cards[offer.id] = ModelCard(offer, shelf.machine, self)
                card.requested.connect(self.requested)
            else:
                card.show_offer(offer, shelf.machine)
            card.show_news(self._news.get(offer.id))
            self._list.addWidget(card)

    def _show_found(self, found: list[FoundModel]) -> None:
        wanted = {str(one.file.path): one for one in found}
        for path in self._rows.keys() - wanted.keys():
            _drop(self._rows.pop(path))
        for path, one in wanted.items():
            if path not in self._rows:
                row = self._rows[path] = FoundRow(one, self)
                row.use_requested.connect(self.found_use_requested)
                row.cancel_requested.connect(self.work_cancelled)
            self._list.addWidget(self._rows[path])


def _offers(shelf: Shelf) -> list[ModelOffer]:
    """The model in use, or the one to start with; then the best for finding values, where that is another."""
    choice = shelf.choice_for("extract")
    best = shelf.offer_of(choice.offer.spec.id) if choice is not None and choice.offer is not None else None
    starter = next((offer for offer in shelf.offers if offer.is_starter), None)
    first = shelf.in_use or starter
    return [offer for offer in (first, best if best is not first else None) if offer is not None]


def _sentence(shelf: Shelf, offers: list[ModelOffer]) -> str:
    in_use = shelf.in_use
    if in_use is None:
        return tr(
            "A model is the file that answers. There is none on this computer yet: download one, or take one from a USB stick. "
            "You can go on meanwhile; documents wait until it is here."
        )
    if len(offers) > 1:
        return tr(
            "{name} is here and ready. {better} would answer better and fits this computer. It can be fetched while you work.",
            name=in_use.name,
            better=offers[1].name,
        )
    return tr("{name} is here and ready. It is the best that fits this computer.", name=in_use.name)


def _drop(widget: QWidget) -> None:
    widget.setParent(None)
    widget.deleteLater()

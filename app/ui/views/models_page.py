"""The Models page: the best for this computer, what is here, what other programs keep, and what could be fetched."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.catalog.spec import EYES
from app.ui.formats import shown_size
from app.ui.messages import tr
from app.ui.models.job_row import error_sentence
from app.ui.models.model_offer import ModelOffer, Shelf
from app.ui.models.transfer_news import TransferNews
from app.ui.views.found_row import FoundRow
from app.ui.views.import_strip import ImportStrip
from app.ui.views.model_card import ModelCard
from app.ui.views.model_choices import ModelChoices
from app.ui.widgets.banner import Banner
from app.ui.widgets.buttons import TextButton
from app.ui.widgets.plain_label import PlainLabel
from app.ui.widgets.scroll_body import ScrollBody
from app.ui.widgets.tab_order import follow_layout

_A_STEP = 3
_SPACING = 10


class ModelsPage(QWidget):
    """Signals:
    requested(str, str): what to do with a model, as `ModelCard` tells it.
    task_chosen(str, str): use a model for one task, as `ModelCard` tells it.
    found_use_requested(FoundModel), work_cancelled(str): the path of a file being taken in.
    import_requested: choose a file; import_agreed(list[Path], str): take these in, by "copy" or "link".
    folder_requested: show the folder; automatic_requested: let Deskhand choose; connect_requested: stay online for downloads.
    """

    requested = Signal(str, str)
    task_chosen = Signal(str, str)
    found_use_requested = Signal(object)
    work_cancelled = Signal(str)
    import_requested = Signal()
    import_agreed = Signal(object, str)
    folder_requested = Signal()
    automatic_requested = Signal()
    connect_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("modelsPage")
        self._cards: dict[str, ModelCard] = {}
        self._rows: dict[str, FoundRow] = {}
        self._news: dict[str, TransferNews] = {}
        self._remarks: dict[str, tuple[str, str]] = {}
        self._shelf: Shelf | None = None
        self._told_faults: list[str] = []
        self._to_come: list[ModelOffer] = []
        self._next = QTimer(self, singleShot=True, interval=0)
        self._next.timeout.connect(self._add_some)
        self.asked = Banner("connectBanner")
        self._faults = Banner("ownListBanner", closable=False)
        self.importing = ImportStrip()
        self.importing.agreed.connect(self.import_agreed)
        self.importing.cancelled.connect(self.work_cancelled)
        self.choices = ModelChoices()
        self.choices.model_wanted.connect(self.show_model)
        self._waiting = PlainLabel(tr("Looking at this computer …"), role="soft")
        self._none = PlainLabel("", role="soft", wrap=True)
        self._offline = Banner("offlineBanner", closable=False)
        self._offline.action_requested.connect(self.connect_requested)
        self._offline.second_requested.connect(self.import_requested)
        self._used = PlainLabel("", role="small", wrap=True)
        self._used.setObjectName("modelsFolder")
        self._automatic = _ghost(tr("Let Deskhand choose"), "automaticModel", self.automatic_requested)
        self._sections = {name: _Section() for name in ("here", "found", "others")}
        self._area = self._build()
        self._sections["found"].hide()
        self._body.hide()

    def _build(self) -> QScrollArea:
        here, found, others = (self._sections[name] for name in ("here", "found", "others"))
        open_folder = _ghost(tr("Open folder"), "openModelsFolder", self.folder_requested)
        importing = TextButton(tr("Import a model file …"), "importModel")
        importing.clicked.connect(self.import_requested)
        here.set_head(tr("ON THIS COMPUTER"), importing)
        here.add_note(self._used, open_folder)
        here.add_note(self._automatic)
        here.add_note(self._none)
        found.set_head(tr("FOUND IN OTHER PROGRAMS"))
        others.set_head(tr("TO DOWNLOAD"))
        others.add_note(self._offline)
        self._body = QWidget()
        body = QVBoxLayout(self._body)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(18)
        for widget in (self.choices, here, found, others):
            body.addWidget(widget)
        inner = ScrollBody()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 10, 0)
        column.setSpacing(_SPACING)
        column.addWidget(self._waiting)
        column.addWidget(self._faults)
        column.addWidget(self.importing)
        column.addWidget(self._body)
        column.addStretch(1)
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setWidget(inner)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(_SPACING)
        layout.addWidget(self.asked)
        layout.addWidget(area, 1)
        return area

    def card(self, model_id: str) -> ModelCard | None:
        return self._cards.get(model_id)

    def show_shelf(self, shelf: Shelf) -> None:
        """Show these models, in this order."""
        self._shelf = shelf
        self._waiting.hide()
        self._body.show()
        self.choices.show_shelf(shelf)
        self._show_found(shelf)
        is_any_here = any(offer.is_here for offer in shelf.offers)
        self._none.setText("" if is_any_here else tr("No model yet. The one marked “start here” is enough to begin."))
        self._none.setVisible(not is_any_here)
        self._used.setText(tr("{size} in {folder}", size=shown_size(shelf.used_bytes), folder=shelf.folder))
        self._automatic.setVisible(bool(shelf.chosen_id))
        self._show_connection(shelf)
        self._show_faults(shelf)
        wanted = {offer.id for offer in shelf.offers}
        for model_id in self._cards.keys() - wanted:
            card = self._cards.pop(model_id)
            card.setParent(None)
            card.deleteLater()
        self._to_come = list(shelf.offers)
        self._add_some()

    def show_news(self, key: str, news: TransferNews | None) -> None:
        """How far the work on a model, or on a file by its path, is; None when it ended."""
        if news is None:
            self._news.pop(key, None)
        else:
            self._news[key] = news
        model_id = key.removesuffix(f"/{EYES}")
        if model_id in self._cards:
            self._cards[model_id].show_news(news)
        elif key in self._rows:
            self._rows[key].show_news(news)
        elif news is None or news.kind == "import":
            self.importing.show_news(news)

    def tell(self, model_id: str, sentence: str, role: str = "small") -> None:
        """A sentence on a model's card, which stays until another takes its place."""
        self._remarks[model_id] = (sentence, role)
        if model_id in self._cards:
            self._cards[model_id].tell(sentence, role)

    def show_model(self, model_id: str) -> None:
        """Bring a model's card into view and give it the focus."""
        card = self._cards.get(model_id)
        if card is None:
            return
        self._area.ensureWidgetVisible(card, 0, _SPACING)
        button = next((button for button in card.findChildren(TextButton) if button.isVisible()), None)
        if button is not None:
            button.setFocus()

    def offer_import(self, paths: Sequence[Path]) -> None:
        """Ask how these files are to be taken in."""
        self.importing.offer(paths)
        self._area.ensureWidgetVisible(self.importing)

    def _add_some(self) -> None:
        """A few cards at a time: a long catalog must not hold up the window. What is there moves without being made anew."""
        if self._shelf is None:
            return
        now, self._to_come = self._to_come[:_A_STEP], self._to_come[_A_STEP:]
        for offer in now:
            card = self._cards.get(offer.id)
            if card is None:
                card = self._cards[offer.id] = ModelCard(offer, self._shelf.machine, self._body)
                card.requested.connect(self.requested)
                card.task_chosen.connect(self.task_chosen)
                card.tell(*self._remarks.get(offer.id, ("", "small")))
            else:
                card.show_offer(offer, self._shelf.machine)
            card.show_news(self._news.get(offer.id, self._news.get(f"{offer.id}/{EYES}")))
            self._sections["here" if offer.is_here else "others"].put(card)
        if self._to_come:
            self._next.start()
        else:
            follow_layout(self)

    def _show_found(self, shelf: Shelf) -> None:
        wanted = {str(found.file.path): found for found in shelf.found}
        for path in self._rows.keys() - wanted.keys():
            row = self._rows.pop(path)
            row.setParent(None)
            row.deleteLater()
        for path, found in wanted.items():
            if path not in self._rows:
                row = self._rows[path] = FoundRow(found, self._body)
                row.use_requested.connect(self.found_use_requested)
                row.cancel_requested.connect(self.work_cancelled)
            self._sections["found"].put(self._rows[path])
        self._sections["found"].setVisible(bool(wanted))

    def _show_connection(self, shelf: Shelf) -> None:
        if not shelf.is_offline:
            self._offline.hide()
        elif self._offline.isHidden():
            self._offline.tell(
                "quiet",
                tr("Downloads need a connection, and Deskhand is offline."),
                tr("A download asks once before it connects. Without a network, take a model file from a USB stick."),
                tr("Stay online for downloads"),
                tr("Import a model file …"),
            )

    def _show_faults(self, shelf: Shelf) -> None:
        words = [error_sentence(fault.user_text, "") for fault in shelf.faults]
        hints = dict.fromkeys(error_sentence("", fault.hint) for fault in shelf.faults)
        if not words:
            self._faults.hide()
        elif words != self._told_faults:
            self._faults.tell("warn", tr("Some models of your own can't be used."), "\n".join([*words, *hints]))
        self._told_faults = words


class _Section(QWidget):
    """A caption with buttons, notes, and cards in the order in which they are put."""

    def __init__(self) -> None:
        super().__init__()
        self._head = QHBoxLayout()
        self._notes = QVBoxLayout()
        self._cards = QVBoxLayout()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(_SPACING)
        layout.addLayout(self._head)
        layout.addLayout(self._notes)
        layout.addLayout(self._cards)
        self._notes.setSpacing(_SPACING)
        self._cards.setSpacing(_SPACING)

    def set_head(self, caption: str, *buttons: QWidget) -> None:
        self._head.addWidget(PlainLabel(caption, role="caption"), 1)
        for button in buttons:
            self._head.addWidget(button)

    def add_note(self, note: QWidget, button: QWidget | None = None) -> None:
        row = QHBoxLayout()
        row.addWidget(note, 1 if button is not None else 0)
        if button is not None:
            row.addWidget(button)
        elif isinstance(note, TextButton):
            row.addStretch(1)
        self._notes.addLayout(row)

    def put(self, card: QWidget) -> None:
        """At the end; a card that is elsewhere moves."""
        self._cards.addWidget(card)


def _ghost(text: str, name: str, signal: object) -> TextButton:
    button = TextButton(text, name, "ghost")
    button.clicked.connect(signal)
    return button

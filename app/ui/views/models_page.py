"""The Models page: what is on this computer, what could be, and downloads under way. Shows and signals only."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QScrollArea, QVBoxLayout, QWidget

from app.ui.formats import shown_size
from app.ui.messages import tr
from app.ui.models.model_offer import ModelOffer
from app.ui.theme import set_role
from app.ui.widgets.buttons import TextButton
from app.ui.widgets.labels import ElidedLabel
from app.ui.widgets.pill import Pill
from app.ui.widgets.plain_label import PlainLabel

_A_STEP = 3


class ModelCard(QFrame):
    """One model. Signals: download_requested, cancel_requested, use_requested, remove_requested (its id)."""

    download_requested = Signal(str)
    cancel_requested = Signal(str)
    use_requested = Signal(str)
    remove_requested = Signal(str)

    def __init__(self, offer: ModelOffer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "card")
        self.setObjectName(f"model_{offer.id}")
        self.setAccessibleName(offer.name)
        self._id = offer.id
        self._pill = Pill("", "quiet", parent=self)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setMaximum(1000)
        self._bar.setAccessibleName(tr("Download of {name}", name=offer.name))
        self._progress_text = PlainLabel("", role="small")
        self._facts = ElidedLabel("", role="soft")
        self._remark = ElidedLabel("", role="small")
        self._download = TextButton(tr("Download"), f"download_{offer.id}", "plain", icon_name="download")
        self._cancel = TextButton(tr("Cancel"), f"cancelDownload_{offer.id}")
        self._use = TextButton(tr("Use this model"), f"use_{offer.id}")
        self._remove = TextButton(tr("Remove"), f"remove_{offer.id}", "ghost")
        self._build(offer)
        for button, signal in (
            (self._download, self.download_requested),
            (self._cancel, self.cancel_requested),
            (self._use, self.use_requested),
            (self._remove, self.remove_requested),
        ):
            button.setAccessibleName(f"{button.text()}: {offer.name}")
            button.clicked.connect(lambda _=False, signal=signal: signal.emit(self._id))
        self.show_offer(offer)
        self.show_progress(None, 0)

    def _build(self, offer: ModelOffer) -> None:
        name = QHBoxLayout()
        name.setSpacing(10)
        name.addWidget(PlainLabel(offer.name, role="value"))
        name.addWidget(self._pill)
        name.addStretch(1)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addLayout(name)
        words.addWidget(self._facts)
        words.addWidget(self._remark)
        words.addWidget(self._bar)
        words.addWidget(self._progress_text)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.setSpacing(12)
        layout.addLayout(words, 1)
        for button in (self._remove, self._use, self._download, self._cancel):
            layout.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)

    def show_offer(self, offer: ModelOffer) -> None:
        self._facts.setText(offer.facts)
        self._remark.setText(offer.remark)
        self._remark.setVisible(bool(offer.remark))
        if offer.is_in_use:
            self._pill.set_state(tr("in use"), "good", "tick")
        elif offer.is_installed:
            self._pill.set_state(tr("on this computer"), "quiet")
        elif not offer.fits:
            self._pill.set_state(tr("needs more memory than is free"), "warn", "question")
        elif offer.is_starter:
            self._pill.set_state(tr("start here"), "good")
        self._pill.setVisible(offer.is_in_use or offer.is_installed or not offer.fits or offer.is_starter)
        self._is_installed, self._is_in_use = offer.is_installed, offer.is_in_use

    def show_progress(self, done: int | None, total: int) -> None:
        """How far a download is; None when none runs."""
        is_running = done is not None
        self._bar.setVisible(is_running)
        self._progress_text.setVisible(is_running)
        self._cancel.setVisible(is_running)
        self._download.setVisible(not is_running and not self._is_installed)
        self._use.setVisible(self._is_installed and not self._is_in_use)
        self._remove.setVisible(self._is_installed and not self._is_in_use)
        if done is not None:
            self._bar.setValue(round(1000 * done / total) if total else 0)
            self._progress_text.setText(tr("{done} of {total}", done=shown_size(done), total=shown_size(total)))


class ModelsPage(QWidget):
    """Signals: download_requested, cancel_requested, use_requested, remove_requested (a model's id), import_requested."""

    download_requested = Signal(str)
    cancel_requested = Signal(str)
    use_requested = Signal(str)
    remove_requested = Signal(str)
    import_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("modelsPage")
        self._cards: dict[str, ModelCard] = {}
        self._progress: dict[str, tuple[int, int]] = {}
        self._installed = QVBoxLayout()
        self._others = QVBoxLayout()
        self._none = PlainLabel(tr("No model yet. The first one below is enough to start."), role="soft")
        importing = TextButton(tr("Import a model file…"), "importModel")
        importing.clicked.connect(self.import_requested)
        self._to_come: list[ModelOffer] = []
        self._places: list[tuple[str, bool]] = []
        self._next = QTimer(self, singleShot=True, interval=0)
        self._next.timeout.connect(self._add_some)
        self._inner = inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 10, 0)
        column.setSpacing(10)
        head = QHBoxLayout()
        head.addWidget(PlainLabel(tr("ON THIS COMPUTER"), role="caption"), 1)
        head.addWidget(importing)
        column.addLayout(head)
        column.addWidget(self._none)
        column.addLayout(self._installed)
        column.addSpacing(8)
        column.addWidget(PlainLabel(tr("TO DOWNLOAD"), role="caption"))
        column.addLayout(self._others)
        column.addStretch(1)
        for part in (self._installed, self._others):
            part.setSpacing(10)
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setWidget(inner)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(area)

    def set_offers(self, offers: Sequence[ModelOffer]) -> None:
        """Show these models, in this order."""
        places = [(offer.id, offer.is_installed) for offer in offers]
        if places == self._places:
            self._to_come = [offer for offer in offers if offer.id not in self._cards]
            for offer in offers:
                if offer.id in self._cards:
                    self._update(self._cards[offer.id], offer)
            return
        self._places = places
        for card in self._cards.values():
            card.setParent(None)
            card.deleteLater()
        self._cards = {}
        self._none.setVisible(not any(offer.is_installed for offer in offers))
        self._to_come = list(offers)
        self._add_some()

    def _add_some(self) -> None:
        """A few cards at a time: a long catalog must not hold up the window."""
        now, self._to_come = self._to_come[:_A_STEP], self._to_come[_A_STEP:]
        for offer in now:
            card = ModelCard(offer, self._inner)
            card.download_requested.connect(self.download_requested)
            card.cancel_requested.connect(self.cancel_requested)
            card.use_requested.connect(self.use_requested)
            card.remove_requested.connect(self.remove_requested)
            self._cards[offer.id] = card
            (self._installed if offer.is_installed else self._others).addWidget(card)
            self._update(card, offer)
        if self._to_come:
            self._next.start()

    def _update(self, card: ModelCard, offer: ModelOffer) -> None:
        card.show_offer(offer)
        card.show_progress(*self._progress.get(offer.id, (None, 0)))

    def show_progress(self, model_id: str, done: int | None, total: int = 0) -> None:
        """How far the download of a model is; None when it ended."""
        if done is None:
            self._progress.pop(model_id, None)
        else:
            self._progress[model_id] = (done, total)
        card = self._cards.get(model_id)
        if card is not None:
            card.show_progress(done, total)

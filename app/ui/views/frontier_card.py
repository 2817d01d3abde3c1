"""Settings of the larger model: the choice itself, the service and its key, what it may cost, and words that were given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.domain.consent import Consent
from app.settings import FrontierSettings, ProviderConfig
from app.ui.messages import tr
from app.ui.theme import set_role
from app.ui.views.ledger_page import consent_words
from app.ui.views.provider_form import ProviderForm
from app.ui.widgets.buttons import TextButton
from app.ui.widgets.form_row import FormRow
from app.ui.widgets.number_box import DollarBox
from app.ui.widgets.plain_label import PlainLabel

_MOST_DOLLARS = 100_000.0


class FrontierCard(QFrame):
    """Signals:
    changed(FrontierSettings): as they should be now.
    key_entered(ProviderConfig, str): to be kept; key_forgotten(ProviderConfig).
    test_requested(ProviderConfig): try service, model and key.
    revoked(int): the consent with this number is taken back.
    ledger_requested.
    """

    changed = Signal(object)
    key_entered = Signal(object, str)
    key_forgotten = Signal(object)
    test_requested = Signal(object)
    revoked = Signal(int)
    ledger_requested = Signal()

    def __init__(self, settings: FrontierSettings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("frontierCard")
        set_role(self, "card")
        self._settings = settings
        self._is_showing = False
        self._opted_in = QCheckBox(tr("Let me ask a larger model about unsure answers"), self)
        self._opted_in.setObjectName("frontierOptIn")
        self._state = PlainLabel("", self, role="small", wrap=True)
        self._state.setObjectName("frontierState")
        self._form = ProviderForm(self)
        self._price = PlainLabel("", self, role="small", wrap=True)
        self._price.setObjectName("frontierPrice")
        self._trust = PlainLabel("", self, role="small", wrap=True)
        self._trust.setObjectName("frontierTrust")
        self._key = QLineEdit(self)
        self._key_state = PlainLabel("", self, role="small", wrap=True)
        self._key_state.setObjectName("keyState")
        self._keep = TextButton(tr("Keep the key"), "keepKey", parent=self)
        self._forget = TextButton(tr("Forget the key"), "forgetKey", "danger", self)
        self._test = TextButton(tr("Try it"), "testCall", parent=self)
        self._outcome = PlainLabel("", self, role="small", wrap=True)
        self._outcome.setObjectName("testOutcome")
        self._outcome.hide()
        self._caps = {
            name: _dollars(self, object_name) for name, object_name in (("monthly_cap", "monthlyCap"), ("batch_cap", "batchCap"))
        }
        self._spent = PlainLabel("", self, role="soft", wrap=True)
        self._spent.setObjectName("frontierSpent")
        self._more = QWidget(self)
        self._consents = QVBoxLayout()
        self._build()
        self._connect()
        self.show_settings(settings)

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 18)
        layout.setSpacing(12)
        layout.addWidget(PlainLabel(tr("Larger model (optional)"), self, role="strong"))
        layout.addWidget(
            PlainLabel(
                tr("Deskhand works without one. You see every request, to the byte, before it leaves, unless you say otherwise."),
                self,
                role="small",
                wrap=True,
            )
        )
        layout.addWidget(self._opted_in)
        layout.addWidget(self._state)
        more = QVBoxLayout(self._more)
        more.setContentsMargins(0, 0, 0, 0)
        more.setSpacing(12)
        more.addWidget(self._form)
        more.addWidget(self._price)
        more.addWidget(self._trust)
        more.addWidget(FormRow(tr("Key"), self._key, self))
        self._key.setObjectName("keyEntry")
        self._key.setEchoMode(QLineEdit.EchoMode.Password)
        self._key.setPlaceholderText(tr("Paste the key here; it is never shown again"))
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self._keep, self._forget, self._test):
            buttons.addWidget(button)
        buttons.addStretch(1)
        more.addLayout(buttons)
        more.addWidget(self._key_state)
        more.addWidget(self._outcome)
        more.addLayout(self._limits())
        foot = QHBoxLayout()
        foot.addWidget(self._spent, 1)
        show = TextButton(tr("Show what was sent"), "showLedger", "ghost", self)
        show.clicked.connect(self.ledger_requested)
        foot.addWidget(show)
        more.addLayout(foot)
        self._consents.setSpacing(6)
        more.addLayout(self._consents)
        layout.addWidget(self._more)

    def _limits(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.addWidget(FormRow(tr("At most in a month"), self._caps["monthly_cap"], self), 0, 0)
        grid.addWidget(FormRow(tr("At most at one time"), self._caps["batch_cap"], self), 0, 1)
        return grid

    def _connect(self) -> None:
        self._opted_in.toggled.connect(self._on_edited)
        self._form.changed.connect(self._on_provider_changed)
        for spin in self._caps.values():
            spin.valueChanged.connect(self._on_edited)
        self._keep.clicked.connect(self._on_key_entered)
        self._key.returnPressed.connect(self._on_key_entered)
        self._forget.clicked.connect(lambda: self._with_config(self.key_forgotten.emit))
        self._test.clicked.connect(self._on_test_clicked)

    @property
    def config(self) -> ProviderConfig | None:
        return self._form.config

    def show_settings(self, settings: FrontierSettings) -> None:
        self._is_showing = True
        self._settings = settings
        self._opted_in.setChecked(settings.opted_in)
        self._form.show_config(settings.provider)
        for name, spin in self._caps.items():
            cap: Decimal | None = getattr(settings, name)
            spin.setValue(_MOST_DOLLARS if cap is None else float(cap))
        self._more.setVisible(settings.opted_in)
        self._is_showing = False

    def show_state(self, sentence: str, role: str = "small") -> None:
        """Whether anything can be asked now, and if not, why."""
        set_role(self._state, role)
        self._state.setText(sentence)
        self._state.setVisible(bool(sentence))

    @property
    def form(self) -> ProviderForm:
        return self._form

    def show_price(self, sentence: str) -> None:
        self._price.setText(sentence)
        self._price.setVisible(bool(sentence))

    def show_trust(self, words: str) -> None:
        self._trust.setText(words)
        self._trust.setVisible(bool(words))

    def show_key(self, sentence: str, *, is_there: bool) -> None:
        """Where the key is, in words; the key itself is shown to nobody."""
        self._key_state.setText(sentence)
        self._forget.setVisible(is_there)

    def show_outcome(self, sentence: str, role: str = "small") -> None:
        set_role(self._outcome, role)
        self._outcome.setText(sentence)
        self._outcome.setVisible(bool(sentence))

    def show_spent(self, sentence: str) -> None:
        self._spent.setText(sentence)

    def show_consents(self, consents: Sequence[Consent]) -> None:
        """What is sent without asking, each with the way to take it back."""
        while (item := self._consents.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        if consents:
            self._consents.addWidget(PlainLabel(tr("SENT WITHOUT ASKING, BY YOUR WORD"), self, role="caption"))
        for consent in consents:
            self._consents.addWidget(self._consent_row(consent))

    def _consent_row(self, consent: Consent) -> QWidget:
        row = QWidget(self)
        words = tr("{who} → {host}", who=consent_words(consent.words), host=consent.destination)
        take_back = TextButton(tr("Take back"), f"revoke_{consent.id}", "ghost", row)
        take_back.setProperty("density", "small")
        take_back.setAccessibleName(tr("Take back: {words}", words=words))
        take_back.clicked.connect(lambda: self.revoked.emit(consent.id))
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(PlainLabel(words, row, wrap=True), 1)
        layout.addWidget(take_back, 0, Qt.AlignmentFlag.AlignTop)
        return row

    def _on_provider_changed(self, config: ProviderConfig) -> None:
        self._settings = self._settings.model_copy(update={"provider": config})
        self.show_outcome("")
        self.changed.emit(self._settings)

    def _on_edited(self) -> None:
        if self._is_showing:
            return
        caps = {
            name: None if spin.value() >= _MOST_DOLLARS else Decimal(f"{spin.value():.2f}") for name, spin in self._caps.items()
        }
        self._settings = self._settings.model_copy(update={"opted_in": self._opted_in.isChecked(), **caps})
        self._more.setVisible(self._settings.opted_in)
        self.changed.emit(self._settings)

    def _on_key_entered(self) -> bool:
        """Whether there was a key to keep."""
        text = self._key.text().strip()
        config = self.config
        if text and config is not None:
            # At once: it is to stand nowhere in the window.
            self._key.clear()
            self.key_entered.emit(config, text)
        elif text:
            self.show_outcome(tr("First say which service and which model the key is for."), "warn")
        return bool(text)

    def _on_test_clicked(self) -> None:
        # A key that is kept is tried anyway.
        if not self._on_key_entered():
            self._with_config(self.test_requested.emit)

    def _with_config(self, act: Callable[[ProviderConfig], object]) -> None:
        config = self.config
        if config is None:
            self.show_outcome(tr("First say which service and which model."), "warn")
        else:
            act(config)


def _dollars(parent: QWidget, object_name: str) -> DollarBox:
    spin = DollarBox(parent)
    spin.setObjectName(object_name)
    spin.setRange(0, _MOST_DOLLARS)
    spin.setKeyboardTracking(False)
    spin.setAlignment(Qt.AlignmentFlag.AlignRight)
    spin.setSpecialValueText(tr("nothing"))
    return spin

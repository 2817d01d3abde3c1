"""The larger model's settings: keeps the key where it belongs, tries the service out, tells what was spent and agreed to."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Slot

from app.bootstrap import Deskhand
from app.domain.consent import Consent
from app.domain.ledger import LedgerFigures, Purpose, dollars_of
from app.domain.parcel import Reply
from app.domain.trust import UNJUDGED, Trust
from app.errors import AppError
from app.frontier.keyring_access import KeyringState
from app.frontier.keys import KeyPlace
from app.frontier.prices import listed_models, price_of
from app.settings import FrontierSettings, ProviderConfig
from app.ui.background import Background
from app.ui.controllers.escalation import EscalationController
from app.ui.controllers.ledger import LedgerController
from app.ui.controllers.settings import SettingsController
from app.ui.formats import shown_bytes, shown_dollars
from app.ui.main_window import MainWindow
from app.ui.messages import tr, tr_n
from app.ui.models.insight_words import shown_day, shown_share
from app.ui.models.job_row import error_sentence
from app.ui.views.frontier_card import FrontierCard

_PAID = (Purpose.FRONTIER, Purpose.TEST)


@dataclass(frozen=True)
class _Seen:
    place: KeyPlace
    keyring: KeyringState
    figures: LedgerFigures
    consents: list[Consent]
    trust: Trust


class FrontierController(QObject):
    def __init__(
        self,
        deskhand: Deskhand,
        window: MainWindow,
        card: FrontierCard,
        *,
        settings: SettingsController,
        escalation: EscalationController,
        ledger: LedgerController,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._deskhand = deskhand
        self._window = window
        self._card = card
        self._settings = settings
        self._escalation = escalation
        self._ledger = ledger
        self._lane = Background(self)
        self._testing = Background(self)
        card.changed.connect(self._on_changed)
        card.key_entered.connect(self._on_key_entered)
        card.key_forgotten.connect(self._on_key_forgotten)
        card.test_requested.connect(self._on_test_requested)
        card.revoked.connect(self._on_revoked)
        card.ledger_requested.connect(ledger.open)
        card.form.host_changed.connect(lambda host: card.form.suggest_models(listed_models(host)))
        window.page_shown.connect(self.refresh)
        settings.frontier_changed.connect(self.refresh)
        escalation.ledger_changed.connect(self.refresh)

    def stop(self) -> None:
        for background in (self._testing, self._lane):
            background.stop()

    @Slot()
    def refresh(self) -> None:
        """Say anew how things stand, to somebody who looks: asking the keyring loads much."""
        if self._window.page != "settings":
            return
        deskhand, frontier = self._deskhand, self._deskhand.settings.frontier
        self._card.show_settings(frontier)
        self._card.show_price(_price_words(frontier.provider))
        if frontier.provider is not None:
            self._card.form.suggest_models(listed_models(frontier.provider.host))

        def look() -> _Seen:
            keys, config, store = deskhand.keys, frontier.provider, deskhand.store
            place = keys.place_of(config) if config is not None else KeyPlace.NOWHERE
            figures = store.ledger.figures(month=store.ledger.this_month, purposes=_PAID)
            trust = store.trust_in(config.model) if config is not None else UNJUDGED
            return _Seen(place, keys.state(), figures, store.consents.standing(), trust)

        self._lane.run(look, lambda seen: self._on_seen(frontier, seen), self._tell_error)

    def _on_seen(self, frontier: FrontierSettings, seen: _Seen) -> None:
        self._card.show_key(key_words(frontier.provider, seen.place, seen.keyring), is_there=seen.place is not KeyPlace.NOWHERE)
        self._card.show_trust(trust_words(frontier.provider, seen.trust))
        self._card.show_spent(_spent_words(seen.figures))
        self._card.show_consents(seen.consents)
        self._card.show_state(*self._state(frontier, seen))

    def _state(self, frontier: FrontierSettings, seen: _Seen) -> tuple[str, str]:
        config = frontier.provider
        if not frontier.opted_in:
            return tr("Off. All answers are made on this computer."), "small"
        if config is None:
            return tr("Say which service and which model. Nothing is asked until then."), "warn"
        if seen.place is KeyPlace.NOWHERE and not (config.is_on_this_machine or config.allow_plain_http):
            return tr("Nothing is asked until there is a key."), "warn"
        if self._deskhand.settings.offline:
            return tr("Deskhand is offline, so nothing is asked. The switch is at the foot of the window."), "warn"
        if any(consent.destination == config.destination for consent in seen.consents):
            return tr("Ready. What you agreed to below is sent without asking; everything else is shown to you first."), "accent"
        return tr("Ready. {model} is asked only after you have seen what would be sent.", model=config.model), "accent"

    @Slot(object)
    def _on_changed(self, frontier: FrontierSettings) -> None:
        self._settings.apply(self._deskhand.settings.model_copy(update={"frontier": frontier}))

    @Slot(object, str)
    def _on_key_entered(self, config: ProviderConfig, text: str) -> None:
        self._lane.run(lambda: self._deskhand.keys.put(config, text), lambda _: self._on_key_kept(config), self._tell_error)

    def _on_key_kept(self, config: ProviderConfig) -> None:
        """A key that does not work is best known at once."""
        self._on_key_changed()
        if self._deskhand.settings.offline:
            self._card.show_outcome(tr("It was not tried: Deskhand is offline."), "warn")
        elif self._deskhand.settings.frontier.opted_in:
            self._on_test_requested(config)

    @Slot(object)
    def _on_key_forgotten(self, config: ProviderConfig) -> None:
        self._lane.run(lambda: self._deskhand.keys.remove(config), lambda _: self._on_key_changed(), self._tell_error)

    def _on_key_changed(self) -> None:
        self._card.show_outcome("")
        self.refresh()
        self._escalation.refresh()

    @Slot(object)
    def _on_test_requested(self, config: ProviderConfig) -> None:
        self._card.show_outcome(tr("Asking {host} …", host=config.host))
        # After a key that is just being kept.
        self._lane.run(lambda: None, lambda _: self._try_out(config), None)

    def _try_out(self, config: ProviderConfig) -> None:
        self._testing.run(
            lambda: self._deskhand.frontier.test_call(config), lambda reply: self._on_tried(config, reply), self._on_test_failed
        )

    def _on_tried(self, config: ProviderConfig, reply: Reply) -> None:
        cost = "" if reply.cost is None else tr("It cost {cost}.", cost=shown_dollars(reply.cost))
        self._card.show_outcome(f"{tr('{model} answered.', model=config.model)} {cost}".strip(), "accent")
        self.refresh()
        self._ledger.refresh()

    def _on_test_failed(self, error: AppError) -> None:
        self._card.show_outcome(error_sentence(error.user_text, error.hint), "bad")
        self.refresh()
        self._ledger.refresh()

    @Slot(int)
    def _on_revoked(self, consent_id: int) -> None:
        self._lane.run(lambda: self._deskhand.store.consents.revoke(consent_id), lambda _: self.refresh(), self._tell_error)

    def _tell_error(self, error: AppError) -> None:
        self._card.show_outcome(error_sentence(error.user_text, error.hint), "bad")


def trust_words(config: ProviderConfig | None, trust: Trust) -> str:
    """What the confidence of its answers rests on."""
    if config is None:
        return ""
    share = shown_share(trust.right)
    if not trust.n_judged:
        return tr(
            "You have not checked an answer of {model} yet; {share} of them are taken to be right.", model=config.model, share=share
        )
    return tr_n(
        "You checked {n} answer of {model}: {right} right. {share} of its answers are taken to be right.",
        "You checked {n} answers of {model}: {right} right. {share} of its answers are taken to be right.",
        trust.n_judged,
        model=config.model,
        right=trust.n_right,
        share=share,
    )


def key_words(config: ProviderConfig | None, place: KeyPlace, keyring: KeyringState) -> str:
    """Where the key is, and where a new one would go."""
    if place is KeyPlace.KEYRING:
        locked = f" {tr('It is locked; the system will ask for its password.')}" if keyring.kind == "locked" else ""
        return tr("The key is kept in the {keyring} of this computer.", keyring=keyring.name) + locked
    if place is KeyPlace.MEMORY:
        return tr("The key is kept in memory for this run only; it is gone when Deskhand ends.")
    own = f"{tr('A server on this computer may need none.')} " if config is not None and config.is_on_this_machine else ""
    if keyring.kind == "absent":
        where = tr("There is no keyring on this computer, so a key is kept in memory for this run only.")
        return f"{own}{where}"
    return f"{own}{tr('A key goes into the {keyring} of this computer, nowhere else.', keyring=keyring.name)}"


def _price_words(config: ProviderConfig | None) -> str:
    if config is None:
        return ""
    known = price_of(config)
    if known is None:
        return tr("What this model costs is not known. Enter the prices, else you are asked each time and no limit holds it back.")
    told = tr(
        "{input} for a million tokens read, {output} for a million written.",
        input=shown_dollars(known.price.input),
        output=shown_dollars(known.price.output),
    )
    return told if known.listed_on is None else f"{told} {tr('As listed on {date}.', date=shown_day(known.listed_on.isoformat()))}"


def _spent_words(figures: LedgerFigures) -> str:
    return tr_n(
        "This month: {cost} in {n} request, {size} sent.",
        "This month: {cost} in {n} requests, {size} sent.",
        figures.n_requests,
        cost=shown_dollars(dollars_of(figures.spent_micros)),
        size=shown_bytes(figures.sent_bytes),
    )

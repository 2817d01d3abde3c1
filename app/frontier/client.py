"""The one who asks: writes a request down and reserves its cost, adds the key, sends it, and writes down how it ended."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from app.domain.enquiry import Enquiry, Excerpt, Question
from app.domain.ledger import Caps, Ending, LedgerEntry, LedgerOutcome, Purpose, RequestLog, micros_of_cost
from app.domain.parcel import Parcel, Reply
from app.domain.task import TaskKind
from app.errors import (
    AnswerLostError,
    AnswerRefusedError,
    AppError,
    CancelledError,
    KeyMissingError,
    ProviderMissingError,
    RequestRefusedError,
    ServiceBusyError,
    ServiceUnreachableError,
)
from app.frontier.faults import Fault, fault_of
from app.frontier.keys import KeyPlace, KeyStore
from app.frontier.provider import dialect_of, measure, pack, unpack
from app.network.call import Call, CallAbandonedError, post
from app.network.gate import Gate, Posted, TransferError, host_of
from app.network.hardening import closed_memory
from app.network.secret import Secret, scrub
from app.settings import FrontierSettings, ProviderConfig

WHO_ASKS = "to ask a larger model"
WHO_TESTS = "to try out a key"
_POLL_S = 0.1


@dataclass(frozen=True)
class Errand:
    """For whom a parcel is sent, as the ledger tells it later."""

    consent: str
    """In the words of `Consent.words`."""
    consent_id: int | None = None
    document: str = ""
    job_id: int | None = None
    task: str = ""
    batch: str = ""
    accepts_unknown_price: bool = False
    may_pay_again: bool = False
    """Whether what may have to be paid is tried again, as far as the caps reach. Not where a person was told the most it costs."""
    purpose: Purpose = Purpose.FRONTIER


@dataclass(frozen=True)
class Patience:
    """How long to wait, and how often to try again where nothing was answered."""

    connect_s: float = 10.0
    answer_s: float = 300.0
    tries: int = 3
    first_wait_s: float = 1.0
    longest_wait_s: float = 60.0
    """A service that asks for more has refused."""


class Frontier:
    """Sends parcels. Every try has a ledger row of its own, written before it leaves, so a crash counts as sent and spent."""

    def __init__(
        self,
        gate: Gate,
        keys: KeyStore,
        log: RequestLog,
        settings: Callable[[], FrontierSettings],
        patience: Patience = Patience(),
    ) -> None:
        self._gate = gate
        self._keys = keys
        self._log = log
        self._settings = settings
        self._patience = patience

    @property
    def config(self) -> ProviderConfig | None:
        """The service to ask; None unless the person set one up and wants it asked."""
        settings = self._settings()
        return settings.provider if settings.opted_in else None

    def is_ready(self) -> bool:
        """Whether there is a service with its key, or one that may need none. Asks for no password."""
        config = self.config
        return config is not None and (_may_lack_key(config) or self._keys.place_of(config) is not KeyPlace.NOWHERE)

    def pack(self, enquiry: Enquiry) -> Parcel:
        """What would be sent to the service as it is set up now. Raises `ProviderMissingError`."""
        config = self.config
        if config is None:
            raise ProviderMissingError
        return pack(config, enquiry)

    def send(
        self,
        parcel: Parcel,
        enquiry: Enquiry,
        errand: Errand,
        cancel: threading.Event | None = None,
        require_wanted: Callable[[], object] = lambda: None,
    ) -> Reply:
        """Send exactly `parcel`, made of `enquiry`, and read the reply. Blocks.

        `require_wanted` raises when the person wants it no longer; it is asked before every try.
        Raises `FrontierError` kinds, `OfflineError`, `BudgetError`, `CancelledError`.
        """

        def require() -> None:
            self._config_for(parcel)
            require_wanted()

        config = self._config_for(parcel)
        with closed_memory():
            return self._send(config, parcel, enquiry, errand, self._keys.get(config), cancel, require)

    def _config_for(self, parcel: Parcel) -> ProviderConfig:
        """The service as it is set up now, as long as the parcel is made for it."""
        config = self.config
        if config is None:
            raise ProviderMissingError
        if (parcel.provider, parcel.model, parcel.url) != (config.id, config.model, dialect_of(config).url(config)):
            raise RequestRefusedError(host=parcel.host, detail="The larger model was changed since this was agreed to.")
        return config

    def test_call(self, config: ProviderConfig, key: str = "", cancel: threading.Event | None = None) -> Reply:
        """One small request, with nothing of a document, to see whether service, model and key work. `key` need not be kept yet."""
        errand = Errand(consent="test", accepts_unknown_price=True, purpose=Purpose.TEST)
        with closed_memory():
            secret = Secret(key) if key else self._keys.get(config)
            return self._send(config, pack(config, TEST_ENQUIRY), TEST_ENQUIRY, errand, secret, cancel, lambda: None)

    def _send(
        self,
        config: ProviderConfig,
        parcel: Parcel,
        enquiry: Enquiry,
        errand: Errand,
        key: Secret | None,
        cancel: threading.Event | None,
        require: Callable[[], None],
    ) -> Reply:
        who = WHO_TESTS if errand.purpose is Purpose.TEST else WHO_ASKS
        self._gate.require(config.host, who)
        if key is None and not _may_lack_key(config):
            raise KeyMissingError(host=config.host)
        headers = dict(parcel.headers)
        if key is not None:
            headers |= [dialect_of(config).key_header(key.reveal())]
        patience = self._patience
        call = Call(
            parcel.url, headers, parcel.body, who, patience.connect_s, patience.answer_s, may_be_plain=config.allow_plain_http
        )
        entry = _entry(parcel, errand)
        told: AppError | None = None
        for attempt in range(1, patience.tries + 1):
            try:
                self._gate.require(config.host, who)
                require()
                row = self._log.open(entry.model_copy(update={"attempt": attempt}), self._caps())
                posted = self._post(row, call, errand, cancel)
            except AppError as error:
                raise _told(told, error) from None
            if posted.status == 200:
                return self._read(row, config, enquiry, posted)
            fault = fault_of(config, posted)
            self._log.close(row, _refusal(fault, posted))
            told = _told(told, fault.error)
            wait_s = self._wait_s(fault, attempt, errand)
            if wait_s is None:
                break
            self._wait(wait_s, errand, cancel)
        raise told or ServiceBusyError(host=config.host)

    def _caps(self) -> Caps:
        settings = self._settings()
        return Caps.of_dollars(settings.monthly_cap, settings.batch_cap)

    def _post(self, row: int, call: Call, errand: Errand, cancel: threading.Event | None) -> Posted:
        """The answer, whatever its status; the row is closed where there is none."""
        try:
            return post(self._gate, call, cancel)
        except (TransferError, CallAbandonedError, AppError) as error:
            told, outcome = _no_answer(error, host_of(call.url), errand)
        self._log.close(row, outcome)
        raise told

    def _read(self, row: int, config: ProviderConfig, enquiry: Enquiry, posted: Posted) -> Reply:
        """Read an answer that has to be paid, usable or not."""
        tokens, cost = measure(config, posted.body)
        outcome = LedgerOutcome(
            ending=Ending.DONE,
            input_tokens=tokens.input,
            output_tokens=tokens.output,
            cost_micros=None if cost is None else micros_of_cost(cost),
            received_bytes=len(posted.body),
        )
        try:
            reply = unpack(config, enquiry, posted.body)
        except AppError as error:
            ending = Ending.REFUSED if isinstance(error, AnswerRefusedError) else Ending.DONE
            outcome = outcome.model_copy(update={"ending": ending, "error": error.code})
            raise
        finally:
            self._log.close(row, outcome)
        return reply

    def _wait_s(self, fault: Fault, attempt: int, errand: Errand) -> float | None:
        """How long to wait before another try; None for no more."""
        patience = self._patience
        if not fault.may_retry or attempt >= patience.tries or (fault.may_cost and not errand.may_pay_again):
            return None
        own_s = patience.first_wait_s * 2 ** (attempt - 1) * (1 + random.random() / 4)  # noqa: S311 - so that many do not come back at once
        wait_s = max(own_s, fault.wait_s or 0.0)
        return wait_s if wait_s <= patience.longest_wait_s else None

    def _wait(self, wait_s: float, errand: Errand, cancel: threading.Event | None) -> None:
        until = time.monotonic() + wait_s
        while (left_s := until - time.monotonic()) > 0:
            if cancel is not None and cancel.is_set():
                raise _cancelled(errand)
            time.sleep(min(_POLL_S, left_s))


def _no_answer(error: TransferError | CallAbandonedError | AppError, host: str, errand: Errand) -> tuple[AppError, LedgerOutcome]:
    """What the person is told, and what the ledger is. Where something may have left, the reservation stays spent."""
    if isinstance(error, CallAbandonedError):
        return _cancelled(errand), LedgerOutcome(ending=Ending.CANCELLED, error=CancelledError.code)
    if isinstance(error, AppError):
        return error, LedgerOutcome(ending=Ending.NOT_SENT, cost_micros=0, error=error.code)
    detail = scrub(str(error))
    if error.is_unreachable:
        told: AppError = ServiceUnreachableError(host=host, detail=detail)
        return told, LedgerOutcome(ending=Ending.NOT_SENT, cost_micros=0, error=told.code)
    told = AnswerLostError(host=host, detail=detail)
    return told, LedgerOutcome(ending=Ending.BROKEN, error=told.code)


def _told(before: AppError | None, now: AppError) -> AppError:
    """What a person is told of several tries: never that nothing was sent, or nothing paid, where an earlier one says otherwise."""
    return now if before is None or isinstance(now, AnswerLostError | CancelledError) else before


def _may_lack_key(config: ProviderConfig) -> bool:
    """Servers of one's own often want none."""
    return config.is_on_this_machine or config.allow_plain_http


def _cancelled(errand: Errand) -> CancelledError:
    return CancelledError(file=errand.document or "The request")


def _entry(parcel: Parcel, errand: Errand) -> LedgerEntry:
    return LedgerEntry(
        purpose=errand.purpose,
        host=parcel.host,
        url_path=urlsplit(parcel.url).path,
        document=errand.document,
        job_id=errand.job_id,
        task=errand.task,
        targets=parcel.targets if errand.purpose is Purpose.FRONTIER else (),
        payload=parcel.body,
        consent=errand.consent,
        consent_id=errand.consent_id,
        batch=errand.batch,
        provider=parcel.provider,
        model=parcel.model,
        reserved_micros=None if parcel.max_cost is None else micros_of_cost(parcel.max_cost),
        accepts_unknown_price=errand.accepts_unknown_price,
    )


def _refusal(fault: Fault, posted: Posted) -> LedgerOutcome:
    return LedgerOutcome(
        ending=Ending.BROKEN if fault.may_cost else Ending.REFUSED,
        cost_micros=None if fault.may_cost else 0,
        received_bytes=len(posted.body),
        error=fault.error.code,
    )


TEST_ENQUIRY = Enquiry(
    task="test",
    kind=TaskKind.EXTRACT,
    questions=(Question(target="number", title="Number", type="identifier"),),
    excerpts=(Excerpt(page=1, start=0, end=24, text="The number is 4711-0815."),),
    whole_document=True,
)

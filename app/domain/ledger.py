"""What left this computer and what it cost: a request, its outcome, their sums. Money is whole micro-dollars, never a float."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from enum import StrEnum
from typing import Final, Protocol

from pydantic import BaseModel, ConfigDict, Field

MICROS_PER_DOLLAR = 1_000_000


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class Purpose(StrEnum):
    FRONTIER = "frontier"
    """Part of a document was sent to a larger model."""
    TEST = "test"
    """A call that tries out a key; nothing of a document."""
    DOWNLOAD = "download"
    """A model file was fetched; nothing of a document."""


class Ending(StrEnum):
    DONE = "done"
    REFUSED = "refused"
    """The other side answered that it will not."""
    NOT_SENT = "not_sent"
    """No connection came about, so nothing left."""
    BROKEN = "broken"
    """The connection broke; whether the other side worked, and charges for it, is not known."""
    CANCELLED = "cancelled"


class LedgerEntry(_Part):
    """A request before it is sent. `payload` is exactly what will leave."""

    purpose: Purpose
    host: str
    url_path: str = ""
    document: str = ""
    """Name of the document; empty when nothing of one is sent."""
    job_id: int | None = None
    task: str = ""
    targets: tuple[str, ...] = ()
    """What was asked for; empty for a whole document."""
    payload: bytes = Field(default=b"", repr=False)
    consent: str = ""
    """Who allowed it, in the words of `Consent.words`."""
    consent_id: int | None = None
    batch: str = ""
    provider: str = ""
    model: str = ""
    attempt: int = Field(default=1, ge=1)
    reserved_micros: int | None = Field(default=0, ge=0)
    """The most it can cost; None where the price is not known."""
    accepts_unknown_price: bool = False
    """The person saw that the price is not known and wants it all the same."""


class LedgerOutcome(_Part):
    """How a request ended. Where `cost_micros` is None the reservation stays spent."""

    ending: Ending
    input_tokens: int = Field(default=0, ge=0)
    output_tokens: int = Field(default=0, ge=0)
    cost_micros: int | None = Field(default=None, ge=0)
    received_bytes: int = Field(default=0, ge=0)
    redirected_to: str = ""
    """Hosts that the first one sent on to, parted by blanks."""
    error: str = ""
    """Code of the error."""


class LedgerRow(_Part):
    """An entry as it was written, without its payload, and its outcome; None while it is under way or after a crash."""

    id: int
    opened_at: str
    """ISO 8601, UTC."""
    month: str
    """Calendar month at the place and time of writing: ``2026-11``."""
    entry: LedgerEntry
    sent_bytes: int
    payload_sha256: str
    closed_at: str = ""
    outcome: LedgerOutcome | None = None

    @property
    def spent_micros(self) -> int:
        """What counts against the caps: the cost, or the reservation while the cost is not known."""
        if self.outcome is not None and self.outcome.cost_micros is not None:
            return self.outcome.cost_micros
        return self.entry.reserved_micros or 0

    @property
    def is_priced(self) -> bool:
        cost = self.outcome.cost_micros if self.outcome is not None else None
        return cost is not None or self.entry.reserved_micros is not None


@dataclass(frozen=True)
class LedgerFigures:
    """Sums over rows. Requests and bytes count what left, or may have."""

    n_requests: int = 0
    sent_bytes: int = 0
    received_bytes: int = 0
    spent_micros: int = 0
    n_unpriced: int = 0
    """Requests whose cost is not known and not in the sum."""


@dataclass(frozen=True)
class Caps:
    """The most that may be spent in a calendar month and for one batch; None is no limit."""

    monthly_micros: int | None = None
    batch_micros: int | None = None

    @classmethod
    def of_dollars(cls, monthly: Decimal | None, batch: Decimal | None) -> Caps:
        """Rounded down: a limit is never passed by a rounding."""
        return cls(*(None if cap is None else _micros(cap, ROUND_FLOOR) for cap in (monthly, batch)))


NO_CAPS: Final = Caps()


class RequestLog(Protocol):
    """Where requests are written down: a row before the first byte leaves, and how it ended."""

    def open(self, entry: LedgerEntry, caps: Caps = NO_CAPS) -> int:
        """Write the entry and reserve its cost in one step; the row's number. Raises `BudgetError` and writes nothing."""

    def close(self, request_id: int, outcome: LedgerOutcome) -> None: ...


def micros_of_cost(dollars: Decimal) -> int:
    """Rounded up: a cost is never counted too low."""
    return _micros(dollars, ROUND_CEILING)


def dollars_of(micros: int) -> Decimal:
    return Decimal(micros) / MICROS_PER_DOLLAR


def shown_dollars(micros: int) -> str:
    """At least cents, and as exact as it is: ``$0.00125``."""
    whole, _, part = f"{dollars_of(micros):,.6f}".partition(".")
    return f"${whole}.{part.rstrip('0').ljust(2, '0')}"


def _micros(dollars: Decimal, rounding: str) -> int:
    return int((dollars * MICROS_PER_DOLLAR).to_integral_value(rounding=rounding))

"""The caps, held inside the transaction that writes a request: two calls at once can't both take the last cent."""

from __future__ import annotations

import apsw

from app.domain.ledger import Caps, LedgerEntry, shown_dollars
from app.errors import BudgetError, UnknownPriceError
from app.storage.database import fetch

_SPENT = (
    "SELECT coalesce(sum(coalesce(cost_micros, reserved_micros, 0)), 0)"
    " FROM ledger_requests LEFT JOIN ledger_outcomes ON request_id = id WHERE "
)


def require_room(connection: apsw.Connection, entry: LedgerEntry, month: str, caps: Caps) -> None:
    """Raise `BudgetError` unless the entry's reservation fits under both caps.

    What was reserved counts as spent until the cost is known, so a crash between sending and noting the outcome can only make
    less room, never more.
    """
    cost = entry.reserved_micros
    if cost is None:
        if not entry.accepts_unknown_price:
            raise UnknownPriceError(model=entry.model)
        cost = 0
    if caps.monthly_micros is not None:
        _require(cost, caps.monthly_micros, spent_in_month(connection, month), "this month")
    if caps.batch_micros is not None and entry.batch:
        _require(cost, caps.batch_micros, spent_in_batch(connection, entry.batch), "for this batch")


def spent_in_month(connection: apsw.Connection, month: str) -> int:
    return int(fetch(connection, f"{_SPENT} month = ?", (month,))[0][0])


def spent_in_batch(connection: apsw.Connection, batch: str) -> int:
    return int(fetch(connection, f"{_SPENT} batch = ? AND batch != ''", (batch,))[0][0])


def _require(cost: int, cap: int, spent: int, period: str) -> None:
    # What is free can always be sent, also when a cap was lowered below what is spent.
    if cost and spent + cost > cap:
        raise BudgetError(cost=shown_dollars(cost), left=shown_dollars(max(0, cap - spent)), cap=shown_dollars(cap), period=period)

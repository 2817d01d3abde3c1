"""The ledger of every request that left this computer. Rows are only added; triggers refuse anything else.

A month is the calendar month on the person's clock when the row was written. It is stored with the row, so a journey to another
time zone moves no row to another month.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Collection
from datetime import datetime

from app.domain.ledger import NO_CAPS, Caps, Ending, LedgerEntry, LedgerFigures, LedgerOutcome, LedgerRow, Purpose
from app.storage.budget import require_room, spent_in_batch, spent_in_month
from app.storage.database import Database
from app.storage.ledger_rows import LEDGER_COLUMNS, insert_outcome, insert_request, local_time, month_of, to_ledger_row
from app.storage.spool import take_over

_JOINED = "ledger_requests LEFT JOIN ledger_outcomes ON request_id = id"
_HAS_LEFT = f"ending IS NULL OR ending != '{Ending.NOT_SENT}'"
_FIGURES = (
    "count(*) FILTER (WHERE has_left), coalesce(sum(sent_bytes) FILTER (WHERE has_left), 0), coalesce(sum(received_bytes), 0),"
    " coalesce(sum(coalesce(cost_micros, reserved_micros, 0)), 0),"
    " count(*) FILTER (WHERE has_left AND cost_micros IS NULL AND reserved_micros IS NULL)"
)


class Ledger:
    """A `RequestLog` in the database. `clock` gives the person's local time.

    What other programs spooled meanwhile is taken over whenever rows are asked for.
    """

    def __init__(self, database: Database, *, clock: Callable[[], datetime] = local_time) -> None:
        self._database = database
        self._clock = clock

    @property
    def this_month(self) -> str:
        return month_of(self._clock())

    def open(self, entry: LedgerEntry, caps: Caps = NO_CAPS) -> int:
        """Write the entry and reserve its cost in one transaction; the row's number. Raises `BudgetError` and writes nothing."""
        with self._database.transaction() as connection:
            moment = self._clock()
            require_room(connection, entry, month_of(moment), caps)
            return insert_request(connection, entry, moment)

    def close(self, request_id: int, outcome: LedgerOutcome) -> None:
        """Write how it ended; once for each request, a second time is refused."""
        with self._database.transaction() as connection:
            insert_outcome(connection, request_id, outcome, self._clock())

    def left_micros(self, caps: Caps, batch: str = "") -> int | None:
        """What both caps leave now; None without any cap. Only `open` may rely on it, for it may change in between."""
        with self._database.transaction() as connection:
            left = []
            if caps.monthly_micros is not None:
                left.append(caps.monthly_micros - spent_in_month(connection, self.this_month))
            if caps.batch_micros is not None:
                left.append(caps.batch_micros - spent_in_batch(connection, batch))
        return max(0, min(left)) if left else None

    def row(self, request_id: int) -> LedgerRow | None:
        rows = self._database.query(f"SELECT {LEDGER_COLUMNS} FROM {_JOINED} WHERE id = ?", (request_id,))  # noqa: S608
        return to_ledger_row(rows[0]) if rows else None

    def rows(
        self,
        *,
        month: str = "",
        purposes: Collection[Purpose] = (),
        job_id: int | None = None,
        before_id: int | None = None,
        limit: int | None = None,
    ) -> list[LedgerRow]:
        """Newest first. `before_id` and `limit` page through them."""
        self._take_over()
        where, bindings = _filter(month, purposes)
        for condition, value in (("job_id = ?", job_id), ("id < ?", before_id)):
            if value is not None:
                where.append(condition)
                bindings.append(value)
        sql = f"SELECT {LEDGER_COLUMNS} FROM {_JOINED} WHERE {' AND '.join(where)} ORDER BY id DESC LIMIT ?"  # noqa: S608
        return [to_ledger_row(row) for row in self._database.query(sql, (*bindings, -1 if limit is None else limit))]

    def payload(self, request_id: int) -> bytes | None:
        """The bytes as they left; None without such a row."""
        rows = self._database.query("SELECT payload FROM ledger_requests WHERE id = ?", (request_id,))
        return zlib.decompress(rows[0][0]) if rows else None

    def months(self) -> list[str]:
        """Those with rows, newest first."""
        self._take_over()
        return [str(month) for (month,) in self._database.query("SELECT DISTINCT month FROM ledger_requests ORDER BY month DESC")]

    def figures(self, *, month: str = "", purposes: Collection[Purpose] = ()) -> LedgerFigures:
        """Sums of a month, or of all time when it is left out."""
        self._take_over()
        where, bindings = _filter(month, purposes)
        sql = f"SELECT {_FIGURES} FROM (SELECT *, {_HAS_LEFT} AS has_left FROM {_JOINED}) WHERE {' AND '.join(where)}"  # noqa: S608
        return LedgerFigures(*(int(value) for value in self._database.query(sql, tuple(bindings))[0]))

    def _take_over(self) -> None:
        take_over(self._database, self._database.path.parent)


def _filter(month: str, purposes: Collection[Purpose]) -> tuple[list[str], list[str | int]]:
    where, bindings = ["1"], list[str | int]()
    if month:
        where.append("month = ?")
        bindings.append(month)
    if purposes:
        where.append(f"purpose IN ({', '.join('?' * len(purposes))})")
        bindings += [purpose.value for purpose in purposes]
    return where, bindings

"""The ledger: nothing in it changes, payloads come back to the byte, months are the person's, caps hold."""

from __future__ import annotations

import hashlib
import random
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import apsw
import pytest

from app.domain.ledger import Caps, Ending, LedgerEntry, LedgerOutcome, Purpose
from app.errors import BudgetError, UnknownPriceError
from app.storage.database import Database
from app.storage.ledger import Ledger

ISTANBUL = timezone(timedelta(hours=3))


class Clock:
    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(tmp_path / "deskhand.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def ledger(database: Database) -> Ledger:
    return Ledger(database)


def entry(cost: int | None = 0, **more: object) -> LedgerEntry:
    given = {"purpose": Purpose.FRONTIER, "host": "api.example", "reserved_micros": cost, "payload": b"{}"} | more
    return LedgerEntry.model_validate(given)


def done(cost: int | None = 0, **more: object) -> LedgerOutcome:
    return LedgerOutcome.model_validate({"ending": Ending.DONE, "cost_micros": cost} | more)


def test_a_row_comes_back_as_it_was_written(ledger: Ledger) -> None:
    written = entry(
        1_234,
        url_path="/v1/chat/completions",
        document="bill ☂.pdf",
        job_id=7,
        task="invoice",
        targets=("total_amount", "line_items"),
        consent="folder /bills",
        consent_id=3,
        batch="b1",
        provider="openai_chat",
        model="large",
        attempt=2,
        payload=b"\x00\xff{}",
    )
    number = ledger.open(written)
    row = ledger.row(number)
    assert row is not None
    assert row.entry == written.model_copy(update={"payload": b""})
    assert (row.sent_bytes, row.payload_sha256) == (4, hashlib.sha256(written.payload).hexdigest())
    assert (row.outcome, row.closed_at, row.spent_micros) == (None, "", 1_234)
    outcome = done(1_000, input_tokens=10, output_tokens=2, received_bytes=99, redirected_to="a.example", error="")
    ledger.close(number, outcome)
    closed = ledger.row(number)
    assert closed is not None
    assert (closed.outcome, closed.spent_micros) == (outcome, 1_000)
    assert closed.closed_at >= closed.opened_at
    assert ledger.row(99) is None


def test_payloads_come_back_to_the_byte(ledger: Ledger) -> None:
    chance = random.Random(5)
    payloads = [b"", b"\0", "ğüşiöç €\r\n".encode(), bytes(range(256))] + [
        chance.randbytes(chance.randrange(5_000)) for _ in range(40)
    ]
    numbers = [ledger.open(entry(payload=payload)) for payload in payloads]
    for number, payload in zip(numbers, payloads, strict=True):
        row = ledger.row(number)
        assert ledger.payload(number) == payload
        assert row is not None
        assert row.payload_sha256 == hashlib.sha256(payload).hexdigest()
        assert row.sent_bytes == len(payload)
    assert ledger.payload(999) is None


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE ledger_requests SET host = 'other.example'",
        "UPDATE ledger_outcomes SET cost_micros = 0",
        "DELETE FROM ledger_requests",
        "DELETE FROM ledger_outcomes",
        "INSERT OR REPLACE INTO ledger_requests SELECT * FROM ledger_requests",
        "INSERT OR REPLACE INTO ledger_outcomes SELECT * FROM ledger_outcomes",
        "INSERT INTO ledger_outcomes SELECT * FROM ledger_outcomes WHERE true ON CONFLICT DO UPDATE SET cost_micros = 0",
        "UPDATE OR IGNORE ledger_requests SET id = id + 1",
    ],
)
def test_nothing_written_can_be_changed_or_taken_out(database: Database, ledger: Ledger, sql: str) -> None:
    ledger.close(ledger.open(entry(5)), done(3))
    before = database.query("SELECT * FROM ledger_requests JOIN ledger_outcomes ON request_id = id")
    with pytest.raises(apsw.ConstraintError, match="append-only"), database.transaction() as connection:
        connection.execute(sql)
    assert database.query("SELECT * FROM ledger_requests JOIN ledger_outcomes ON request_id = id") == before


def test_another_program_is_refused_as_well(tmp_path: Path) -> None:
    database = Database(tmp_path / "deskhand.sqlite")
    Ledger(database).open(entry())
    database.close()
    with sqlite3.connect(tmp_path / "deskhand.sqlite") as other, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        other.execute("DELETE FROM ledger_requests")
    other.close()


def test_an_outcome_is_written_once_and_only_for_a_request(ledger: Ledger) -> None:
    number = ledger.open(entry(5))
    ledger.close(number, done(3))
    with pytest.raises(apsw.ConstraintError):
        ledger.close(number, done(0))
    with pytest.raises(apsw.ConstraintError):
        ledger.close(number + 1, done(0))
    assert ledger.figures().spent_micros == 3


def test_a_month_is_the_one_on_the_persons_clock(database: Database) -> None:
    clock = Clock(datetime(2026, 12, 1, 0, 30, tzinfo=ISTANBUL))
    ledger = Ledger(database, clock=clock)
    number = ledger.open(entry(10))
    row = ledger.row(number)
    assert row is not None
    assert (row.month, row.opened_at) == ("2026-12", "2026-11-30T21:30:00.000+00:00")
    clock.moment = datetime(2026, 11, 30, 23, 59, 59, tzinfo=ISTANBUL)
    ledger.open(entry(10), Caps(monthly_micros=10))
    clock.moment = datetime(2026, 12, 31, 23, 59, 59, tzinfo=ISTANBUL)
    with pytest.raises(BudgetError):
        ledger.open(entry(1), Caps(monthly_micros=10))
    clock.moment = datetime(2027, 1, 1, tzinfo=ISTANBUL)
    ledger.open(entry(10), Caps(monthly_micros=10))
    clock.moment = datetime(2026, 12, 31, 23, tzinfo=UTC)
    assert ledger.this_month == "2026-12"
    assert ledger.months() == ["2027-01", "2026-12", "2026-11"]
    assert [ledger.figures(month=month).spent_micros for month in ledger.months()] == [10, 10, 10]


def test_a_cost_counts_for_the_month_of_its_request(database: Database) -> None:
    clock = Clock(datetime(2026, 11, 30, 23, 59, tzinfo=ISTANBUL))
    ledger = Ledger(database, clock=clock)
    number = ledger.open(entry(10))
    clock.moment = datetime(2026, 12, 1, 0, 1, tzinfo=ISTANBUL)
    ledger.close(number, done(4))
    assert ledger.figures(month="2026-11").spent_micros == 4
    assert ledger.figures(month="2026-12").spent_micros == 0


def test_what_is_reserved_is_spent_until_the_cost_is_known(ledger: Ledger) -> None:
    caps = Caps(monthly_micros=100)
    first = ledger.open(entry(60), caps)
    with pytest.raises(BudgetError) as caught:
        ledger.open(entry(41), caps)
    assert "$0.000041" in caught.value.user_text
    assert ledger.left_micros(caps) == 40
    ledger.close(first, done(None, ending=Ending.BROKEN))
    assert ledger.left_micros(caps) == 40, "a broken call may have been charged"
    second = ledger.open(entry(40), caps)
    ledger.close(second, done(0, ending=Ending.NOT_SENT))
    assert ledger.left_micros(caps) == 40
    assert len(ledger.rows()) == 2, "what the caps refuse is not in the ledger"


def test_batches_have_caps_of_their_own(ledger: Ledger) -> None:
    caps = Caps(batch_micros=10)
    ledger.open(entry(10, batch="a"), caps)
    with pytest.raises(BudgetError, match="for this batch"):
        ledger.open(entry(1, batch="a"), caps)
    ledger.open(entry(10, batch="b"), caps)
    ledger.open(entry(1_000), caps)
    assert ledger.left_micros(Caps(monthly_micros=2_000, batch_micros=25), "b") == 15
    assert ledger.left_micros(Caps(monthly_micros=1_021, batch_micros=25), "b") == 1
    assert ledger.left_micros(Caps()) is None


def test_a_cost_above_its_reservation_is_told_as_it_is_and_stops_what_follows(ledger: Ledger) -> None:
    caps = Caps(monthly_micros=100)
    ledger.close(ledger.open(entry(90), caps), done(130))
    assert ledger.figures().spent_micros == 130
    assert ledger.left_micros(caps) == 0
    with pytest.raises(BudgetError, match=r"and \$0\.00 of \$0\.0001 "):
        ledger.open(entry(1), caps)
    ledger.open(entry(0), caps)


def test_an_unknown_price_needs_the_persons_word(ledger: Ledger) -> None:
    with pytest.raises(UnknownPriceError):
        ledger.open(entry(None))
    number = ledger.open(entry(None, accepts_unknown_price=True))
    ledger.close(number, done(None))
    figures = ledger.figures()
    assert (figures.spent_micros, figures.n_unpriced) == (0, 1)
    other = ledger.open(entry(None, accepts_unknown_price=True))
    ledger.close(other, done(12))
    assert (ledger.figures().spent_micros, ledger.figures().n_unpriced) == (12, 1)


def test_rows_are_filtered_and_paged(ledger: Ledger) -> None:
    numbers = [ledger.open(entry(purpose=purpose, job_id=job)) for job in range(3) for purpose in Purpose]
    assert [row.id for row in ledger.rows()] == numbers[::-1]
    assert [row.id for row in ledger.rows(before_id=numbers[5], limit=2)] == [numbers[4], numbers[3]]
    assert {row.entry.purpose for row in ledger.rows(purposes=[Purpose.DOWNLOAD])} == {Purpose.DOWNLOAD}
    assert [row.entry.job_id for row in ledger.rows(job_id=1)] == [1, 1, 1]
    assert ledger.rows(month="1999-01") == []


def test_figures_count_only_what_left(ledger: Ledger) -> None:
    ledger.close(ledger.open(entry(5, payload=b"12345")), done(3, received_bytes=7))
    ledger.close(ledger.open(entry(5, payload=b"123")), done(0, ending=Ending.NOT_SENT))
    ledger.open(entry(5, payload=b"12"))
    ledger.close(ledger.open(entry(purpose=Purpose.DOWNLOAD, payload=b"")), done(0, received_bytes=1_000))
    figures = ledger.figures(month=ledger.this_month, purposes=[Purpose.FRONTIER, Purpose.TEST])
    assert (figures.n_requests, figures.sent_bytes, figures.received_bytes, figures.spent_micros) == (2, 7, 7, 8)
    assert ledger.figures().n_requests == 3


def test_caps_are_rounded_down_and_no_float_is_met() -> None:
    assert Caps.of_dollars(Decimal("0.0000019"), None) == Caps(1, None)
    assert Caps.of_dollars(Decimal("0.3"), Decimal("0.1")) == Caps(300_000, 100_000)

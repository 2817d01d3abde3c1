"""Rows of the ledger as they stand in the database's columns."""

from __future__ import annotations

import hashlib
import json
import zlib
from datetime import UTC, datetime

import apsw

from app.domain.ledger import LedgerEntry, LedgerOutcome, LedgerRow
from app.storage.database import Row, fetch

LEDGER_COLUMNS = (
    "id, opened_at, month, purpose, host, url_path, document, job_id, task, targets, consent, consent_id, batch, provider, model,"
    " attempt, reserved_micros, accepts_unknown_price, sent_bytes, payload_sha256,"
    " closed_at, ending, input_tokens, output_tokens, cost_micros, received_bytes, redirected_to, error"
)
_N_ENTRY_COLUMNS = 20


def local_time() -> datetime:
    return datetime.now().astimezone()


def month_of(moment: datetime) -> str:
    return f"{moment:%Y-%m}"


def insert_request(connection: apsw.Connection, entry: LedgerEntry, moment: datetime, spooled_as: str | None = None) -> int:
    connection.execute(
        "INSERT INTO ledger_requests (opened_at, month, purpose, host, url_path, document, job_id, task, targets, consent,"
        " consent_id, batch, provider, model, attempt, reserved_micros, accepts_unknown_price, sent_bytes, payload_sha256, payload,"
        " spooled_as) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            _utc(moment),
            month_of(moment),
            entry.purpose.value,
            entry.host,
            entry.url_path,
            entry.document,
            entry.job_id,
            entry.task,
            json.dumps(entry.targets),
            entry.consent,
            entry.consent_id,
            entry.batch,
            entry.provider,
            entry.model,
            entry.attempt,
            entry.reserved_micros,
            entry.accepts_unknown_price,
            len(entry.payload),
            hashlib.sha256(entry.payload).hexdigest(),
            zlib.compress(entry.payload, 6),
            spooled_as,
        ),
    )
    return connection.last_insert_rowid()


def insert_outcome(connection: apsw.Connection, request_id: int, outcome: LedgerOutcome, moment: datetime) -> None:
    connection.execute(
        "INSERT INTO ledger_outcomes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            request_id,
            _utc(moment),
            outcome.ending.value,
            outcome.input_tokens,
            outcome.output_tokens,
            outcome.cost_micros,
            outcome.received_bytes,
            outcome.redirected_to,
            outcome.error,
        ),
    )


def has_outcome(connection: apsw.Connection, request_id: int) -> bool:
    return bool(fetch(connection, "SELECT 1 FROM ledger_outcomes WHERE request_id = ?", (request_id,)))


def to_ledger_row(row: Row) -> LedgerRow:
    number, opened_at, month, purpose, host, url_path, document, job_id, task, targets, *more = row[:_N_ENTRY_COLUMNS]
    consent, consent_id, batch, provider, model, attempt, reserved_micros, accepts_unknown_price, sent_bytes, sha256 = more
    closed_at, ending, input_tokens, output_tokens, cost_micros, received_bytes, redirected_to, error = row[_N_ENTRY_COLUMNS:]
    entry = LedgerEntry(
        purpose=purpose,
        host=host,
        url_path=url_path,
        document=document,
        job_id=job_id,
        task=task,
        targets=tuple(json.loads(targets)),
        consent=consent,
        consent_id=consent_id,
        batch=batch,
        provider=provider,
        model=model,
        attempt=attempt,
        reserved_micros=reserved_micros,
        accepts_unknown_price=bool(accepts_unknown_price),
    )
    outcome = None
    if ending is not None:
        outcome = LedgerOutcome(
            ending=ending,
            input_tokens=input_tokens,
            output_tokens=output_tokens,
            cost_micros=cost_micros,
            received_bytes=received_bytes,
            redirected_to=redirected_to,
            error=error,
        )
    return LedgerRow(
        id=number,
        opened_at=opened_at,
        month=month,
        entry=entry,
        sent_bytes=sent_bytes,
        payload_sha256=sha256,
        closed_at=closed_at or "",
        outcome=outcome,
    )


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")

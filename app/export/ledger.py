"""The ledger as a file for people and programs: CSV and JSON. Payloads are not in it; each is printed by its number."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from typing import Any, Literal

from app.domain.ledger import LedgerRow, dollars_of
from app.export.formulas import neutralize

LedgerFormat = Literal["csv", "json"]
_BOM = "\ufeff"
_COLUMNS = (
    *("id", "opened_at", "closed_at", "month", "purpose", "host", "path", "redirected_to", "document", "job", "task", "targets"),
    *("consent", "batch", "provider", "model", "attempt", "sent_bytes", "payload_sha256", "ending", "error", "received_bytes"),
    *("input_tokens", "output_tokens", "reserved_usd", "cost_usd"),
)


def render_ledger(rows: Sequence[LedgerRow], chosen: LedgerFormat) -> bytes:
    """Money in dollars as exact decimals, times in UTC."""
    told = [ledger_record(row) for row in rows]
    if chosen == "json":
        return (json.dumps(told, ensure_ascii=False, indent=2) + "\n").encode()
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    writer.writerows([_cell(record[column]) for column in _COLUMNS] for record in told)
    return (_BOM + out.getvalue()).encode("utf-8", "replace")


def ledger_record(row: LedgerRow) -> dict[str, Any]:
    """A row by name. What is not known, such as the outcome of a request under way, is None."""
    entry, outcome = row.entry, row.outcome
    return {
        "id": row.id,
        "opened_at": row.opened_at,
        "closed_at": row.closed_at or None,
        "month": row.month,
        "purpose": entry.purpose.value,
        "host": entry.host,
        "path": entry.url_path,
        "redirected_to": outcome.redirected_to.split() if outcome else [],
        "document": entry.document,
        "job": entry.job_id,
        "task": entry.task,
        "targets": list(entry.targets),
        "consent": entry.consent,
        "batch": entry.batch,
        "provider": entry.provider,
        "model": entry.model,
        "attempt": entry.attempt,
        "sent_bytes": row.sent_bytes,
        "payload_sha256": row.payload_sha256,
        "ending": outcome.ending.value if outcome else None,
        "error": outcome.error if outcome else "",
        "received_bytes": outcome.received_bytes if outcome else None,
        "input_tokens": outcome.input_tokens if outcome else None,
        "output_tokens": outcome.output_tokens if outcome else None,
        "reserved_usd": _usd(entry.reserved_micros),
        "cost_usd": _usd(outcome.cost_micros if outcome else None),
    }


def _usd(micros: int | None) -> str | None:
    """A string, for JSON's numbers are floats to most readers."""
    return None if micros is None else f"{dollars_of(micros):f}"


def _cell(value: object) -> str:
    if value is None:
        return ""
    text = " ".join(value) if isinstance(value, list) else str(value)
    return neutralize(text.replace("\0", "\ufffd"))

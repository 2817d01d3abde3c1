"""`deskhand ledger`: every request that left this computer, what it cost, and the very bytes."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.table import Table

from app.bootstrap import Deskhand, build
from app.cli.console import WrongUsageError, cell, out, warn, write
from app.cli.options import DataDir
from app.domain.ledger import LedgerFigures, LedgerRow, shown_dollars
from app.export.atomic import write_atomically
from app.export.ledger import LedgerFormat, render_ledger

_BY_SUFFIX: dict[str, LedgerFormat] = {".csv": "csv", ".json": "json"}


def ledger(
    month: Annotated[str, typer.Option("--month", metavar="YYYY-MM", help="Only this month; all of them when left out.")] = "",
    payload: Annotated[int | None, typer.Option("--payload", metavar="ID", help="Print the bytes that left, exactly.")] = None,
    output_format: Annotated[
        Literal["table", "json", "csv"] | None, typer.Option("--format", help="A table when left out.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write here, not to stdout.", dir_okay=False)
    ] = None,
    data_dir: DataDir = None,
) -> int:
    """Show what left this computer: every request to a larger model and every model download."""
    _require_month(month)
    if payload is not None and (month or output_format):
        raise WrongUsageError("--payload prints one request's bytes; it goes with --output alone.")
    chosen = output_format or (_BY_SUFFIX.get(output.suffix.lower()) if output else "table")
    if payload is None and output is not None and chosen in {None, "table"}:
        raise WrongUsageError(f"What to write to {output}? End its name in .csv or .json, or add --format.")
    with build(data_dir=data_dir) as deskhand:
        if payload is not None:
            return _give_payload(deskhand, payload, output)
        kept = deskhand.store.ledger
        rows = kept.rows(month=month)
        if chosen == "csv" or chosen == "json":  # noqa: PLR1714 - narrows the type
            _give(render_ledger(rows, chosen), output)
        else:
            _show(rows, kept.figures(month=month), month)
    return 0


def _require_month(month: str) -> None:
    if month:
        try:
            is_month = datetime.strptime(month, "%Y-%m").strftime("%Y-%m") == month
        except ValueError:
            is_month = False
        if not is_month:
            raise WrongUsageError(f"{month} is not a month. Write it like 2026-11.")


def _give_payload(deskhand: Deskhand, number: int, output: Path | None) -> int:
    payload = deskhand.store.ledger.payload(number)
    if payload is None:
        warn(f"The ledger has no row {number}.")
        return 1
    _give(payload, output)
    return 0


def _give(content: bytes, output: Path | None) -> None:
    if output is not None:
        write_atomically(output, content)
        return
    sys.stdout.flush()
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()


def _show(rows: list[LedgerRow], figures: LedgerFigures, month: str) -> None:
    if not rows:
        write(f"Nothing has left this computer{f' in {month}' if month else ''}.\n")
        return
    table = Table(
        "id", "time", "purpose", "to", "document", "asked for", "model", "sent", "cost", "outcome", box=None, pad_edge=False
    )
    for row in rows:
        entry = row.entry
        table.add_row(
            str(row.id),
            f"{datetime.fromisoformat(row.opened_at).astimezone():%Y-%m-%d %H:%M}",
            entry.purpose.value,
            cell(" → ".join([entry.host, *(row.outcome.redirected_to.split() if row.outcome else [])])),
            cell(entry.document),
            cell(", ".join(entry.targets)),
            cell(entry.model),
            f"{row.sent_bytes:,} B",
            _cost(row),
            _ending(row),
        )
    out().print(table)
    unpriced = f", and {figures.n_unpriced} whose price is not known" if figures.n_unpriced else ""
    requests = "1 request" if figures.n_requests == 1 else f"{figures.n_requests:,} requests"
    write(f"{requests}, {figures.sent_bytes:,} bytes sent, {shown_dollars(figures.spent_micros)}{unpriced}.\n")


def _cost(row: LedgerRow) -> str:
    if not row.is_priced:
        return "not known"
    is_final = row.outcome is not None and row.outcome.cost_micros is not None
    return shown_dollars(row.spent_micros) if is_final else f"up to {shown_dollars(row.spent_micros)}"


def _ending(row: LedgerRow) -> str:
    if row.outcome is None:
        return "not known"
    words = row.outcome.ending.value.replace("_", " ")
    return f"{words} ({row.outcome.error})" if row.outcome.error else words

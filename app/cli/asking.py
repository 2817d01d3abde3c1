"""Asking a larger model from the command line: the sheet on the terminal's stderr, and the person's yes or no."""

from __future__ import annotations

import sys
from typing import Literal

from rich.table import Table

from app.cli.console import cell, err, warn
from app.domain.consent import ConsentScope
from app.domain.ledger import micros_of_cost, shown_dollars
from app.domain.sheet import Sheet, SheetItem
from app.jobs.escalation import Escalation

Escalate = Literal["never", "ask", "standing"]
_ANSWERS = {"y": True, "yes": True, "n": False, "no": False, "": False}


def can_ask() -> bool:
    """Whether there is a person at a terminal; a pipe is nobody's word."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def say_if_closed(escalation: Escalation) -> None:
    """Why nothing will be asked, if so; the answers are made all the same."""
    if escalation.settings.offline:
        warn("Deskhand is offline, so no larger model is asked. Switch offline mode off in Settings.")
    elif not escalation.is_open:
        warn("No larger model is set up with its key, so none is asked. Set it up in Settings under Larger model.")


def agree(sheet: Sheet) -> ConsentScope | None:
    """Show everything that would be sent and ask; None for no. What a document says can't answer for the person."""
    console = err()
    console.print(_table(sheet))
    console.print(cell(_totals(sheet), "bold"))
    if not sheet.is_affordable:
        warn("Your limits do not allow that much; nothing is sent. Choose fewer documents, or raise the limits in Settings.")
        return None
    while True:
        console.print("Send this? y = yes, n = no, s = show the bytes first: ", end="")
        answer = sys.stdin.readline()
        if not answer:
            return None
        if answer.strip().lower() == "s":
            for item in sheet.items:
                _show_bytes(item)
        elif (said := _ANSWERS.get(answer.strip().lower())) is not None:
            return ConsentScope.DOCUMENT if said else None


def _table(sheet: Sheet) -> Table:
    table = Table(title=f"What would be sent to {sheet.model} at {sheet.host}", title_justify="left")
    for title in ("Document", "Asked for", "Bytes", "At most", "Hidden"):
        table.add_column(title, justify="right" if title in {"Bytes", "At most"} else "left")
    for item in sheet.items:
        enquiry = item.proposal.enquiry
        asked = ", ".join(enquiry.targets) + (" (the whole document)" if enquiry.whole_document else "")
        cost = item.parcel.max_cost
        table.add_row(
            cell(item.job.name),
            cell(asked),
            cell(str(len(item.parcel.body))),
            cell("not known" if cost is None else shown_dollars(micros_of_cost(cost))),
            cell(", ".join(placeholder for placeholder, _ in item.redacted.replacements) or "nothing"),
        )
    return table


def _totals(sheet: Sheet) -> str:
    cost = "an unknown price" if sheet.max_cost is None else f"at most {shown_dollars(micros_of_cost(sheet.max_cost))}"
    return f"{len(sheet.items)} requests, {sheet.sent_bytes} bytes, {cost}."


def _show_bytes(item: SheetItem) -> None:
    """Exactly as they would leave; control characters as their escapes, for they must not steer the terminal."""
    shown = "".join(char if char.isprintable() else repr(char)[1:-1] for char in item.parcel.text)
    sys.stderr.write(f"\n{item.job.name} → {item.parcel.url}\n{shown}\n\n")
    sys.stderr.flush()

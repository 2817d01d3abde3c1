"""Asking a larger model from the command line: the sheet on the terminal's stderr, and the person's yes or no."""

from __future__ import annotations

import sys
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from rich.table import Table

from app.cli.console import cell, err, warn
from app.domain.consent import ConsentScope
from app.domain.ledger import micros_of_cost, shown_dollars
from app.domain.sheet import Sheet
from app.evaluation.quote import Quote, Request

if TYPE_CHECKING:
    from app.jobs.escalation import Escalation

Escalate = Literal["never", "ask", "standing"]
TOO_LITTLE_LEFT = "Your limits do not allow that much; nothing is sent. Choose fewer documents, or raise the limits in Settings."
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
    """The person's word for exactly what the sheet holds; None for no."""
    requests = tuple(
        Request(
            document=item.job.name,
            parcel=item.parcel,
            hidden=tuple(placeholder for placeholder, _ in item.redacted.replacements),
            sensitive=tuple(span.text for span in item.redacted.enquiry.sensitive),
            is_whole=item.proposal.enquiry.whole_document,
            tells_of_subjects=bool(item.subjects),
        )
        for item in sheet.items
    )
    quote = Quote(requests, len(sheet.items))
    return ConsentScope.DOCUMENT if requests and says_yes(quote, sheet.left) else None


def says_yes(quote: Quote, room: Decimal | None) -> bool:
    """Show everything that would be sent and ask. What a document says can't answer for the person.

    `room` is what the limits leave, None without any.
    """
    console = err()
    console.print(_table(quote))
    console.print(cell(f"{len(quote.requests)} requests, {quote.sent_bytes} bytes, {shown_price(quote)}.", "bold"))
    warn_of(quote)
    if not quote.fits(room):
        warn(TOO_LITTLE_LEFT)
        return False
    while True:
        console.print("Send this? y = yes, n = no, s = show the bytes first: ", end="")
        answer = sys.stdin.readline()
        if not answer:
            return False
        if answer.strip().lower() == "s":
            for request in quote.requests:
                _show_bytes(request)
        elif (said := _ANSWERS.get(answer.strip().lower())) is not None:
            return said


def warn_of(quote: Quote) -> None:
    """What neither placeholders nor limits can hold back."""
    if quote.tells_of_subjects:
        warn("The text holds words about health or the law; no placeholder hides what they tell.")
    if quote.max_cost is None:
        warn("What this model costs is not known, so your limits can't hold it back.")


def shown_price(quote: Quote) -> str:
    return "an unknown price" if quote.max_cost is None else f"at most {_dollars(quote.max_cost)}"


def _table(quote: Quote) -> Table:
    parcel = quote.requests[0].parcel
    table = Table(title=f"What would be sent to {parcel.model} at {parcel.host}", title_justify="left")
    for title in ("Document", "Asked for", "Bytes", "At most", "Hidden"):
        table.add_column(title, justify="right" if title in {"Bytes", "At most"} else "left")
    for request in quote.requests:
        cost = request.parcel.max_cost
        table.add_row(
            cell(request.document),
            cell(", ".join(request.parcel.targets) + (" (the whole document)" if request.is_whole else "")),
            cell(str(len(request.parcel.body))),
            cell("not known" if cost is None else _dollars(cost)),
            cell(", ".join(request.hidden) or "nothing"),
        )
    return table


def _show_bytes(request: Request) -> None:
    """Exactly as they would leave; control characters as their escapes, for they must not steer the terminal."""
    shown = "".join(char if char.isprintable() else repr(char)[1:-1] for char in request.parcel.text)
    sys.stderr.write(f"\n{request.document} → {request.parcel.url}\n{shown}\n\n")
    sys.stderr.flush()


def _dollars(cost: Decimal) -> str:
    return shown_dollars(micros_of_cost(cost))

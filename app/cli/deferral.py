"""`deskhand evaluate --frontier`: what handing on to a larger model buys, after a yes to its price."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from app.cli.console import WrongUsageError, cell, err, out, warn
from app.domain.ledger import Caps, dollars_of
from app.domain.trust import UNJUDGED
from app.evaluation.deferral import Curve, Deferral
from app.evaluation.deferral_methods import DeferralPoint, accuracy_at

if TYPE_CHECKING:
    from decimal import Decimal

    from app.bootstrap import Deskhand
    from app.domain.task import Task
    from app.evaluation.deferral_run import Examined
    from app.evaluation.larger_model import LargerAnswers, OnDone
    from app.evaluation.quote import Quote
    from app.worker.ports import TaskModel

_SHARES = (0.1, 0.2, 0.3, 0.4, 0.5)


def measure(deskhand: Deskhand, examined: Sequence[Examined], model: TaskModel, *, agreed: bool) -> LargerAnswers:
    """Ask about every case that may leave. Raises `WrongUsageError` where nothing may be asked, or nobody said yes."""
    from app.evaluation.larger_model import LargerModel, may_leave
    from app.evaluation.recorded_frontier import REPLIES
    from app.jobs.plan import language_of_person

    require_askable(deskhand, [(one.task, one.path, one.outcome.shown) for one in examined])
    policies, refused = deskhand.policies.in_force(), deskhand.store.cases.refused()
    leaving, staying = may_leave(examined, policies, refused)
    for one in staying:
        warn(f"{one.outcome.shown} stays on this computer; the larger model is not asked about it.")
    if not leaving:
        raise WrongUsageError("None of these documents may leave this computer.")
    larger = LargerModel(
        leaving,
        deskhand.frontier,
        deskhand.paths.evaluations / REPLIES,
        policies=policies,
        language=language_of_person(deskhand.settings),
    )
    with _progress("Prepared", len(leaving)) as tell:
        quote = larger.quote(model, tell)
    if quote.requests:
        _agree(quote, _room(deskhand), agreed=agreed)

    def require_wanted() -> None:
        """The person may have taken their time, and said something else of a place meanwhile."""
        larger.require_may_leave(deskhand.policies.in_force(), deskhand.store.cases.refused())

    require_wanted()
    with _progress("Asked", len(leaving)) as tell:
        return larger.ask(model, tell, require_wanted=require_wanted)


def require_askable(deskhand: Deskhand, asked: Iterable[tuple[Task, Path, str]]) -> None:
    """Of documents, each with its task and the name it is shown by.

    Raises `WrongUsageError` where one of them stays on this computer, or nobody is there to ask.
    """
    from app.domain.privacy import PrivacyClass
    from app.jobs.policies import policy_of

    policies = deskhand.policies.in_force()
    for task, path, shown in asked:
        policy = policy_of(task, path, policies)
        if policy.privacy is PrivacyClass.NEVER:
            raise WrongUsageError(f"{shown} never leaves this computer; the privacy class of its task or place says so.")
        if policy.keeps_here:
            raise WrongUsageError(f"{shown} stays on this computer; its task or place says that no larger model is asked.")
    if not deskhand.frontier.is_ready():
        raise WrongUsageError("No larger model is set up with its key. Set it up in Settings under Larger model.")


def _room(deskhand: Deskhand) -> Decimal | None:
    """What the limits leave for a batch."""
    frontier = deskhand.settings.frontier
    left = deskhand.store.ledger.left_micros(Caps.of_dollars(frontier.monthly_cap, frontier.batch_cap))
    return None if left is None else dollars_of(left)


def _agree(quote: Quote, room: Decimal | None, *, agreed: bool) -> None:
    """What it takes is known before the first request; where a person is there to ask, they see every byte if they like."""
    from app.cli.asking import TOO_LITTLE_LEFT, can_ask, says_yes, shown_price, warn_of

    if not agreed and can_ask():
        if not says_yes(quote, room):
            raise WrongUsageError("Nothing was sent.")
        return
    requests = "1 request" if len(quote.requests) == 1 else f"{len(quote.requests)} requests"
    parcel = quote.requests[0].parcel
    sentence = (
        f"{requests} with {quote.sent_bytes:,} bytes of {quote.n_documents} documents"
        f" to {parcel.model} at {parcel.host}, for {shown_price(quote)}"
    )
    warn_of(quote)
    if not quote.fits(room):
        raise WrongUsageError(f"This would send {sentence}. {TOO_LITTLE_LEFT}")
    if not agreed:
        raise WrongUsageError(f"This would send {sentence}. Say --yes to agree.")
    err().print(cell(f"Sending {sentence}."))


@contextmanager
def _progress(word: str, total: int) -> Iterator[OnDone]:
    columns = (TextColumn(word), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err(), transient=True, disable=not sys.stderr.isatty()) as bar:
        row = bar.add_task(word, total=total)
        yield lambda done, _all: bar.update(row, completed=done)


def deferral_as_json(report: Deferral) -> str:
    return json.dumps({"deferral": asdict(report)}, ensure_ascii=False)


def print_deferral(report: Deferral) -> None:
    """Quality against what is sent, for each way to choose."""
    console = out()
    console.print()
    console.print(cell(f"Handing on: {report.n_fields} fields of {report.n_documents} documents", "bold"))
    console.print(
        f"Right when nothing is sent: {report.never:.1%}; when every document is sent whole: {report.always:.1%};"
        f" when every field is asked with its own lines: {report.every_field:.1%}"
    )
    console.print(
        f"Its answers to single fields that stand in the document: {report.n_standing_right} of {report.n_standing} right;"
        f" taken to be right until you review some: {UNJUDGED.right:.0%}"
    )
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("chosen by")
    for title in (*(f"{share:.0%} of tokens" for share in _SHARES), "APGR", "95 % at", "98 % at"):
        table.add_column(title, justify="right", no_wrap=True)
    for curve in report.curves:
        table.add_row(cell(curve.method), *_cells(curve))
    console.print(table)
    console.print("95 % at, 98 % at: the share of tokens that reaches so much of the quality of sending everything")
    for words in _thresholds(report):
        console.print(words)
    for lead in report.leads:
        low, high = (100 * end for end in lead.interval)
        console.print(
            f"{lead.of[:1].upper()}{lead.of[1:]} against {lead.over}, at equal tokens: {100 * lead.difference:+.1f} points"
            f" (95 % of samples of the documents: {low:+.1f} to {high:+.1f})"
        )


def _thresholds(report: Deferral) -> Iterator[str]:
    """What to set as "unsure below" to reach a share of the larger model's quality."""
    curve = next(curve for curve in report.curves if curve.method == "confidence")
    for share, point in (("95 %", curve.to_95), ("98 %", curve.to_98)):
        if point is not None and point.score is None:
            yield f"{share} of that quality is there when nothing is sent."
        elif point is not None:
            yield f"{share} of that quality: hand on what is unsure below {point.threshold:.2f}, {point.fields:.0%} of the fields."


def _cells(curve: Curve) -> list[str]:
    at = [f"{accuracy_at(curve.points, share):.1%}" for share in _SHARES]
    apgr = "–" if curve.apgr is None else f"{curve.apgr:.2f}"
    if curve.apgr_interval is not None:
        low, high = curve.apgr_interval
        apgr += f" ({low:.2f}–{high:.2f})"
    return [*at, apgr, _shown(curve.to_95), _shown(curve.to_98)]


def _shown(point: DeferralPoint | None) -> str:
    return "–" if point is None else f"{point.tokens:.1%}"

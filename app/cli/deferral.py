"""`deskhand evaluate --frontier`: what handing on to a larger model buys, after a yes to its price."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from app.cli.console import WrongUsageError, cell, err, out
from app.domain.ledger import micros_of_cost, shown_dollars
from app.evaluation.deferral import Curve, Deferral
from app.evaluation.deferral_methods import DeferralPoint, accuracy_at

if TYPE_CHECKING:
    from app.bootstrap import Deskhand
    from app.domain.privacy import PrivacyClass
    from app.domain.task import Task
    from app.evaluation.deferral_run import Examined
    from app.evaluation.outcome import Run
    from app.evaluation.recorded_frontier import RecordedFrontier
    from app.worker.ports import TaskModel

_SHARES = (0.1, 0.2, 0.3, 0.4, 0.5)


def measure(deskhand: Deskhand, examined: Sequence[Examined], model: TaskModel, *, agreed: bool) -> tuple[Deferral, Run]:
    """Ask about every case and report. Raises `WrongUsageError` where nothing may be asked, or nobody said yes."""
    from app.domain.result import ModelUsed
    from app.evaluation.deferral import deferral
    from app.evaluation.deferral_run import trials_of
    from app.evaluation.outcome import Run
    from app.jobs.plan import language_of_person

    task = examined[0].task
    privacy = require_askable(deskhand, [(one.task, one.path, one.outcome.shown) for one in examined])
    frontier = _frontier(deskhand, examined, privacy)
    language = language_of_person(deskhand.settings)
    _agree(frontier, examined, model, language, agreed=agreed)
    found = [trials for one in _counted(examined, "Asked") if (trials := trials_of(one, model, frontier, language)) is not None]
    report = deferral([field for trials in found for field in trials.fields], [trials.whole for trials in found])
    name = deskhand.settings.frontier.provider.model if deskhand.settings.frontier.provider else ""
    cases = tuple(trials.outcome for trials in found)
    return report, Run(task=task.id, task_version=task.version, model=ModelUsed(id=name), engine_version="", cases=cases)


def require_askable(deskhand: Deskhand, asked: Iterable[tuple[Task, Path, str]]) -> PrivacyClass:
    """The strictest class of these documents, each with its task and the name it is shown by.

    Raises `WrongUsageError` where one of them never leaves this computer, or nobody is there to ask.
    """
    from app.domain.privacy import PrivacyClass, strictest
    from app.jobs.policies import policy_of

    policies = deskhand.policies.in_force()
    found = []
    for task, path, shown in asked:
        privacy = policy_of(task, path, policies).privacy
        if privacy is PrivacyClass.NEVER:
            raise WrongUsageError(f"{shown} never leaves this computer; the privacy class of its task or place says so.")
        found.append(privacy)
    if not deskhand.frontier.is_ready():
        raise WrongUsageError("No larger model is set up with its key. Set it up in Settings under Larger model.")
    return strictest(*found)


def _frontier(deskhand: Deskhand, examined: Sequence[Examined], privacy: PrivacyClass) -> RecordedFrontier:
    from app.domain.privacy import strictest
    from app.evaluation.recorded_frontier import AgreedAsker, RecordedFrontier
    from app.frontier.client import Errand

    errand = Errand(consent="evaluation", document=f"{len(examined)} cases", task=examined[0].task.id, accepts_unknown_price=True)
    asker = AgreedAsker(deskhand.frontier, errand, lambda enquiry: strictest(privacy, enquiry.privacy).hides)
    return RecordedFrontier(asker, deskhand.paths.evaluations / "frontier")


def _agree(frontier: RecordedFrontier, examined: Sequence[Examined], model: TaskModel, language: str, *, agreed: bool) -> None:
    """What it takes is known before the first request. Requests that were answered before are not made again."""
    from app.evaluation.deferral_run import enquiries_of

    new = {
        parcel.sha256: parcel
        for one in _counted(examined, "Prepared")
        for enquiry in enquiries_of(one, model, language)
        if not frontier.is_known(parcel := frontier.parcel(enquiry))
    }
    if not new:
        return
    parcels = list(new.values())
    costs = [parcel.max_cost for parcel in parcels]
    known = [cost for cost in costs if cost is not None]
    is_priced = len(known) == len(costs)
    price = f"at most {shown_dollars(micros_of_cost(sum(known, Decimal(0))))}" if is_priced else "an unknown price"
    sent = sum(len(parcel.body) for parcel in parcels)
    requests = "1 request" if len(parcels) == 1 else f"{len(parcels)} requests"
    sentence = f"{requests} with {sent:,} bytes of {len(examined)} documents to {parcels[0].host}, for {price}"
    if agreed:
        err().print(cell(f"Sending {sentence}."))
        return
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise WrongUsageError(f"This would send {sentence}. Say --yes to agree.")
    err().print(cell(f"Send {sentence}? y = yes, n = no: "), end="")
    if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
        raise WrongUsageError("Nothing was sent.")


def _counted(examined: Sequence[Examined], word: str) -> Iterator[Examined]:
    columns = (TextColumn(word), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err(), transient=True, disable=not sys.stderr.isatty()) as bar:
        row = bar.add_task(word, total=len(examined))
        for one in examined:
            yield one
            bar.advance(row)


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
            f"Confidence against {lead.over}, at equal tokens: {100 * lead.difference:+.1f} points"
            f" (95 % of samples of the documents: {low:+.1f} to {high:+.1f})"
        )


def _thresholds(report: Deferral) -> Iterator[str]:
    """What to set as "unsure below" to reach a share of the larger model's quality."""
    curve = next(curve for curve in report.curves if curve.method == "confidence")
    for share, point in (("95 %", curve.to_95), ("98 %", curve.to_98)):
        if point is not None and point.score is None:
            yield f"{share} of that quality is there when nothing is sent."
        elif point is not None:
            yield f"{share} of that quality: hand on what is unsure below {point.score:.2f}, {point.fields:.0%} of the fields."


def _cells(curve: Curve) -> list[str]:
    at = [f"{accuracy_at(curve.points, share):.1%}" for share in _SHARES]
    apgr = "–" if curve.apgr is None else f"{curve.apgr:.2f}"
    if curve.apgr_interval is not None:
        low, high = curve.apgr_interval
        apgr += f" ({low:.2f}–{high:.2f})"
    return [*at, apgr, _shown(curve.to_95), _shown(curve.to_98)]


def _shown(point: DeferralPoint | None) -> str:
    return "–" if point is None else f"{point.tokens:.1%}"

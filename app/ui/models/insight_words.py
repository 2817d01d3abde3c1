"""The figures of Insights in words and series: tiles, charts, rows for a table. Pure functions."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QDate

from app.domain.drifts import Drift, Watched
from app.domain.insights import Insight, Period
from app.domain.recalibration import Recalibration
from app.evaluation.ramp import TARGET, Proposal
from app.evaluation.readiness import Finding, Item, Lack
from app.settings import Ramp, ReviewStage
from app.ui.formats import shown_number, shown_size
from app.ui.messages import locale, tr, tr_n
from app.ui.widgets.chart import Series

_MICROS = 1_000_000
_COLUMNS = (
    "period",
    "task",
    "documents",
    "failed",
    "done_here",
    "sent",
    "to_review",
    "reviewed",
    "corrected",
    "too_hard",
    "p50_s",
    "p95_s",
    "sent_bytes",
    "spent_usd",
)


@dataclass(frozen=True)
class Tile:
    """A figure, what it is, and what it rests on."""

    name: str
    caption: str
    figure: str
    rests_on: str


def shown_share(share: float | None) -> str:
    if share is None:
        return "–"
    percent = round(100 * share, 1)
    return f"{locale().toString(percent, 'f', 0 if percent.is_integer() else 1)} %"


def shown_seconds(seconds: float | None) -> str:
    if seconds is None:
        return "–"
    return tr("{n} s", n=locale().toString(seconds, "f", 1 if seconds < 100 else 0))


def shown_money(micros: int) -> str:
    """US dollars: the currency of the services' price lists."""
    return locale().toCurrencyString(micros / _MICROS, "$", 2)


def tiles_of(overall: Insight, micros_per_char: float | None) -> list[Tile]:
    saved = overall.saved_micros(micros_per_char)
    time = tr("95 of 100 within {p95}", p95=shown_seconds(overall.p95_s)) if overall.p95_s is not None else ""
    money = tr("{money} saved against sending everything", money=shown_money(saved)) if saved else tr("nothing was paid for")
    return [
        Tile("documents", tr("documents"), shown_number(overall.n_documents), _failed(overall.n_failed)),
        Tile("local", tr("done on this computer"), shown_share(overall.local_share), tr_n("{n} sent", "{n} sent", overall.n_sent)),
        Tile(
            "unchanged",
            tr("accepted unchanged"),
            shown_share(overall.unchanged_share),
            tr_n("of {n} reviewed document", "of {n} reviewed documents", overall.n_reviewed),
        ),
        Tile("review", tr("needed a look"), shown_share(overall.review_rate), _of_documents(overall.n_to_review)),
        Tile(
            "escalation", tr("too hard for the small model"), shown_share(overall.escalation_rate), _of_documents(overall.n_wanted)
        ),
        Tile("time", tr("a document, as a rule"), shown_seconds(overall.p50_s), time),
        Tile("money", tr("spent"), shown_money(overall.spent_micros), money),
        Tile("left", tr("left this computer"), shown_size(overall.sent_bytes), tr("of documents, in all")),
    ]


def work_series(insights: Sequence[Insight]) -> list[Series]:
    return [
        Series(tr("here"), tuple(float(one.n_local) for one in insights), "accent"),
        Series(tr("sent"), tuple(float(one.n_sent) for one in insights), "warn"),
    ]


def quality_series(insights: Sequence[Insight]) -> list[Series]:
    return [Series(tr("accepted unchanged"), tuple(one.unchanged_share for one in insights), "accent")]


def rate_series(insights: Sequence[Insight]) -> list[Series]:
    return [
        Series(tr("needed a look"), tuple(one.review_rate for one in insights), "accent"),
        Series(tr("too hard"), tuple(one.escalation_rate for one in insights), "warn"),
    ]


def time_series(insights: Sequence[Insight]) -> list[Series]:
    return [
        Series(tr("as a rule"), tuple(one.p50_s for one in insights), "accent"),
        Series(tr("95 of 100 within"), tuple(one.p95_s for one in insights), "warn"),
    ]


def shown_period(name: str, period: Period) -> str:
    """``2026-11-22`` or ``2026-11`` as this person writes it, short."""
    year, month, day = (*map(int, name.split("-")), 1)[:3]
    return locale().toString(QDate(year, month, day), "MMM yyyy" if period is Period.MONTH else "d MMM")


def as_csv(insights: Sequence[Insight]) -> str:
    """One line a period, for a spreadsheet: ISO dates, points in numbers, empty where there is nothing to tell."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for one in insights:
        writer.writerow(
            [
                one.period,
                one.task,
                one.n_documents,
                one.n_failed,
                one.n_local,
                one.n_sent,
                one.n_to_review,
                one.n_reviewed,
                one.n_corrected,
                one.n_wanted,
                "" if one.p50_s is None else round(one.p50_s, 3),
                "" if one.p95_s is None else round(one.p95_s, 3),
                one.sent_bytes,
                one.spent_micros / _MICROS,
            ]
        )
    return text.getvalue()


def confidence_words(learnt: Recalibration | None, *, is_taken_back: bool) -> str:
    """What a task's confidence rests on."""
    if learnt is None and is_taken_back:
        return tr(
            "As shipped, since you went back. It follows your reviews again once there are twice as many, or when you say so."
        )
    if learnt is None:
        return tr("As shipped. It follows your reviews as soon as they tell it better on documents that it has not seen.")
    return tr_n(
        "Version {version}, fitted to {n} value that you reviewed.",
        "Version {version}, fitted to {n} values that you reviewed.",
        learnt.reviews,
        version=learnt.version,
    )


def stage_words(ramp: Ramp | None, review_below: float) -> str:
    """How much of a task's work comes to Review now."""
    if ramp is None:
        return tr(
            "What is less sure than {threshold} comes to Review, as for all tasks (Settings).", threshold=shown_share(review_below)
        )
    if ramp.stage is ReviewStage.EVERYTHING:
        return tr("Every answer comes to Review.")
    if ramp.stage is ReviewStage.DOUBTFUL:
        return tr(
            "{sample} of the documents come to Review in whole; of the others what is less sure than {threshold}, fails a check,"
            " could be meant elsewhere, or is required and missing.",
            threshold=shown_share(ramp.threshold),
            sample=shown_share(ramp.sample),
        )
    return tr(
        "{sample} of the documents come to Review in whole; of the others what fails a check, could be meant elsewhere,"
        " or is required and missing.",
        sample=shown_share(ramp.sample),
    )


def proposal_words(proposal: Proposal) -> str:
    """What the next step is and what it rests on, or what is missing."""
    point, n = proposal.point, shown_number(proposal.n)
    if proposal.is_step_back:
        return tr("Of {n} values that were looked at in whole documents, too many were wrong. Go back a step.", n=n)
    if proposal.ramp is not None and point is not None:
        return tr(
            "The next step would leave up to {spared} of the values alone: more than {least} of what nobody checks is right."
            " It rests on {n} values.",
            spared=shown_share(round(1 - point.reviewed, 2)),
            least=shown_share(round(point.at_least, 3)),
            n=n,
        )
    if point is not None and proposal.more_needed is None and point.at_least >= TARGET:
        return tr("{n} values say that this is enough.", n=n)
    if proposal.more_needed is not None:
        return tr_n(
            "{n} more reviewed value is needed before less can be proposed.",
            "{n} more reviewed values are needed before less can be proposed.",
            proposal.more_needed,
        )
    if not proposal.n:
        return tr("Accept whole documents in Review, so that there is something to go by.")
    return tr("The answers are too often wrong where the model is sure; less review can't be proposed.")


def drift_words(drift: Drift) -> tuple[str, str]:
    """What rose, for whom and since when; from what to what."""
    whom = drift.sender or (tr("Documents that look alike") if drift.look else tr("All documents"))
    since = shown_day(drift.since)
    what = tr("too hard for the small model") if drift.watched is Watched.ESCALATION else tr("corrected by you")
    return (
        tr(
            "{whom} since {day}: {before} → {after}",
            whom=whom,
            day=since,
            before=shown_share(drift.before),
            after=shown_share(drift.after),
        ),
        tr_n("{what}; seen in {n} document", "{what}; seen in {n} documents", drift.n_documents, what=what),
    )


def shown_day(iso: str) -> str:
    """The day of a stored moment (ISO 8601, UTC) on the person's calendar."""
    local = datetime.fromisoformat(iso).astimezone()
    return locale().toString(QDate(local.year, local.month, local.day), "d MMMM yyyy")


def item_words(item: Item) -> str:
    return {
        Item.NARROW: tr("The task is narrow and described"),
        Item.SCORED: tr("The same cases have scored the small and the larger model"),
        Item.ESCALATION: tr("There is a way on for what is too hard"),
        Item.WATCHED: tr("The share of hard documents is watched"),
        Item.PRIVACY: tr("The privacy of these documents is decided"),
    }[item]


def finding_words(finding: Finding) -> str:
    """What an item rests on, or what to do next."""
    words = {
        None: _what_it_rests_on(finding),
        Lack.TOO_MANY_FIELDS: tr(
            "It asks for {have} things at once; more than {need} are too many. Split it.", **_numbers(finding)
        ),
        Lack.NO_DESCRIPTION: tr("Describe in a sentence what these documents are (Tasks)."),
        Lack.TOO_FEW_CASES: tr("{have} of {need} cases. Review more documents, then evaluate and save.", **_numbers(finding)),
        Lack.NO_LOCAL_RUN: tr(
            "Review at least {need} documents, then evaluate the small model and save the run.", **_numbers(finding)
        ),
        Lack.NO_FRONTIER_RUN: tr("Evaluate a larger model on the same {need} cases, too, and save the run.", **_numbers(finding)),
        Lack.NOT_SET_UP: tr("Set up a larger model (Settings), or let the task stay on this computer (Tasks)."),
        Lack.TOO_FEW_DOCUMENTS: tr("{have} of {need} documents so far. It is watched from then on.", **_numbers(finding)),
        Lack.NOT_CHOSEN: tr("Choose what may leave this computer (Tasks)."),
    }
    return words[finding.lack]


def _what_it_rests_on(finding: Finding) -> str:
    match finding.item:
        case Item.SCORED:
            return tr_n("{n} case answered by both", "{n} cases answered by both", finding.have)
        case Item.WATCHED:
            return tr_n("{n} document so far", "{n} documents so far", finding.have)
        case _:
            return ""


def _numbers(finding: Finding) -> dict[str, str]:
    return {"have": shown_number(finding.have), "need": shown_number(finding.need)}


def _failed(n: int) -> str:
    return tr_n("{n} could not be read", "{n} could not be read", n) if n else tr("all were read")


def _of_documents(n: int) -> str:
    return tr_n("{n} document", "{n} documents", n)

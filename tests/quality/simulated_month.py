"""Write a simulated month of work into a database through the product's own store, and check its figures against a count apart.

Usage: python -m tests.quality.simulated_month DATA_FOLDER [--documents 10000] [--days 31] [--until 2026-11-22] [--seed 1]

What each document is and goes through is drawn first, as plain records. The records are then carried out in the store, and counted
by themselves with nothing but loops: the store's figures must be the same. One sender turns bad in the middle of the time.
"""

from __future__ import annotations

import argparse
import math
import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from unittest.mock import patch

from app.domain.document import Document
from app.domain.insights import Insight, Period
from app.domain.job import JobError, JobState
from app.domain.ledger import Ending, LedgerEntry, LedgerOutcome, Purpose
from app.domain.result import Proof, Result, Route, Timing, Value
from app.domain.review import ReviewRule
from app.storage.insights import Span
from app.storage.ledger import Ledger
from app.storage.queue import NewJob
from app.storage.store import Store
from tests.helpers.fake_services import make_document, make_value

TASKS = ("invoice", "receipt", "purchase_order")
SENDER_FIELDS = {"invoice": "seller_name", "receipt": "merchant", "purchase_order": "seller_name"}
N_SENDERS = 40
RULE = ReviewRule(frozenset({"total_amount"}), 0.75)
BAD_SENDER = 0
BAD_FROM = 0.6
"""Share of the time after which the bad sender's documents are often wrong."""


@dataclass(frozen=True)
class Work:
    """A document and what becomes of it."""

    number: int
    task: str
    sender: int
    finished: datetime
    seconds: float
    has_failed: bool
    is_doubtful: bool
    """The policy would hand it on, and it goes to review."""
    is_sent: bool
    payload: bytes
    cost_micros: int
    outcome: Ending | None
    review: str
    """What the person does: ``none``, ``accept``, ``correct`` or ``regret``, which is a correction taken back."""


def draw(n_documents: int, days: int, until: date, seed: int) -> list[Work]:
    chance = random.Random(seed)
    first = datetime.combine(until - timedelta(days=days - 1), datetime.min.time()).astimezone()
    moments = sorted(first + timedelta(days=chance.random() * days) for _ in range(n_documents))
    weights = [1 / (rank + 1) for rank in range(N_SENDERS)]
    return [_draw_one(number, moment, number / n_documents, weights, chance) for number, moment in enumerate(moments)]


def _draw_one(number: int, moment: datetime, age: float, weights: list[float], chance: random.Random) -> Work:
    sender = chance.choices(range(N_SENDERS), weights)[0]
    is_bad = sender == BAD_SENDER and age > BAD_FROM
    is_doubtful = chance.random() < (0.35 if is_bad else 0.1)
    is_sent = is_doubtful and chance.random() < 0.5
    has_failed = chance.random() < 0.01
    is_corrected = chance.random() < (0.31 if is_bad else 0.04)
    endings = [Ending.DONE] * 16 + [Ending.NOT_SENT, Ending.BROKEN, Ending.REFUSED, None]
    return Work(
        number=number,
        task=TASKS[sender % len(TASKS)],
        sender=sender,
        finished=moment.astimezone(UTC).replace(microsecond=number % 1000 * 1000),
        seconds=round(chance.lognormvariate(1.5, 0.6), 3),
        has_failed=has_failed,
        is_doubtful=is_doubtful and not has_failed,
        is_sent=is_sent and not has_failed,
        payload=chance.randbytes(chance.randrange(200, 900)).hex().encode(),
        cost_micros=chance.randrange(200, 4_000),
        outcome=chance.choice(endings),
        review="none"
        if has_failed or chance.random() < 0.3
        else "correct"
        if is_corrected
        else chance.choice(["accept"] * 20 + ["regret"]),
    )


# Carrying it out.


def carry_out(works: list[Work], store: Store) -> None:
    # The simulation is not about the disk.
    store._database.query("PRAGMA synchronous=OFF")
    jobs: dict[int, int] = {}
    for work in works:
        with clock_at(work.finished):
            document = document_of(work)
            ((job, _),) = store.queue.add([NewJob(f"/in/{work.number}.pdf", document.name, document.sha256, 1, work.task)])
            store.queue.claim()
            if work.has_failed:
                store.queue.end(job.id, JobState.FAILED, JobError(code="damaged_document", message="It is damaged."))
            else:
                store.queue.finish(job.id, result_of(work, document), document, RULE)
            jobs[work.number] = job.id
            if work.is_sent:
                send(work, job.id, store)
            review(work, job.id, store)


def send(work: Work, job_id: int, store: Store) -> None:
    ledger = Ledger(store._database, clock=work.finished.astimezone)
    entry = LedgerEntry(
        purpose=Purpose.FRONTIER, host="api.example", job_id=job_id, task=work.task, payload=work.payload, reserved_micros=5_000
    )
    request = ledger.open(entry)
    if work.outcome is not None:
        cost = {Ending.DONE: work.cost_micros, Ending.BROKEN: None}.get(work.outcome, 0)
        ledger.close(request, LedgerOutcome(ending=work.outcome, cost_micros=cost))


def review(work: Work, job_id: int, store: Store) -> None:
    match work.review:
        case "accept":
            store.accept(job_id)
        case "correct":
            store.correct(job_id, "total_amount", value="1.00")
            store.accept(job_id)
        case "regret":
            store.correct(job_id, "total_amount", value="1.00")
            store.undo(job_id)


@contextmanager
def clock_at(moment: datetime) -> Iterator[None]:
    text = moment.isoformat(timespec="milliseconds")
    with patch("app.storage.queue.now", lambda: text), patch("app.storage.review.now", lambda: text):
        yield


def document_of(work: Work) -> Document:
    words = random.Random(work.sender)
    template = " ".join("".join(words.choices("abcdefghijklmnoprstuvyz", k=7)) for _ in range(40))
    text = f"Sender{work.sender} Ltd\n{template}\nTotal {work.number + 1}.50\nNumber {work.number:06}\n"
    return make_document(text, f"{work.number}.pdf")


def result_of(work: Work, document: Document) -> Result:
    confidence = 0.5 if work.is_doubtful else 0.95
    sender = make_value(document, f"Sender{work.sender} Ltd")
    more = {f"field_{index}": make_value(document, f"{work.number:06}") for index in range(8)}
    return Result(
        task=work.task,
        fields={
            "total_amount": make_value(document, f"{work.number + 1}.50", confidence),
            SENDER_FIELDS[work.task]: sender,
            "absent": Value(proof=Proof.NOT_FOUND),
            **more,
        },
        route=Route(reasons=("confidence_below:total_amount", "offline") if work.is_doubtful else ("nothing_fails",)),
        timing=Timing(total_s=work.seconds),
    )


# Counting apart from the product.


def count(works: list[Work], period: str = "", task: str = "") -> Insight:
    seconds: list[float] = []
    n = defaultdict[str, int](int)
    for work in works:
        n["failed"] += work.has_failed
        if work.has_failed:
            continue
        seconds.append(work.seconds)
        n["documents"] += 1
        n["wanted"] += work.is_doubtful
        n["to_review"] += work.is_doubtful
        has_left = work.is_sent and work.outcome is not Ending.NOT_SENT
        n["sent"] += has_left
        n["sent_bytes"] += len(work.payload) if has_left else 0
        if work.is_sent:
            costs = {Ending.DONE: work.cost_micros, Ending.BROKEN: 5_000, None: 5_000}
            n["spent"] += costs.get(work.outcome, 0)
        if not has_left:
            n["kept_chars"] += len(document_of(work).text)
        n["reviewed"] += work.review in {"accept", "correct"}
        n["corrected"] += work.review == "correct"
    seconds.sort()
    return Insight(
        period=period,
        task=task,
        n_documents=n["documents"],
        n_failed=n["failed"],
        n_wanted=n["wanted"],
        n_sent=n["sent"],
        n_to_review=n["to_review"],
        n_reviewed=n["reviewed"],
        n_corrected=n["corrected"],
        p50_s=seconds[math.ceil(len(seconds) * 0.5) - 1] if seconds else None,
        p95_s=seconds[math.ceil(len(seconds) * 0.95) - 1] if seconds else None,
        sent_bytes=n["sent_bytes"],
        spent_micros=n["spent"],
        kept_chars=n["kept_chars"],
    )


def period_of(work: Work, period: Period) -> str:
    day = work.finished.astimezone().date()
    match period:
        case Period.DAY:
            return day.isoformat()
        case Period.WEEK:
            return (day - timedelta(days=day.weekday())).isoformat()
        case Period.MONTH:
            return f"{day:%Y-%m}"


def differences(works: list[Work], store: Store) -> list[str]:
    """Where the store's figures are not those of the count; empty when all agree."""
    insights = store.insights
    found = list(_compare("overall", [insights.overall()], [count(works)]))
    tasks = sorted({work.task for work in works})
    found += _compare("by task", insights.by_task(), [count([w for w in works if w.task == task], "", task) for task in tasks])
    days = sorted({period_of(work, Period.DAY) for work in works})
    span = Span(days[len(days) // 4], days[-1 - len(days) // 4])
    inside = [work for work in works if span.since <= period_of(work, Period.DAY) <= span.until]
    found += _compare("a span", [insights.overall(span=span)], [count(inside)])
    for task in ("", *tasks):
        of_task = [work for work in works if task in {"", work.task}]
        found += _compare(f"overall {task}", [insights.overall(task)], [count(of_task, "", task)])
        for period in Period:
            grouped = defaultdict[str, list[Work]](list)
            for work in of_task:
                grouped[period_of(work, period)].append(work)
            expected = [count(grouped[name], name, task) for name in sorted(grouped)]
            found += _compare(f"{period} {task}", insights.by_period(period, task), expected)
    return found


def _compare(what: str, told: list[Insight], expected: list[Insight]) -> Iterator[str]:
    if told != expected:
        pairs = [(one, other) for one, other in zip(told, expected, strict=False) if one != other]
        yield f"{what}: {len(told)} figures for {len(expected)}; first: {pairs[:1]}"


def measure(store: Store) -> Iterator[tuple[str, float]]:
    """The slowest of ten showings of each page's figures, in milliseconds."""
    pages: dict[str, Callable[[], object]] = {
        "overall": store.insights.overall,
        "by task": store.insights.by_task,
        **{f"by {period}": partial(store.insights.by_period, period) for period in Period},
        "by day, one task": partial(store.insights.by_period, Period.DAY, TASKS[0]),
        "drift, once more": store.insights.drifts,
    }
    for name, page in pages.items():
        taken = []
        for _ in range(10):
            began = time.perf_counter()
            page()
            taken.append(time.perf_counter() - began)
        yield name, max(taken) * 1000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("data_folder", type=Path)
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--days", type=int, default=31)
    parser.add_argument("--until", type=date.fromisoformat, default=date.today())
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    works = draw(given.documents, given.days, given.until, given.seed)
    with Store(given.data_folder / "deskhand.sqlite") as store:
        began = time.perf_counter()
        carry_out(works, store)
        print(f"{len(works)} documents written in {time.perf_counter() - began:.0f} s")
        wrong = differences(works, store)
        for drift in store.insights.drifts():
            print(f"{drift.watched} {drift.sender or 'overall'} since {drift.since[:10]}: {drift.before:.0%} to {drift.after:.0%}")
        print("\n".join(wrong) or "All figures are those of the independent count.")
        for name, milliseconds in measure(store):
            print(f"{name}: {milliseconds:.1f} ms")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())

"""Figures by period: documents count when they were finished, requests when they left, also those about no document."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from app.domain.insights import Period
from app.domain.ledger import LedgerEntry, Purpose
from app.domain.result import Result
from app.domain.review import ReviewRule
from app.storage.database import Database
from app.storage.insights import Insights, Span
from app.storage.ledger import Ledger
from app.storage.looks import Looks
from app.storage.queue import JobQueue, NewJob
from tests.helpers.fake_services import make_document


def test_requests_count_on_the_day_when_they_left(tmp_path: Path) -> None:
    today = datetime.now().astimezone()
    later = today + timedelta(days=40)
    document = make_document("A bill of 12.50")
    database = Database(tmp_path / "deskhand.sqlite")
    queue = JobQueue(database)
    ((job, _),) = queue.add([NewJob("/in/a.txt", "a.txt", document.sha256, 15, "invoice")])
    queue.claim()
    queue.finish(job.id, Result(task="invoice"), document, ReviewRule())
    ledger = Ledger(database, clock=lambda: later)
    ledger.open(LedgerEntry(purpose=Purpose.FRONTIER, host="api.example", job_id=job.id, reserved_micros=7, payload=b"12.50"))
    ledger.open(LedgerEntry(purpose=Purpose.TEST, host="api.example", reserved_micros=2, payload=b"?"))
    insights = Insights(database, Looks())
    for period in Period:
        first, second = insights.by_period(period)
        assert (first.n_documents, first.n_sent, first.sent_bytes, first.spent_micros) == (1, 1, 0, 0)
        assert (second.n_documents, second.sent_bytes, second.spent_micros) == (0, 6, 9)
    (of_task,) = insights.by_period(Period.DAY, "invoice", Span(since=f"{later:%Y-%m-%d}"))
    assert (of_task.period, of_task.sent_bytes) == (f"{later:%Y-%m-%d}", 5), "a request belongs to the task of its document"
    database.close()

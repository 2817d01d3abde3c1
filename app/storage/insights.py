"""Figures for the dashboard, read from short rows: ten thousand documents take milliseconds.

Documents count on the day when they were finished, requests on the day when they left, both on the person's calendar.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass, replace

from app.domain.drifts import Drift
from app.domain.insights import Insight, Period, percentile
from app.domain.ledger import Ending
from app.storage.database import Database, Row
from app.storage.drifts import Drifts
from app.storage.figures import note_document, note_missing
from app.storage.looks import Looks
from app.storage.rows import unpack_document

_LOOK = "look-"
_LASTING_CHARS = 12
_LOOK_DIGITS = 19
"""The database knows no larger numbers."""
_HAS_LEFT = f"(ending IS NULL OR ending != '{Ending.NOT_SENT}')"
_REQUESTS = "ledger_requests LEFT JOIN ledger_outcomes ON request_id = ledger_requests.id"
_COUNTS = f"""
    SELECT {{key}}, sum(NOT failed), sum(failed), sum(wanted AND NOT failed), sum(was_sent AND NOT failed),
        sum(to_review AND NOT failed), sum(reviewed AND NOT failed), sum(reviewed AND n_changes > 0 AND NOT failed),
        coalesce(sum(chars) FILTER (WHERE NOT was_sent AND NOT failed), 0)
    FROM (
        SELECT *, job_id IN (SELECT job_id FROM {_REQUESTS} WHERE job_id IS NOT NULL AND purpose = 'frontier' AND {_HAS_LEFT})
            AS was_sent FROM figures
    ) WHERE {{where}} GROUP BY 1
"""  # noqa: S608
_LEFT = f"""
    SELECT {{key}}, coalesce(sum(sent_bytes) FILTER (WHERE {_HAS_LEFT}), 0), sum(coalesce(cost_micros, reserved_micros, 0))
    FROM (
        SELECT ending, sent_bytes, cost_micros, reserved_micros, month, date(opened_at, 'localtime') AS day,
            coalesce(figures.task, ledger_requests.task) AS answer_task
        FROM {_REQUESTS} LEFT JOIN figures USING (job_id) WHERE purpose != 'download'
    ) WHERE {{where}} GROUP BY 1
"""  # noqa: S608


@dataclass(frozen=True)
class Span:
    """Days from `since` up to and with `until`, written ``2026-11-22``; an empty one is open."""

    since: str = ""
    until: str = ""


ALL_TIME = Span()


@dataclass(frozen=True)
class _Key:
    """What rows are grouped by, of documents and of requests."""

    of_documents: str
    of_requests: str


_WEEK = "date(day, 'weekday 0', '-6 days')"
_PERIODS = {
    Period.DAY: _Key("day", "day"),
    Period.WEEK: _Key(_WEEK, _WEEK),
    Period.MONTH: _Key("substr(day, 1, 7)", "month"),
}


class Insights:
    """Read-only but for `read_looks`. A `task` narrows to what that task answered; empty means all."""

    def __init__(self, database: Database, looks: Looks) -> None:
        self._database = database
        self._looks = looks
        self._drifts = Drifts(database)

    def overall(self, task: str = "", span: Span = ALL_TIME) -> Insight:
        found = self._grouped(_Key("''", "''"), task, span)
        return replace(found[0], task=task) if found else Insight(task=task)

    def by_period(self, period: Period, task: str = "", span: Span = ALL_TIME) -> list[Insight]:
        """Oldest first. Periods in which nothing was done are left out."""
        return [replace(one, task=task) for one in self._grouped(_PERIODS[period], task, span)]

    def by_task(self, span: Span = ALL_TIME) -> list[Insight]:
        """In the order of their names."""
        found = self._grouped(_Key("task", "answer_task"), "", span)
        return [replace(one, period="", task=one.period) for one in found if one.n_documents or one.n_failed]

    def micros_per_char(self) -> float | None:
        """What was paid so far for a byte that left, to tell what was saved; None while nothing was paid."""
        sql = _LEFT.format(key="''", where="1")
        for _, sent_bytes, micros in self._database.query(sql):
            return micros / sent_bytes if sent_bytes and micros else None
        return None

    def drifts(self, task: str = "") -> list[Drift]:
        """Rates that rose, newest first. Blocks for a moment, the first time on documents of an earlier version for seconds."""
        while self.read_looks():
            pass
        return self._drifts.of_task(task)

    def read_looks(self, limit: int = 20) -> int:
        """Find out the look of documents that were read by an earlier version; how many are done now. 0 when none is left.

        Few at once, since others wait for the database meanwhile.
        """
        with self._database.transaction() as connection:
            note_missing(connection)
            rows = list(
                connection.execute(
                    "SELECT job_id, document FROM figures JOIN jobs ON jobs.id = job_id JOIN documents USING (sha256, part)"
                    " WHERE chars IS NULL LIMIT ?",
                    (limit,),
                )
            )
            for job_id, packed in rows:
                note_document(connection, job_id, unpack_document(packed), self._looks)
        return len(rows)

    def lasting_name(self, group: str) -> str:
        """The name of a look that also means it on another computer; a group that is no look of this database as it is."""
        number = group.removeprefix(_LOOK)
        is_number = number.isdecimal() and len(number) < _LOOK_DIGITS
        rows = self._database.query("SELECT signature FROM looks WHERE id = ?", (int(number),)) if is_number else []
        return f"{_LOOK}{hashlib.sha256(rows[0][0]).hexdigest()[:_LASTING_CHARS]}" if rows and number != group else group

    def look_of(self, job_id: int) -> str:
        """A name that documents of one look share; empty where it is not known."""
        rows = self._database.query("SELECT look_id FROM figures WHERE job_id = ? AND look_id IS NOT NULL", (job_id,))
        return f"{_LOOK}{rows[0][0]}" if rows else ""

    def _grouped(self, key: _Key, task: str, span: Span) -> list[Insight]:
        with self._database.transaction() as connection:
            note_missing(connection)
        where, bindings = _where(task, span, "task")
        counts = self._database.query(_COUNTS.format(key=key.of_documents, where=where), bindings)
        seconds = defaultdict[str, list[float]](list)
        sql = f"SELECT {key.of_documents}, total_s FROM figures WHERE NOT failed AND {where}"  # noqa: S608
        for name, total_s in self._database.query(sql, bindings):
            seconds[name].append(total_s)
        where, bindings = _where(task, span, "answer_task")
        left = {row[0]: row for row in self._database.query(_LEFT.format(key=key.of_requests, where=where), bindings)}
        by_name = {row[0]: row for row in counts}
        return [
            _insight(name, by_name.get(name), sorted(seconds[name]), left.get(name))
            for name in sorted(by_name.keys() | left.keys())
        ]


def _where(task: str, span: Span, task_column: str) -> tuple[str, tuple[str, ...]]:
    conditions = {f"{task_column} = ?": task, "day >= ?": span.since, "day <= ?": span.until}
    given = {condition: value for condition, value in conditions.items() if value}
    return " AND ".join(given) or "1", tuple(given.values())


def _insight(name: str, counts: Row | None, ordered_s: list[float], left: Row | None) -> Insight:
    n_documents, n_failed, n_wanted, n_sent, n_to_review, n_reviewed, n_corrected, kept_chars = counts[1:] if counts else (0,) * 8
    return Insight(
        period=name,
        n_documents=n_documents,
        n_failed=n_failed,
        n_wanted=n_wanted,
        n_sent=n_sent,
        n_to_review=n_to_review,
        n_reviewed=n_reviewed,
        n_corrected=n_corrected,
        p50_s=percentile(ordered_s, 0.5),
        p95_s=percentile(ordered_s, 0.95),
        sent_bytes=left[1] if left else 0,
        spent_micros=left[2] if left else 0,
        kept_chars=kept_chars,
    )

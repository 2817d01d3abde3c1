"""One short row for each job with what the figures count, so that no answer has to be read to show them.

Rows follow every change of an answer in the same transaction, and stay when a job is taken off the list, without its sender.
"""

from __future__ import annotations

import apsw

from app.domain.document import Document
from app.storage.database import fetch
from app.storage.looks import Looks

EVERYTHING = "*"
"""Target of a correction that accepted the whole answer."""
SETTLED = "@frontier"
"""Target of a step that was not the person's: another model's answers were taken into the result."""
RESTORED = "@original"
"""Target of a step that went back to the model's own answer; the steps before it are superseded."""
_STANDING = f"job_id = jobs.id AND NOT undone AND NOT superseded AND target NOT IN ('{SETTLED}', '{RESTORED}')"
_SENDER_FIELDS = ("seller_name", "merchant", "sender")
_SIGNALS = ("primary_frontier", "confidence_below", "schema_invalid", "check_failed", "complexity_above")
_SENDER = ", ".join(f"result ->> '$.{part}fields.{name}.value'" for part in ("then.", "") for name in _SENDER_FIELDS)
_WANTED = " OR ".join(f"value = '{code}' OR value LIKE '{code}:%'" for code in _SIGNALS)
_ENDED = "'done', 'review', 'failed'"
_IS_MISSING = "NOT EXISTS (SELECT 1 FROM figures WHERE job_id = jobs.id)"
_ANSWER = f"""
    INSERT OR REPLACE INTO figures
        (job_id, task, finished_at, day, failed, wanted, to_review, total_s, sender, reviewed, n_changes, reviewed_at)
    SELECT
        jobs.id,
        coalesce(result ->> '$.then.task', result ->> '$.task', jobs.task),
        finished_at,
        date(finished_at, 'localtime'),
        state = 'failed',
        EXISTS (SELECT 1 FROM json_each(result, '$.route.reasons') WHERE {_WANTED}),
        coalesce((SELECT state_before FROM corrections WHERE {_STANDING} ORDER BY id LIMIT 1), state) = 'review',
        coalesce(result ->> '$.timing.total_s', 0.0),
        coalesce({_SENDER}, ''),
        0, 0, ''
    FROM jobs LEFT JOIN results ON results.job_id = jobs.id AND state != 'failed'
    WHERE state IN ({_ENDED}) AND
"""  # noqa: S608
_REVIEW = f"""
    UPDATE figures SET
        reviewed = jobs.state = 'done' AND EXISTS (SELECT 1 FROM corrections WHERE {_STANDING}),
        n_changes = (SELECT count(*) FROM corrections WHERE {_STANDING} AND target != '{EVERYTHING}' AND before IS NOT after),
        reviewed_at = coalesce((SELECT max(made_at) FROM corrections WHERE {_STANDING}), '')
    FROM jobs WHERE jobs.id = figures.job_id AND
"""  # noqa: S608


def note_answer(connection: apsw.Connection, job_id: int, document: Document | None, looks: Looks) -> None:
    """The row of a job that has just ended. `document` is the one that was read for it."""
    connection.execute(f"{_ANSWER} jobs.id = ?", (job_id,))
    if document is not None:
        note_document(connection, job_id, document, looks)
    note_review(connection, job_id)


def note_document(connection: apsw.Connection, job_id: int, document: Document, looks: Looks) -> None:
    look = looks.look_of(connection, document)
    connection.execute("UPDATE figures SET look_id = ?, chars = ? WHERE job_id = ?", (look, len(document.text), job_id))


def note_review(connection: apsw.Connection, job_id: int) -> None:
    """After a person's step, or one that was taken back."""
    connection.execute(f"{_REVIEW} jobs.id = ?", (job_id,))


def note_missing(connection: apsw.Connection) -> int:
    """Rows for jobs that ended before there were figures; how many. Their documents are left for `Insights.read_looks`."""
    missing = fetch(connection, f"SELECT id FROM jobs WHERE state IN ({_ENDED}) AND {_IS_MISSING} ORDER BY id")  # noqa: S608
    if missing:
        connection.execute(f"{_ANSWER} {_IS_MISSING}")
        connection.execute(f"{_REVIEW} jobs.id >= ?", (missing[0][0],))
    return len(missing)

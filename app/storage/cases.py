"""Kept cases in the database. A case holds its document, so that it stays when the document is taken off the list."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import apsw

from app.domain.case import CaseSource, KeptCase
from app.domain.document import Document
from app.domain.job import Job
from app.domain.result import Result
from app.storage.database import Database, Row, fetch
from app.storage.figures import RESTORED
from app.storage.rows import JOB_COLUMNS, now, pack_document, pack_result, to_job, unpack_document, unpack_result

_COLUMNS = "id, task, key, name, path, look, held_out, expected, whole, source, job_id, kept_at, edited"
_STANDING = f"NOT undone AND NOT superseded AND target != '{RESTORED}'"

_RENEWED = (
    "name = iif(excluded.source = 'import', name, excluded.name), path = coalesce(nullif(excluded.path, ''), path),"
    " job_id = coalesce(excluded.job_id, job_id), first = coalesce(excluded.first, first),"
    " whole = iif(excluded.source = 'import', whole, excluded.whole), source = iif(excluded.source = 'import', source, 'review'),"
    " edited = excluded.source = 'import' AND source = 'review' AND excluded.expected != expected"
)

_STAMPS = "SELECT job_id, max(id) || ':' || sum(undone) || ':' || sum(superseded) AS stamp FROM corrections GROUP BY job_id"


@dataclass(frozen=True)
class Review:
    """What a person did with an answer: `first` is the model's own, `final` what stands now."""

    job: Job
    first: Result
    final: Result
    document: Document
    stamp: str


class Cases:
    def __init__(self, database: Database) -> None:
        self._database = database

    def unseen_reviews(self, limit: int = 100) -> list[int]:
        """Jobs whose review changed since their case was kept, also those whose corrections were all taken back."""
        rows = self._database.query(
            f"SELECT reviews.job_id FROM ({_STAMPS}) AS reviews LEFT JOIN case_stamps USING (job_id)"  # noqa: S608
            " WHERE case_stamps.stamp IS NOT reviews.stamp ORDER BY reviews.job_id LIMIT ?",
            (limit,),
        )
        return [job_id for (job_id,) in rows]

    def review_of(self, job_id: int) -> Review | None:
        """None for a job without an answer."""
        with self._database.transaction() as connection:
            rows = fetch(
                connection,
                f"SELECT {JOB_COLUMNS}, result, document FROM jobs JOIN results ON results.job_id = jobs.id"  # noqa: S608
                " JOIN documents USING (sha256, part) WHERE jobs.id = ?",
                (job_id,),
            )
            if not rows:
                return None
            *job, final, document = rows[0]
            before = fetch(
                connection,
                f"SELECT result_before FROM corrections WHERE job_id = ? AND {_STANDING} ORDER BY id LIMIT 1",  # noqa: S608
                (job_id,),
            )
            last = Result.model_validate_json(final)
            return Review(
                job=to_job(tuple(job)),
                first=unpack_result(before[0][0]) if before else last,
                final=last,
                document=unpack_document(document),
                stamp=_stamp(connection, job_id),
            )

    def keep(self, case: KeptCase, document: Document, first: Result | None) -> None:
        """Add a case, or renew the one of the same task and document unless a person edited it.

        What a file expects of a reviewed document wins, and counts as edited; what the review knows beside that stays.
        """
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO cases"  # noqa: S608
                " (task, key, name, path, look, held_out, expected, whole, source, job_id, kept_at, edited, document, first)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                f" ON CONFLICT (task, key) DO UPDATE SET expected = excluded.expected, {_RENEWED} WHERE NOT edited",
                (
                    case.task,
                    case.key,
                    case.name,
                    case.path,
                    case.group,
                    case.held_out,
                    json.dumps(case.expected, ensure_ascii=False),
                    case.whole,
                    case.source.value,
                    case.job_id,
                    now(),
                    case.edited,
                    pack_document(document),
                    pack_result(first) if first is not None else None,
                ),
            )

    def mark_seen(self, job_id: int, stamp: str | None, tasks: Collection[str]) -> None:
        """The review is kept as cases of `tasks`; others that it had once go, unless a person edited them.

        `stamp` is that of the review that was looked at, None where the job has none.
        """
        with self._database.transaction() as connection:
            gone = fetch(connection, "SELECT id, task FROM cases WHERE job_id = ? AND NOT edited AND source = 'review'", (job_id,))
            for number, task in gone:
                if task not in tasks:
                    connection.execute("DELETE FROM cases WHERE id = ?", (number,))
            seen = _stamp(connection, job_id) if stamp is None else stamp
            connection.execute("INSERT OR REPLACE INTO case_stamps (job_id, stamp) VALUES (?, ?)", (job_id, seen))

    def pass_over_reviews(self) -> None:
        """Never keep what was reviewed so far, unless it is reviewed again."""
        with self._database.transaction() as connection:
            connection.execute(f"INSERT OR REPLACE INTO case_stamps (job_id, stamp) {_STAMPS}")

    def forget_all(self) -> int:
        """Remove all cases of all tasks; how many. The same reviews don't become cases again."""
        with self._database.transaction() as connection:
            (number,) = fetch(connection, "SELECT count(*) FROM cases")[0]
            connection.execute("DELETE FROM cases")
            connection.execute(f"INSERT OR REPLACE INTO case_stamps (job_id, stamp) {_STAMPS}")
            return int(number)

    def all(self, task: str | None = None) -> list[KeptCase]:
        """In the order in which they were kept."""
        where, values = ("", ()) if task is None else (" WHERE task = ?", (task,))
        return [_to_case(row) for row in self._database.query(f"SELECT {_COLUMNS} FROM cases{where} ORDER BY id", values)]  # noqa: S608

    def refused(self) -> frozenset[int]:
        """Cases of documents that a person said are never to be sent; known also when the document was taken off the list."""
        rows = self._database.query(
            "SELECT id FROM cases WHERE substr(key, 1, instr(key || '/', '/') - 1) IN (SELECT sha256 FROM refusals)"
            " OR (path != '' AND (path, substr(key, instr(key || '/', '/') + 1)) IN (SELECT path, part FROM refusals))"
        )
        return frozenset(number for (number,) in rows)

    def mean_chars(self, task: str) -> int:
        """Of the documents that the figures know; 0 where they know none."""
        rows = self._database.query("SELECT avg(chars) FROM cases JOIN figures USING (job_id) WHERE cases.task = ?", (task,))
        return round(rows[0][0] or 0)

    def counts(self) -> dict[str, int]:
        """Cases by task."""
        return {
            str(task): int(n) for task, n in self._database.query("SELECT task, count(*) FROM cases GROUP BY task ORDER BY task")
        }

    def document_of_key(self, key: str) -> Document | None:
        """The document that is known by a key; None where no case holds it."""
        rows = self._database.query("SELECT document FROM cases WHERE key = ? LIMIT 1", (key,))
        return unpack_document(rows[0][0]) if rows else None

    def document(self, case_id: int) -> Document | None:
        rows = self._database.query("SELECT document FROM cases WHERE id = ?", (case_id,))
        return unpack_document(rows[0][0]) if rows else None

    def first_answer(self, case_id: int) -> Result | None:
        """What the model had said before the person looked at it."""
        rows = self._database.query("SELECT first FROM cases WHERE id = ? AND first IS NOT NULL", (case_id,))
        return unpack_result(rows[0][0]) if rows else None

    def whole(self, task: str, limit: int) -> list[tuple[KeptCase, Result]]:
        """The newest cases of which every answer was looked at, with the model's first answer, newest first."""
        rows = self._database.query(
            f"SELECT {_COLUMNS}, first FROM cases WHERE task = ? AND whole AND first IS NOT NULL ORDER BY id DESC LIMIT ?",  # noqa: S608
            (task, limit),
        )
        return [(_to_case(row[:-1]), unpack_result(row[-1])) for row in rows]

    def first_answers(self, task: str, limit: int) -> list[tuple[KeptCase, Result]]:
        """The newest cases with what the model had said at first, newest first."""
        rows = self._database.query(
            f"SELECT {_COLUMNS}, first FROM cases WHERE task = ? AND first IS NOT NULL ORDER BY id DESC LIMIT ?",  # noqa: S608
            (task, limit),
        )
        return [(_to_case(row[:-1]), unpack_result(row[-1])) for row in rows]

    def edit(self, case_id: int, expected: dict[str, Any]) -> None:
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE cases SET expected = ?, edited = 1 WHERE id = ?", (json.dumps(expected, ensure_ascii=False), case_id)
            )

    def remove(self, case_id: int) -> None:
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM cases WHERE id = ?", (case_id,))


def _stamp(connection: apsw.Connection, job_id: int) -> str:
    rows = fetch(
        connection,
        "SELECT max(id) || ':' || sum(undone) || ':' || sum(superseded) FROM corrections WHERE job_id = ?",
        (job_id,),
    )
    return str(rows[0][0] or "")


def _to_case(row: Row) -> KeptCase:
    number, task, key, name, path, look, held_out, expected, whole, source, job_id, kept_at, edited = row
    return KeptCase(
        id=number,
        task=task,
        key=key,
        name=name,
        path=path,
        group=look,
        held_out=bool(held_out),
        expected=json.loads(expected),
        whole=bool(whole),
        source=CaseSource(source),
        job_id=job_id,
        kept_at=kept_at,
        edited=bool(edited),
    )

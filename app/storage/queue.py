"""The states of jobs in the database: who is next, what happened to it. Every method is one transaction.

Rules, so that a kill at any moment neither loses nor doubles work:

- A job is started by `claim` before anything is done for it: WORKING, and one more in `attempts`.
- Result, document and the new state are stored together by `finish`, and only for a job that is still WORKING.
- A job found WORKING when the program starts was interrupted: `recover` makes it wait again and counts `interruptions`. That is no
  proof against the document, so interrupted jobs only go to the end of the queue; after `MAX_INTERRUPTIONS` in a row the document
  itself is taken for the cause and set aside.
- `crashes` counts what the document itself did: a worker that crashed, hung or ran out of memory. The second sets it aside.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import apsw

from app.domain.document import Document
from app.domain.job import Job, JobError, JobState
from app.domain.result import Result
from app.domain.review import ReviewRule
from app.errors import QuarantinedError
from app.storage.database import Database, fetch
from app.storage.figures import note_answer
from app.storage.looks import Looks
from app.storage.review import replay_corrections
from app.storage.rows import JOB_COLUMNS, now, pack_document, to_job

MAX_CRASHES = 2
MAX_INTERRUPTIONS = 10


@dataclass(frozen=True)
class NewJob:
    """What is known of a document when it is added. `task_key` is a fingerprint of the task's definition."""

    path: str
    name: str
    sha256: str
    size_bytes: int
    task: str
    task_key: str = ""
    part: str = ""
    batch: str = ""


class JobQueue:
    def __init__(self, database: Database, looks: Looks | None = None) -> None:
        self._database = database
        self._looks = looks or Looks()

    def add(self, news: Iterable[NewJob], model_sha256: str = "") -> list[tuple[Job, bool]]:
        """For each document and task the job, and whether it was queued now. All are stored together.

        A job that waits, works or has an answer is found again. One that failed or was cancelled, or whose answer was made by
        another version of the task or another model (where `model_sha256` is given), is queued anew.
        """
        with self._database.transaction() as connection:
            return [self._add(connection, new, model_sha256) for new in news]

    def _add(self, connection: apsw.Connection, new: NewJob, model_sha256: str) -> tuple[Job, bool]:
        job = self._find(connection, new)
        if job is None:
            return self._insert(connection, new), True
        has_ended_badly = job.state in {JobState.FAILED, JobState.CANCELLED}
        if has_ended_badly or _is_outdated(connection, job, new.task_key, model_sha256):
            return self._requeue_as(connection, job, new), True
        return job, False

    def relocate(self, job_id: int, path: str, name: str) -> Job | None:
        """The same content stands elsewhere now. Attachments keep their names."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE jobs SET name = ? WHERE part = '' AND path = (SELECT path FROM jobs WHERE id = ?)", (name, job_id)
            )
            # What is never to be sent takes that along.
            connection.execute(
                "UPDATE OR REPLACE refusals SET path = ? WHERE path = (SELECT path FROM jobs WHERE id = ?)", (path, job_id)
            )
            connection.execute("UPDATE jobs SET path = ? WHERE path = (SELECT path FROM jobs WHERE id = ?)", (path, job_id))
            return _find_job(connection, job_id)

    def add_attachments(self, parent: Job, children: Iterable[tuple[str, Document]], model_sha256: str = "") -> list[Job]:
        """Jobs for attachments, with their documents, so that they are not read twice. Returns the ones that are queued now.

        One that was also added as a file, or came with another message, is not done again. Those with an answer that is outdated
        are, with their message.
        """
        added: list[Job] = []
        with self._database.transaction() as connection:
            (task_key,) = fetch(connection, "SELECT task_key FROM jobs WHERE id = ?", (parent.id,))[0]
            for part, document in children:
                new = NewJob(
                    path=parent.path,
                    part=part,
                    name=document.name,
                    sha256=document.sha256,
                    size_bytes=len(document.text.encode()),
                    task=parent.task,
                    task_key=task_key,
                    batch=parent.batch,
                )
                job = self._find(connection, new) or (
                    self._find(connection, new, any_part=True) if document.sha256 != parent.sha256 else None
                )
                if job is None:
                    store_document(connection, document.sha256, part, pack_document(document))
                    added.append(self._insert(connection, new))
                elif job.part == part and _is_outdated(connection, job, task_key, model_sha256):
                    store_document(connection, document.sha256, part, pack_document(document))
                    added.append(self._requeue_as(connection, job, new))
        return added

    def claim(self, skip: Collection[int] = ()) -> Job | None:
        """Start the next waiting job. Jobs that crashed a worker or were interrupted come after those that did not."""
        with self._database.transaction() as connection:
            sql = "SELECT id FROM jobs WHERE state = 'waiting' ORDER BY crashes, interruptions, id LIMIT ?"
            rows = fetch(connection, sql, (len(skip) + 1,))
            for (job_id,) in rows:
                if job_id not in skip:
                    connection.execute("UPDATE jobs SET state = 'working', attempts = attempts + 1 WHERE id = ?", (job_id,))
                    return _job(connection, job_id)
        return None

    def release(self, job_id: int) -> Job | None:
        """Put a started job back as if it had not been started: the program stops or pauses, or the model is missing."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE jobs SET state = 'waiting', attempts = max(attempts - 1, 0) WHERE id = ? AND state = 'working'", (job_id,)
            )
            return _find_job(connection, job_id)

    def recover(self, active: Collection[int] = ()) -> list[Job]:
        """Let interrupted jobs wait again; `active` ones are being worked on by this program."""
        with self._database.transaction() as connection:
            rows = fetch(connection, "SELECT id, name, interruptions FROM jobs WHERE state = 'working'")
            interrupted = [row for row in rows if row[0] not in active]
            for job_id, name, interruptions in interrupted:
                connection.execute("UPDATE jobs SET state = 'waiting', interruptions = interruptions + 1 WHERE id = ?", (job_id,))
                if interruptions + 1 >= MAX_INTERRUPTIONS:
                    error = QuarantinedError(file=name, worker="program")
                    _end(connection, job_id, JobState.FAILED, JobError(code=error.code, message=error.user_text, hint=error.hint))
            return [_job(connection, job_id) for job_id, _, _ in interrupted]

    def count_crash(self, job_id: int) -> int:
        """Record that the document stopped a worker; the job waits for its second try. Returns how often it did."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE jobs SET state = 'waiting', crashes = crashes + 1 WHERE id = ? AND state = 'working'", (job_id,)
            )
            rows = fetch(connection, "SELECT crashes FROM jobs WHERE id = ?", (job_id,))
            return int(rows[0][0]) if rows else 0

    def finish(self, job_id: int, result: Result, document: Document, rule: ReviewRule, task_key: str = "") -> Job | None:
        """Store the answer, the document and the new state together; None when the job is no longer being worked on.

        Corrections made to an earlier answer are applied to this one: a person's word is final.
        """
        packed = pack_document(document)
        with self._database.transaction() as connection:
            job = _find_job(connection, job_id)
            if job is None or job.state is not JobState.WORKING:
                return None
            store_document(connection, job.sha256, job.part, packed)
            result, state = replay_corrections(connection, job_id, result, document, rule)
            model_sha256 = result.answer.model.sha256 or result.model.sha256
            required = "\n".join(sorted(rule.required))
            checks = json.dumps([check.model_dump() for check in rule.checks])
            connection.execute(
                "INSERT OR REPLACE INTO results VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (job_id, task_key, model_sha256, required, rule.review_below, result.model_dump_json(), now(), checks),
            )
            _end(connection, job_id, state, None)
            connection.execute("UPDATE jobs SET interruptions = 0 WHERE id = ?", (job_id,))
            note_answer(connection, job_id, document, self._looks)
            return _job(connection, job_id)

    def end(self, job_id: int, state: JobState, error: JobError | None = None) -> Job | None:
        """Fail or cancel a job that waits or works; None when it has ended already."""
        with self._database.transaction() as connection:
            job = _find_job(connection, job_id)
            if job is None or job.state.is_finished:
                return None
            _end(connection, job_id, state, error)
            note_answer(connection, job_id, None, self._looks)
            return _job(connection, job_id)

    def retry(self, job_id: int) -> Job | None:
        """Queue a finished job anew. One that was set aside gets a single try: its next crash sets it aside again."""
        with self._database.transaction() as connection:
            job = _find_job(connection, job_id)
            if job is None or not job.state.is_finished:
                return None
            was_set_aside = job.error is not None and job.error.code == QuarantinedError.code
            _requeue(connection, job_id, crashes=MAX_CRASHES - 1 if was_set_aside else 0)
            return _job(connection, job_id)

    def remove(self, job_id: int) -> None:
        """Forget a job, its answer and, if no other job needs it, its document. The original file is never touched."""
        with self._database.transaction() as connection:
            for key in fetch(connection, "DELETE FROM jobs WHERE id = ? RETURNING sha256, part", (job_id,)):
                connection.execute(
                    "DELETE FROM documents WHERE (sha256, part) = (?, ?) AND NOT EXISTS"
                    " (SELECT 1 FROM jobs WHERE jobs.sha256 = documents.sha256 AND jobs.part = documents.part)",
                    key,
                )

    def counts(self) -> dict[JobState, int]:
        rows = self._database.query("SELECT state, count(*) FROM jobs GROUP BY state")
        return dict.fromkeys(JobState, 0) | {JobState(state): int(count) for state, count in rows}

    def _requeue_as(self, connection: apsw.Connection, job: Job, new: NewJob) -> Job:
        connection.execute(
            "UPDATE jobs SET path = ?, name = ?, task_key = ?, batch = ? WHERE id = ?",
            (new.path, new.name, new.task_key, new.batch, job.id),
        )
        _requeue(connection, job.id)
        return _job(connection, job.id)

    def _find(self, connection: apsw.Connection, new: NewJob, *, any_part: bool = False) -> Job | None:
        where = "sha256 = ? AND task = ?" + ("" if any_part else " AND part = ?")
        bindings = (new.sha256, new.task) if any_part else (new.sha256, new.task, new.part)
        rows = fetch(connection, f"SELECT {JOB_COLUMNS} FROM jobs WHERE {where} ORDER BY id", bindings)  # noqa: S608
        return to_job(rows[0]) if rows else None

    def _insert(self, connection: apsw.Connection, new: NewJob) -> Job:
        connection.execute(
            "INSERT INTO jobs (path, part, name, sha256, size_bytes, task, task_key, batch, state, added_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'waiting', ?)",
            (new.path, new.part, new.name, new.sha256, new.size_bytes, new.task, new.task_key, new.batch, now()),
        )
        return _job(connection, connection.last_insert_rowid())


def store_document(connection: apsw.Connection, sha256: str, part: str, packed: bytes) -> None:
    connection.execute("INSERT OR REPLACE INTO documents VALUES (?, ?, ?)", (sha256, part, packed))


def _is_outdated(connection: apsw.Connection, job: Job, task_key: str, model_sha256: str) -> bool:
    rows = fetch(connection, "SELECT task_key, model_sha256 FROM results WHERE job_id = ?", (job.id,))
    if job.state not in {JobState.DONE, JobState.REVIEW} or not rows:
        return False
    made_by_task, made_by_model = rows[0]
    return bool(made_by_task != task_key or (model_sha256 and made_by_model != model_sha256))


def _requeue(connection: apsw.Connection, job_id: int, crashes: int = 0) -> None:
    connection.execute(
        "UPDATE jobs SET state = 'waiting', crashes = ?, interruptions = 0, error = NULL, finished_at = '' WHERE id = ?",
        (crashes, job_id),
    )


def _end(connection: apsw.Connection, job_id: int, state: JobState, error: JobError | None) -> None:
    connection.execute(
        "UPDATE jobs SET state = ?, error = ?, finished_at = ? WHERE id = ?",
        (state.value, None if error is None else error.model_dump_json(), now(), job_id),
    )


def _find_job(connection: apsw.Connection, job_id: int) -> Job | None:
    rows = fetch(connection, f"SELECT {JOB_COLUMNS} FROM jobs WHERE id = ?", (job_id,))  # noqa: S608
    return to_job(rows[0]) if rows else None


def _job(connection: apsw.Connection, job_id: int) -> Job:
    job = _find_job(connection, job_id)
    assert job is not None
    return job

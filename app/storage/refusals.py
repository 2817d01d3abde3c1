"""What a person never wants sent: kept by the bytes and the place of documents, so that it outlives jobs, tasks and edits.

A waiting proposal of such a document is REFUSED. Only the person's word for exactly these bytes takes a refusal back; removing a
document from the list does not.
"""

from __future__ import annotations

import apsw

from app.domain.job import Job
from app.storage.database import Database, fetch
from app.storage.rows import now

_JOBS_LIKE = (
    "SELECT others.id FROM jobs JOIN jobs AS others ON others.sha256 = jobs.sha256 WHERE jobs.id = :job UNION"
    " SELECT others.id FROM jobs JOIN jobs AS others USING (path, part) WHERE jobs.id = :job ORDER BY 1"
)


class Refusals:
    def __init__(self, database: Database) -> None:
        self._database = database

    def cover(self, job: Job) -> bool:
        """Whether the person said no to these bytes, or to what lay at this place."""
        sql = "SELECT 1 FROM refusals WHERE sha256 = ? OR (path = ? AND part = ?)"
        return bool(self._database.query(sql, (job.sha256, job.path, job.part)))

    def cover_bytes(self, job: Job) -> bool:
        """Whether the person said no to these bytes: their word for them takes it back, so it was said after that."""
        return bool(self._database.query("SELECT 1 FROM refusals WHERE sha256 = ?", (job.sha256,)))


def is_refused(connection: apsw.Connection, job_id: int) -> bool:
    sql = (
        "SELECT 1 FROM jobs JOIN refusals USING (sha256) WHERE id = :job"
        " UNION SELECT 1 FROM jobs JOIN refusals USING (path, part) WHERE id = :job"
    )
    return bool(fetch(connection, sql, {"job": job_id}))


def note_refusal(connection: apsw.Connection, job_id: int) -> list[int]:
    """Remember it; returns all jobs of the same bytes or place."""
    connection.execute(
        "INSERT OR IGNORE INTO refusals (sha256, path, part, refused_at) SELECT sha256, path, part, ? FROM jobs WHERE id = ?",
        (now(), job_id),
    )
    return [number for (number,) in fetch(connection, _JOBS_LIKE, {"job": job_id})]


def take_back_refusal(connection: apsw.Connection, job_id: int) -> list[int]:
    """For the bytes of a job, wherever they lie; returns the jobs about which nothing is refused now.

    What was said about other bytes at the same place holds on.
    """
    connection.execute("DELETE FROM refusals WHERE sha256 = (SELECT sha256 FROM jobs WHERE id = ?)", (job_id,))
    like = [number for (number,) in fetch(connection, _JOBS_LIKE, {"job": job_id})]
    return [number for number in like if not is_refused(connection, number)]

"""The store: what the window, the command line and the jobs read and change. Thread safe; one per data folder."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from types import TracebackType

from app.domain.correction import Correction
from app.domain.document import Document
from app.domain.job import Job, JobState
from app.domain.pace import ModelPace
from app.domain.result import Evidence, Result
from app.domain.revision import PointReviews, Revision
from app.domain.trust import Trust, trust_in
from app.storage.cases import Cases
from app.storage.consents import Consents
from app.storage.database import Database
from app.storage.insights import Insights
from app.storage.ledger import Ledger
from app.storage.looks import Looks
from app.storage.paces import read_paces
from app.storage.proposals import Proposals
from app.storage.queue import JobQueue
from app.storage.recalibrations import Recalibrations
from app.storage.refusals import Refusals
from app.storage.review import Acceptance, Corrections
from app.storage.rows import JOB_COLUMNS, to_job, unpack_document

_MOST_JUDGED = 500
"""Documents; older ones say less of a model that changes."""


class Store:
    """Opening takes the data folder: a second program gets `DatabaseInUseError`, a newer database `NewerDatabaseError`.

    `queue` is for the jobs alone; everyone else uses the methods here, `ledger`, `consents`, `proposals`, `refusals` and `cases`.
    """

    def __init__(self, path: Path) -> None:
        self._database = Database(path)
        self._corrections = Corrections(self._database)
        looks = Looks()
        self.queue = JobQueue(self._database, looks)
        self.insights = Insights(self._database, looks)
        self.ledger = Ledger(self._database)
        self.consents = Consents(self._database)
        self.cases = Cases(self._database)
        self.recalibrations = Recalibrations(self._database)
        self.proposals = Proposals(self._database)
        self.refusals = Refusals(self._database)

    def close(self) -> None:
        self._database.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def jobs(self, states: Iterable[JobState] | None = None) -> list[Job]:
        """Jobs in the order in which they were added."""
        wanted = list(JobState if states is None else states)
        marks = ", ".join("?" * len(wanted))
        rows = self._database.query(
            f"SELECT {JOB_COLUMNS} FROM jobs WHERE state IN ({marks}) ORDER BY id",  # noqa: S608
            tuple(state.value for state in wanted),
        )
        return [to_job(row) for row in rows]

    def job(self, job_id: int) -> Job | None:
        rows = self._database.query(f"SELECT {JOB_COLUMNS} FROM jobs WHERE id = ?", (job_id,))  # noqa: S608
        return to_job(rows[0]) if rows else None

    def result(self, job_id: int) -> Result | None:
        rows = self._database.query("SELECT result FROM results WHERE job_id = ?", (job_id,))
        return Result.model_validate_json(rows[0][0]) if rows else None

    def paces(self) -> dict[str, ModelPace]:
        """How fast each model (by SHA-256) was with the newest documents."""
        return read_paces(self._database)

    def document(self, job_id: int) -> Document | None:
        """The document as it was read for the job, without attachments."""
        rows = self._database.query("SELECT document FROM documents JOIN jobs USING (sha256, part) WHERE jobs.id = ?", (job_id,))
        return unpack_document(rows[0][0]) if rows else None

    def correct(
        self, job_id: int, target: str, *, value: str | None, text: str | None = None, evidence: Evidence | None = None
    ) -> Result:
        """Set a value as a person says (None takes it out); the job is DONE when nothing is left to check.

        `value` is normalized by the caller, `text` is as printed. Raises `NoAnswerError` while the
        job has no answer, and `ValueError` for a target that is not there.
        """
        return self._corrections.correct(job_id, target, value=value, text=text, evidence=evidence)

    def accept(self, job_id: int, target: str | None = None) -> Result:
        """Confirm one answer as it is, or with None all of them, which ends the review."""
        return self._corrections.accept(job_id, target)

    def accept_documents(self, job_ids: Iterable[int]) -> Acceptance:
        """Confirm all that is left to check in several documents at once."""
        return self._corrections.accept_documents(job_ids)

    def undo_acceptance(self, made: Acceptance) -> list[int]:
        """Take it back in all documents in which nothing was changed since; their jobs."""
        return self._corrections.undo_acceptance(made)

    def settle(self, job_id: int, before: Result, after: Result) -> Result | None:
        """Store an answer that another model helped with, if `before` is still the answer; else None."""
        return self._corrections.settle(job_id, before, after)

    def trust_in(self, source: str) -> Trust:
        """How far a larger model is to be trusted, by the reviews of what it was asked last."""
        return trust_in(source, self._corrections.settled(_MOST_JUDGED))

    def look_of(self, job_id: int) -> str:
        """A name that documents of one look share; empty where it is not known."""
        return self.insights.look_of(job_id)

    def undo(self, job_id: int) -> Result | None:
        """Take back the last correction or acceptance exactly; None when there is none."""
        return self._corrections.undo(job_id)

    def restore(self, job_id: int) -> Result | None:
        """Go back to the answer that the model gave; None when it stands already. It can be undone like a correction."""
        return self._corrections.restore(job_id)

    def point_reviews(self, task: str) -> PointReviews:
        """What became of the points of a task's summaries in review."""
        return self._corrections.point_reviews(task)

    def revisions(self, job_id: int) -> list[Revision]:
        """Every step of the answer with what it changed, oldest first; the first one is the model's own answer."""
        return self._corrections.revisions(job_id)

    def corrections(self, job_id: int) -> list[Correction]:
        """All of them, also those taken back, oldest first.

        The target ``*`` stands for the whole answer accepted, ``@frontier`` for another model's answers taken in,
        ``@original`` for going back to the model's answer.
        """
        return self._corrections.of_job(job_id)

"""A job: one document with one task, and where it stands in the queue."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class JobState(StrEnum):
    WAITING = "waiting"
    WORKING = "working"
    REVIEW = "review"
    """Finished; at least one value needs a person."""
    DONE = "done"
    """Finished and proven, or accepted by a person."""
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_finished(self) -> bool:
        return self in {JobState.REVIEW, JobState.DONE, JobState.FAILED, JobState.CANCELLED}


class JobError(BaseModel):
    """Why a job failed, as shown to the person."""

    model_config = ConfigDict(frozen=True)
    code: str
    message: str
    hint: str = ""


class Job(BaseModel):
    """One document × one task. `attempts` counts starts, so that a document which stops a worker is not tried for ever."""

    model_config = ConfigDict(frozen=True)
    id: int
    path: str
    """The original file; never changed, moved or deleted."""
    part: str = ""
    """Path of an attachment inside its message, empty for the file itself."""
    name: str
    sha256: str
    size_bytes: int
    task: str
    batch: str = ""
    """Shared by what was added together: a larger model may cost only so much for all of it."""
    state: JobState
    attempts: int = 0
    error: JobError | None = None
    added_at: str = ""
    """ISO 8601, UTC."""
    finished_at: str = ""

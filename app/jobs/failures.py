"""Whose fault an error is, and how it is told to the person."""

from __future__ import annotations

from app.domain.job import Job, JobError
from app.errors import (
    AppError,
    HashMismatchError,
    ModelCrashedError,
    ModelFileError,
    ModelLoadError,
    ModelMissingError,
    ModelTimeoutError,
    OutOfMemoryError,
    QuarantinedError,
    ReaderCrashedError,
    ReaderStartError,
    ReadTimeoutError,
    SandboxError,
    UnknownModelError,
)

WORKER_FAILURES = (ReaderCrashedError, ReadTimeoutError, ModelCrashedError, ModelTimeoutError, OutOfMemoryError)
"""The document may be the cause: it is tried once more, then set aside."""
QUEUE_FAILURES = (
    ModelMissingError,
    UnknownModelError,
    HashMismatchError,
    ModelFileError,
    ModelLoadError,
    SandboxError,
    ReaderStartError,
)
"""No document is the cause: the queue pauses and all jobs wait."""


def told(error: AppError) -> JobError:
    return JobError(code=error.code, message=error.user_text, hint=error.hint)


def set_aside(job: Job, worker: str, error: AppError) -> JobError:
    quarantined = QuarantinedError(file=job.name, worker=worker)
    return JobError(code=quarantined.code, message=quarantined.user_text, hint=f"{error.user_text} {quarantined.hint}")


def fault(job: Job) -> JobError:
    """For a bug; the details are in the log."""
    return JobError(
        code="internal",
        message=f"A fault in Deskhand kept it from finishing {job.name}.",
        hint="Retry the document; the log file holds the details for a report.",
    )

"""Domain values as they stand in the database's columns, and back."""

from __future__ import annotations

import zlib
from datetime import UTC, datetime

from app.domain.correction import Correction
from app.domain.document import Document
from app.domain.job import Job, JobError, JobState
from app.domain.result import Evidence, Result
from app.storage.database import Row

JOB_COLUMNS = "id, path, part, name, sha256, size_bytes, task, batch, state, attempts, error, added_at, finished_at"
CORRECTION_COLUMNS = "id, job_id, target, before, after, text, evidence, made_at, undone"


def to_job(row: Row) -> Job:
    number, path, part, name, sha256, size_bytes, task, batch, state, attempts, error, added_at, finished_at = row
    return Job(
        id=number,
        path=path,
        part=part,
        name=name,
        sha256=sha256,
        size_bytes=size_bytes,
        task=task,
        batch=batch,
        state=JobState(state),
        attempts=attempts,
        error=None if error is None else JobError.model_validate_json(error),
        added_at=added_at,
        finished_at=finished_at,
    )


def to_correction(row: Row) -> Correction:
    number, job_id, target, before, after, text, evidence, made_at, undone = row
    return Correction(
        id=number,
        job_id=job_id,
        target=target,
        before=before,
        after=after,
        text=text,
        evidence=None if evidence is None else Evidence.model_validate_json(evidence),
        made_at=made_at,
        undone=bool(undone),
    )


def pack_document(document: Document) -> bytes:
    """Without attachments, which have rows of their own."""
    return zlib.compress(document.model_copy(update={"children": ()}).model_dump_json().encode(), 6)


def unpack_document(blob: bytes) -> Document:
    return Document.model_validate_json(zlib.decompress(blob))


def pack_result(result: Result) -> bytes:
    return zlib.compress(result.model_dump_json().encode(), 6)


def unpack_result(blob: bytes) -> Result:
    return Result.model_validate_json(zlib.decompress(blob))


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")

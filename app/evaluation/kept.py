"""Kept cases as those of a run, written to a case file, and taken from one."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from app.domain.case import CaseSource, KeptCase, is_held_out
from app.domain.document import Document
from app.domain.task import Task
from app.errors import AppError
from app.evaluation.cases import Case, read_cases
from app.evaluation.expected import require_answerable
from app.evaluation.runner import as_document
from app.export.atomic import write_atomically
from app.jobs.intake import examine, is_there, load
from app.storage.cases import Cases
from app.storage.store import Store
from app.worker.ports import DocumentReader


def as_cases(kept: Sequence[KeptCase]) -> list[Case]:
    return [
        Case(
            kept=case.id,
            kept_key=case.key,
            name=case.name,
            path=case.path,
            job_id=case.job_id,
            task=case.task,
            expected=case.expected,
            group=case.group,
        )
        for case in kept
    ]


def export_cases(store: Store, kept: Sequence[KeptCase], path: Path) -> None:
    """Write a case file. A case names its original file where that is still there, relative to `path`, and else holds the text."""
    folder = path.absolute().parent
    lines = [_exported(store, case, folder).model_dump_json(exclude_defaults=True) for case in kept]
    write_atomically(path, "".join(f"{line}\n" for line in lines).encode("utf-8", "backslashreplace"))


def import_cases(
    cases: Cases, path: Path, task: str, reader: DocumentReader, task_of: Callable[[str], Task], *, max_bytes: int
) -> Iterator[tuple[Case, AppError | None]]:
    """Keep the cases of a file; `task` is that of cases that name none. Gives each case and what was wrong with it.

    `task_of` gives a task by its name; raises `TaskError` kinds.

    Raises `CaseFileError` before anything is kept.
    """
    folder = path.absolute().parent
    for case in (given.model_copy(update={"task": given.task or task}) for given in read_cases(path)):
        try:
            require_answerable(task_of(case.task), case.expected)
            document = _read(case, folder, reader, max_bytes)
        except AppError as error:
            yield case, error
            continue
        place = str(folder.absolute() / case.file) if case.file is not None else ""
        known = cases.document_of_key(case.document) if case.document else None
        key = document.sha256
        if known is not None and known.text == document.text:
            # A text that was exported from this document.
            key, document = case.document, known
        cases.keep(_imported(case, key, place), document, None)
        yield case, None


def _exported(store: Store, case: KeptCase, folder: Path) -> Case:
    job = store.job(case.job_id) if case.job_id is not None else None
    told = {
        "task": case.task,
        "expected": case.expected,
        "group": store.insights.lasting_name(case.group),
        "held_out": case.held_out,
    }
    if job is not None and not job.part and is_there(Path(job.path)):
        return Case(file=os.path.relpath(job.path, folder), **told)
    document = store.cases.document(case.id)
    return Case(text=document.text if document is not None else "", document=case.key, **told)


def _read(case: Case, folder: Path, reader: DocumentReader, max_bytes: int) -> Document:
    if case.file is None:
        return as_document(case)
    file = folder / case.file
    return reader.read(load(file, examine(file, max_bytes).sha256, max_bytes), file.name)


def _imported(case: Case, key: str, place: str) -> KeptCase:
    group = case.group or key
    return KeptCase(
        task=case.task,
        key=key,
        name=case.shown,
        path=place,
        group=group,
        held_out=is_held_out(group, datetime.now(UTC).isoformat()) if case.held_out is None else case.held_out,
        expected=case.expected,
        whole=False,
        source=CaseSource.IMPORT,
    )

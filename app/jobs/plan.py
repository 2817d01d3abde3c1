"""What is to be done for a job: its task's fingerprint, the task that answers, the language, the attachments. Pure functions."""

from __future__ import annotations

import hashlib
import locale
from collections.abc import Iterator, Mapping
from pathlib import Path

from app.domain.document import Document
from app.domain.job import Job
from app.domain.result import Result
from app.domain.task import Task, TaskKind
from app.settings import Settings


def task_fingerprint(task: Task, followups: Mapping[str, Task], models: Mapping[str, str] | None = None) -> str:
    """Changes whenever answers may change: with the task's version, but also when a person edits a task and keeps the version.

    What may be sent and when is left out: it changes no local answer. `models` names the file for each task where several answer.
    """
    digest = hashlib.sha256(_answering_part(task).encode())
    if task.kind is TaskKind.AUTO:
        for label in sorted(followups):
            digest.update(f"\n{label}\n{_answering_part(followups[label])}".encode())
    for name, sha256 in sorted((models or {}).items()):
        digest.update(f"\n{name} {sha256}".encode())
    return digest.hexdigest()[:32]


def _answering_part(task: Task) -> str:
    return task.model_dump_json(exclude={"routing", "privacy"})


def lasting_name(task: str) -> str:
    """A task's id, or the absolute path of its file: jobs outlive the folder the program was started in."""
    return str(Path(task).absolute()) if task.endswith(".toml") else task


def answering_task(task: Task, followups: Mapping[str, Task], result: Result) -> Task:
    """The task that made `result.answer`: with `auto` the one chosen."""
    if result.then is None:
        return task
    return next((other for other in followups.values() if other.id == result.then.task), task)


def language_of_person(settings: Settings) -> str:
    if settings.language != "system":
        return settings.language
    return (locale.getlocale()[0] or "en")[:2].lower()


def attachments_of(job: Job, document: Document) -> Iterator[tuple[str, Document]]:
    """Attachments of a document and theirs, each with its path inside the message: ``1:scan.pdf``, ``2:fwd.eml/1:bill.pdf``."""
    for index, child in enumerate(document.children, start=1):
        part = f"{job.part}/{index}:{child.name}".lstrip("/")
        yield part, child
        yield from attachments_of(job.model_copy(update={"part": part}), child)

"""One row of the list: a job, what is known of its answer so far, and the words for its state. Pure, no Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from app.domain.job import Job, JobState
from app.domain.progress import Progress
from app.errors import error_kinds
from app.ui.messages import tr, tr_filled, tr_n
from app.ui.models.digest import Cell, Digest
from app.ui.models.error_details import DETAILS
from app.ui.widgets.pill import Tone

RowAction = Literal["password", "retry", "cancel", "remove"]
_NEED_PASSWORD = frozenset({"password_needed", "wrong_password"})
_SHORT_REASONS = {
    "password_needed": "needs a password",
    "wrong_password": "wrong password",
    "damaged_document": "damaged",
    "empty_document": "no text",
    "unsupported_format": "not supported",
    "document_too_large": "too large",
    "read_timeout": "too slow to read",
    "file_access": "can't be opened",
    "quarantined": "set aside",
    "reader_crashed": "set aside",
    "model_missing": "model missing",
    "out_of_memory": "not enough memory",
}


@dataclass(frozen=True)
class Status:
    """The pill of a row; `fraction` fills it while the job runs."""

    word: str
    tone: Tone
    fraction: float | None = None


@dataclass(frozen=True)
class JobRow:
    """A job with its digest, or with the values that arrived while it runs (`cells`)."""

    job: Job
    task_title: str = ""
    digest: Digest | None = None
    progress: Progress | None = None
    cells: Mapping[str, Cell] = field(default_factory=dict)

    def cell(self, key: str) -> Cell | None:
        known = self.digest.cells if self.digest is not None else self.cells
        return known.get(key)

    def with_progress(self, progress: Progress, cells: Mapping[str, Cell]) -> JobRow:
        """The row after a piece of news; values that were decided fill their cells."""
        return replace(self, progress=progress, cells={**self.cells, **cells}, digest=None)

    @property
    def status(self) -> Status:
        return _status_of(self)

    @property
    def note(self) -> str:
        """The second line: what is going on, or why it failed and what to do, or what kind of document it is."""
        job = self.job
        if job.state is JobState.FAILED and job.error is not None:
            return _without_name(error_sentence(job.error.message, job.error.hint), job.name)
        if job.state is JobState.WORKING:
            return _doing(self.progress)
        if job.state is JobState.CANCELLED:
            return tr("Cancelled. Retry starts it again.")
        return self.digest.title if self.digest is not None else self.task_title

    @property
    def actions(self) -> tuple[RowAction, ...]:
        """What a person would want to do with this row, offered as buttons; the likeliest first."""
        job = self.job
        if job.state is JobState.FAILED and job.error is not None and job.error.code in _NEED_PASSWORD:
            return ("password", "remove")
        if job.state in {JobState.FAILED, JobState.CANCELLED}:
            return ("retry", "remove")
        return ("cancel",) if job.state is JobState.WORKING else ()

    def matches(self, words: tuple[str, ...]) -> bool:
        """Whether every word stands in the name or in a value."""
        text = self.job.name.casefold() + " " + (self.digest.words + " " + self.digest.title.casefold() if self.digest else "")
        return all(word in text for word in words)


def action_text(action: RowAction) -> str:
    texts = {"password": tr("Enter password"), "retry": tr("Retry"), "cancel": tr("Cancel"), "remove": tr("Remove")}
    return texts[action]


def failure_words() -> list[str]:
    """All words for a failure, so that there is room for the longest."""
    return [tr(reason) for reason in _SHORT_REASONS.values()]


def error_sentence(message: str, hint: str) -> str:
    """What happened and what to do, in the person's language; stored errors are English."""
    kinds = error_kinds()
    shown = tr_filled(message, [kind.text for kind in kinds], DETAILS)
    advice = tr_filled(hint, [kind.hint_text for kind in kinds]) if hint else ""
    return f"{shown} {advice}".strip()


def _without_name(sentence: str, name: str) -> str:
    """The name stands above already."""
    rest = sentence.removeprefix(f"{name} ")
    return sentence if rest == sentence else rest[:1].upper() + rest[1:]


def _status_of(row: JobRow) -> Status:
    match row.job.state:
        case JobState.WAITING:
            return Status(tr("waiting"), "quiet")
        case JobState.WORKING:
            return Status(_phase_word(row.progress), "good", row.progress.fraction if row.progress else 0.0)
        case JobState.REVIEW:
            return _open_status(row.digest)
        case JobState.DONE:
            return _done_status(row.digest)
        case JobState.FAILED:
            code = row.job.error.code if row.job.error else ""
            return Status(tr(_SHORT_REASONS.get(code, "failed")), "bad")
        case _:
            return Status(tr("cancelled"), "quiet")


def _open_status(digest: Digest | None) -> Status:
    if digest is None:
        return Status(tr("to check"), "warn")
    total = digest.open_count
    if total and digest.not_found == total:
        return Status(tr_n("{n} not found", "{n} not found", total), "bad")
    if total and digest.contradicted == total:
        return Status(tr_n("{n} contradicted", "{n} contradicted", total), "bad")
    return Status(tr_n("{n} to check", "{n} to check", total) if total else tr("to check"), "warn")


def _done_status(digest: Digest | None) -> Status:
    if digest is None:
        return Status(tr("done"), "good")
    if digest.is_proven:
        return Status(tr("proven"), "good")
    return Status(tr("accepted") if digest.by_person else tr("grounded"), "good")


def _phase_word(progress: Progress | None) -> str:
    if progress is None:
        return tr("starting")
    if progress.phase in {"reading", "page"}:
        return tr("reading")
    return tr("loading") if progress.phase == "loading" else tr("working")


def _doing(progress: Progress | None) -> str:
    if progress is None:
        return tr("Starting")
    match progress.phase:
        case "reading":
            return tr("Reading the document")
        case "page" if progress.pages:
            return tr("Reading page {page} of {pages}", page=progress.page, pages=progress.pages)
        case "page":
            return tr("Reading page {page}", page=progress.page)
        case "loading":
            return tr("Loading the model")
        case "storing":
            return tr("Storing the result")
        case "field" if progress.name:
            return tr("Filling in: {name}", name=progress.name.replace("_", " "))
        case _:
            return tr("Working on it")

"""Runs a task on cases, with the reader and the model that a person's documents get. Goes on after a failed document."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from app import __version__
from app.domain.document import Document, Page
from app.domain.recalibration import MapOf, recalibrated
from app.domain.result import ModelUsed, Result
from app.domain.task import Task, TaskKind
from app.errors import AppError, EvaluationError, FileAccessError
from app.evaluation.cases import Case
from app.evaluation.judge import failed, judge
from app.evaluation.outcome import CaseOutcome, Run
from app.jobs.failures import QUEUE_FAILURES
from app.jobs.intake import examine, load
from app.jobs.plan import answering_task
from app.jobs.ports import Tasks
from app.worker.ports import DocumentReader, TaskModel


@dataclass(frozen=True)
class _Read:
    document: Document
    seconds: float


class EvaluationRun:
    """Cases for one task. `folder` is where their case file lies; `kept` gives the document of a kept case.

    `map_of` puts the confidence right as for a person's documents. Its maps rise and so keep the order of the answers: cases that
    they were fitted on promise nothing that they would not promise without.
    """

    def __init__(
        self,
        task: Task,
        cases: Sequence[Case],
        folder: Path,
        *,
        tasks: Tasks,
        reader: DocumentReader,
        language: str,
        kept: Callable[[int], Document | None] = lambda _: None,
        map_of: MapOf = lambda _task, _model: None,
    ) -> None:
        self.task = task
        self.cases = cases
        self._folder = folder
        self._followups = tasks.followups() if task.kind is TaskKind.AUTO else {}
        self._reader = reader
        self._language = language
        self._kept = kept
        self._map_of = map_of

    def examined(self, model: TaskModel, max_bytes: int) -> Iterator[tuple[Case, CaseOutcome, Document | None]]:
        """One outcome a case, in order, with its document, None where it could not be read; the next one is read meanwhile.

        Raises the errors of which no document is the cause: a missing model, a missing lock.
        """
        with ThreadPoolExecutor(1) as ahead:
            coming: Future[_Read] | None = None
            for index, case in enumerate(self.cases):
                current = coming or ahead.submit(self._read, case, max_bytes)
                coming = ahead.submit(self._read, self.cases[index + 1], max_bytes) if index + 1 < len(self.cases) else None
                outcome = self._outcome(case, current, model)
                yield case, outcome, None if outcome.error else current.result().document

    def answering_task(self, result: Result) -> Task:
        """The task that made `result.answer`."""
        return answering_task(self.task, self._followups, result)

    def path_of(self, case: Case) -> Path:
        """Where its document lies, for what was said about files and folders; only a name where that is not known."""
        return Path(case.path or case.name or case.key) if case.file is None else self._folder / case.file

    def _outcome(self, case: Case, coming: Future[_Read], model: TaskModel) -> CaseOutcome:
        try:
            read = coming.result()
            began = time.monotonic()
            answered = model.run(self.task, read.document, followups=self._followups, language=self._language)
        except (*QUEUE_FAILURES, EvaluationError):
            raise
        except AppError as error:
            return failed(case, self.task, f"{error.user_text} {error.hint}".strip())
        result = recalibrated(answered, self._map_of)
        seconds = {"read_s": round(read.seconds, 3), "answer_s": round(time.monotonic() - began, 3)}
        outcome = judge(case, self.answering_task(result), result, read.document)
        return outcome.model_copy(update=seconds)

    def _read(self, case: Case, max_bytes: int) -> _Read:
        began = time.monotonic()
        if case.kept is not None:
            document = self._kept(case.kept)
            if document is None:
                raise FileAccessError(file=case.shown, detail="the case was removed")
            return _Read(document, 0.0)
        if case.file is None:
            return _Read(as_document(case), 0.0)
        path = self._folder / case.file
        data = load(path, examine(path, max_bytes).sha256, max_bytes)
        return _Read(self._reader.read(data, path.name), time.monotonic() - began)


def finished_run(task: Task, model: ModelUsed, outcomes: Sequence[CaseOutcome]) -> Run:
    return Run(task=task.id, task_version=task.version, model=model, engine_version=__version__, cases=tuple(outcomes))


def as_document(case: Case) -> Document:
    """The text of a case as it stands: nothing is guessed about its format."""
    text = case.text or ""
    digest = hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()
    return Document(name=case.key, sha256=digest, format="text", text=text, pages=(Page(number=1, start=0, end=len(text)),))

"""Extraction without a model: what recognizers, labels and layout say alone. The measure that a model has to beat."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence

from pydantic import JsonValue

from app.domain.document import Document
from app.domain.enquiry import Enquiry
from app.domain.result import Result
from app.domain.task import Task, TaskKind
from app.domain.trust import UNJUDGED, Trust
from app.errors import EvaluationError
from app.tasks.enquiry.build import enquire
from app.tasks.extraction.extract import extract
from app.tasks.settling.settle import settle
from app.worker.ports import OnProgress


class EvidenceAlone:
    """Stands in the place of a model."""

    def run(
        self,
        task: Task,
        document: Document,
        *,
        followups: Mapping[str, Task],
        language: str,
        cancel: threading.Event | None = None,
        on_progress: OnProgress | None = None,
    ) -> Result:
        """Raises `EvaluationError` for a task that can't do without a model."""
        del followups, cancel
        if task.kind is not TaskKind.EXTRACT:
            raise EvaluationError(detail=f"the task {task.id} needs a model")
        return extract(task, document, None, language=language, on_progress=on_progress)

    def enquire(
        self,
        task: Task,
        document: Document,
        result: Result,
        *,
        targets: Sequence[str],
        whole_document: bool = False,
        language: str = "",
        cancel: threading.Event | None = None,
    ) -> Enquiry:
        del cancel
        return enquire(task, document, result, targets=targets, whole_document=whole_document, language=language)

    def settle(
        self,
        task: Task,
        document: Document,
        result: Result,
        answers: Mapping[str, JsonValue],
        *,
        source: str,
        trust: Trust = UNJUDGED,
        cancel: threading.Event | None = None,
    ) -> Result:
        del cancel
        return settle(task, document, result, answers, source=source, trust=trust)

    def close(self) -> None:
        """There is nothing to stop."""

"""Several models on the same cases, one after the other, in a way that can be followed and cancelled."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from app.domain.document import Document
from app.domain.result import ModelUsed
from app.errors import CancelledError
from app.evaluation.cases import Case
from app.evaluation.outcome import CaseOutcome
from app.evaluation.runner import EvaluationRun, finished_run
from app.evaluation.sufficiency import Candidate
from app.worker.ports import TaskModel


@dataclass(frozen=True)
class Contestant:
    """A model that can be asked. `open` loads nothing yet; the model is loaded at its first case and let go at the end."""

    model: ModelUsed
    size_bytes: int
    open: Callable[[], AbstractContextManager[TaskModel]]


@dataclass(frozen=True)
class ContestProgress:
    model_id: str
    done: int
    """Cases done by all models so far, this one's among them."""
    total: int
    last: CaseOutcome | None = None


OnProgress = Callable[[ContestProgress], None]
OnAnswered = Callable[[Case, CaseOutcome, Document], None]


def compete(
    run: EvaluationRun,
    contestants: Sequence[Contestant],
    *,
    max_bytes: int,
    cancel: threading.Event,
    on_progress: OnProgress = lambda _: None,
    on_first: OnAnswered = lambda *_: None,
) -> list[Candidate]:
    """Every model's answers to all cases; `on_first` is given those of the first model, with their documents.

    Raises `CancelledError`, and the errors of which no document is the cause.
    """
    total = len(run.cases) * len(contestants)
    finished: list[Candidate] = []
    for contestant in contestants:
        outcomes: list[CaseOutcome] = []
        on_progress(ContestProgress(contestant.model.id, len(finished) * len(run.cases), total))
        with contestant.open() as model:
            for case, outcome, document in run.examined(model, max_bytes):
                outcomes.append(outcome)
                if document is not None and not finished:
                    on_first(case, outcome, document)
                on_progress(ContestProgress(contestant.model.id, len(finished) * len(run.cases) + len(outcomes), total, outcome))
                if cancel.is_set():
                    raise CancelledError(file=outcome.shown)
        finished.append(Candidate(finished_run(run.task, contestant.model, outcomes), contestant.size_bytes))
    return finished

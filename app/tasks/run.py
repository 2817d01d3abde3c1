"""One task on one document: dispatch to extraction, classification or summary, and the chain of `auto`."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from app import __version__
from app.domain.document import Document
from app.domain.picture import PagePicture
from app.domain.progress import Progress
from app.domain.result import ModelUsed, Result, Timing
from app.domain.task import Task, TaskKind
from app.tasks.asking.engine import Engine
from app.tasks.classes.classify import classify
from app.tasks.complexity import complexity_of
from app.tasks.extraction.extract import extract
from app.tasks.summary.summarize import summarize

OnProgress = Callable[[Progress], None]

_AUTO_CLASSIFY_SHARE = 0.15
"""Part of an `auto` job's progress that choosing the class stands for."""


def run_task(
    task: Task,
    document: Document,
    engine: Engine,
    *,
    followups: Mapping[str, Task],
    pictures: Sequence[PagePicture] = (),
    language: str = "",
    on_progress: OnProgress | None = None,
) -> Result:
    """The result of a task for a document.

    `followups` maps the labels of `document_type` to the tasks that `auto` runs. `pictures` are those of recognised pages, for a
    model that sees. `language` is the person's, as a code, for answers that are worded; the document's own is used where the task
    says so. Raises `app.errors.ModelError` kinds.
    """
    tell = on_progress or (lambda _progress: None)
    started = time.perf_counter()
    engine.reset_counts()
    result = (
        _auto(task, document, engine, followups, pictures, language, tell)
        if task.kind is TaskKind.AUTO
        else _single(task, document, engine, pictures, language, tell)
    )
    return _stamp(result, task, document, engine, time.perf_counter() - started)


def _single(
    task: Task, document: Document, engine: Engine, pictures: Sequence[PagePicture], language: str, tell: OnProgress
) -> Result:
    match task.kind:
        case TaskKind.EXTRACT:
            return extract(task, document, engine, pictures=pictures, language=language, on_progress=tell)
        case TaskKind.CLASSIFY:
            return classify(task, document, engine, on_progress=tell)
        case _:
            return summarize(task, document, engine, language=language, on_progress=tell)


def _auto(
    task: Task,
    document: Document,
    engine: Engine,
    followups: Mapping[str, Task],
    pictures: Sequence[PagePicture],
    language: str,
    tell: OnProgress,
) -> Result:
    def later(progress: Progress) -> None:
        tell(replace(progress, fraction=_AUTO_CLASSIFY_SHARE + (1 - _AUTO_CLASSIFY_SHARE) * progress.fraction))

    outer = classify(
        task, document, engine, on_progress=lambda news: tell(replace(news, fraction=_AUTO_CLASSIFY_SHARE * news.fraction))
    )
    chosen = followups.get(outer.label.value) if outer.label else None
    if chosen is None:
        return outer
    inner = _single(chosen, document, engine, pictures, language, later)
    return outer.model_copy(update={"then": inner.model_copy(update={"task": chosen.id, "task_version": chosen.version})})


def _stamp(result: Result, task: Task, document: Document, engine: Engine, total_s: float) -> Result:
    """Add what produced the result, so that it can be traced and repeated."""
    prefill_s, decode_s = engine.seconds
    complexity = complexity_of(document)
    common = {
        "complexity": complexity.score,
        "complexity_reasons": complexity.reasons,
        "engine_version": __version__,
        "model": ModelUsed(id=engine.info.id, sha256=engine.info.sha256),
        "timing": Timing(prefill_s=round(prefill_s, 3), decode_s=round(decode_s, 3), total_s=round(total_s, 3)),
        "tokens": engine.counts,
    }
    then = result.then.model_copy(update=common) if result.then else None
    return result.model_copy(update=common | {"task": task.id, "task_version": task.version, "then": then})

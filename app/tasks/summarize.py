"""Summaries whose every point is bound to the sentences it rests on. The points hold no number, date or name of their own."""

from __future__ import annotations

from collections.abc import Callable

from app.domain.document import Document
from app.domain.progress import Progress
from app.domain.result import Point, Proof, Result
from app.domain.task import Task
from app.tasks.engine import Engine
from app.tasks.grounding import evidence_at
from app.tasks.salience import choose, rank
from app.tasks.sentences import split_sentences

OnProgress = Callable[[Progress], None]


def summarize(task: Task, document: Document, engine: Engine, *, language: str, on_progress: OnProgress) -> Result:
    """The points of a document in the task's style."""
    prose = split_sentences(document.text, [(page.start, page.end) for page in document.pages])
    ranked = rank(prose)
    on_progress(Progress("thinking", 0.5))
    chosen = sorted(choose(ranked, task.max_points))
    points = tuple(
        Point(text=s.text, evidence=tuple(evidence_at(document, *span) for span in s.spans), confidence=0.5, proof=Proof.GROUNDED)
        for s in (prose.sentences[index] for index in chosen)
    )
    return Result(task=task.id, points=points, pages_read=tuple(page.number for page in document.pages))

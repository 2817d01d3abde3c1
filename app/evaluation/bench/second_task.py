"""What a further task on the same document costs beside the first, which is asked just before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.domain.document import Document
from app.domain.task import Task, TaskKind
from app.evaluation.bench.documents import BenchDocument
from app.evaluation.bench.systems import Answered, System


@dataclass(frozen=True)
class SecondTask:
    name: str
    task: Task


@dataclass(frozen=True)
class SecondTaskTime:
    """Seconds of the first task and of one that followed it on the same document."""

    file: str
    name: str
    first_s: float
    second_s: float
    prompt_tokens: int
    cached_tokens: int


def second_tasks(task: Task, first: Task, kinds: Task) -> list[SecondTask]:
    """Three of different cost: the rest of the fields, the kind by learnt examples, and the kind by the model's own scores."""
    asked = {field.name for field in first.fields}
    rest = tuple(field for field in task.fields if field.name not in asked and not field.many)
    found = [SecondTask("other fields", task.model_copy(update={"fields": rest, "rows": (), "checks": ()}))] if rest else []
    return [*found, SecondTask("class, learnt", kinds), SecondTask("class, scored", without_examples(kinds))]


def without_examples(task: Task) -> Task:
    """The same classes, to be told apart by the model alone."""
    labels = tuple(label.model_copy(update={"examples": ()}) for label in task.labels)
    return task.model_copy(update={"kind": TaskKind.CLASSIFY, "labels": labels, "head_temperature": None})


def measure_second_tasks(
    system: System, documents: Sequence[BenchDocument], warm_up: Document, first: Task, seconds: Sequence[SecondTask]
) -> Iterator[SecondTaskTime]:
    """What is learnt once for a task is learnt before, on `warm_up`."""
    for task in (first, *(second.task for second in seconds)):
        _ask(system, task, warm_up)
    for item in documents:
        first_s = _ask(system, first, item.document).answer_s
        for second in seconds:
            answered = _ask(system, second.task, item.document)
            tokens = answered.tokens
            yield SecondTaskTime(item.shown, second.name, first_s, answered.answer_s, tokens.prompt, tokens.cached)


def _ask(system: System, task: Task, document: Document) -> Answered:
    return system.extract(task, (), document) if task.kind is TaskKind.EXTRACT else system.classify(task, document)

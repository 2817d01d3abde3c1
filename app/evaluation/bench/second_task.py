"""What a further task on the same document costs beside the first: every task after every other one that asks the model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations, product

from app.domain.document import Document
from app.domain.result import TokenCounts
from app.domain.task import Task, TaskKind
from app.evaluation.bench.documents import BenchDocument
from app.evaluation.bench.systems import Answered, System


@dataclass(frozen=True)
class NamedTask:
    name: str
    task: Task
    asks_model: bool = True


@dataclass(frozen=True)
class SecondTaskTime:
    """Seconds of a task on a document that is new to the model, and of another one that followed it there."""

    file: str
    first: str
    second: str
    first_s: float
    second_s: float
    first_tokens: TokenCounts
    second_tokens: TokenCounts

    @property
    def was_read_twice(self) -> bool:
        """Whether both tasks asked the model."""
        return self.first_tokens.prompt > 0 and self.second_tokens.prompt > 0


def tasks_to_pair(whole: Task, fields: Task, kinds: Task, summary: Task) -> list[NamedTask]:
    """Fields, the rest of the fields, the kind by learnt examples and by the model's own scores, and a summary."""
    asked = {field.name for field in fields.fields}
    rest = tuple(field for field in whole.fields if field.name not in asked and not field.many)
    others = [NamedTask("other fields", whole.model_copy(update={"fields": rest, "rows": (), "checks": ()}))] if rest else []
    return [
        NamedTask("fields", fields),
        *others,
        NamedTask("class, learnt", kinds, asks_model=False),
        NamedTask("class, scored", without_examples(kinds)),
        NamedTask("summary", summary),
    ]


def without_examples(task: Task) -> Task:
    """The same classes, to be told apart by the model alone."""
    labels = tuple(label.model_copy(update={"examples": ()}) for label in task.labels)
    return task.model_copy(update={"kind": TaskKind.CLASSIFY, "labels": labels, "head_temperature": None})


def measure_second_tasks(
    system: System, documents: Sequence[BenchDocument], warm_up: Document, tasks: Sequence[NamedTask]
) -> Iterator[SecondTaskTime]:
    """Pair by pair, so that each document is new to its first task. What is learnt once for a task is learnt on `warm_up`."""
    for one in tasks:
        _ask(system, one.task, warm_up)
    pairs = [(first, second) for first, second in permutations(tasks, 2) if first.asks_model]
    for (first, second), item in product(pairs, documents):
        before, after = (_ask(system, one.task, item.document) for one in (first, second))
        yield SecondTaskTime(item.shown, first.name, second.name, before.answer_s, after.answer_s, before.tokens, after.tokens)


def _ask(system: System, task: Task, document: Document) -> Answered:
    return system.extract(task, (), document) if task.kind is TaskKind.EXTRACT else system.classify(task, document)

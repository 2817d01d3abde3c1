"""The comparison itself: every document by every system in turn, each time in another order."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from app.domain.result import TokenCounts
from app.domain.task import Task, TaskField
from app.errors import AppError
from app.evaluation.bench.documents import BenchDocument
from app.evaluation.bench.judging import right_fields
from app.evaluation.bench.records import Measurement, SystemName
from app.evaluation.bench.systems import System
from app.tasks.answers.checks import parse_check


def restricted(task: Task, names: Sequence[str]) -> tuple[Task, list[TaskField]]:
    """The task with just these single-valued fields, or as it is with all of them. Raises `KeyError` for a name it has not."""
    scalars = {field.name: field for field in task.fields if not field.many}
    if not names:
        return task, list(scalars.values())
    fields = [scalars[name] for name in names]
    checks = tuple(check for check in task.checks if parse_check(check.expression).names <= set(names))
    return task.model_copy(update={"fields": tuple(fields), "rows": (), "checks": checks}), fields


def measure(
    systems: Sequence[System],
    documents: Sequence[BenchDocument],
    task: Task,
    fields: Sequence[TaskField],
    *,
    round_number: int,
    known: Collection[tuple[SystemName, str, int]] = (),
) -> Iterator[Measurement]:
    """All documents by all systems, but for what is `known`. A system that fails on a document goes on with the next one."""
    for index, item in enumerate(documents):
        first = (index + round_number) % len(systems)
        for system in [*systems[first:], *systems[:first]]:
            if (system.name, item.shown, round_number) not in known:
                yield _measure_one(system, item, task, fields, round_number)


def _measure_one(system: System, item: BenchDocument, task: Task, fields: Sequence[TaskField], round_number: int) -> Measurement:
    before = system.processor_seconds()
    try:
        answered = system.extract(task, fields, item.document)
    except AppError as error:
        right = right_fields({}, fields, item.expected)
        return Measurement(
            system=system.name,
            file=item.shown,
            round=round_number,
            read_s=item.read_s,
            answer_s=0.0,
            prompt_s=0.0,
            decode_s=0.0,
            tokens=TokenCounts(),
            right=dict.fromkeys(right, False),
            fault=error.user_text,
        )
    after = system.processor_seconds()
    return Measurement(
        system=system.name,
        file=item.shown,
        round=round_number,
        read_s=item.read_s,
        answer_s=answered.answer_s,
        prompt_s=answered.prompt_s,
        decode_s=answered.decode_s,
        tokens=answered.tokens,
        values=answered.values,
        right=right_fields(answered.values, fields, item.expected),
        invented=answered.invented,
        was_cut=answered.was_cut,
        processor_s=after - before if after is not None and before is not None else None,
    )

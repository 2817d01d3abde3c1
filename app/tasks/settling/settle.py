"""Settling: a larger model's answers are grounded and checked like local ones; each is taken, or kept as an opinion.

A person's values are final. What does not stand in the document is refused; so is what fails a check that the local value passes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

from pydantic import JsonValue

from app.domain.document import Document
from app.domain.result import Proof, Result, Route, Value
from app.domain.targets import LABEL, POINTS, edit_answer
from app.domain.task import Task, TaskCheck, TaskField, TaskKind
from app.domain.trust import UNJUDGED, Trust
from app.tasks.answers.checks import run_check
from app.tasks.answers.recheck import recheck
from app.tasks.evidence.scene import Scene
from app.tasks.extraction.extract import scene_of
from app.tasks.settling.groups import columns_of, settle_list, settle_rows
from app.tasks.settling.points import settle_label, settle_points
from app.tasks.settling.values import NOT_THERE, Grounded, Grounder, Larger, agreed, refused, taken, words_of

_MOST_JOINT: Final = 8
_UNLIKELY: Final = 0.5
_ABSENT: Final = "The larger model found no such value."
_KEPT: Final = "The larger model found no such value; the local one stays."
_AGAINST: Final = "A check fails with it."
_LESS_SURE: Final = "The local answer is surer than answers of larger models are."


@dataclass(frozen=True)
class _Said:
    """What was said of one field."""

    field: TaskField
    local: Value
    by: Larger
    words: str | None
    grounded: Grounded | None
    fault: str = ""

    @property
    def is_same(self) -> bool:
        value = self.grounded.option.value if self.grounded else None
        return not self.fault and value == self.local.value

    @property
    def is_denial(self) -> bool:
        return not self.fault and self.words is None and self.local.value is not None

    @property
    def is_less_sure(self) -> bool:
        """Whether the local answer is likelier to be right than the larger model's answers are."""
        return self.local.value is not None and self.local.confidence > self.by.trust.right

    @property
    def is_misread(self) -> bool:
        """Whether its check digits are wrong where those of the local answer are right."""
        return self.grounded is not None and self.grounded.wrong_digits and self.local.proof is Proof.VERIFIED

    @property
    def value(self) -> str | None:
        return self.grounded.option.value if self.grounded else None


def settle(
    task: Task, document: Document, result: Result, answers: Mapping[str, JsonValue], *, source: str, trust: Trust = UNJUDGED
) -> Result:
    """`task` is the one that made `result.answer`; `source` names the larger model. Unknown targets are left out."""
    by = Larger(source, trust)
    settled = edit_answer(result, lambda answer: _unjudged(_settled(task, document, answer, answers, by), answers))
    settled = recheck(settled, task.checks)
    if not _has_accepted(settled.answer, source):
        return settled
    return settled.model_copy(update={"route": Route(kind="frontier", reasons=result.route.reasons)})


def _settled(task: Task, document: Document, answer: Result, answers: Mapping[str, JsonValue], by: Larger) -> Result:
    scene = scene_of(task, document) if task.fields or task.rows else None
    if scene is not None:
        answer = _settle_fields(task, document, answer, answers, by, scene)
        for field in task.fields:
            if field.many and field.name in answers:
                answer = settle_list(answer, field, answers[field.name], by, Grounder(field, scene), document)
        for group in task.rows:
            if group.name in answers:
                answer = settle_rows(answer, group, answers[group.name], by, scene, document, task.checks)
    if LABEL in answers and task.kind in {TaskKind.CLASSIFY, TaskKind.AUTO}:
        answer = settle_label(answer, task, answers[LABEL], by)
    if POINTS in answers and task.kind is TaskKind.SUMMARIZE:
        answer = settle_points(answer, task, document, answers[POINTS], by.source)
    return answer


def _unjudged(answer: Result, answers: Mapping[str, JsonValue]) -> Result:
    """The answer without the outcomes of those checks that have to be looked at anew."""
    kept = (check for check in answer.checks if not any(name.partition(".")[0] in answers for name in check.fields))
    return answer.model_copy(update={"checks": tuple(kept)})


def _settle_fields(
    task: Task, document: Document, answer: Result, answers: Mapping[str, JsonValue], by: Larger, scene: Scene
) -> Result:
    asked = [field for field in task.fields if field.name in answers and not field.many]
    said = [_hear(field, answer.fields.get(field.name, Value()), answers[field.name], by, scene) for field in asked]
    said = [each for each in said if not each.local.corrected]
    chosen = _without_contradictions(said, answer, task.checks)
    fields = dict(answer.fields)
    for each in said:
        fields[each.field.name] = _outcome(each, by, document, is_chosen=each.field.name in chosen)
    return answer.model_copy(update={"fields": fields})


def _hear(field: TaskField, local: Value, given: JsonValue, by: Larger, scene: Scene) -> _Said:
    try:
        words = words_of(given)
    except ValueError as fault:
        return _Said(field, local, by, None, None, str(fault))
    if words is None or local.corrected:
        return _Said(field, local, by, words, None)
    grounded = Grounder(field, scene).ground(words)
    return _Said(field, local, by, words, grounded, "" if grounded else NOT_THERE)


def _outcome(said: _Said, by: Larger, document: Document, *, is_chosen: bool) -> Value:
    if said.fault:
        return refused(said.local, by, said.words, said.fault, None, document)
    if said.is_same:
        return agreed(said.local, by, said.words)
    if said.is_denial:
        if _may_drop(said):
            return taken(said.local, by, None, document, reason=_ABSENT)
        return refused(said.local, by, None, _KEPT, None, document)
    if is_chosen:
        return taken(said.local, by, said.grounded, document)
    return refused(said.local, by, said.words, _LESS_SURE if said.is_less_sure else _AGAINST, said.grounded, document)


def _may_drop(said: _Said) -> bool:
    """That a value is not there can't be shown in the document, so only an unlikely one goes."""
    return not said.field.required and said.local.confidence < _UNLIKELY and said.local.proof is not Proof.VERIFIED


def _without_contradictions(said: Sequence[_Said], answer: Result, checks: Sequence[TaskCheck]) -> frozenset[str]:
    """The fields that take the larger model's value: as many as can be without a check failing that need not."""
    other = [
        each for each in said if each.grounded is not None and not each.is_same and not each.is_less_sure and not each.is_misread
    ]
    local = {name: value.value for name, value in answer.fields.items()}
    columns = columns_of(answer)
    tied = {name for check in checks for name in run_check(check, local, columns).fields}
    joint = [each for each in other if each.field.name in tied][:_MOST_JOINT]
    free = frozenset(each.field.name for each in other if each not in joint)
    best: tuple[tuple[int, int], frozenset[str]] = ((len(checks) + 1, 0), frozenset())
    for choice in product((True, False), repeat=len(joint)):
        names = free | {each.field.name for each, take in zip(joint, choice, strict=True) if take}
        values = local | {each.field.name: each.value for each in other if each.field.name in names}
        failing = sum(run_check(check, values, columns).passed is False for check in checks)
        best = min(best, ((failing, -len(names)), names), key=lambda scored: scored[0])
    return best[1]


def _has_accepted(answer: Result, source: str) -> bool:
    """Whether any of its answers was taken or agreed with."""
    groups = [value.opinions for value in answer.fields.values()] + list(answer.opinions.values())
    if answer.label is not None:
        groups.append(answer.label.opinions)
    return any(opinion.accepted and opinion.source == source for opinions in groups for opinion in opinions)

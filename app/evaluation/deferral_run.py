"""Asks a larger model about every case, whole and field by field, and puts its settled answers beside the local ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from app.domain.document import Document
from app.domain.enquiry import Enquiry, Excerpt
from app.domain.result import Proof, Result, Value
from app.domain.review import required_names
from app.domain.targets import POINTS
from app.domain.task import Task
from app.errors import AnswerLostError, RequestRefusedError
from app.evaluation.cases import LABEL, Case
from app.evaluation.comparison import expected_values, is_right
from app.evaluation.deferral_methods import FieldTrial, WholeTrial
from app.evaluation.judge import judge
from app.evaluation.outcome import Answer, CaseOutcome
from app.evaluation.recorded_frontier import RecordedFrontier
from app.tasks.enquiry.build import count_tokens
from app.tasks.lines.windows import compact
from app.worker.ports import TaskModel

_SOURCE = "frontier"
_UNANSWERED = (AnswerLostError, RequestRefusedError)
"""What a service may do with a single request: the local answer stays then, as it does in daily work."""


@dataclass(frozen=True)
class Examined:
    """A case that was answered locally."""

    case: Case
    outcome: CaseOutcome
    document: Document
    task: Task
    result: Result
    names: tuple[str, ...]
    """The single fields that are asked for."""
    path: Path
    """The document's, as policies name it."""

    @property
    def required(self) -> frozenset[str]:
        return required_names(self.task)


@dataclass(frozen=True)
class Trials:
    """What both models made of a case; `outcome` is that of the larger one, given the whole document."""

    whole: WholeTrial
    fields: tuple[FieldTrial, ...]
    outcome: CaseOutcome


def enquiries_of(examined: Examined, model: TaskModel, language: str) -> Iterator[Enquiry]:
    """All that would be asked about a case: the whole document first, then each field with its lines."""
    whole = enquiry_of(examined, model, judged_targets(examined), language, whole=True)
    if whole.questions:
        yield whole
    for name in examined.names:
        enquiry = enquiry_of(examined, model, (name,), language, whole=False)
        if enquiry.questions:
            yield enquiry


def trials_of(examined: Examined, model: TaskModel, frontier: RecordedFrontier, language: str) -> Trials | None:
    """None for a case in which no single field is judged."""
    names = examined.names
    if not names:
        return None
    local = {answer.name: answer for answer in examined.outcome.answers}
    whole = enquiry_of(examined, model, judged_targets(examined), language, whole=True)
    outcome = settled_with(examined, model, frontier, whole)
    n_right = sum(answer.right for answer in outcome.answers if answer.name in names)
    fields = []
    for name in names:
        enquiry = enquiry_of(examined, model, (name,), language, whole=False)
        trial = _field_trial(examined, local[name], enquiry, frontier)
        if enquiry.questions:
            settled = settled_with(examined, model, frontier, enquiry)
            right = next(answer.right for answer in settled.answers if answer.name == name)
            trial = replace(trial, frontier_right=right, standing_right=_standing_right(examined, settled, name))
        fields.append(trial)
    return Trials(WholeTrial(outcome.key, len(names), n_right, _tokens(frontier, whole)), tuple(fields), outcome)


def _field_trial(examined: Examined, local: Answer, enquiry: Enquiry, frontier: RecordedFrontier) -> FieldTrial:
    """As it is when nothing comes of asking."""
    value = examined.result.answer.fields.get(local.name, Value())
    lines = tuple(line for part in enquiry.excerpts for line in lines_of(part))
    asked = _tokens(frontier, enquiry) if enquiry.questions else 0
    empty = _tokens(frontier, enquiry.model_copy(update={"questions": ()})) if enquiry.questions else 0
    runner_up = max((other.probability for other in value.alternatives), default=0.0)
    return FieldTrial(
        document=examined.outcome.key,
        name=local.name,
        confidence=local.confidence,
        margin=local.confidence - runner_up,
        plain_probability=value.plain_probability or 0.0,
        check_failed=value.proof is Proof.CONTRADICTED or (value.value is None and local.name in examined.required),
        complexity=examined.result.answer.complexity,
        local_right=local.right,
        frontier_right=local.right,
        lines=lines,
        question_tokens=asked - empty,
        request_tokens=max(0, empty - sum(tokens for _, tokens in lines)),
    )


def _standing_right(examined: Examined, settled: CaseOutcome, name: str) -> bool | None:
    field = next(field for field in examined.task.fields if field.name == name)
    value = settled.result.answer.fields.get(name, Value()) if settled.result is not None else Value()
    said = next((opinion for opinion in value.opinions if opinion.source == _SOURCE), None)
    if said is None or said.value is None or said.evidence is None:
        return None
    return is_right(field.type, said.value, expected_values(examined.case.expected[name]))


def lines_of(excerpt: Excerpt) -> Iterator[tuple[int, int]]:
    """Where each line of an excerpt begins, and its tokens: excerpts of two fields may share some of their lines."""
    start = excerpt.start
    for line in excerpt.text.splitlines(keepends=True):
        if tokens := count_tokens(compact(line)):
            yield start, tokens
        start += len(line)


def asked_names(outcome: CaseOutcome, wanted: Sequence[str]) -> tuple[str, ...]:
    """The judged fields of a case, or those of them that are wanted."""
    return tuple(answer.name for answer in outcome.answers if answer.name != LABEL and (not wanted or answer.name in wanted))


def judged_targets(examined: Examined) -> tuple[str, ...]:
    """All that can be judged of a case: what a model that gets the whole document is asked for."""
    outcome = examined.outcome
    label = [LABEL] if any(answer.name == LABEL for answer in outcome.answers) else []
    points = [POINTS] if outcome.summary is not None and outcome.summary.rouge_l is not None else []
    return (*examined.names, *(answer.name for answer in outcome.lists), *label, *points)


def enquiry_of(examined: Examined, model: TaskModel, names: Sequence[str], language: str, *, whole: bool) -> Enquiry:
    return model.enquire(examined.task, examined.document, examined.result, targets=names, whole_document=whole, language=language)


def settled_with(examined: Examined, model: TaskModel, frontier: RecordedFrontier, enquiry: Enquiry) -> CaseOutcome:
    """The case judged anew with the larger model's answers taken in."""
    try:
        answers = frontier.ask(enquiry).answers if enquiry.questions else {}
    except _UNANSWERED:
        answers = {}
    settled = model.settle(examined.task, examined.document, examined.result, answers, source=_SOURCE)
    return judge(examined.case, examined.task, settled, examined.document)


def _tokens(frontier: RecordedFrontier, enquiry: Enquiry) -> int:
    """Of the request as it is sent, counted the same way for all."""
    return count_tokens(frontier.parcel(enquiry).text)

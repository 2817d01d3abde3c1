"""One result beside what was expected of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from app.domain.document import Document
from app.domain.result import Point, Result, Value
from app.domain.targets import iterate_values
from app.domain.task import Task, TaskField
from app.evaluation.cases import LABEL, SUMMARIES, SUMMARY, Case
from app.evaluation.comparison import expected_values, is_right, match_list, match_rows
from app.evaluation.outcome import Answer, CaseOutcome, ListAnswer, PointAnswer, SummaryAnswer
from app.evaluation.rouge import rouge_l, words_of
from app.tasks.text.facts import unsupported

_CARRYING_CHARS: Final = 4
_MOST: Final = 0.5


def judge(case: Case, task: Task, result: Result, document: Document) -> CaseOutcome:
    """`task` is the one that made `result.answer`; with `auto` that of the chosen class."""
    given = [value for _, value in iterate_values(result.answer) if value.value is not None]
    points = result.answer.points
    summary = SummaryAnswer(
        points=len(points),
        unsupported=tuple(fault for point in points for fault in unsupported(point.text, document.text)),
        without_evidence=sum(not _rests_on_evidence(point, document) for point in points),
    )
    outcome = CaseOutcome(
        key=case.key,
        shown=case.shown,
        group=case.group or case.key,
        summary=summary if points or {SUMMARY, SUMMARIES} & case.expected.keys() else None,
        n_values=len(given),
        n_invented=sum(not _stands(value, document) for value in given),
        result=result,
    )
    return judge_anew(outcome, result, case, task)


def judge_anew(outcome: CaseOutcome, result: Result, case: Case, task: Task) -> CaseOutcome:
    """`outcome` with all that depends on the expected answers alone; the document is not needed for it."""
    answer = result.answer
    fields = {field.name: field for field in task.fields if field.name in case.expected}
    rows = [group for group in task.rows if group.name in case.expected]
    answers = [
        _field_answer(field, answer.fields.get(name, Value()), case.expected[name])
        for name, field in fields.items()
        if not field.many
    ]
    lists = [_list_answer(field, answer, case.expected[field.name]) for field in fields.values() if field.many]
    for group in rows:
        records, wanted = answer.rows.get(group.name, ()), _objects(case.expected[group.name])
        found = match_rows(group, records, wanted)
        lists.append(ListAnswer(name=group.name, found=found, given=len(records), expected=len(wanted)))
    known = set(fields) | {group.name for group in rows}
    label = result.label or answer.label
    if LABEL in case.expected and LABEL not in known and label is not None:
        known.add(LABEL)
        expected = expected_values(case.expected[LABEL])
        answers.append(_scored(LABEL, label.value, expected, label.value in expected, label.confidence, label.proof.value))
    summary = outcome.summary
    if summary is not None:
        known |= {SUMMARY, SUMMARIES}
        summary = summary.model_copy(update=_overlap(answer.points, case.expected))
    return outcome.model_copy(
        update={
            "answers": tuple(answers),
            "lists": tuple(lists),
            "summary": summary,
            "not_asked": tuple(sorted(case.expected.keys() - known)),
        }
    )


def failed(case: Case, task: Task, error: str) -> CaseOutcome:
    """A case without a result: every single value that was asked for is missing."""
    names = [field.name for field in task.fields if not field.many]
    if task.labels:
        names.append(LABEL)
    answers = [_scored(name, None, expected_values(case.expected[name]), False, 0.0, "") for name in names if name in case.expected]
    return CaseOutcome(key=case.key, shown=case.shown, group=case.group or case.key, error=error, answers=tuple(answers))


def _field_answer(field: TaskField, value: Value, given: Any) -> Answer:
    expected = expected_values(given)
    right = is_right(field.type, value.value, expected)
    return _scored(field.name, value.value, expected, right, value.confidence, value.proof.value)


def _scored(name: str, value: str | None, expected: list[Any], right: bool, confidence: float, proof: str) -> Answer:
    return Answer(name=name, value=value, expected=tuple(map(str, expected)), right=right, confidence=confidence, proof=proof)


def _stands(value: Value, document: Document) -> bool:
    """Whether the value is printed at the place it names; an invented one is not."""
    place = value.evidence
    return place is not None and document.text[place.start : place.end] == value.text


def _list_answer(field: TaskField, result: Result, given: Any) -> ListAnswer:
    values, expected = result.lists.get(field.name, ()), expected_values(given)
    return ListAnswer(name=field.name, found=match_list(field.type, values, expected), given=len(values), expected=len(expected))


def _objects(given: Any) -> list[Mapping[str, Any]]:
    return [row for row in expected_values(given) if isinstance(row, Mapping)]


def _overlap(points: tuple[Point, ...], expected: Mapping[str, Any]) -> dict[str, Any]:
    """The figures of a summary that rest on an expected one."""
    references = [str(text) for text in expected_values(expected.get(SUMMARIES, expected.get(SUMMARY)))]
    if not references:
        return {"rouge_l": None, "judged": ()}
    return {
        "rouge_l": rouge_l("\n".join(point.text for point in points), references),
        "judged": tuple(PointAnswer(right=_is_expected(point, references), confidence=point.confidence) for point in points),
    }


def _is_expected(point: Point, references: Sequence[str]) -> bool:
    """Whether one of the summaries has most of the words that carry the point."""
    words = {word for word in words_of(point.text) if len(word) >= _CARRYING_CHARS}
    return bool(words) and any(len(words & set(words_of(text))) >= _MOST * len(words) for text in references)


def _rests_on_evidence(point: Point, document: Document) -> bool:
    """Whether all words of a point stand in the passages it names."""
    places = " ".join(document.text[place.start : place.end] for place in point.evidence)
    return bool(point.evidence) and set(words_of(point.text)) <= set(words_of(places))

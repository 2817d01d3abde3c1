"""The figures of a run: for each field, pooled over them, for lists, and for summaries."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from statistics import fmean, median
from typing import TypeVar

from pydantic import BaseModel, ConfigDict

from app.domain import metrics
from app.domain.result import ModelUsed
from app.evaluation.outcome import Answer, CaseOutcome, ListAnswer, Run

Interval = tuple[float, float] | None
_Item = TypeVar("_Item")


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class Figures(_Part):
    """Measures over the answers of a field, or over all of them. None where there is nothing to measure."""

    n: int
    right: int
    accuracy: float | None
    accuracy_interval: Interval
    """Wilson, 95 %."""
    auroc: float | None
    aurc: float | None
    augrc: float | None
    ece: float | None
    brier: float | None
    accuracy_at_80: float | None
    accuracy_at_90: float | None
    false_null: float | None
    """Of the values that the document has, the share that was not given."""
    false_value: float | None
    """Where the document has none, the share for which one was given."""


class Pooled(Figures):
    """`*_by_document` are 95 % intervals over documents drawn with replacement; values of one document err together."""

    accuracy_by_document: Interval
    auroc_by_document: Interval
    accuracy_at_80_by_document: Interval
    documents: int
    documents_all_right: float | None
    """Share of the documents whose every answer is right."""
    documents_all_right_interval: Interval
    """Wilson, 95 %."""


class ListFigures(_Part):
    """`f1` is the mean over the documents, with its 95 % interval over documents drawn with replacement."""

    documents: int
    recall: float | None
    precision: float | None
    f1: float | None
    f1_interval: Interval


class SummaryFigures(_Part):
    documents: int
    points: int
    without_points: int
    unsupported_facts: int
    points_without_evidence: int
    rouge_l: float | None
    rouge_l_interval: Interval
    judged: Figures | None
    """How well the confidence of points tells those that an expected summary has."""


class Report(_Part):
    """All figures of a run."""

    task: str
    model: ModelUsed
    cases: int
    failed: int
    fields: dict[str, Figures]
    classes: dict[str, Figures]
    """The same by expected class."""
    pooled: Pooled | None
    lists: dict[str, ListFigures]
    summaries: SummaryFigures | None
    values: int
    invented: int
    invented_rate: float | None
    not_asked: tuple[str, ...]
    read_s: float
    answer_s: float
    """Medians a document."""


def report_of(run: Run, pooled_fields: Collection[str] = ()) -> Report:
    """`pooled_fields` restricts what is pooled; all fields are when it is empty."""
    answers = [answer for case in run.cases for answer in case.answers]
    names = list(dict.fromkeys(answer.name for answer in answers))
    values, invented = sum(case.n_values for case in run.cases), sum(case.n_invented for case in run.cases)
    done = [case for case in run.cases if not case.error]
    return Report(
        task=run.task,
        model=run.model,
        cases=len(run.cases),
        failed=len(run.cases) - len(done),
        fields={name: figures_of([answer for answer in answers if answer.name == name]) for name in names},
        classes=_classes(answers),
        pooled=_pooled(run.cases, pooled_fields or names),
        lists=_lists(run.cases),
        summaries=_summaries(done),
        values=values,
        invented=invented,
        invented_rate=_rate(invented, values),
        not_asked=tuple(sorted({name for case in run.cases for name in case.not_asked})),
        read_s=median([case.read_s for case in done] or [0.0]),
        answer_s=median([case.answer_s for case in done] or [0.0]),
    )


def figures_of(answers: Sequence[Answer]) -> Figures:
    right = [answer.right for answer in answers]
    sure = [answer.confidence for answer in answers]
    given_wanted = [answer.value is not None for answer in answers if answer.expected]
    given_unwanted = [answer.value is not None for answer in answers if not answer.expected]
    return Figures(
        n=len(answers),
        right=sum(right),
        accuracy=_rate(sum(right), len(right)),
        accuracy_interval=metrics.wilson_interval(sum(right), len(right)),
        auroc=metrics.auroc(sure, right),
        aurc=metrics.aurc(sure, right),
        augrc=metrics.augrc(sure, right),
        ece=metrics.expected_calibration_error(sure, right),
        brier=metrics.brier(sure, right),
        accuracy_at_80=metrics.accuracy_at(0.8, sure, right),
        accuracy_at_90=metrics.accuracy_at(0.9, sure, right),
        false_null=_rate(given_wanted.count(False), len(given_wanted)),
        false_value=_rate(given_unwanted.count(True), len(given_unwanted)),
    )


def _pooled(cases: Sequence[CaseOutcome], names: Collection[str]) -> Pooled | None:
    documents = [[answer for answer in case.answers if answer.name in names] for case in cases]
    documents = [answers for answers in documents if answers]
    if not documents:
        return None
    by_group: dict[str, list[Answer]] = {}
    for case in cases:
        by_group.setdefault(case.group, []).extend(answer for answer in case.answers if answer.name in names)
    groups = [answers for answers in by_group.values() if answers]
    n_all_right = sum(all(answer.right for answer in answers) for answers in documents)
    return Pooled(
        **figures_of([answer for answers in documents for answer in answers]).model_dump(),
        accuracy_by_document=_share_interval(groups, _accuracy),
        auroc_by_document=metrics.bootstrap_interval(groups, _auroc),
        accuracy_at_80_by_document=_share_interval(groups, _accuracy_at_80),
        documents=len(documents),
        documents_all_right=_rate(n_all_right, len(documents)),
        documents_all_right_interval=metrics.wilson_interval(n_all_right, len(documents)),
    )


def _share_interval(documents: Sequence[Sequence[_Item]], share_of: Callable[[Sequence[_Item]], float | None]) -> Interval:
    """Over documents drawn with replacement; documents that are all alike leave only their number to go by (Wilson)."""
    found = metrics.bootstrap_interval(documents, share_of)
    if found is None or found[0] < found[1]:
        return found
    return metrics.wilson_interval(found[0] * len(documents), len(documents))


def _accuracy(answers: Sequence[Answer]) -> float | None:
    return _rate(sum(answer.right for answer in answers), len(answers))


def _auroc(answers: Sequence[Answer]) -> float | None:
    return metrics.auroc([answer.confidence for answer in answers], [answer.right for answer in answers])


def _accuracy_at_80(answers: Sequence[Answer]) -> float | None:
    return metrics.accuracy_at(0.8, [answer.confidence for answer in answers], [answer.right for answer in answers])


def _classes(answers: Sequence[Answer]) -> dict[str, Figures]:
    labels = [answer for answer in answers if answer.name == "label"]
    names = sorted({answer.expected[0] for answer in labels if answer.expected})
    return {name: figures_of([answer for answer in labels if answer.expected[:1] == (name,)]) for name in names}


def _lists(cases: Sequence[CaseOutcome]) -> dict[str, ListFigures]:
    by_name: dict[str, list[ListAnswer]] = {}
    for case in cases:
        for answer in case.lists:
            by_name.setdefault(answer.name, []).append(answer)
    return {
        name: ListFigures(
            documents=len(answers),
            recall=_rate(sum(answer.found for answer in answers), sum(answer.expected for answer in answers)),
            precision=_rate(sum(answer.found for answer in answers), sum(answer.given for answer in answers)),
            f1=_mean([answer.f1 for answer in answers]),
            f1_interval=_share_interval([[answer.f1] for answer in answers], _mean),
        )
        for name, answers in by_name.items()
    }


def _summaries(cases: Sequence[CaseOutcome]) -> SummaryFigures | None:
    found = [case.summary for case in cases if case.summary is not None]
    if not found:
        return None
    judged = [
        Answer(name="point", value="", expected=("",), right=point.right, confidence=point.confidence)
        for summary in found
        for point in summary.judged
    ]
    overlaps = [summary.rouge_l for summary in found if summary.rouge_l is not None]
    return SummaryFigures(
        documents=len(found),
        points=sum(summary.points for summary in found),
        without_points=sum(not summary.points for summary in found),
        unsupported_facts=sum(len(summary.unsupported) for summary in found),
        points_without_evidence=sum(summary.without_evidence for summary in found),
        rouge_l=_mean(overlaps),
        rouge_l_interval=metrics.bootstrap_interval([[overlap] for overlap in overlaps], _mean),
        judged=figures_of(judged) if judged else None,
    )


def _mean(values: Sequence[float]) -> float | None:
    return fmean(values) if values else None


def _rate(part: int, whole: int) -> float | None:
    return part / whole if whole else None

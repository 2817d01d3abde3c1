"""Classification: the class of a document, how sure that is, and the lines that speak for it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from app.domain.document import Document
from app.domain.progress import Progress
from app.domain.result import Evidence, LabelAnswer, LabelScore, Proof, Result, Route
from app.domain.task import Task
from app.tasks.asking.engine import Engine
from app.tasks.classes.methods import ClassMethod, Kind, method_of
from app.tasks.classes.zero_shot import spoken

OnProgress = Callable[[Progress], None]

_AMBIGUOUS_MARGIN = 0.2
_LEAST_CONFIDENCE = 0.6
_MAX_EVIDENCE_LINES = 3
_WORTH_SAYING = 4


def classify(task: Task, document: Document, engine: Engine, *, on_progress: OnProgress) -> Result:
    """The label of a document, with the probability of every label (they sum to one) and the lines that speak for it."""
    on_progress(Progress("thinking", 0.1))
    names = [label.name for label in task.labels]
    method = method_of(task, engine)
    probabilities = method.probabilities(document.text)
    evidence = _evidence(method, document, names[int(probabilities.argmax())])
    answer = _answer(names, probabilities, method.kind, evidence)
    on_progress(Progress("thinking", 1.0))
    is_sure = answer.confidence >= task.routing.escalate_if.confidence_below
    return Result(
        task=task.id,
        label=answer,
        pages_read=tuple(page.number for page in document.pages),
        route=Route(reasons=() if is_sure else ("confidence_below:label",)),
    )


def _answer(names: Sequence[str], probabilities: NDArray[np.float64], kind: Kind, evidence: tuple[Evidence, ...]) -> LabelAnswer:
    order = np.argsort(-probabilities, kind="stable")
    best, runner_up = int(order[0]), int(order[1])
    reason = ""
    if probabilities[best] - probabilities[runner_up] < _AMBIGUOUS_MARGIN:
        reason = f"It could also be {spoken(names[runner_up])}."
    elif probabilities[best] < _LEAST_CONFIDENCE:
        reason = "The text says too little to be sure."
    return LabelAnswer(
        value=names[best],
        confidence=float(probabilities[best]),
        alternatives=tuple(LabelScore(value=names[i], probability=float(probabilities[i])) for i in order[1:]),
        evidence=evidence,
        method=kind,
        proof=Proof.AMBIGUOUS if reason else Proof.GROUNDED,
        reason=reason,
    )


def _evidence(method: ClassMethod, document: Document, label: str) -> tuple[Evidence, ...]:
    """The lines that speak most for a label, in the order of their weight."""
    spans, start = [], 0
    for line in document.text.split("\n"):
        if len(line.strip()) >= _WORTH_SAYING:
            spans.append((start, start + len(line)))
        start += len(line) + 1
    weights = method.contributions([document.text[begin:end] for begin, end in spans], label)
    ranked = sorted(zip(weights, spans, strict=True), key=lambda pair: (-pair[0], pair[1]))[:_MAX_EVIDENCE_LINES]
    found = []
    for weight, (begin, end) in ranked:
        if weight <= 0 or not math.isfinite(weight):
            continue
        line = document.text[begin:end]
        first = begin + len(line) - len(line.lstrip())
        last = begin + len(line.rstrip())
        found.append(Evidence(page=document.page_of(first).number, start=first, end=last, boxes=document.boxes_of(first, last)))
    return tuple(found)

"""Classification: a head where the labels carry examples, else every label scored by the model."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from app.domain.document import Document
from app.domain.progress import Progress
from app.domain.result import Evidence, LabelAnswer, LabelScore, Proof, Result, Route
from app.domain.task import Task
from app.tasks import heads
from app.tasks.engine import Engine
from app.tasks.prompts import prompt

OnProgress = Callable[[Progress], None]

MIN_EXAMPLES = 2
"""Examples that every label needs before a head is fitted to them."""
_EXCERPT_CHARS = 2400
_CONTENT_FREE = "N/A"
_AMBIGUOUS_MARGIN = 0.2
_LEAST_CONFIDENCE = 0.6
_MAX_EVIDENCE_LINES = 3
_WORTH_SAYING = 4
_likings: WeakKeyDictionary[Engine, dict[str, NDArray[np.float64]]] = WeakKeyDictionary()


def classify(task: Task, document: Document, engine: Engine, *, on_progress: OnProgress) -> Result:
    """The label of a document, with the probability of every label (they sum to one) and the lines that speak for it."""
    on_progress(Progress("thinking", 0.1))
    names = [label.name for label in task.labels]
    head = head_of(task)
    if head is not None:
        probabilities = head.probabilities(document.text)
        answer = _answer(names, probabilities, "head", _head_evidence(head, document, names[int(probabilities.argmax())]))
    else:
        probabilities = zero_shot(task, document.text, engine)
        answer = _answer(names, probabilities, "zero_shot", ())
    on_progress(Progress("thinking", 1.0))
    reasons = tuple(
        f"confidence_below:{kind}" for kind in ("label",) if answer.confidence < task.routing.escalate_if.confidence_below
    )
    return Result(
        task=task.id,
        label=answer,
        pages_read=tuple(page.number for page in document.pages),
        route=Route(reasons=reasons),
    )


def head_of(task: Task) -> heads.Head | None:
    """A head fitted to the labels' examples; None when a label has too few of them."""
    if min(len(label.examples) for label in task.labels) < MIN_EXAMPLES:
        return None
    head = _fit(tuple((label.name, label.examples) for label in task.labels), task.other_label)
    return replace(head, temperature=task.head_temperature) if task.head_temperature else head


@lru_cache(maxsize=8)
def _fit(examples: tuple[tuple[str, tuple[str, ...]], ...], other: str) -> heads.Head:
    pairs = [(text, name) for name, texts in examples for text in texts]
    return heads.fit([text for text, _ in pairs], [name for _, name in pairs], [name for name, _ in examples], other=other)


def zero_shot(task: Task, text: str, engine: Engine, *, correct_bias: bool = True) -> NDArray[np.float64]:
    """Probability of each label by the model's own scores, shape (n_labels,).

    With `correct_bias` the score of a label for an empty document is taken off (Zhao et al. 2021, contextual calibration), which
    removes the model's liking for some labels whatever the text says.
    """
    scores = _label_scores(task, engine, excerpt(text))
    if correct_bias:
        scores = scores - _liking(task, engine)
    weights = np.exp(scores - scores.max())
    return np.asarray(weights / weights.sum(), np.float64)


def excerpt(text: str, max_chars: int = _EXCERPT_CHARS) -> str:
    """A text's beginning and end; the kind of a document shows in both."""
    if len(text) <= max_chars:
        return text
    tail = max_chars // 4
    return f"{text[: max_chars - tail]}\n[…]\n{text[-tail:]}"


def _liking(task: Task, engine: Engine) -> NDArray[np.float64]:
    """What the model thinks of the labels before it has read anything; computed once for a task."""
    known = _likings.setdefault(engine, {})
    key = _instructions(task)
    if key not in known:
        known[key] = _label_scores(task, engine, _CONTENT_FREE)
    return known[key]


def _label_scores(task: Task, engine: Engine, text: str) -> NDArray[np.float64]:
    engine.feed(prompt(engine, instructions=_instructions(task), document=text, question="Which class is it?", answer="Class:"))
    end = engine.tokenize("\n")
    return np.array(engine.score([[*engine.tokenize(f" {_spoken(label.name)}"), *end] for label in task.labels]))


def _instructions(task: Task) -> str:
    lines = [f"- {_spoken(label.name)}" + (f": {label.description}" if label.description else "") for label in task.labels]
    lead = task.instructions or task.description or "Read the text and say which class it belongs to."
    return f"{lead}\nAnswer with exactly one of these classes:\n" + "\n".join(lines)


def _spoken(name: str) -> str:
    return name.replace("_", " ")


def _answer(names: Sequence[str], probabilities: NDArray[np.float64], method: str, evidence: tuple[Evidence, ...]) -> LabelAnswer:
    order = np.argsort(-probabilities, kind="stable")
    best, runner_up = int(order[0]), int(order[1])
    reason = ""
    if probabilities[best] - probabilities[runner_up] < _AMBIGUOUS_MARGIN:
        reason = f"It could also be {_spoken(names[runner_up])}."
    elif probabilities[best] < _LEAST_CONFIDENCE:
        reason = "The text says too little to be sure."
    return LabelAnswer(
        value=names[best],
        confidence=float(probabilities[best]),
        alternatives=tuple(LabelScore(value=names[i], probability=float(probabilities[i])) for i in order[1:]),
        evidence=evidence,
        method="head" if method == "head" else "zero_shot",
        proof=Proof.AMBIGUOUS if reason else Proof.GROUNDED,
        reason=reason,
    )


def _head_evidence(head: heads.Head, document: Document, label: str) -> tuple[Evidence, ...]:
    """The lines that speak most for a label, in the order of their weight."""
    spans, start = [], 0
    for line in document.text.split("\n"):
        if len(line.strip()) >= _WORTH_SAYING:
            spans.append((start, start + len(line)))
        start += len(line) + 1
    weights = head.contributions([document.text[begin:end] for begin, end in spans], label)
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

"""Classification of short texts: Deskhand scoring or knowing the class, the peers writing its name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.domain.document import Document, Page
from app.domain.task import Task
from app.errors import AppError
from app.evaluation.bench.documents import BenchDocument
from app.evaluation.bench.second_task import without_examples
from app.evaluation.bench.systems import System

N_LABELS = 10
_TEXT_CHARS = 1000
_WARM_UP = "Notice No. 1"


@dataclass(frozen=True)
class LabelTime:
    """One text and one way to classify it. `prompt_tokens` counts instructions, labels and text."""

    file: str
    way: str
    seconds: float
    prompt_tokens: int
    cached_tokens: int
    label: str


def short_texts(documents: Sequence[BenchDocument]) -> list[Document]:
    """About 300 tokens from the beginning of each document, blanks closed up."""
    return [_short_text(item) for item in documents]


def ten_labels(kinds: Task) -> Task:
    return kinds.model_copy(update={"labels": kinds.labels[:N_LABELS], "other_label": ""})


def measure_labelling(systems: Sequence[System], texts: Sequence[Document], task: Task) -> Iterator[LabelTime]:
    """Every text by every way in turn. The peers get the labels with their descriptions, as the scoring does."""
    bare = without_examples(task)
    ways = [(f"{system.name.value}, {way}", system, asked) for system in systems for way, asked in _ways(system, task, bare)]
    for _, system, asked in ways:
        system.classify(asked, _as_document("warm-up", _WARM_UP))
    for index, text in enumerate(texts):
        first = index % len(ways)
        for way, system, asked in [*ways[first:], *ways[:first]]:
            try:
                answered = system.classify(asked, text)
            except AppError:
                continue
            tokens = answered.tokens
            yield LabelTime(text.name, way, answered.answer_s, tokens.prompt, tokens.cached, answered.label or "")


def _ways(system: System, task: Task, bare: Task) -> list[tuple[str, Task]]:
    if system.name.is_ours:
        return [("scored", bare), ("learnt", task)]
    return [("written", bare)]


def _short_text(item: BenchDocument) -> Document:
    return _as_document(item.shown, " ".join(item.document.text.split())[:_TEXT_CHARS])


def _as_document(name: str, text: str) -> Document:
    return Document(name=name, sha256="", format="text", text=text, pages=(Page(number=1, start=0, end=len(text)),))

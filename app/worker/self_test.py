"""A short test whether a model understands its prompt: which of four kinds is each of four texts. Takes seconds."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass

from app.domain.document import Document, Page
from app.domain.task import Task, TaskKind, TaskLabel
from app.worker.ports import TaskRunner

_LABELS = (
    TaskLabel(name="invoice", description="a bill that asks to pay for goods or services"),
    TaskLabel(name="recipe", description="how to cook or bake a dish"),
    TaskLabel(name="job_application", description="a person applies for a position"),
    TaskLabel(name="weather_report", description="what the weather is or will be"),
)
_TEXTS = (
    ("invoice", "Invoice no. 2041\nTwo office chairs 240.00\nVAT 20 % 48.00\nAmount due 288.00\nPlease pay within 14 days."),
    ("recipe", "Whisk three eggs with sugar, fold in the flour and bake for 25 minutes at 180 degrees until golden."),
    ("job_application", "I am writing to apply for the position of nurse. I have worked in two hospitals and enclose my CV."),
    ("weather_report", "Rain in the north until noon, then sunny spells. Highs of 17 degrees, a fresh wind from the west."),
)
_ENOUGH_RIGHT = 3
"""Guessing gets one of four."""
_LONG_TEXT = "\n".join(f"{number:02}:00 rain, {number + 3} degrees, wind from the west, {number * 3} km/h" for number in range(20))
"""Long enough to tell how fast the model reads."""


@dataclass(frozen=True)
class SelfTest:
    n_right: int
    n_asked: int
    prompt_tokens_per_s: float
    """0 where it can't be told."""

    @property
    def passed(self) -> bool:
        return self.n_right >= _ENOUGH_RIGHT


def run_self_test(model: TaskRunner, cancel: threading.Event | None = None) -> SelfTest:
    """Raises `ModelError` kinds when the model can't be loaded or stops."""
    task = Task(id="self_test", kind=TaskKind.CLASSIFY, labels=_LABELS)
    n_right = 0
    for expected, text in _TEXTS:
        result = model.run(task, _document(text), followups={}, language="document", cancel=cancel)
        n_right += result.label is not None and result.label.value == expected
    long = model.run(task, _document(_LONG_TEXT), followups={}, language="document", cancel=cancel)
    n_tokens, prefill_s = long.tokens.prompt - long.tokens.cached, long.timing.prefill_s
    return SelfTest(n_right, len(_TEXTS), n_tokens / prefill_s if prefill_s > 0 else 0.0)


def _document(text: str) -> Document:
    page = Page(number=1, start=0, end=len(text))
    return Document(name="self-test.txt", sha256=hashlib.sha256(text.encode()).hexdigest(), format="text", text=text, pages=(page,))

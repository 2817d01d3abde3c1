"""The model's reading of a document: how likely it finds each contender, asked as one JSON object that grows field by field."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence

from app.domain.task import Task, TaskField
from app.tasks.engine import Engine, Tokens
from app.tasks.prompts import prompt

_MAX_OPTION_TOKENS = 40
_INSTRUCTIONS = "You read documents and copy values from them exactly as printed."


class Reading:
    """One prompt: instructions, document, question, and the answer so far."""

    def __init__(self, engine: Engine, task: Task, document_text: str) -> None:
        self._engine = engine
        self._segments = prompt(
            engine,
            instructions=" ".join(filter(None, (_INSTRUCTIONS, task.instructions))),
            document=document_text,
            question=_question(task),
            answer="{\n",
        )

    def scores(self, field: TaskField, texts: Sequence[str]) -> list[float]:
        """Log-probability of each text as the field's value; the last entry is that of null."""
        name = self._engine.tokenize(f'  "{field.name}":')
        self._engine.feed([*self._segments, name])
        continuations = [self._value_tokens(text) for text in texts]
        return self._engine.score([*continuations, self._engine.tokenize(" null,\n")])

    def answer(self, field: TaskField, text: str | None) -> None:
        """Write the decided value into the answer, for the fields that follow."""
        name = self._engine.tokenize(f'  "{field.name}":')
        value = self._engine.tokenize(" null,\n") if text is None else self._value_tokens(text)
        self._segments.append(name + value)

    def _value_tokens(self, text: str) -> Tokens:
        quoted = json.dumps(" ".join(text.split()), ensure_ascii=False)
        tokens = self._engine.tokenize(f" {quoted},\n")
        return tokens[:_MAX_OPTION_TOKENS]


def _question(task: Task) -> str:
    lines = [f"- {field.name}: {field.description or field.title.get('en', field.name.replace('_', ' '))}" for field in task.fields]
    return "Give these values of the document as JSON, copied as printed, null where the document has none:\n" + "\n".join(lines)


def shares(scores: Sequence[float]) -> list[float]:
    """Scores as parts of one."""
    if not scores:
        return []
    top = max(scores)
    weights = [math.exp(score - top) for score in scores]
    total = sum(weights)
    return [weight / total for weight in weights]

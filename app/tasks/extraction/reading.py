"""The model's reading of a document: how likely it finds each contender, asked as one JSON object that grows field by field."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from functools import cached_property
from typing import Final

from app.domain.task import Task, TaskField
from app.tasks.asking.engine import Engine, Tokens
from app.tasks.asking.prompts import prompt
from app.tasks.asking.token_prefixes import told_apart
from app.tasks.extraction.spans import copy_grammar

_MAX_OPTION_TOKENS: Final = 32
_BEYOND: Final = 5
"""Tokens scored after those that tell a value from the others. With fewer, amounts are told worse; more say nothing new."""
_INSTRUCTIONS: Final = "You read documents and copy values from them exactly as printed."


class Reading:
    """One prompt: instructions, document, question about some fields, and the answer so far.

    The document stands before all that depends on the task, so that another task on the same text reads it no second time.
    """

    def __init__(self, engine: Engine, task: Task, fields: Sequence[TaskField], document_text: str) -> None:
        self._engine = engine
        self._segments = prompt(
            engine,
            instructions=_INSTRUCTIONS,
            document=document_text,
            question=" ".join(filter(None, (task.instructions, _question(fields)))),
            answer="{\n",
        )
        self._document_text = document_text

    @cached_property
    def _grammar(self) -> str:
        return copy_grammar(self._document_text)

    def turn_to(self, field: TaskField) -> None:
        """Write the field's name, so that its value comes next."""
        self._segments[-1] = self._segments[-1] + self._engine.tokenize(f'  "{field.name}":')

    def copied(self) -> tuple[str, float]:
        """What the model copies from the document as the field's value, and the mean probability of its choices."""
        self._engine.feed(self._segments)
        given = self._engine.generate(self._grammar, limit=_MAX_OPTION_TOKENS, draft_from=self._segments[1])
        sure = [math.log(max(step.probability, 1e-9)) for step in given.steps]
        words = given.text.strip().strip('"') if given.stopped else ""
        return words, math.exp(sum(sure) / len(sure)) if sure else 0.0

    def scores(self, texts: Sequence[str]) -> list[float]:
        """Log-probability of each text as the field's value, up to a little beyond where it differs from the others."""
        self._engine.feed(self._segments)
        return self._engine.score(told_apart([self._value_tokens(text) for text in texts], beyond=_BEYOND))

    def answer(self, text: str | None) -> None:
        """Write the decided value of the field asked last into the answer, for the fields that follow."""
        self._segments.append(self._engine.tokenize(" null,\n") if text is None else self._value_tokens(text))

    def _value_tokens(self, text: str) -> Tokens:
        quoted = json.dumps(" ".join(text.split()), ensure_ascii=False)
        return self._engine.tokenize(f" {quoted},\n")[:_MAX_OPTION_TOKENS]


def _question(fields: Sequence[TaskField]) -> str:
    lines = [f"- {field.name}: {field.description or field.title.get('en', field.name.replace('_', ' '))}" for field in fields]
    return "Give these values of the document as JSON, copied as printed:\n" + "\n".join(lines)


def shares(scores: Sequence[float]) -> list[float]:
    """Scores as parts of one."""
    if not scores:
        return []
    top = max(scores)
    weights = [math.exp(score - top) for score in scores]
    total = sum(weights)
    return [weight / total for weight in weights]

"""How well sentences answer a question about their text, by the model's own expectation of them. Nothing is written."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from app.tasks.asking import prompts
from app.tasks.asking.engine import Engine

_MAX_SENTENCE_CHARS: Final = 320
_INSTRUCTIONS: Final = "You summarize documents."
_SAME_SPREAD: Final = 1e-6


def affinity(engine: Engine, sentences: Sequence[str], question: str, *, title: str = "") -> list[float]:
    """For each sentence how readily the model would give it as the answer, centred and scaled to a spread of one.

    The model sees the sentences as one text, once, and weighs them all in one step: mean log-probability of a token. Yes or no
    about each sentence was slower and, with small models, hardly better than chance.
    """
    shown = [sentence[:_MAX_SENTENCE_CHARS] for sentence in sentences]
    text = "\n".join([title, *shown] if title else shown)
    engine.feed(prompts.prompt(engine, instructions=_INSTRUCTIONS, document=text, question=question))
    answers = [engine.tokenize(sentence) for sentence in shown]
    means = [score / max(1, len(answer)) for score, answer in zip(engine.score(answers), answers, strict=True)]
    return _standardized(means)


def _standardized(values: Sequence[float]) -> list[float]:
    if not values:
        return []
    mean = sum(values) / len(values)
    spread = math.sqrt(sum((value - mean) ** 2 for value in values) / len(values))
    return [(value - mean) / spread if spread > _SAME_SPREAD else 0.0 for value in values]

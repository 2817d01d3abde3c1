"""Questions of yes or no about single sentences, put to the model: one short prompt each, nothing is written."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Final

from app.tasks import prompts
from app.tasks.engine import Engine

_MAX_SENTENCE_CHARS: Final = 400
_ANSWERS: Final = ("Yes", "No")


def judge(
    engine: Engine, sentences: Sequence[str], *, instructions: str, question: str, after_each: Callable[[int], None]
) -> list[float]:
    """The probability of yes for each sentence. The instructions are read once."""
    yes, no = (engine.tokenize(answer)[0] for answer in _ANSWERS)
    found = []
    for number, sentence in enumerate(sentences, start=1):
        engine.feed(prompts.prompt(engine, instructions=instructions, document=sentence[:_MAX_SENTENCE_CHARS], question=question))
        logprobs = engine.next_token_logprobs()
        found.append(1.0 / (1.0 + math.exp(min(50.0, float(logprobs[no]) - float(logprobs[yes])))))
        after_each(number)
    return found


def relative(probabilities: Sequence[float]) -> list[float]:
    """Log-odds with their mean taken out: small models lean to one answer whatever is asked."""
    odds = [math.log(max(1e-6, p) / max(1e-6, 1 - p)) for p in probabilities]
    mean = sum(odds) / len(odds) if odds else 0.0
    return [value - mean for value in odds]

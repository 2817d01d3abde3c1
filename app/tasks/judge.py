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
    """Log-odds, centred and scaled to a spread of one: small models lean to one answer and differ little, whatever is asked."""
    odds = [math.log(max(1e-6, p) / max(1e-6, 1 - p)) for p in probabilities]
    if not odds:
        return []
    mean = sum(odds) / len(odds)
    spread = math.sqrt(sum((value - mean) ** 2 for value in odds) / len(odds))
    return [(value - mean) / spread if spread > 1e-6 else 0.0 for value in odds]

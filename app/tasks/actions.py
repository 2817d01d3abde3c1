"""Sentences that ask somebody to do something or promise to: found by their words, judged by the model."""

from __future__ import annotations

from typing import Final

from app.tasks.sentences import Sentence
from app.tasks.wording import BOILERPLATE, CONDITIONS, DEADLINES, PROMISES, REQUESTS, SUGGESTIONS

LEAST: Final = 0.5
_LEAST_WORDS: Final = 4
_REQUEST, _PROMISE, _SUGGESTION, _DEADLINE = 0.6, 0.6, 0.35, 0.3
_CONDITION, _BOILERPLATE, _LONG, _QUESTION = 0.15, 0.5, 0.2, 0.2
_LONG_WORDS: Final = 45


def action_score(sentence: Sentence) -> float:
    """How much a sentence sounds like something to do; from `LEAST` on it is worth asking the model."""
    text = sentence.text
    words = len(text.split())
    if words < _LEAST_WORDS:
        return 0.0
    score = _REQUEST * bool(REQUESTS.search(text))
    score += _PROMISE * bool(PROMISES.search(text))
    score += _SUGGESTION * bool(SUGGESTIONS.search(text))
    if score == 0.0:
        return 0.0
    score += _DEADLINE * bool(DEADLINES.search(text))
    score -= _CONDITION * bool(CONDITIONS.search(text))
    score -= _BOILERPLATE * bool(BOILERPLATE.search(text))
    score -= _LONG * (words > _LONG_WORDS)
    score -= _QUESTION * (text.endswith("?") and not REQUESTS.search(text))
    return score

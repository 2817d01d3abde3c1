"""Sentences that ask somebody to do something or promise to: found by their words and place, before the model judges them."""

from __future__ import annotations

from bisect import bisect_right
from typing import Final

from app.tasks.text.sentences import Prose, Sentence
from app.tasks.text.wording import (
    ACTION_HEADINGS,
    BOILERPLATE,
    COMMANDS,
    CONDITIONS,
    DEADLINES,
    HEDGES,
    PROMISES,
    REQUESTS,
    SUGGESTIONS,
)

LEAST: Final = 0.5
_LEAST_WORDS: Final = 4
_SHORT_WORDS: Final = 6
_LONG_WORDS: Final = 45
_LISTED, _REQUEST, _PROMISE, _COMMAND, _SUGGESTION, _DEADLINE = 0.6, 0.6, 0.6, 0.5, 0.35, 0.3
_CONDITION, _BOILERPLATE, _LONG, _QUESTION, _HEDGE, _SPOKEN = 0.15, 0.5, 0.2, 0.2, 0.2, 0.3


def possible_actions(prose: Prose) -> list[tuple[float, Sentence]]:
    """Sentences that sound like something to do, each with how much (0.5 to about 2), best first."""
    starts = [heading.start for heading in prose.headings]
    last = max(1, len(prose.sentences) - 1)
    found = []
    for sentence in prose.sentences:
        heading = bisect_right(starts, sentence.start) - 1
        listed = sentence.is_item and heading >= 0 and bool(ACTION_HEADINGS.search(prose.headings[heading].text))
        score = _score(sentence, is_listed=listed)
        if sentence.speaker:
            score -= _SPOKEN * _unlikely_when_spoken(sentence, sentence.index / last)
        if score >= LEAST:
            found.append((score, sentence))
    return sorted(found, key=lambda pair: -pair[0])


def _score(sentence: Sentence, *, is_listed: bool) -> float:
    text = sentence.text
    words = len(text.split())
    if words < _LEAST_WORDS and not is_listed:
        return 0.0
    score = _LISTED * is_listed + _REQUEST * bool(REQUESTS.search(text)) + _PROMISE * bool(PROMISES.search(text))
    score += _COMMAND * (text[0].isupper() and bool(COMMANDS.match(text))) + _SUGGESTION * bool(SUGGESTIONS.search(text))
    if score == 0.0:
        return 0.0
    score += _DEADLINE * bool(DEADLINES.search(text))
    score -= (
        _CONDITION * bool(CONDITIONS.search(text)) + _BOILERPLATE * bool(BOILERPLATE.search(text)) + _LONG * (words > _LONG_WORDS)
    )
    score -= _QUESTION * (text.endswith("?") and not REQUESTS.search(text)) + _HEDGE * bool(HEDGES.search(text))
    return score


def _unlikely_when_spoken(sentence: Sentence, place: float) -> float:
    """Talk is full of "have to" and "I'll": what is agreed comes late, in whole sentences."""
    words = len(sentence.text.split())
    return (1.0 - place) + (words < _SHORT_WORDS) + (not sentence.is_full)

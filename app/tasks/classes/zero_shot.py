"""Classes without examples: the model reads the beginning of a text and scores the name of each label as what comes next.

Words that a text shares with the name or the description of a label speak for it too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from typing import Final
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from app.domain.task import Task, TaskLabel
from app.tasks.asking.engine import Engine, Tokens
from app.tasks.asking.prompts import template_of
from app.tasks.classes import heads
from app.tasks.classes.label_tree import LabelTree

Array = NDArray[np.float64]

_READ_TOKENS: Final = 100
"""What a text is about shows early; reading is what classification costs."""
_TAIL_TOKENS: Final = 25
_MAX_TOKEN_CHARS: Final = 12
_QUESTIONS: Final = ("\n\nThe text above is about", "\nType:")
_TEMPERATURE: Final = 1.6
_WORDS_TEMPERATURE: Final = 0.1
_NEUTRAL_TEXTS: Final = (
    "Hello.",
    "What is it?",
    "Please tell me more about it.",
    "Thanks, see you later!",
    "The company said on Monday that it will announce more details in the coming weeks.",
    "Here are the results of the work that was done last year, with some notes.",
    "Bu konuda ne yapmam gerektiğini bilmiyorum.",
    "Yapılan açıklamaya göre çalışmalar devam ediyor ve yeni gelişmeler bekleniyor.",
)
"""Texts that speak for no label. What the model answers to them is its liking, whatever the text says."""

_START = re.compile(r"<bos>|<\|begin_of_text\|>|<\|startoftext\|>")
"""The mark that some families need before any text; the rest of their chat template is left out, plain text is scored better."""
_WORD_EDGE = re.compile(r"[_/\-.\s]+|(?<=[^\W\d_])(?=\d)|(?<=[a-zçğıöşüäàéè])(?=[A-ZÇĞİÖŞÜÄ])")
_scorers: WeakKeyDictionary[Engine, dict[tuple[tuple[str, str], ...], LabelScorer]] = WeakKeyDictionary()


class LabelScorer:
    """Scores the labels of a task. The prompt has no list of labels, so the cost hardly grows with their number."""

    def __init__(self, labels: tuple[TaskLabel, ...], engine: Engine) -> None:
        self._engine = engine
        names = [label.name for label in labels]
        start = _START.match(template_of(engine.info.family).before_system)
        self._opening = [*engine.tokenize(start.group() if start else "", special=True), *engine.tokenize(_opening(labels))]
        self._questions = [engine.tokenize(question) for question in _QUESTIONS]
        self._words = heads.fit([f"{spoken(label.name)} {label.description}" for label in labels], names, names)
        end = engine.tokenize("\n")
        self._tree = LabelTree([[*engine.tokenize(f" {spoken(label.name)}"), *end] for label in labels])

    def probabilities(self, text: str, *, correct_bias: bool = True) -> Array:
        """Probability of each label, summing to one.

        With `correct_bias` what the model says of a label on the mean of neutral texts is taken off (after Zhao et al. 2021), which
        removes its liking for some labels whatever the text says.
        """
        scores = self._scores(text)
        if correct_bias:
            scores = scores - self._liking
        return heads.softmax(scores / _TEMPERATURE + self._words.scores(text) / _WORDS_TEMPERATURE)

    def contributions(self, lines: Sequence[str], label: str) -> list[float]:
        """How much each line speaks for a label by the words of its name and description."""
        return self._words.contributions(lines, label)

    @cached_property
    def _liking(self) -> Array:
        return np.asarray(np.mean([self._scores(text) for text in _NEUTRAL_TEXTS], axis=0), np.float64)

    def _scores(self, text: str) -> Array:
        """Log-probability of each label, the mean over the questions, which share the memory of the text."""
        self._engine.feed([self._opening, excerpt(self._engine, text)])
        found = self._tree.log_probabilities(self._questions, self._engine.score)
        return np.asarray(np.mean(found, axis=0), np.float64)


def scorer_of(task: Task, engine: Engine) -> LabelScorer:
    """The scorer of a task's labels, made once for an engine."""
    known = _scorers.setdefault(engine, {})
    key = tuple((label.name, label.description) for label in task.labels)
    if key not in known:
        known[key] = LabelScorer(task.labels, engine)
    return known[key]


def spoken(name: str) -> str:
    """The name of a label as words: ``alarm/cancel_alarm`` and ``cancelAlarm`` alike."""
    words = " ".join(part for part in _WORD_EDGE.split(name) if part)
    return words if words.isupper() else words.lower()


def excerpt(engine: Engine, text: str) -> Tokens:
    """The beginning and the end of a text, as many tokens as are worth reading."""
    text = " ".join(text.split())
    tokens = engine.tokenize(text[: _READ_TOKENS * _MAX_TOKEN_CHARS])
    if len(tokens) <= _READ_TOKENS:
        return tokens
    tail = engine.tokenize(text[-_TAIL_TOKENS * _MAX_TOKEN_CHARS :])[-_TAIL_TOKENS:]
    return [*tokens[: _READ_TOKENS - _TAIL_TOKENS], *engine.tokenize(" … "), *tail]


def _opening(labels: tuple[TaskLabel, ...]) -> str:
    """What stands before the text: names alone need no list, but what the person wrote about them is worth reading once."""
    if not any(label.description for label in labels):
        return "Text: "
    lines = (f"- {spoken(label.name)}: {label.description}" for label in labels)
    return "Categories:\n" + "\n".join(lines) + "\n\nText: "

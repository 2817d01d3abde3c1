"""Which way of finding the class answers for a task: the model's scores, a head on the examples, or both together.

The choice rests on the task's own examples: the head judges each of them without having learnt from it, the model never learns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, Literal
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from app.domain.task import Task
from app.tasks.asking.engine import Engine
from app.tasks.classes import heads
from app.tasks.classes.zero_shot import LabelScorer, scorer_of

Array = NDArray[np.float64]
Kind = Literal["zero_shot", "few_shot", "head"]

_PLENTY: Final = 8
"""With so many examples a label the words of the examples say more than the model, which need not be asked."""
_FEW_TEMPERATURE: Final = 0.1
"""Most that the temperature of a head on few examples may be: a head that lacks one of them knows far less than the whole."""
_MAX_TRIALS: Final = 24
"""Examples that the model is asked about to compare it; each costs as much as a document."""


@dataclass(frozen=True)
class ClassMethod:
    """A way of finding the class: a head, a scorer, or both, whose probabilities are then multiplied."""

    head: heads.Head | None
    scorer: LabelScorer | None

    @property
    def kind(self) -> Kind:
        if self.head is None:
            return "zero_shot"
        return "head" if self.scorer is None else "few_shot"

    def probabilities(self, text: str) -> Array:
        """Probability of each label, summing to one."""
        return _agreed([judge.probabilities(text) for judge in self._judges])

    def contributions(self, lines: Sequence[str], label: str) -> list[float]:
        """How much the words of each line speak for a label. What else moves the model can't be traced to lines."""
        return [sum(shares) for shares in zip(*(judge.contributions(lines, label) for judge in self._judges), strict=True)]

    @property
    def _judges(self) -> list[heads.Head | LabelScorer]:
        return [judge for judge in (self.head, self.scorer) if judge is not None]


_chosen: WeakKeyDictionary[Engine, dict[tuple[object, ...], Kind]] = WeakKeyDictionary()


def method_of(task: Task, engine: Engine) -> ClassMethod:
    """The method for a task, chosen once for its examples and an engine."""
    head = head_of(task)
    if head is None:
        return ClassMethod(None, scorer_of(task, engine))
    if len(head.wanted) >= _PLENTY * len(task.labels):
        return ClassMethod(head, None)
    head = replace(head, temperature=min(head.temperature, _FEW_TEMPERATURE))
    scorer = scorer_of(task, engine)
    known = _chosen.setdefault(engine, {})
    key = tuple((label.name, label.description, label.examples) for label in task.labels)
    if key not in known:
        known[key] = _best_kind(task, head, scorer)
    return ClassMethod(head if known[key] != "zero_shot" else None, scorer if known[key] != "head" else None)


def head_of(task: Task) -> heads.Head | None:
    """A head fitted to the labels' examples; None when a label has none."""
    if not all(label.examples for label in task.labels):
        return None
    head = _fit(tuple((label.name, label.examples) for label in task.labels), task.other_label)
    return replace(head, temperature=task.head_temperature) if task.head_temperature else head


@lru_cache(maxsize=8)
def _fit(examples: tuple[tuple[str, tuple[str, ...]], ...], other: str) -> heads.Head:
    pairs = [(text, name) for name, texts in examples for text in texts]
    return heads.fit([text for text, _ in pairs], [name for _, name in pairs], [name for name, _ in examples], other=other)


def _best_kind(task: Task, head: heads.Head, scorer: LabelScorer) -> Kind:
    """The kind that gives the right labels of held-out examples the largest probabilities.

    A label with a single example leaves the held-out head nothing to know it by; the head then counts as knowing nothing.
    """
    texts = [text for label in task.labels for text in label.examples]
    trials = np.unique(np.linspace(0, len(texts) - 1, min(len(texts), _MAX_TRIALS)).astype(int))
    held_out = head.held_out[trials] if min(len(label.examples) for label in task.labels) > 1 else np.zeros((1, len(task.labels)))
    by_head = np.broadcast_to(heads.softmax(held_out / head.temperature), (len(trials), len(task.labels)))
    by_model = np.array([scorer.probabilities(texts[index]) for index in trials])
    by_both = np.array([_agreed(pair) for pair in zip(by_head, by_model, strict=True)])
    wanted = head.wanted[trials]
    kinds: dict[Kind, Array] = {"few_shot": by_both, "head": by_head, "zero_shot": by_model}
    return max(kinds, key=lambda kind: _mean_log(kinds[kind], wanted))


def _mean_log(probabilities: Array, wanted: NDArray[np.intp]) -> float:
    return float(np.log(np.maximum(probabilities[np.arange(len(wanted)), wanted], 1e-9)).mean())


def _agreed(said: Sequence[Array]) -> Array:
    """The product of distributions, made to sum to one."""
    return heads.softmax(np.sum([np.log(np.maximum(each, 1e-9)) for each in said], axis=0))

"""Names of labels as a tree of tokens, of which the model judges only the forks: tokens without an alternative are certain."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from app.tasks.asking.engine import Tokens

_Prefix = tuple[int, ...]


class LabelTree:
    """The tree over the token sequences of labels; none may be the beginning of another, so each ends in a stop token."""

    def __init__(self, sequences: Sequence[Sequence[int]]) -> None:
        self._paths = [tuple(sequence) for sequence in sequences]
        children: dict[_Prefix, set[int]] = {}
        for path in self._paths:
            for depth, token in enumerate(path):
                children.setdefault(path[:depth], set()).add(token)
        self._forks = {prefix: sorted(tokens) for prefix, tokens in children.items() if len(tokens) > 1}
        asked = {prefix for prefix in self._forks if prefix}
        asked |= {(*prefix, token) for prefix, tokens in self._forks.items() for token in tokens}
        self._asked = sorted(asked)

    def log_probabilities(
        self, questions: Sequence[Tokens], score: Callable[[Sequence[Tokens]], Sequence[float]]
    ) -> list[NDArray[np.float64]]:
        """For each question the log-probability of each sequence among all of them after it, by `Engine.score`, all in one step."""
        asked = [(), *self._asked]
        scores = score([[*question, *path] for question in questions for path in asked])
        found = []
        for index in range(len(questions)):
            sums = dict(zip(asked, scores[index * len(asked) :], strict=False))
            total = {
                prefix: float(np.logaddexp.reduce([sums[*prefix, token] - sums[prefix] for token in tokens]))
                for prefix, tokens in self._forks.items()
            }
            found.append(np.array([self._of_path(path, sums, total) for path in self._paths]))
        return found

    @staticmethod
    def _of_path(path: _Prefix, sums: dict[_Prefix, float], total: dict[_Prefix, float]) -> float:
        forks = [depth for depth in range(len(path)) if path[:depth] in total]
        return sum(sums[path[: depth + 1]] - sums[path[:depth]] - total[path[:depth]] for depth in forks)

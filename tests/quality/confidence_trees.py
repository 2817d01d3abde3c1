"""Small trees that correct a weighted sum of facts: boosted on its errors, held back, and written as plain constants.

A fact that speaks for an answer may only raise what a tree says; facts that merely describe it may do both.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.tree import DecisionTreeRegressor

from app.tasks.calibration import Calibrator
from app.tasks.fitted_confidence import Tree
from tests.quality.answers import Judged

_TREES = 80
_DEPTH = 3
_RATE = 0.6
_LEAST_LEAF = 25
_PART_OF_FACTS = 0.6
_DESCRIPTIVE = frozenset({"short", "candidates", "led", "ends", "label", "places"})
_LEFT_OUT = frozenset({"negative", "recognised", "seen", "seen_differs", "asked", "model_differs", "confirmed"})
_BOUND_DIGITS = 4

Matrix = NDArray[np.float64]


def grow(answers: Sequence[Judged], calibrator: Calibrator, shares: Matrix) -> tuple[Tree, ...]:
    """Trees that bring the calibrator's probabilities nearer to what was right, each fitted to what the ones before left."""
    names = sorted({name for answer in answers for name in answer.facts} - _LEFT_OUT)
    matrix = np.array([[answer.facts.get(name, 0.0) for name in names] for answer in answers])
    right = np.array([answer.right for answer in answers], float)
    scores = np.array([_log_odds(calibrator.probability(answer.facts)) for answer in answers])
    rising = [0 if ":" in name or name in _DESCRIPTIVE else 1 for name in names]
    trees = []
    for number in range(_TREES):
        left = right - 1.0 / (1.0 + np.exp(-scores))
        tree = DecisionTreeRegressor(
            max_depth=_DEPTH,
            min_samples_leaf=_LEAST_LEAF,
            max_features=_PART_OF_FACTS,
            random_state=number,
            monotonic_cst=rising,
        ).fit(matrix, left, sample_weight=shares)
        scores = scores + _RATE * tree.predict(matrix)
        trees.append(_readable(tree, names, 0))
    return tuple(trees)


def literal(trees: Sequence[Tree]) -> str:
    return "".join(f"    {tree!r},\n" for tree in trees)


def _readable(fitted: DecisionTreeRegressor, names: Sequence[str], node: int) -> Tree:
    tree = fitted.tree_
    if tree.children_left[node] < 0:
        return round(_RATE * float(tree.value[node][0][0]), 4)
    bound = round(float(tree.threshold[node]), _BOUND_DIGITS)
    below, above = (_readable(fitted, names, int(child[node])) for child in (tree.children_left, tree.children_right))
    return names[tree.feature[node]], bound, below, above


def _log_odds(probability: float) -> float:
    return float(np.log(probability / (1.0 - probability)))

"""The tree of labels: probabilities of whole names, of which only the forks are asked."""

from collections.abc import Sequence

import numpy as np
import pytest

from app.tasks.classes.label_tree import LabelTree


class Script:
    """Scores continuations by given probabilities of each token after each beginning, and remembers what it was asked."""

    def __init__(self, probabilities: dict[tuple[int, ...], float]) -> None:
        self._probabilities = probabilities
        self.asked: list[tuple[int, ...]] = []

    def __call__(self, continuations: Sequence[Sequence[int]]) -> list[float]:
        self.asked += [tuple(each) for each in continuations]
        return [
            sum(float(np.log(self._probabilities.get(tuple(path[: depth + 1]), 0.01))) for depth in range(len(path)))
            for path in continuations
        ]


def test_labels_that_differ_at_once_cost_one_token_each():
    script = Script({(9,): 0.3, (9, 1): 0.6, (9, 2): 0.2})
    (scores,) = LabelTree([(1, 7, 7, 0), (2, 8, 0)]).log_probabilities([[9]], script)
    assert np.exp(scores) == pytest.approx([0.75, 0.25])
    assert sorted(script.asked) == [(9,), (9, 1), (9, 2)]


def test_all_questions_are_asked_together_and_answered_apart():
    script = Script({(8, 1): 0.6, (8, 2): 0.2, (9, 3, 1): 0.1, (9, 3, 2): 0.1})
    scores = LabelTree([(1, 7, 0), (2, 7, 0)]).log_probabilities([[8], [9, 3]], script)
    assert [pytest.approx(np.exp(each)) for each in scores] == [[0.75, 0.25], [0.5, 0.5]]


def test_a_shared_beginning_is_judged_where_it_forks():
    script = Script({(1,): 0.5, (2,): 0.5, (1, 5): 0.9, (1, 5, 3): 0.3, (1, 5, 4): 0.1})
    (scores,) = LabelTree([(1, 5, 3, 0), (1, 5, 4, 0), (2, 0)]).log_probabilities([[]], script)
    assert np.exp(scores) == pytest.approx([0.375, 0.125, 0.5])


def test_a_name_that_goes_on_after_another_is_told_by_its_end():
    script = Script({(1, 0): 0.1, (1, 2): 0.3})
    assert np.exp(LabelTree([(1, 0), (1, 2, 0)]).log_probabilities([[]], script)[0]) == pytest.approx([0.25, 0.75])


def test_equal_names_are_equally_probable():
    (scores,) = LabelTree([(1, 0), (1, 0), (2, 0)]).log_probabilities([[]], Script({(1,): 0.5, (2,): 0.5}))
    assert np.exp(scores[0]) == pytest.approx(0.5)

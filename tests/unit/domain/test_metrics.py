"""Measures: known values, agreement with scikit-learn, and laws that hold for all answers."""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss, roc_auc_score

from app.domain import metrics

answers = st.lists(st.tuples(st.sampled_from([0.0, 0.1, 0.3, 0.5, 0.9, 1.0]), st.booleans()), min_size=1, max_size=60)


def split(pairs):
    return [confidence for confidence, _ in pairs], [right for _, right in pairs]


@given(answers)
def test_auroc_and_brier_are_those_of_scikit_learn(pairs):
    confidences, right = split(pairs)
    assert metrics.brier(confidences, right) == pytest.approx(brier_score_loss(right, confidences, pos_label=True))
    if len(set(right)) == 2:
        assert metrics.auroc(confidences, right) == pytest.approx(roc_auc_score(right, confidences))
    else:
        assert metrics.auroc(confidences, right) is None


@given(answers)
def test_augrc_follows_from_accuracy_and_auroc(pairs):
    confidences, right = split(pairs)
    accuracy = sum(right) / len(right)
    ranking = metrics.auroc(confidences, right)
    expected = 0.5 * (1 - accuracy) ** 2 + (0 if ranking is None else (1 - ranking) * accuracy * (1 - accuracy))
    assert metrics.augrc(confidences, right) == pytest.approx(expected)


@given(answers, st.randoms(use_true_random=False))
def test_order_of_answers_does_not_matter(pairs, generator):
    shuffled = generator.sample(pairs, len(pairs))
    for measure in (metrics.auroc, metrics.aurc, metrics.augrc, metrics.expected_calibration_error, metrics.brier):
        assert measure(*split(shuffled)) == pytest.approx(measure(*split(pairs)))


@given(answers)
def test_measures_lie_between_nought_and_one(pairs):
    confidences, right = split(pairs)
    for value in (
        metrics.aurc(confidences, right),
        metrics.augrc(confidences, right),
        metrics.expected_calibration_error(confidences, right),
        metrics.accuracy_at(0.8, confidences, right),
    ):
        assert value is not None
        assert -1e-9 <= value <= 1 + 1e-9


def test_aurc_of_a_known_order():
    # Errors among the surest 1, 2, 3, 4: 0, 1/2, 1/3, 2/4.
    assert metrics.aurc([0.9, 0.8, 0.7, 0.6], [True, False, True, False]) == pytest.approx((0 + 1 / 2 + 1 / 3 + 2 / 4) / 4)


def test_equal_confidences_count_as_drawn_at_random():
    confidences, right = [0.5] * 4, [True, False, True, True]
    assert metrics.auroc(confidences, right) == 0.5
    assert metrics.aurc(confidences, right) == pytest.approx(0.25)
    assert metrics.accuracy_at(0.5, confidences, right) == pytest.approx(0.75)


def test_accuracy_at_coverage_takes_the_surest():
    assert metrics.accuracy_at(0.8, [0.9, 0.8, 0.7, 0.6, 0.1], [True, True, True, True, False]) == 1.0
    assert metrics.accuracy_at(1.0, [0.9, 0.1], [True, False]) == 0.5


def test_calibration_error_of_honest_and_of_boastful_answers():
    honest = [0.75] * 100, [index % 4 != 0 for index in range(100)]
    assert metrics.expected_calibration_error(*honest, bins=1) == pytest.approx(0)
    assert metrics.expected_calibration_error([1.0] * 100, honest[1], bins=1) == pytest.approx(0.25)


def test_calibration_error_over_bins_of_equal_mass():
    confidences = [index / 30 for index in range(30)]
    right = [index % 3 != 0 for index in range(30)]
    bins = np.array_split(np.arange(30), 15)
    expected = sum(abs(np.mean([confidences[i] - right[i] for i in part])) * len(part) for part in bins) / 30
    assert metrics.expected_calibration_error(confidences, right) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("n_right", "n", "low", "high"),
    [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (8, 10, 0.4902, 0.9433), (81, 263, 0.2553, 0.3662)],
)
def test_wilson_interval(n_right, n, low, high):
    assert metrics.wilson_interval(n_right, n) == pytest.approx((low, high), abs=1e-4)


def test_nothing_to_measure():
    assert metrics.wilson_interval(0, 0) is None
    for measure in (metrics.auroc, metrics.aurc, metrics.augrc, metrics.expected_calibration_error, metrics.brier):
        assert measure([], []) is None
    assert metrics.accuracy_at(0.8, [], []) is None
    assert metrics.bootstrap_interval([], len) is None


def test_bootstrap_draws_whole_documents():
    generator = random.Random(1)
    documents = [[generator.random() < 0.8] * 10 for _ in range(60)]

    def share(answers):
        return sum(answers) / len(answers)

    low, high = metrics.bootstrap_interval(documents, share)
    assert low < share([answer for document in documents for answer in document]) < high
    # 600 independent answers would give an interval of about six points, 60 documents give one of about twenty.
    assert 0.12 < high - low < 0.3
    assert metrics.bootstrap_interval(documents, share) == (low, high)

from __future__ import annotations

import random

import pytest

from app.evaluation.tradeoff import CERTAINTY, Judged, points_of, promise


def _answers(n: int, accuracy_at: float, *, seed: int = 0, per_document: int = 1) -> list[Judged]:
    """Confidences drawn evenly; an answer of confidence c is right with probability `accuracy_at` + (1 - `accuracy_at`) c."""
    generator = random.Random(seed)
    answers = []
    for index in range(n):
        confidence = generator.random()
        right = generator.random() < accuracy_at + (1 - accuracy_at) * confidence
        answers.append(Judged(confidence, right, f"document {index // per_document}"))
    return answers


def test_stricter_thresholds_keep_less() -> None:
    points = points_of(_answers(300, 0.6))
    kept = [point.n_kept for point in points]
    assert kept == sorted(kept)
    assert points[-1].n_kept == 300
    assert points[-1].reviewed == pytest.approx(0.0)
    assert points[-1].documents_reviewed == pytest.approx(0.0)


def test_equal_confidences_are_never_parted() -> None:
    answers = [Judged(0.9, True, str(index)) for index in range(50)] + [Judged(0.4, False, str(index)) for index in range(50)]
    assert [point.n_kept for point in points_of(answers)] == [50, 100]


def test_a_bound_lies_below_what_was_seen() -> None:
    for point in points_of(_answers(400, 0.7)):
        assert point.accuracy is not None
        assert point.at_least < point.accuracy


def test_answers_of_one_document_count_less_than_as_many_documents() -> None:
    generator = random.Random(1)
    by_document = [(index, generator.random() < 0.9) for index in range(100)]
    together = [Judged(0.9, right, str(index)) for index, right in by_document for _ in range(5)]
    apart = [Judged(0.9, one.right, str(index)) for index, one in enumerate(together)]
    assert points_of(together)[-1].at_least < points_of(apart)[-1].at_least - 0.02


def test_few_answers_promise_nothing_and_tell_how_many_are_missing() -> None:
    told = promise([Judged(0.9, True, str(index)) for index in range(20)], target=0.95)
    assert told.point is None
    assert told.more_needed is not None
    assert 30 <= told.more_needed <= 60


def test_no_number_of_reviews_helps_where_answers_are_too_often_wrong() -> None:
    wrong_at_random = [Judged(0.9, index % 3 > 0, str(index)) for index in range(300)]
    told = promise(wrong_at_random, target=0.95)
    assert told.point is None
    assert told.more_needed is None
    assert told.best is not None


def test_a_target_with_too_little_review_is_refused() -> None:
    answers = _answers(2000, 0.5)
    assert promise(answers, target=0.9).point is not None
    assert promise(answers, target=0.9, most_reviewed=0.05).point is None


def test_promises_are_kept_with_the_certainty_that_is_stated() -> None:
    """Over 300 samples, the chosen threshold misses the target on fresh answers no more often than 1 - `CERTAINTY`."""
    target, base = 0.9, 0.6
    missed = promised = 0
    for seed in range(300):
        told = promise(_answers(300, base, seed=seed), target)
        if told.point is None:
            continue
        promised += 1
        threshold = told.point.threshold
        true_accuracy = base + (1 - base) * (1 + threshold) / 2
        missed += true_accuracy < target
    assert promised > 100
    assert missed / 300 <= 1 - CERTAINTY + 0.02


def test_values_that_err_together_do_not_end_the_search_before_it_could_succeed() -> None:
    """The strictest thresholds keep enough values, but too few documents, to pass even without an error."""
    generator = random.Random(0)
    right = [Judged(generator.random(), True, str(index % 100)) for index in range(1000)]
    told = promise(right, target=0.98)
    assert told.point is not None
    assert told.point.n_kept == 1000


def test_one_early_error_does_not_end_the_search() -> None:
    """A wrong value among the surest says little about a thousand."""
    answers = [Judged(1 - index / 1000, index != 3, str(index)) for index in range(1000)]
    told = promise(answers, target=0.98, most_reviewed=0.1)
    assert told.point is not None
    assert told.point.n_kept == 1000
    told = promise(answers, target=0.98)
    assert told.point is not None
    assert told.point.n_kept == 1000


def test_rare_errors_that_confidence_does_not_tell_leave_a_promise_in_reach() -> None:
    found = 0
    for seed in range(40):
        generator = random.Random(seed)
        answers = [Judged(generator.random(), generator.random() >= 0.003, str(index)) for index in range(1000)]
        found += promise(answers, target=0.98, most_reviewed=0.1).point is not None
    assert found >= 39


def test_a_model_just_below_the_target_is_seldom_promised() -> None:
    """Errors lie evenly, so whatever is promised is false."""
    promised = 0
    for seed in range(200):
        generator = random.Random(seed)
        answers = [Judged(generator.random(), generator.random() >= 0.0205, str(index)) for index in range(400)]
        promised += promise(answers, target=0.98).point is not None
    assert promised / 200 <= 1 - CERTAINTY


def test_a_share_seen_below_the_target_is_too_few_to_tell_while_the_true_one_may_lie_above() -> None:
    answers = [Judged(0.9, index % 40 > 0, str(index)) for index in range(200)]
    told = promise(answers, target=0.98, most_reviewed=0.1)
    assert told.point is None
    assert told.more_needed is not None
    assert told.more_needed > 100
    surely_below = [Judged(0.9, index % 10 > 0, str(index)) for index in range(1000)]
    assert promise(surely_below, target=0.98, most_reviewed=0.1).more_needed is None


def test_documents_of_unequal_size_count_by_what_stands_together() -> None:
    """A few long documents with many values say less than as many values spread evenly."""
    generator = random.Random(2)
    fates = [generator.random() < 0.9 for _ in range(200)]
    even = [Judged(0.9, fates[index], str(index)) for index in range(200) for _ in range(4)]
    sizes = [1] * 180 + [31] * 20
    uneven = [Judged(0.9, fates[index], str(index)) for index in range(200) for _ in range(sizes[index])]
    assert len(uneven) == len(even)
    assert points_of(uneven)[-1].at_least < points_of(even)[-1].at_least - 0.02
    accuracy = points_of(uneven)[-1].accuracy
    assert accuracy is not None
    assert points_of(uneven)[-1].at_least < accuracy - 0.06

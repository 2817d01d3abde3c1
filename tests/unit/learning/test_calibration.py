"""Learning from reviews: never worse, never from too little, one step back."""

import math
import random
from collections.abc import Callable

import pytest

from app.domain.recalibration import Recalibration
from app.learning.calibration import ISOTONIC_FROM, LEAST_REVIEWS, Reviewed, fit, learn


class Kept:
    """Versions in memory."""

    def __init__(self) -> None:
        self.versions: list[Recalibration] = []
        self.refused = 0

    def in_force(self, task: str, model_sha256: str) -> Recalibration | None:
        return next((found for found in reversed(self.versions) if (found.task, found.model_sha256) == (task, model_sha256)), None)

    def refused_reviews(self, task: str, model_sha256: str) -> int:
        return self.refused

    def add(self, recalibration: Recalibration) -> None:
        self.versions.append(recalibration)


def reviews(count: int, truth: Callable[[float], float], seed: int = 5) -> list[Reviewed]:
    generator = random.Random(seed)
    confidences = [generator.uniform(0.05, 0.99) for _ in range(count)]
    return [Reviewed(one, generator.random() < truth(one), f"{number // 4}.pdf") for number, one in enumerate(confidences)]


def squared(confidence: float) -> float:
    return confidence**4


@pytest.mark.parametrize(("count", "kind"), [(150, "logistic"), (600, "isotonic")])
def test_overconfidence_is_learnt(count, kind):
    store = Kept()
    lesson = learn("invoice", reviews(count, squared), store, made_at="2026-11-22")
    assert lesson.adopted is not None
    assert (lesson.adopted.kind, lesson.adopted.task, lesson.adopted.version, lesson.adopted.reviews) == (kind, "invoice", 1, count)
    assert store.in_force("invoice", "") == lesson.adopted
    assert lesson.before is not None
    assert lesson.after is not None
    assert lesson.after.brier < lesson.before.brier - 0.05
    for confidence in (0.5, 0.7, 0.9):
        assert lesson.adopted.probability(confidence) == pytest.approx(squared(confidence), abs=0.15)


@pytest.mark.parametrize("count", [100, 500])
@pytest.mark.parametrize("seed", range(4))
def test_honest_confidence_is_hardly_changed(count, seed):
    lesson = learn("invoice", reviews(count, lambda confidence: confidence, seed), Kept())
    if lesson.adopted is not None:
        assert all(lesson.adopted.probability(step / 10) == pytest.approx(step / 10, abs=0.17) for step in range(1, 10))


def test_too_few_reviews_teach_nothing():
    lesson = learn("invoice", reviews(LEAST_REVIEWS - 1, squared), Kept())
    assert (lesson.adopted, lesson.why, lesson.reviews) == (None, "too_few", LEAST_REVIEWS - 1)


def test_without_mistakes_there_is_nothing_to_tell_apart():
    assert learn("invoice", reviews(100, lambda _: 1.0), Kept()).why == "all_alike"


def test_noise_is_not_adopted_after_a_good_map():
    store, given = Kept(), reviews(600, squared)
    learn("invoice", given, store)
    again = learn("invoice", given, store)
    assert (again.adopted, again.why) == (None, "no_better")
    assert len(store.versions) == 1


def test_versions_count_up():
    store = Kept()
    learn("invoice", reviews(300, squared), store)
    second = learn("invoice", reviews(900, lambda confidence: 1.0 - (1.0 - confidence) ** 4), store)
    assert second.adopted is not None
    assert second.adopted.version == 2


def test_models_do_not_mix():
    store = Kept()
    lesson = learn("invoice", reviews(300, squared), store, model_sha256="small")
    assert lesson.adopted is not None
    assert lesson.adopted.model_sha256 == "small"
    assert store.in_force("invoice", "large") is None


def test_tasks_do_not_mix():
    store = Kept()
    learn("invoice", reviews(300, squared), store)
    assert store.in_force("receipt", "") is None


@pytest.mark.parametrize("count", [40, 150, ISOTONIC_FROM, 1000])
@pytest.mark.parametrize("truth", [squared, lambda confidence: 1.0 - confidence, lambda _: 0.5])
def test_a_map_never_falls(count, truth):
    found = fit(reviews(count, truth))
    given = [found.probability(step / 100) for step in range(101)]
    assert given == sorted(given)
    assert all(math.isfinite(one) and 0.0 < one < 1.0 for one in given)


def test_answers_of_one_document_are_held_out_together():
    """All of one document are wrong at one confidence that no other has: unseen, they can't be told."""
    others = reviews(400, lambda confidence: confidence)
    odd = [Reviewed(0.93, right=False, document="odd.pdf") for _ in range(60)]
    lesson = learn("invoice", [*others, *odd], Kept())
    assert lesson.before is not None
    assert lesson.after is not None
    assert lesson.after.brier > lesson.before.brier - 0.02


def test_what_a_person_took_back_comes_again_only_with_twice_the_reviews():
    store = Kept()
    store.refused = 150
    assert learn("invoice", reviews(299, squared), store).why == "taken_back"
    assert learn("invoice", reviews(300, squared), store).adopted is not None

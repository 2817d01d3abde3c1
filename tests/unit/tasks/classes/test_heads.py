"""Heads: probabilities are sound, learning works, and the held-out figures are honest."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.tasks.classes import heads

FRUIT = ["an apple a day", "ripe apples and pears", "peel the orange", "pear and orange juice", "sweet apple pie", "orange peel"]
TOOLS = ["a hammer and nails", "tighten the screw", "saw the wood", "hammer the nail in", "screw and saw", "nails for wood"]


@pytest.fixture(scope="module")
def head() -> heads.Head:
    return heads.fit(FRUIT + TOOLS, ["fruit"] * 6 + ["tools"] * 6, ["fruit", "tools"])


def test_learns_from_few_examples(head: heads.Head):
    assert head.labels[int(head.probabilities("apple and orange").argmax())] == "fruit"
    assert head.labels[int(head.probabilities("hammer, saw, screw").argmax())] == "tools"


@given(st.text(max_size=300))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_probabilities_sum_to_one(head: heads.Head, text: str):
    assert head.probabilities(text).sum() == pytest.approx(1.0)


def test_held_out_accuracy_is_what_leaving_out_gives():
    texts, targets = FRUIT + TOOLS, ["fruit"] * 6 + ["tools"] * 6
    fitted = heads.fit(texts, targets, ["fruit", "tools"])
    right = 0
    for index in range(len(texts)):
        rest = heads.fit(texts[:index] + texts[index + 1 :], targets[:index] + targets[index + 1 :], ["fruit", "tools"])
        right += rest.labels[int(rest.probabilities(texts[index]).argmax())] == targets[index]
    assert fitted.held_out_accuracy == pytest.approx(right / len(texts), abs=0.1)


def test_a_text_without_a_known_word_is_none_of_the_labels():
    fitted = heads.fit(FRUIT + TOOLS, ["fruit"] * 6 + ["tools"] * 6, ["fruit", "tools", "other"], other="other")
    assert fitted.probabilities("日本語") == pytest.approx([0.25, 0.25, 0.5])
    assert fitted.probabilities("apple and orange").argmax() == 0


def test_without_such_a_label_it_is_any_of_them(head: heads.Head):
    assert head.probabilities("") == pytest.approx([0.5, 0.5])


def test_misread_letters_and_other_endings_are_understood(head: heads.Head):
    assert head.labels[int(head.probabilities("appl3s, oranqes").argmax())] == "fruit"
    assert head.labels[int(head.probabilities("hammering and screwing").argmax())] == "tools"


def test_random_labels_are_not_learnt():
    rng = np.random.default_rng(1)
    words = ["".join(rng.choice(list("abcdefghij"), 5)) for _ in range(300)]
    texts = [" ".join(rng.choice(words, 20)) for _ in range(60)]
    targets = [str(label) for label in rng.choice(["a", "b", "c"], 60)]
    assert heads.fit(texts, targets, ["a", "b", "c"]).held_out_accuracy < 0.6


def test_lines_that_speak_for_a_label_weigh_more(head: heads.Head):
    for_fruit, against = head.contributions(["ripe apples", "a hammer"], "fruit")
    assert for_fruit > 0 > against

"""Which way of finding the class answers: by what the task's own examples prove."""

import numpy as np
import pytest

from app.domain.task import Task
from app.tasks.classes import methods as class_methods
from app.tasks.classes.methods import ClassMethod, head_of, method_of
from app.worker.fake import FakeEngine

FRUIT = ("ripe apples", "sweet apples", "apples and pears", "apple juice", "apples, five kilos", "apple", "red apples", "an apple")
TOOLS = ("a hammer", "hammer and nails", "the heavy hammer", "hammers", "a hammer, used", "hammer", "big hammers", "this hammer")


def task(fruit: tuple[str, ...], tools: tuple[str, ...]) -> Task:
    return Task(id="t", kind="classify", labels=({"name": "fruit", "examples": fruit}, {"name": "tools", "examples": tools}))


class Judge:
    """Stands for the model's scores: sure of the right label, of the wrong one, or of none."""

    def __init__(self, sure_of_right: float) -> None:
        self._share = sure_of_right

    def probabilities(self, text: str) -> np.ndarray:
        right = [self._share, 1 - self._share]
        return np.array(right if any(fruit in text for fruit in ("apple", "pear", "grape")) else right[::-1])


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch):
    def by(sure_of_right: float) -> None:
        monkeypatch.setattr(class_methods, "scorer_of", lambda _task, _engine: Judge(sure_of_right))

    return by


def test_without_examples_the_model_answers():
    assert method_of(task((), ()), FakeEngine()).kind == "zero_shot"
    assert method_of(task(FRUIT, ()), FakeEngine()).kind == "zero_shot"


def test_with_plenty_of_examples_the_model_is_not_asked():
    engine = FakeEngine()
    assert method_of(task(FRUIT, TOOLS), engine).kind == "head"
    assert engine.counts.prompt == 0


def test_a_model_that_is_right_on_the_examples_is_used(judged):
    judged(0.99)
    assert method_of(task(FRUIT[:1], TOOLS[:1]), FakeEngine()).kind in {"zero_shot", "few_shot"}
    assert method_of(task(("ripe pears", "grapes"), ("saws", "a plane")), FakeEngine()).kind != "head"


def test_a_model_that_is_wrong_on_the_examples_is_not(judged):
    judged(0.01)
    assert method_of(task(FRUIT[:4], TOOLS[:4]), FakeEngine()).kind == "head"


def test_both_together_answer_where_that_is_best(judged):
    judged(0.7)
    method = method_of(task(FRUIT[:4], TOOLS[:4]), FakeEngine())
    assert method.kind == "few_shot"
    alone = head_of(task(FRUIT[:4], TOOLS[:4])).probabilities("sweet apples")
    assert method.probabilities("sweet apples")[0] > alone[0]


def test_the_choice_is_made_once(monkeypatch: pytest.MonkeyPatch):
    engine, asked = FakeEngine(), []
    real = class_methods._best_kind
    monkeypatch.setattr(class_methods, "_best_kind", lambda *parts: asked.append(1) or real(*parts))
    for _ in range(3):
        method_of(task(FRUIT[:2], TOOLS[:2]), engine)
    assert len(asked) == 1


def test_probabilities_sum_to_one_whoever_answers():
    for method in (
        ClassMethod(head_of(task(FRUIT, TOOLS)), None),
        ClassMethod(None, Judge(0.9)),
        ClassMethod(head_of(task(FRUIT, TOOLS)), Judge(0.9)),
    ):
        assert method.probabilities("apples or hammers").sum() == pytest.approx(1.0)

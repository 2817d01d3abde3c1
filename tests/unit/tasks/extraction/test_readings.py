"""Readings that leave out parts of the evidence."""

from app.tasks.answers.choice import Contender
from app.tasks.candidates.options import Option
from app.tasks.extraction.readings import with_backing

OPTIONS = [Option(0, 1, "a", "a", "a"), Option(2, 3, "b", "b", "b")]


def backing(facts: list[dict[str, float]], weights: dict[str, float]) -> list[float]:
    utilities = [sum(weights[name] * amount for name, amount in fact.items()) for fact in facts]
    contenders = [Contender(option.key, option, 0.5) for option in OPTIONS]
    return [contender.backing for contender in with_backing(contenders, OPTIONS, utilities, facts, weights)]


def test_what_many_features_speak_for_stands_in_every_reading():
    many = {name: 1.0 for name in ("label", "place", "sum", "top", "often", "currency")}
    assert backing([many, {"label": 0.5}], dict.fromkeys(many, 1.0)) == [1.0, 0.0]


def test_what_one_feature_speaks_for_falls_with_it():
    first, second = backing([{"label": 1.0}, {"place": 0.5}], {"label": 1.0, "place": 1.0})
    assert first + second == 1.0
    assert 0.5 < first < 1.0


def test_readings_are_the_same_every_time():
    facts = [{"label": 1.0, "top": 0.2}, {"place": 0.9}]
    weights = {"label": 1.0, "top": 1.0, "place": 1.0}
    assert backing(facts, weights) == backing(facts, weights)


def test_without_contenders_there_is_nothing_to_read():
    assert with_backing([], [], [], [], {}) == ()

"""The words that papers print for what a field asks for, where the field lists none."""

from __future__ import annotations

import pytest

from app.domain.task import TaskField
from app.tasks.lines.notions import PERSON, PLACE, asks_for, implied_labels


@pytest.mark.parametrize(
    ("name", "description", "printed"),
    [
        ("location", "", "Where"),
        ("raum", "Ort der Sitzung", "venue"),
        ("portions", "how many it feeds", "personnes"),
        ("landlord", "who lets the flat", "Vermieter"),
        ("kiraci", "kiracı", "tenant"),
        ("how_many", "number of servings", "porcje"),
        ("due", "day by which it must be paid", "Frist"),
    ],
)
def test_a_field_is_announced_by_the_words_of_many_languages(name: str, description: str, printed: str) -> None:
    words = {word.lower() for word in implied_labels(TaskField(name=name, description=description))}
    assert printed.lower() in words


def test_the_head_of_a_description_is_a_label() -> None:
    assert implied_labels(TaskField(name="f", description="the gross weight of the parcel")) == ("gross weight",)
    assert implied_labels(TaskField(name="f", description="start of the fair")) == ()


def test_labels_of_ones_own_are_the_only_ones() -> None:
    assert implied_labels(TaskField(name="location", labels=("Treff",))) == ()


def test_words_of_other_meanings_ask_for_nothing() -> None:
    assert implied_labels(TaskField(name="by")) == ()
    assert implied_labels(TaskField(name="colour")) == ()


def test_persons_and_places_are_told_apart() -> None:
    asked = [TaskField(name="author"), TaskField(name="site_manager"), TaskField(name="venue"), TaskField(name="supplier")]
    assert [asks_for(field, PERSON) for field in asked] == [True, True, False, False]
    assert [asks_for(field, PLACE) for field in asked] == [False, False, True, False]

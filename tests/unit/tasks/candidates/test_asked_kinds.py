"""Names of persons and places by how they are written."""

from __future__ import annotations

import pytest

from app.domain.task import FieldType, TaskField
from app.tasks.candidates.asked_kinds import kind_features, persons_in, places_in

PERSON_FIELD = TaskField(name="speaker", type=FieldType.NAME)
PLACE_FIELD = TaskField(name="venue", type=FieldType.TEXT)


@pytest.mark.parametrize(
    ("text", "is_person"),
    [
        ("Anna Lindqvist", True),
        ("Prof. Jean-Luc Moreau", True),
        ("Ms. Okoye", True),
        ("J. R. Sandoval", True),
        ("Ludwig van der Berg", True),
        ("Lindqvist", False),
        ("Lund University", False),
        ("Evening Lecture", False),
        ("the Art of Gardening", False),
        ("Dear All", False),
    ],
)
def test_a_person_is_written_like_one(text: str, is_person: bool) -> None:
    assert kind_features(PERSON_FIELD, text, "")["person_like"] == float(is_person)


def test_groups_are_no_persons() -> None:
    assert kind_features(PERSON_FIELD, "Anna Lindqvist, Lund University", "")["person_group"] == 1.0


def test_persons_are_found_in_running_text() -> None:
    text = "By Anna Lindqvist March 4 at noon. Dr. Emre Yalçın and Rosa Vidal answer; ask the Sales Team."
    assert [text[start:end] for start, end in persons_in(text)] == ["By Anna Lindqvist", "Dr. Emre Yalçın", "Rosa Vidal"]


def test_places_follow_a_preposition() -> None:
    text = "We meet at 3 pm in the Old Library, room 12. Bring tea. Lunch is in Hut 4A at\nthe lake, in October."
    assert [text[start:end] for start, end in places_in(text)] == ["Old Library, room 12", "Hut 4A"]


def test_a_place_has_words_and_numbers_of_places() -> None:
    assert kind_features(PLACE_FIELD, "room 12", "talk in ") == {"place_word": 1.0, "place_number": 1.0, "place_after": 1.0}
    assert kind_features(PLACE_FIELD, "Tea", "talk: ") == {"place_word": 0.0, "place_number": 0.0, "place_after": 0.0}


def test_other_fields_are_not_asked() -> None:
    assert kind_features(TaskField(name="colour", type=FieldType.TEXT), "room 12", "in ") == {}

"""What a line holds beside its dates and times."""

from __future__ import annotations

from app.domain.task import FieldType, TaskField
from app.tasks.candidates.finding import Source, find_typed, options_of
from app.tasks.candidates.remains import with_weekday
from app.tasks.lines.labels import LabelIndex
from app.tasks.lines.layout import Layout

FIELD = TaskField(name="venue", type=FieldType.TEXT)


def options(text: str) -> set[str]:
    layout = Layout(text)
    return {option.value for option in options_of(FIELD, Source(layout, LabelIndex([FIELD]).find(layout), find_typed(text)))}


def test_a_place_stands_beside_day_and_time() -> None:
    assert "Old Library" in options("Tuesday, 5 May 2026, 3:30 - 5:00 PM, Old Library\n")
    assert "Hut 4A" in options("Hut 4A -- 3:30 pm\n")
    assert "Tea House (back door), Hill" in options("Monday, 2 March 2026, at 11:00 AM in Tea House (back door), Hill\n")


def test_it_ends_with_its_sentence() -> None:
    assert "in the Old Library" not in options("Meet at 7 PM in the Old Library. Bring tea\n")
    assert "Old Library" in options("Meet at 7 PM in the Old Library. Bring tea\n")


def test_a_day_of_the_week_belongs_to_its_date() -> None:
    text = "on Monday, 2 March 2026 or 3 March 2026 (Tuesday)"
    assert text[slice(*with_weekday(text, 11, 23))] == "Monday, 2 March 2026"
    assert text[slice(*with_weekday(text, 27, 39))] == "3 March 2026 (Tuesday)"

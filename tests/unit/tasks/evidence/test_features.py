"""Evidence that a file's own title and counted things give."""

from __future__ import annotations

import pytest

from app.domain.document import Document, Page
from app.domain.task import FieldType, Task, TaskField, TaskKind
from app.tasks.candidates.finding import options_of
from app.tasks.evidence.features import features
from app.tasks.extraction.extract import scene_of

TEXT = "Start\nOur shop\nSpring soup with nettles\nServes 4 persons\nPersons: 6\nRooms 3 floors\n"


def facts(field: TaskField, title: str = "") -> dict[str, dict[str, float]]:
    """The features of each option by its text."""
    task = Task(id="t", kind=TaskKind.EXTRACT, fields=(field,))
    page = Page(number=1, start=0, end=len(TEXT))
    document = Document(
        name="a.html", sha256="0", format="html", text=TEXT, pages=(page,), metadata={"title": title} if title else {}
    )
    scene = scene_of(task, document)
    return {option.text: features(field, option, scene) for option in options_of(field, scene.source)}


@pytest.mark.parametrize("name", ["title", "headline", "basligi"])
def test_the_files_own_title_points_at_the_same_words(name: str) -> None:
    titled = {
        text: fact["titled"]
        for text, fact in facts(TaskField(name=name, type=FieldType.TEXT), "Spring soup with nettles | Shop").items()
    }
    assert max(titled, key=lambda text: titled[text]) == "Spring soup with nettles"
    assert titled["Spring soup with nettles"] == 1.0
    assert titled["Start"] == 0.0


def test_the_title_says_nothing_about_other_fields() -> None:
    found = facts(TaskField(name="cook", type=FieldType.TEXT), "Spring soup with nettles")
    assert {fact["titled"] for fact in found.values()} == {0.0}


def test_a_label_may_follow_the_number_it_counts() -> None:
    found = facts(TaskField(name="persons", type=FieldType.NUMBER))
    assert {text: fact["label_after"] for text, fact in found.items()} == {"4": 1.0, "6": 0.0, "3": 0.0}

from __future__ import annotations

import pytest

from app.domain.document import Document, Page
from app.domain.task import FieldType, Task, TaskField, TaskKind
from app.tasks.extraction.extract import extract

SERVINGS = TaskField(name="servings", type=FieldType.NUMBER, description="number of servings")
ENERGY = TaskField(name="energy", type=FieldType.NUMBER, description="energy in kcal")

CALORIES = TaskField(name="calories", type=FieldType.NUMBER, description="what it gives to eaters")


def answer(text: str, field: TaskField) -> str | None:
    document = Document(name="a.txt", sha256="0", format="text", text=text, pages=(Page(number=1, start=0, end=len(text)),))
    return extract(Task(id="own", kind=TaskKind.EXTRACT, fields=(field,)), document, None).fields[field.name].value


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("Bean stew\n\n2 servings, 760 calories a serving\n\nServes 2\n", SERVINGS, "2"),
        ("Bean stew\n\nServings: 0\n\nServes 4 persons\n", SERVINGS, "4"),
        ("Bean stew\n\nServes 4 persons\n\nEnergy: 760 kcal\n", ENERGY, "760"),
        ("Bean stew\n\nServings: 4\nCalories: 760 kcal\n", CALORIES, "760"),
    ],
)
def test_a_measure_of_something_else_is_no_count(text: str, field: TaskField, value: str) -> None:
    assert answer(text, field) == value

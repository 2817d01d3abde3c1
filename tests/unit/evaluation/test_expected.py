"""What a case may expect of its task."""

import pytest

from app.domain.task import FieldType, Task, TaskField, TaskKind, TaskLabel, TaskRows
from app.errors import ExpectedValueError
from app.evaluation.expected import require_answerable

TASK = Task(
    id="bill",
    kind=TaskKind.EXTRACT,
    fields=(
        TaskField(name="total", type=FieldType.AMOUNT),
        TaskField(name="day", type=FieldType.DATE),
        TaskField(name="hour", type=FieldType.TIME),
        TaskField(name="paid", type=FieldType.CHOICE, choices={"yes": (), "no": ()}),
        TaskField(name="note"),
    ),
    rows=(TaskRows(name="items", fields=(TaskField(name="price", type=FieldType.AMOUNT),)),),
)
MOOD = Task(id="mood", kind=TaskKind.CLASSIFY, labels=(TaskLabel(name="good"), TaskLabel(name="bad")))


@pytest.mark.parametrize(
    "expected",
    [
        {"total": "12.50"},
        {"total": 12},
        {"total": ["12,50 EUR", None]},
        {"day": "2026-02-03"},
        {"day": "3 February 2026"},
        {"hour": "4 pm"},
        {"paid": "no", "note": "whatever it says"},
        {"items": [{"price": "1.00"}, {"price": None}]},
    ],
)
def test_what_can_be_read_is_taken(expected):
    require_answerable(TASK, expected)


@pytest.mark.parametrize(
    ("task", "expected", "said"),
    [
        (TASK, {"total": "EUR?? nonsense"}, "as amount"),
        (TASK, {"day": "soon"}, "as date"),
        (TASK, {"hour": "noonish"}, "as time"),
        (TASK, {"paid": "maybe"}, "yes, no"),
        (TASK, {"paid": {"a": 1}}, "yes, no"),
        (TASK, {"items": [{"price": "much"}]}, "as amount"),
        (TASK, {"items": [{"cost": "1"}]}, "items.cost"),
        (TASK, {"sum": "1"}, "no field sum"),
        (MOOD, {"label": "Good"}, "good, bad"),
    ],
)
def test_what_can_never_be_right_is_told(task, expected, said):
    with pytest.raises(ExpectedValueError, match=said):
        require_answerable(task, expected)


def test_a_class_of_the_task_is_taken():
    require_answerable(MOOD, {"label": ["good", "bad"]})

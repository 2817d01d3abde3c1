"""What the peers are asked and how their replies are read."""

import json

import pytest

from app.domain.task import FieldType, Task, TaskField, TaskKind, TaskLabel
from app.evaluation.bench import wording

FIELDS = [
    TaskField(name="number", type=FieldType.IDENTIFIER, description="number of the bill"),
    TaskField(name="due_date", type=FieldType.DATE),
]
TASK = Task(id="bill", kind=TaskKind.EXTRACT, fields=tuple(FIELDS), instructions="This is a bill.")


def test_document_comes_last_and_alone():
    system, user = wording.extraction_messages(TASK, FIELDS, "Bill 7")
    assert user == {"role": "user", "content": "Bill 7"}
    assert system["content"].startswith("This is a bill.")
    assert "- number: number of the bill\n- due_date: due date" in system["content"]


def test_schema_wants_every_field_as_string_or_null():
    schema = wording.schema_of(FIELDS)
    assert schema["required"] == ["number", "due_date"]
    assert schema["properties"]["number"] == {"anyOf": [{"type": "string"}, {"type": "null"}]}
    assert schema["additionalProperties"] is False


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ('{"number": "A-7", "due_date": null}', {"number": "A-7", "due_date": None}),
        ('{"number": " null ", "due_date": ""}', {"number": None, "due_date": None}),
        ('{"number": 7}', {"number": "7", "due_date": None}),
        ('{"number": "A \\"7\\"", "due_date": "1 Ma', {"number": 'A "7"', "due_date": None}),
        ('["number"]', {"number": None, "due_date": None}),
        ("", {"number": None, "due_date": None}),
    ],
)
def test_values_of_whole_and_broken_replies(reply, expected):
    assert wording.values_in(reply, FIELDS) == expected


def test_values_survive_the_way_through_json():
    values = {"number": 'Nr. "ü" \\ 7', "due_date": "3.4."}
    assert wording.values_in(json.dumps(values)[:-1], FIELDS) == values


def test_classes_are_listed_with_their_descriptions():
    system, user = wording.label_messages([TaskLabel(name="bill", description="asks for money"), TaskLabel(name="note")], "Pay!")
    assert "- bill: asks for money\n- note" in system["content"]
    assert user["content"] == "Pay!"

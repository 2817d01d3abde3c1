"""Lists under a heading: what belongs to them, and where they end."""

from __future__ import annotations

import pytest

from app.domain.document import Document, Page
from app.domain.result import Proof
from app.domain.task import FieldType, Task, TaskField, TaskKind
from app.tasks.candidates.finding import Source
from app.tasks.evidence.sections import section_under
from app.tasks.extraction.extract import extract
from app.tasks.lines.labels import LabelIndex
from app.tasks.lines.layout import Layout

FIELD = TaskField(name="materials", type=FieldType.TEXT, many=True, title={"en": "Materials", "de": "Material"})


def members(text: str, field: TaskField = FIELD) -> list[str] | None:
    layout = Layout(text)
    section = section_under(field, Source(layout, LabelIndex([field]).find(layout), {}))
    if section is None:
        return None
    assert all(text[option.start : option.end] == option.text for option in section.members)
    return [option.value for option in section.members]


def test_bullets_end_where_text_begins() -> None:
    assert members("A shelf\nMaterials\n\n- 2 boards\n- 8 screws\nHow to build it\n- Saw the boards.\n") == ["2 boards", "8 screws"]


def test_a_heading_with_a_colon_only_parts_the_bullets() -> None:
    text = "Material:\n1. 2 boards\n2. 8 screws\nFor the door:\n3. 2 hinges\nDone\n"
    assert members(text) == ["2 boards", "8 screws", "2 hinges"]


def test_plain_lines_end_at_a_gap() -> None:
    assert members("Materials\nboards\nscrews\nglue\n\nTools\nsaw\n") == ["boards", "screws", "glue"]


def test_bullets_are_preferred_to_plain_lines() -> None:
    assert members("Materials\nTools\nSteps\nLast words\n\nMaterials\n* boards\n* screws\n") == ["boards", "screws"]


COUNTED = TaskField(name="parts", type=FieldType.TEXT, many=True, description="parts with their quantities")


def test_a_short_line_may_stand_before_the_bullets() -> None:
    assert members("Materials\n\nThe frame\n\n- 2 boards\n- 8 screws\n") == ["2 boards", "8 screws"]


def test_counted_things_go_on_after_a_heading() -> None:
    text = "Parts\n- 2 boards\n- glue\nThe door\n- 2 hinges\nHow to build it\n- Saw the boards\n"
    assert members(text, COUNTED) == ["2 boards", "glue", "2 hinges"]


def test_counted_things_need_no_heading() -> None:
    text = (
        "A shelf\nParts\nHome\n\nFor one shelf:\n• 2 boards\n• ½ litre of paint\n• glue\n• 8 screws\n1. Saw them.\n2. Paint them.\n"
    )
    assert members(text, COUNTED) == ["2 boards", "½ litre of paint", "glue", "8 screws"]
    assert members(text) is None


def test_lines_end_where_another_heading_stands() -> None:
    assert members("Materials\nboards\nscrews\nInstructions\nSaw them\n") == ["boards", "screws"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Materials",
        "Materials\n- only one\n",
        "The materials of this house are known for their strength and age\n- boards\n- screws\n",
        "Tools\n- saw\n- hammer\n",
    ],
)
def test_no_list(text: str) -> None:
    assert members(text) is None


@pytest.mark.parametrize(("sign", "proof"), [("- ", Proof.GROUNDED), ("", Proof.AMBIGUOUS)])
def test_members_without_bullets_are_to_check(sign: str, proof: Proof) -> None:
    text = f"A shelf\nMaterials\n{sign}boards\n{sign}screws\n\nThe end\n"
    page = Page(number=1, start=0, end=len(text))
    document = Document(name="a.txt", sha256="0", format="text", text=text, pages=(page,))
    found = extract(Task(id="t", kind=TaskKind.EXTRACT, fields=(FIELD,)), document, None).lists[FIELD.name]
    assert [value.value for value in found] == ["boards", "screws"]
    assert {value.proof for value in found} == {proof}
    assert {value.reason for value in found} == {"It stands in the list under “Materials”."}

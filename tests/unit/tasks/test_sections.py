"""Lists under a heading: what belongs to them, and where they end."""

from __future__ import annotations

import pytest

from app.domain.document import Document, Page
from app.domain.result import Proof
from app.domain.task import FieldType, Task, TaskField, TaskKind
from app.tasks.candidates import Source
from app.tasks.extract import extract
from app.tasks.labels import LabelIndex
from app.tasks.layout import Layout
from app.tasks.sections import section_under

FIELD = TaskField(name="materials", type=FieldType.TEXT, many=True, title={"en": "Materials", "de": "Material"})


def members(text: str) -> list[str] | None:
    layout = Layout(text)
    section = section_under(FIELD.name, Source(layout, LabelIndex([FIELD]).find(layout), {}))
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

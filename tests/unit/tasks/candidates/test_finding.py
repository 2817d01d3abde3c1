from __future__ import annotations

from app.domain.task import FieldType, TaskField
from app.tasks.candidates.finding import Source, find_typed, options_of
from app.tasks.lines.labels import LabelIndex
from app.tasks.lines.layout import Layout

NUMBER = TaskField(name="invoice_number", type=FieldType.IDENTIFIER, labels=("invoice no",))


def numbers(text: str) -> list[str]:
    layout = Layout(text)
    source = Source(layout, LabelIndex([NUMBER]).find(layout), find_typed(text, language="en"))
    return [option.value for option in options_of(NUMBER, source)]


def test_a_taxpayers_number_is_no_number_of_another_kind() -> None:
    assert numbers("Acme Ltd\nVAT reg. CZ64949681\nOur file K-4711\n") == ["K-4711"]


def test_unless_a_label_of_the_field_stands_before_or_above_it() -> None:
    assert numbers("Invoice no. CZ64949681\n") == ["CZ64949681"]
    assert numbers("Date        Invoice no.\n4 May       CZ64949681\n") == ["CZ64949681"]

"""Amounts that add up: what was due, handed over and given back; net, tax and deposits."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.domain.document import Document, Page
from app.domain.task import FieldType, Task, TaskField, TaskKind
from app.tasks.candidates.finding import options_of
from app.tasks.evidence.features import features
from app.tasks.evidence.sums import Sums
from app.tasks.extraction.extract import scene_of

TOTAL = TaskField(name="total_amount", type=FieldType.AMOUNT, labels=("total",))


def facts(text: str, field: TaskField = TOTAL) -> dict[str, dict[str, float]]:
    document = Document(name="a.txt", sha256="0", format="text", text=text, pages=(Page(number=1, start=0, end=len(text)),))
    scene = scene_of(Task(id="t", kind=TaskKind.EXTRACT, fields=(field,)), document)
    return {option.value: features(field, option, scene) for option in options_of(field, scene.source)}


@pytest.mark.parametrize(
    ("text", "due", "handed"),
    [
        ("Tea 4.10\nTotal 8.20\nCash 20.20\nChange 12.00\n", {"8.20"}, {"20.20", "12.00"}),
        ("Totaal 7,93\nAfgerond 7,95\nContant 10,00\nTerug 2,05\n", {"7.95"}, {"10.00", "2.05"}),
        ("Goods 80.90\n80.90  CASH  100.00\nChange 19.10\n", {"80.90"}, {"100.00", "19.10"}),
        ("Total 8.20\nCard 8.20\nSaved 1.50\n", set(), set()),
        ("3 1.00 3.00\n2 6.50 13.00\n5 2.00 10.00\n", set(), set()),
    ],
)
def test_change_tells_what_was_due(text: str, due: set[str], handed: set[str]) -> None:
    found = facts(text)
    assert {value for value, fact in found.items() if fact["due_of"]} == due
    assert {value for value, fact in found.items() if fact["handed_of"]} == handed


def test_a_deposit_is_no_tax() -> None:
    amounts = [(0, Decimal(90)), (1, Decimal(10)), (2, Decimal(100))]
    assert Sums(amounts).as_tax(Decimal(10), 1) == 1.0
    assert Sums(amounts, {1}).as_tax(Decimal(10), 1) == 0.0
    assert facts("Total 100.00\nDeposit 10.00\nDue 90.00\n")["10.00"]["tax_of"] == 0.0


def test_a_rounding_tells_which_total_is_paid() -> None:
    found = facts("Total 31.02\nRounding -0.02\nTotal 31.00\nTip 1.00\n")
    assert {value for value, fact in found.items() if fact["rounded"]} == {"31.00"}
    assert {value for value, fact in found.items() if fact["unrounded"]} == {"31.02"}


def test_what_is_left_after_a_deposit_is_told() -> None:
    found = facts("Total 100.00\nDeposit 10.00\nDue 90.00\nItem 7.00\n")
    assert {value for value, fact in found.items() if fact["after_deposit"]} == {"90.00"}


def test_a_gift_card_is_no_tax() -> None:
    tax = TaskField(name="tax_amount", type=FieldType.AMOUNT, labels=("tax",))
    found = facts("Refund card 80.00\nGift card 10.00\nTotal 90.00\n", tax)
    assert found["10.00"]["tax_of"] == 0.0

"""Peers are judged by what they say, not by how they write it."""

import pytest

from app.domain.result import Evidence, Result, Value
from app.domain.task import FieldType, TaskField
from app.evaluation.bench.judging import count_invented, invented_values, normalized, right_fields
from tests.helpers.fake_services import make_document

FIELDS = [
    TaskField(name="seller", type=FieldType.NAME),
    TaskField(name="date", type=FieldType.DATE),
    TaskField(name="total", type=FieldType.AMOUNT),
]
DOCUMENT = make_document("Muster  GmbH\nRechnung vom 24.12.2025\nGesamt 1.234,50 EUR\n")
EXPECTED = {"seller": "Muster GmbH", "date": "2025-12-24", "total": [1234.5]}


@pytest.mark.parametrize("date", ["24.12.2025", "2025-12-24", "24. Dezember 2025"])
@pytest.mark.parametrize("total", ["1.234,50", "1234.50", "1.234,50 EUR", "€ 1234,5"])
def test_form_of_a_value_costs_nothing(date, total):
    values = {"seller": "MUSTER GMBH", "date": date, "total": total}
    assert right_fields(normalized(values, FIELDS, DOCUMENT), FIELDS, EXPECTED) == dict.fromkeys(EXPECTED, True)
    assert count_invented(values, FIELDS, DOCUMENT) == 0


def test_wrong_and_invented_values():
    values = {"seller": "Acme", "date": "2025-12-25", "total": None}
    assert right_fields(normalized(values, FIELDS, DOCUMENT), FIELDS, EXPECTED) == dict.fromkeys(EXPECTED, False)
    assert count_invented(values, FIELDS, DOCUMENT) == 2


def test_only_what_is_known_is_judged():
    assert right_fields({"seller": None}, FIELDS, {"seller": None, "other": "x"}) == {"seller": True}


def test_own_value_elsewhere_than_it_says_is_invented():
    place = Evidence(page=1, start=0, end=6)
    right, wrong = Value(value="Muster", text="Muster", evidence=place), Value(value="Acme", text="Acme", evidence=place)
    assert invented_values(Result(task="t", fields={"a": right, "b": wrong, "c": Value()}), DOCUMENT) == 1

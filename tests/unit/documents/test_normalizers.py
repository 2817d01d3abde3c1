"""Normal forms of printed values."""

from __future__ import annotations

import pytest

from app.documents.normalizers import normalize
from app.domain.task import FieldType


@pytest.mark.parametrize(
    ("kind", "printed", "value"),
    [
        (FieldType.AMOUNT, "1.234,56 €", "1234.56"),
        (FieldType.AMOUNT, "1 234,56", "1234.56"),
        (FieldType.AMOUNT, "45", "45"),
        (FieldType.AMOUNT, "-€ 5.00", "-5.00"),
        (FieldType.AMOUNT, "(12.00)", "-12.00"),
        (FieldType.AMOUNT, "12,-", "12"),
        (FieldType.AMOUNT, "$1.2 billion", "1200000000"),
        (FieldType.AMOUNT, "free", None),
        (FieldType.NUMBER, "19 %", "19"),
        (FieldType.DATE, "1. März 2020", "2020-03-01"),
        (FieldType.DATE, "soon", None),
        (FieldType.TIME, "3:30 p.m.", "15:30"),
        (FieldType.CURRENCY, "Euro", "EUR"),
        (FieldType.CURRENCY, "RM", "MYR"),
        (FieldType.CURRENCY, "TL", "TRY"),
        (FieldType.CURRENCY, "try", "TRY"),
        (FieldType.IBAN, "DE88 2008 0000 0970 3757 00", "DE88200800000970375700"),
        (FieldType.TAX_ID, "de 136 695 976", "DE136695976"),
        (FieldType.TAX_ID, "4840847211", "4840847211"),
        (FieldType.EMAIL, "A@B.COM", "a@b.com"),
        (FieldType.PHONE, "+49 30 123456", "+4930123456"),
        (FieldType.DURATION, "two years", "P2Y"),
        (FieldType.IDENTIFIER, " RE 2024 ", "RE 2024"),
        (FieldType.TEXT, "a\n  b", "a b"),
        (FieldType.TEXT, "  ", None),
    ],
)
def test_normal_form(kind: FieldType, printed: str, value: str | None) -> None:
    assert normalize(kind, printed) == value


def test_the_document_settles_ambiguous_text() -> None:
    assert normalize(FieldType.AMOUNT, "1,500", context="12,50 and 1,500") == "1.500"
    assert normalize(FieldType.AMOUNT, "1,500", context="12.50 and 1,500") == "1500"
    assert normalize(FieldType.DATE, "03/04/2020", context="25/12/2020 03/04/2020") == "2020-04-03"
    assert normalize(FieldType.DATE, "03/04/2020", context="12/25/2020 03/04/2020") == "2020-03-04"

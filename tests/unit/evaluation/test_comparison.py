"""When two values are the same."""

import pytest

from app.domain.result import Value
from app.domain.task import FieldType, TaskField, TaskRows
from app.evaluation.comparison import expected_values, is_right, match_list, match_rows


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (FieldType.AMOUNT, "1234.50", 1234.5),
        (FieldType.AMOUNT, "1234.50", "1,234.50"),
        (FieldType.AMOUNT, "1234.50", "1.234,50 €"),
        (FieldType.DATE, "2024-03-05", "2024-03-05T00:00:00"),
        (FieldType.DATE, "2024-03-05", "5 March 2024"),
        (FieldType.TIME, "15:30", "3:30 PM"),
        (FieldType.DURATION, "P2Y", "two years"),
        (FieldType.CURRENCY, "EUR", "€"),
        (FieldType.NAME, "Müller & Söhne GmbH", "MULLER & SÖHNE GMBH"),
        (FieldType.IDENTIFIER, "RE-2024/118", "RE 2024 118"),
        (FieldType.IBAN, "DE89370400440532013000", "DE89 3704 0044 0532 0130 00"),
    ],
)
def test_the_same_value_written_otherwise(kind, value, expected):
    assert is_right(kind, value, ["something else 99", expected])


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (FieldType.AMOUNT, "1234.50", 1234.6),
        (FieldType.AMOUNT, "1234.50", "none"),
        (FieldType.DATE, "2024-03-05", "2024-03-06"),
        (FieldType.NAME, "Müller", "Möller"),
        (FieldType.TIME, "15:30", "15:31"),
    ],
)
def test_another_value(kind, value, expected):
    assert not is_right(kind, value, [expected])


def test_absence_is_an_answer():
    assert is_right(FieldType.DATE, None, [])
    assert not is_right(FieldType.DATE, None, ["2024-03-05"])
    assert not is_right(FieldType.DATE, "2024-03-05", [])
    assert [expected_values(given) for given in (None, "", [], [None], "a", ["a", "b"], 0)] == [
        [],
        [],
        [],
        [],
        ["a"],
        ["a", "b"],
        [0],
    ]


def test_lists_count_what_was_expected():
    values = [Value(value="Ada Lovelace"), Value(value="Someone")]
    assert match_list(FieldType.NAME, values, ["ada lovelace", "Charles Babbage"]) == 1


def test_rows_are_matched_by_their_figures_once_each():
    rows = TaskRows(
        name="items",
        fields=(TaskField(name="what"), TaskField(name="amount", type=FieldType.AMOUNT)),
    )
    records = [{"what": Value(value="Spade, long"), "amount": Value(value="40.00")}, {"amount": Value(value="60.00")}]
    spade, other = {"what": "Spade", "amount": 40, "unit": "ignored"}, {"what": "Saw", "amount": "60"}
    assert match_rows(rows, records, [spade, other]) == 2
    assert match_rows(rows, records, [spade, spade]) == 1
    assert match_rows(rows, records, [{"what": "spade long"}, {"what": "saw"}]) == 1

"""What must hold for any text: exact places, bounded time, nothing loaded after `warm_up`."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.documents.recognizers import find_candidates
from app.documents.recognizers.iban import iban_is_valid
from app.domain.task import FieldType

ROOT = Path(__file__).parents[3]
PRINTED = st.text(alphabet="0123456789.,-/: ()'€$%@#ABEUR\n\u00a0aeimnoprst", max_size=80)
HOSTILE = {
    "digits": "1" * 30_000,
    "groups": "1 " * 15_000,
    "thousands": "123 " * 7_500,
    "points": "1." * 15_000,
    "commas": "1,234" * 6_000,
    "dates": "1/1/" * 7_500,
    "colons": "1:1:" * 7_500,
    "letters": "A" * 30_000,
    "capital groups": "AB12 " * 6_000,
    "blanks": " " * 30_000,
    "lines": "\n" * 30_000,
    "at signs": "a@" * 15_000,
    "dotted": "a." * 15_000,
    "brackets": "(" * 30_000,
    "plus": "+1" * 15_000,
    "months": "may " * 7_500,
    "day of": "1 day of " * 3_300,
    "units": "one year " * 3_300,
    "labels": "total " * 5_000,
    "money": "$ " * 15_000,
    "slashes": "a1/" * 10_000,
    "vat": "DE " * 10_000,
    "dashes": "-" * 30_000,
}


@given(PRINTED)
@settings(max_examples=300, deadline=None)
def test_candidates_stand_where_they_say(text: str) -> None:
    for candidate in find_candidates(text, tuple(FieldType)):
        assert text[candidate.start : candidate.end] == candidate.text
        assert candidate.text[-1].isalnum() or candidate.type is FieldType.CURRENCY
        assert candidate.text[0].isalnum() or candidate.type in {
            FieldType.CURRENCY,
            FieldType.PHONE,
            FieldType.AMOUNT,
            FieldType.NUMBER,
        }
        assert candidate.value


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_text_is_taken(text: str) -> None:
    starts = [candidate.start for candidate in find_candidates(text, tuple(FieldType))]
    assert starts == sorted(starts)


@given(
    st.dates(date(1970, 1, 1), date(2068, 12, 31)),
    st.sampled_from(["%d.%m.%Y", "%d.%m.%y", "%Y-%m-%d", "%d %B %Y", "%B %d, %Y", "%d-%b-%y"]),
)
def test_every_date_is_read_back(day: date, form: str) -> None:
    found = find_candidates(f"on {day.strftime(form)} at", (FieldType.DATE,))
    assert [candidate.value for candidate in found] == [day.isoformat()]


@given(
    st.decimals("0.01", "9999999.99", places=2),
    st.sampled_from([(",", "."), (".", ","), ("\u00a0", ","), ("'", "."), ("", "."), ("", ",")]),
)
def test_every_amount_is_read_back(amount: Decimal, marks: tuple[str, str]) -> None:
    group, point = marks
    printed = f"{amount:,.2f}".replace(",", "g").replace(".", point).replace("g", group)
    found = find_candidates(f"Total {printed} EUR", (FieldType.AMOUNT,))
    assert [(Decimal(candidate.value), candidate.currency) for candidate in found] == [(amount, "EUR")]


@given(st.integers(0, 10**18 - 1))
def test_only_the_right_check_digits_make_an_iban(account: int) -> None:
    body = f"{account:018}"
    check = 98 - int(f"{body}131400") % 97
    assert iban_is_valid(f"DE{check:02}{body}")
    assert not iban_is_valid(f"DE{(check % 97) + 1:02}{body}") or (check % 97) + 1 == check


@pytest.mark.parametrize("name", HOSTILE)
def test_time_is_bounded_for_hostile_text(name: str) -> None:
    text = HOSTILE[name]
    started = time.process_time()
    find_candidates(text, tuple(FieldType))
    assert time.process_time() - started < 1.5


def test_nothing_is_opened_or_imported_after_warm_up() -> None:
    program = """
import sys
from app.documents.recognizers import find_candidates, warm_up
from app.documents.normalizers import normalize
from app.documents.language import guess_language
from app.domain.task import FieldType
warm_up()
seen = []
sys.addaudithook(lambda event, args: seen.append((event, args)) if event in ("open", "import") else None)
text = "VAT FR32123456789 BE0403019261 IT00743110157 PL5261040828 CHE-123.456.788 GSTIN 27AAPFU0939F1ZV VKN 4840847211" \
    " NO123456785MVA " \
    "GB123456782 SIREN 732829320 ES B58378431 PT123456789 RO123456 IE6388047V Tel +44 20 7946 0958 " \
    "+1 212 555 0123 +90 850 811 11 99 +998 71 200 00 00 " \
    "DE88 2008 0000 0970 3757 00 12 Mart 2020 3:30 PM three (3) years 1.234,56 EUR x@y.de"
for language in ("", "en", "de", "fr", "tr", "pl"):
    assert find_candidates(text, tuple(FieldType), language=language)
    normalize(FieldType.AMOUNT, "1,234", context=text)
guess_language(text)
assert not seen, seen
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr

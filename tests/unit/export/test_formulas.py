from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.export.formulas import is_dangerous, neutralize, restore


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+49 30 1234",
        "+49301234",
        "-2+3",
        "- item",
        "@SUM(A1)",
        "\tx",
        "\rx",
        "\nx",
        "  =1",
        "\u00a0=1",
        "\u200b=1",
        "\ufeff=1",
        "＝1+1",
        "＋1",
        "－1+1",
        "＠x",
        "'=1",
        "=cmd|' /C calc'!A0",
    ],
)
def test_what_a_spreadsheet_may_run_is_quoted(text: str) -> None:
    assert is_dangerous(text)
    assert neutralize(text) == "'" + text


@pytest.mark.parametrize("text", ["", "a=b", "-12.50", "717.97", "2026-01-31", "O'Neill", "'tis", "x@y.org", "5 - 3"])
def test_plain_text_and_numbers_stay(text: str) -> None:
    assert neutralize(text) == text


@given(st.text(alphabet="'=+-@＝ \t\ra1.", max_size=6))
def test_nothing_is_lost(text: str) -> None:
    assert restore(neutralize(text)) == text
    assert not is_dangerous(text) or neutralize(text).startswith("'")

"""The month table knows every name that the locale data of its languages has."""

from __future__ import annotations

import pytest
from babel.dates import get_month_names

from app.documents.recognizers.months import month_number


@pytest.mark.parametrize(
    "language", ["en", "de", "fr", "nl", "es", "it", "pt", "pl", "tr", "sv", "da", "nb", "fi", "cs", "hu", "ro"]
)
@pytest.mark.parametrize("context", ["format", "stand-alone"])
def test_full_names(language: str, context: str) -> None:
    for number, name in get_month_names("wide", context, language).items():
        assert month_number(name) == number
        assert month_number(name.capitalize()) == number


@pytest.mark.parametrize("word", ["EYLÜL", "KASIM", "ARALIK", "MAYIS", "NİSAN", "HAZİRAN", "EKİM"])
def test_turkish_capitals(word: str) -> None:
    assert month_number(word) is not None


def test_other_words_are_no_months() -> None:
    assert [month_number(word) for word in ("total", "an", "x", "monday", "invoice")] == [None] * 5

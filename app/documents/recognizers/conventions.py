"""How a document writes numbers and dates: decimal separator and day order, inferred over the whole text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from app.documents.recognizers.dollar_countries import US_STATES, dollar_country

_COMMA_LANGUAGES: Final = frozenset(["de", "fr", "nl", "es", "it", "pt", "pl", "tr", "sv", "da", "no", "fi", "cs", "hu", "ro"])
SPACE_GROUPING_LANGUAGES: Final = frozenset(["fr", "pl", "sv", "no", "fi", "cs", "hu", "da"])

_DECIMAL_COMMA = re.compile(r"(?<![\d.,/:-])\d{1,3}(?:[.  ']?\d{3}){0,4},\d{2}(?![\d.,/:])")
_DECIMAL_POINT = re.compile(r"(?<![\d.,/:-])\d{1,3}(?:[,  '’]?\d{3}){0,4}\.\d{2}(?![\d.,/:])")
_NUMERIC_DATE = re.compile(r"(?<![\d./:-])(\d{1,2}) ?([/-]) ?(\d{1,2}) ?\2 ?(\d{4}|\d{2})(?![\d/])")
_ISO_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)-(\d\d)-(\d\d)(?!\d)")
_US_SIGN = re.compile(
    rf"(?:\b(?:{US_STATES})\.? {{1,3}}\d{{5}}\b|\(\d{{3}}\) ?\d{{3}}-\d{{4}}|\bUSD\b|\bUnited States\b|(?<![A-Z])\$)"
)
_HALF_OF_DAY = re.compile(r"\b\d{1,2}(?::\d\d){1,2} ?[ap]\.?m\b", re.IGNORECASE)
_DAY_FIRST_SIGN = re.compile(r"(?:[£€₹₺₱]|[SA]\$|\b(?:RM|MYR|SDN|BHD|GBP|EUR|INR|AUD|SGD|NZD|ABN|VAT|Ltd|PLC|plc)\b)")


@dataclass(frozen=True, slots=True)
class Conventions:
    decimal: str
    """The decimal separator, ``.`` or ``,``; empty where nothing tells, so that a single separator before three figures groups."""
    day_first: bool
    space_grouping: bool
    """Whether an ordinary blank may stand between thousands."""
    order_known: bool = True
    """Whether anything in the document says in which order days and months stand."""


def infer_conventions(text: str, language: str = "", day_first: bool | None = None) -> Conventions:
    """The conventions of a whole document; `language` decides only where the text itself does not."""
    decimal, day_order, order_known, spaces = _infer(text, language)
    if day_first is None:
        return Conventions(decimal, day_order, spaces, order_known)
    return Conventions(decimal, day_first, spaces)


@lru_cache(maxsize=8)
def _infer(text: str, language: str) -> tuple[str, bool, bool, bool]:
    commas = len(_DECIMAL_COMMA.findall(text))
    points = len(_DECIMAL_POINT.findall(text))
    if commas != points:
        decimal = "," if commas > points else "."
    elif commas or language:
        decimal = "," if language in _COMMA_LANGUAGES else "."
    else:
        decimal = ""
    spaces = not language or language in SPACE_GROUPING_LANGUAGES or "CHF" in text or "PLN" in text or "zł" in text
    return decimal, *_infer_day_first(text, language), spaces


def _infer_day_first(text: str, language: str) -> tuple[bool, bool]:
    """Whether days stand before months, and whether anything says so."""
    known = {match.groups() for match in _ISO_DATE.finditer(text)}
    day_votes = month_votes = 0
    for match in _NUMERIC_DATE.finditer(text):
        first, second = int(match[1]), int(match[3])
        year = match[4] if len(match[4]) == 4 else f"20{match[4]}"
        if first > 12 >= second > 0 and first <= 31:
            day_votes += 3
        elif second > 12 >= first > 0 and second <= 31:
            month_votes += 3
        elif known and first != second:
            day_votes += (year, f"{second:02}", f"{first:02}") in known
            month_votes += (year, f"{first:02}", f"{second:02}") in known
    if day_votes != month_votes:
        return day_votes > month_votes, True
    if language not in {"", "en"}:
        return True, True
    country = dollar_country(text)
    if country == "CAD":
        return False, False  # Both orders are in use there.
    if country not in {"", "USD"}:
        return True, True
    day_signs, month_signs = len(_DAY_FIRST_SIGN.findall(text)), len(_US_SIGN.findall(text))
    if day_signs != month_signs:
        return day_signs > month_signs, True
    return not _HALF_OF_DAY.search(text), False

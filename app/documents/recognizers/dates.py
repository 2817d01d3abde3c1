"""Dates in figures and words. Only full dates that exist between 1900 and 2100 are found."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from app.documents.recognizers.candidate import Candidate
from app.documents.recognizers.conventions import Conventions
from app.documents.recognizers.months import OTHER_WORDS, month_number
from app.documents.recognizers.number_words import ORDINALS
from app.domain.task import FieldType

_LAST_YEAR_OF_2000S: Final = 69
_YEAR = r"(?P<year>(?:19|20|21)\d\d|['’]?\d\d)"
_FULL_YEAR = r"(?P<year>(?:19|20|21)\d\d)"
_FREE = r"(?<!\w[0-9])(?<!\d[./:,][0-9])(?<![A-Za-z][/-][0-9])"
"""Behind the first figure: the date is not the tail of a number, a word or an identifier."""
_AFTER = r"(?!\d)(?!/\w)(?!-[^\W\d])(?!-\d{3})(?![.,]\d)"
_GAP = r"[ \t\u00a0]"
_WIDE = r"(?:[ \t\u00a0/-]{0,12}|[ \t]{0,3}\n[ \t]{0,80})"
_SUFFIX = r"(?:[Ss][Tt]|[Nn][Dd]|[Rr][Dd]|[Tt][Hh]|er|º|°|ª)"

_YEAR_FIRST = re.compile(
    rf"(?P<year>[12]{_FREE}(?<!\d-[12])\d{{3}})(?P<s>[-/.]) ?(?P<month>\d\d?)(?P=s) ?(?P<day>\d\d?)(?:(?=T\d)|{_AFTER}(?!-\d))"
)
_FIGURES = re.compile(rf"(?P<a>[0-9]{_FREE}\d?) ?(?P<s>[/.]) ?(?P<b>\d\d?) ?(?P=s) ?{_YEAR}{_AFTER}")
_GLUED = re.compile(rf"(?P<a>\d(?<=[^\W\d_]{{2}}\d)\d)(?P<s>[/.-])(?P<b>\d\d)(?P=s){_FULL_YEAR}{_AFTER}")
"""A date without a gap behind its label, as text recognition and tight columns give it."""
_BEFORE_TIME = re.compile(rf"(?P<a>[0-9]{_FREE}\d?)(?P<s>[/.-])(?P<b>\d\d?)(?P=s){_FULL_YEAR}(?=\d\d?:\d\d)")
"""A date that runs into its time, as text recognition gives it."""
_DASHED = re.compile(rf"(?P<a>[0-9]{_FREE}(?<!\d-[0-9])\d?) ?(?P<s>-) ?(?P<b>\d\d?) ?- ?{_YEAR}{_AFTER}(?!-\d)")
_SPLIT_FIGURES = re.compile(rf"(?P<a>[0-9]{_FREE} ?\d?) ?/ ?(?P<b>\d ?\d?) ?/ ?{_FULL_YEAR}{_AFTER}")
_COMPACT = re.compile(
    r"(?P<year>[12](?<![\w.,/#-][12])(?:9[5-9]|0[0-4])\d)(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])(?!\w)(?![.,/-]\w)"
)
_NUMBER_LABEL = re.compile(
    r"(?:(?<![^\W\d_])(?:n[or]|č|id)|number|nummer|numer|numéro|número|numarası|n[°º]|№|#)[.]?[ \t]{0,2}:?[ \t]{0,3}$",
    re.IGNORECASE,
)
"""Behind it eight figures are a number that only looks like a day."""
_LABEL_REACH: Final = 16
_CJK = re.compile(r"(?P<year>[12]\d{3}) ?[年년] ?(?P<month>\d\d?) ?[月월] ?(?P<day>\d\d?) ?[日일]")
_WORD = re.compile(r"[^\W\d_]+")
_LOOK_BACK: Final = 110
_DAY_BEFORE = re.compile(
    rf"(?P<day>[0-9](?<![\w/][0-9])(?<!\d[.,-][0-9])\d?){_GAP}{{0,2}}{_SUFFIX}?[.,]?{_WIDE}"
    rf"(?:[Dd]ay\s{{1,20}}of(?:st|nd|rd|th)?\s{{1,60}}|of\s{{1,20}}|de\s{{1,3}}|d['’])?$"
)
_ORDINAL_BEFORE = re.compile(
    r"(?<!\w)(?P<ordinal>(?:twenty|thirty)[ -][a-z]{5,7}|[a-z]{5,11})(?:\s{1,3}\(\d\d?[a-z]{2}\))?\s{1,4}day\s{1,20}of\s{1,60}$",
    re.IGNORECASE,
)
_YEAR_AFTER = re.compile(rf"\.?{_GAP}{{0,2}},?{_WIDE}(?:del?\s{{1,3}}|of\s{{1,3}})?,?{_YEAR}(?!\w)(?![/-]\d)(?!\.\d)")
_DAY_YEAR_AFTER = re.compile(
    rf"[.]?{_WIDE}(?P<day>\d\d?)(?!\d){_GAP}{{0,2}}{_SUFFIX}?{_GAP}{{0,3}}[.,]?{_WIDE}{_YEAR}(?!\w)(?![/:-]\d)(?!\.\d)"
)
_TWO_FIGURES = re.compile(r"(\d\d?)[/-](\d\d?)[/-]\d{2,4}$")
_LAST_MONTH: Final = 12
_COLUMN_EDGE = re.compile(r"[ \u00a0]{2}|[\t\n]")
_DECIMAL_BEFORE = re.compile(r"\d\.\Z")
_FULL_YEAR_SOON = re.compile(r"[ \u00a0]?,?[ \u00a0]?(?:19|20)\d\d(?!\d)")
_MONTH_SOON = re.compile(r"[ \u00a0]{0,2}([^\W\d_]+)")
_YEAR_BEFORE = re.compile(rf"(?P<year>[12]{_FREE}\d{{3}})[.,]?[ /-]{{0,3}}$")
_DAY_AFTER = re.compile(r"\.?[ /-]{0,3}(?P<day>\d\d?)(?!\d)(?![:/]\d)")


def find_dates(text: str, conventions: Conventions) -> list[Candidate]:
    """All dates, longest reading first where two start at one place."""
    found: list[tuple[int, int, str]] = []
    for start, end, year, month, day in _readings(text, conventions):
        iso = _iso(year, month, day)
        if iso is not None:
            found.append((start, end, iso))
    found.sort(key=lambda item: (item[0], -item[1]))
    dates: list[Candidate] = []
    for start, end, iso in found:
        if not dates or start >= dates[-1].end:
            printed = text[start:end]
            either_way = not conventions.order_known and _reads_either_way(printed)
            dates.append(Candidate(FieldType.DATE, start, end, printed, iso, either_way=either_way))
    return dates


def _readings(text: str, conventions: Conventions) -> Iterator[tuple[int, int, int, int, int]]:
    for pattern in (_YEAR_FIRST, _COMPACT, _CJK):
        for match in pattern.finditer(text):
            if pattern is _COMPACT and _NUMBER_LABEL.search(text, max(0, match.start() - _LABEL_REACH), match.start()):
                continue
            yield *match.span(), int(match["year"]), int(match["month"]), int(match["day"])
    for pattern in (_FIGURES, _DASHED, _GLUED, _BEFORE_TIME):
        for match in pattern.finditer(text):
            first, second = int(match["a"]), int(match["b"])
            yield *match.span(), _year(match["year"]), *_order(first, second, conventions.day_first or match["s"] == ".")
    for match in _SPLIT_FIGURES.finditer(text):
        first, second = int(match["a"].replace(" ", "")), int(match["b"].replace(" ", ""))
        yield *match.span(), _year(match["year"]), *_order(first, second, conventions.day_first)
    for match in _WORD.finditer(text):
        month = month_number(match[0])
        if month is not None:
            yield from _named(text, *match.span(), month)


def _named(text: str, start: int, end: int, month: int) -> Iterator[tuple[int, int, int, int, int]]:
    """The dates that may be read around a month's name."""
    offset = max(0, start - _LOOK_BACK)
    before = text[offset:start]
    following = _DAY_YEAR_AFTER.match(text, end)
    if following is not None and _is_year(text, end, following) and (start == 0 or not text[start - 1].isalnum()):
        yield start, following.end(), _year(following["year"]), month, int(following["day"])
    year_after = _YEAR_AFTER.match(text, end)
    if year_after is not None and _is_year(text, end, year_after):
        day_before, ordinal = _DAY_BEFORE.search(before), _ORDINAL_BEFORE.search(before)
        short_year = len(year_after["year"]) < 4
        if day_before is not None and short_year and _COLUMN_EDGE.search(before, day_before.end("day")):
            day_before = None  # It stands in the column before.
        if day_before is not None:
            yield offset + day_before.start(), year_after.end(), _year(year_after["year"]), month, int(day_before["day"])
        elif ordinal is not None and (day := _ordinal(ordinal["ordinal"])) and len(year_after["year"]) == 4:
            yield offset + ordinal.start(), year_after.end(), int(year_after["year"]), month, day
    year_before, day_after = _YEAR_BEFORE.search(before[-12:]), _DAY_AFTER.match(text, end)
    if year_before is not None and day_after is not None:
        first = start - len(before[-12:]) + year_before.start()
        yield first, day_after.end(), int(year_before["year"]), month, int(day_after["day"])


def _is_year(text: str, end: int, match: re.Match[str]) -> bool:
    """Whether what follows a month's name is its year: two figures are none beyond a column's edge, nor before a month."""
    if len(match["year"]) == 4:
        return True
    if _DECIMAL_BEFORE.search(text, end, match.start("year")) or _FULL_YEAR_SOON.match(text, match.end()):
        return False
    following = _MONTH_SOON.match(text, match.end())
    return not _COLUMN_EDGE.search(text, end, match.start("year")) and not (following and _is_month(following[1]))


def _is_month(word: str) -> bool:
    return word.lower() not in OTHER_WORDS and word != "may" and month_number(word) is not None


def _reads_either_way(printed: str) -> bool:
    """Whether the first figure of a date could be the day as well as the month; points stand only between days and months."""
    match = _TWO_FIGURES.match(printed.replace(" ", ""))
    return match is not None and match[1].lstrip("0") != match[2].lstrip("0") and max(int(match[1]), int(match[2])) <= _LAST_MONTH


def _order(first: int, second: int, day_first: bool) -> tuple[int, int]:
    """Month and day of a date in figures; an impossible order is read the other way round."""
    if first > 12 or (day_first and second <= 12):
        return second, first
    return first, second


def _ordinal(words: str) -> int | None:
    parts = re.split(r"[ -]", words.lower())
    if len(parts) == 1:
        return ORDINALS.get(parts[0])
    unit = ORDINALS.get(parts[1], 0)
    return {"twenty": 20, "thirty": 30}.get(parts[0], 0) + unit if 0 < unit < 10 else None


def _year(printed: str) -> int:
    year = int(printed.lstrip("'’"))
    if len(printed) >= 4 and year >= 100:
        return year
    return year + (2000 if year <= _LAST_YEAR_OF_2000S else 1900)


def _iso(year: int, month: int, day: int) -> str | None:
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    return found.isoformat() if 1900 <= year <= 2100 else None

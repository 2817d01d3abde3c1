"""Days without a year that open the lines of a list, as statements print them; the document's own dates tell the year.

Only lists of amounts have them, and only where the dates of the document agree on a year: ordinary text has no such days.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Final, NamedTuple

from app.documents.recognizers.candidate import Candidate
from app.documents.recognizers.conventions import Conventions
from app.documents.recognizers.months import OTHER_WORDS, month_number
from app.domain.task import FieldType

_MONTH_AND_YEAR = re.compile(r"(?<![^\W\d_])([^\W\d_]{3,12})\.?,? (20\d\d)(?!\d)")
_LINE = re.compile(r"[^\n]+")
_DAY: Final = r"(?P<day>\d{1,2})[ .-]?(?P<word>[^\W\d_]{3,10})|(?P<word2>[^\W\d_]{3,10})\.? ?(?P<day2>\d{1,2})"
_SHORT = re.compile(rf"[ \t|]*(?:{_DAY}|(?P<first>\d\d)/(?P<second>\d\d))(?=[ \t|])(?![ ,]{{1,3}}20\d\d)")
_MONEY = re.compile(r"\d[.,]\d\d(?!\d)")
_MOST_BESIDE: Final = 2
"""A booking has its own day and that of its value."""
_LEAST_LINES: Final = 2
_LAST_MONTH: Final = 12
_BEFORE_NEW_YEAR: Final = 120
"""Days up to which a December belongs to the year before the latest date."""


class _Short(NamedTuple):
    start: int
    end: int
    month: int
    day: int
    in_figures: bool


def find_short_dates(text: str, full: Sequence[Candidate], conventions: Conventions) -> list[Candidate]:
    """The days of a list as dates; `full` are the dates with a year that the text has."""
    latest = _latest(text, full)
    if latest is None:
        return []
    taken = {found.start for found in full}
    found = [short for short in _shorts(text, conventions) if short.start not in taken]
    lines = {text.rfind("\n", 0, short.start) for short in found if _MONEY.search(text, short.end, _end_of_line(text, short.end))}
    if len(lines) < _LEAST_LINES:
        return []
    either_way = not conventions.order_known and all(max(short.month, short.day) <= _LAST_MONTH for short in found)
    return [
        replace(candidate, either_way=either_way and short.in_figures)
        for short in found
        if (candidate := _with_year(text, short, latest)) is not None
    ]


def _latest(text: str, full: Sequence[Candidate]) -> date | None:
    """The latest date of a text whose dates lie within two years that follow each other."""
    days = [date.fromisoformat(found.value) for found in full]
    named = ((month_number(match[1]), int(match[2])) for match in _MONTH_AND_YEAR.finditer(text))
    days += [date(year, month, 28) for month, year in named if month is not None]
    if not days or max(days).year - min(days).year > 1:
        return None
    return max(days)


def _shorts(text: str, conventions: Conventions) -> list[_Short]:
    matches = [match for line in _LINE.finditer(text) for match in _opening(text, *line.span())]
    figures = [(int(match["first"]), int(match["second"])) for match in matches if match["first"]]
    day_first = any(first > _LAST_MONTH for first, _ in figures)
    month_first = any(second > _LAST_MONTH for _, second in figures)
    if day_first == month_first:
        day_first = conventions.day_first and not day_first
    found = []
    for match in matches:
        start = match.end() - len(match[0].lstrip(" \t|"))
        if match["first"]:
            first, second = int(match["first"]), int(match["second"])
            found.append(_Short(start, match.end(), *((second, first) if day_first else (first, second)), True))
        elif (month := _month(match["word"] or match["word2"])) is not None:
            found.append(_Short(start, match.end(), month, int(match["day"] or match["day2"]), False))
    return found


def _opening(text: str, start: int, end: int) -> Iterator[re.Match[str]]:
    """The days at the beginning of a line, one beside the other."""
    for _ in range(_MOST_BESIDE):
        match = _SHORT.match(text, start, end)
        if match is None or (match["first"] is None and _month(match["word"] or match["word2"]) is None):
            return
        yield match
        start = match.end()


def _month(word: str) -> int | None:
    return None if word.lower() in OTHER_WORDS else month_number(word)


def _with_year(text: str, short: _Short, latest: date) -> Candidate | None:
    """The day in the year of the latest date, or in the one before where it lies shortly before it."""
    found, before = (_day(year, short) for year in (latest.year, latest.year - 1))
    if before is not None and (found is None or found > latest) and (latest - before).days <= _BEFORE_NEW_YEAR:
        found = before
    if found is None:
        return None
    return Candidate(FieldType.DATE, short.start, short.end, text[short.start : short.end], found.isoformat(), year_elsewhere=True)


def _day(year: int, short: _Short) -> date | None:
    try:
        return date(year, short.month, short.day)
    except ValueError:
        return None


def _end_of_line(text: str, start: int) -> int:
    end = text.find("\n", start)
    return len(text) if end < 0 else end

"""Times of day; the normal form is ``HH:MM`` or ``HH:MM:SS`` in 24 hours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from app.documents.recognizers.candidate import Candidate
from app.domain.task import FieldType

_HALF = r"(?:[ \u00a0]{0,2}(?P<half>[AaPp])\.? ?[Mm](?![^\W_])\.?)"
_CLOCK = re.compile(
    rf"(?P<hour>[0-2](?<![\w.:,][0-2])\d|[0-9](?<![\w.:,][0-9])) ?: ?(?P<minute>[0-5]\d)(?:[:.](?P<second>[0-5]\d))?"
    rf"(?:{_HALF}|(?P<short>[ap])(?![^\W_]))?(?![\d:])"
)
_AFTER_DATE = re.compile(
    rf"(?<=[/.-])(?:19|20)\d\d(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))?{_HALF}?(?![\d:])"
)
"""A time that its date runs into, as text recognition gives it."""
_DOTTED = re.compile(
    rf"(?P<hour>[0-2](?<![\w.:,/-][0-2])\d|[0-9](?<![\w.:,/-][0-9]))[.](?P<minute>[0-5]\d)(?:{_HALF}| ?(?:Uhr|uhr|hrs)"
    rf"(?!\w))(?![\d:])"
)
_H_CLOCK = re.compile(r"(?P<hour>[0-2](?<![\w.:,/-][0-2])\d|[0-9](?<![\w.:,/-][0-9])) ?[hH] ?(?P<minute>[0-5]\d)(?!\w)")
_HOUR_ONLY = re.compile(rf"(?P<hour>[0-9](?<![\w.:,/][0-9])\d?)(?:{_HALF}| ?(?P<oclock>o['’]?clock))")
_HOUR_WORD = re.compile(r"(?P<hour>[0-2](?<![\w.:,/-][0-2])\d|[0-9](?<![\w.:,/-][0-9])) ?(?:Uhr|uhr)(?!\w)")
_MILITARY = re.compile(r"(?P<hour>[0-2](?<![\w/.:-][0-2])\d)(?P<minute>[0-5]\d)(?![\w/:])(?![.-]\d)")
_MILITARY_BEFORE = re.compile(r"(?<![^\W_])(?:at|time|from|until)[ :]{1,8}$", re.IGNORECASE)
_MILITARY_AFTER = re.compile(r" ?(?:hrs|hours|h|Uhr)(?!\w)")
_WORDS: Final = {"noon": "12:00", "midday": "12:00", "midnight": "00:00"}
_WORD = re.compile(r"(?<!\w)(?:noon|midday|midnight)(?!\w)", re.IGNORECASE)
_RANGE_END = re.compile(
    rf"[ \u00a0]?(?:-{{1,3}}|–|—|to|until|till)[ \u00a0]?(?P<hour>1[0-2]|0?\d)(?:[:.](?P<minute>[0-5]\d))?{_HALF}"
)
_RANGE_HOUR = re.compile(r"(?P<hour>[0-9](?<![\w.:,/-][0-9])\d?)(?=[ \u00a0]?(?:-|–|—|to|until|till))")


def find_times(text: str) -> list[Candidate]:
    found: dict[int, Candidate] = {}
    for start, end, value in _readings(text):
        printed = text[start:end].rstrip(".")
        known = found.get(start)
        if known is None or len(known.text) < len(printed):
            found[start] = Candidate(FieldType.TIME, start, start + len(printed), printed, value)
    return [found[start] for start in sorted(found)]


def _readings(text: str) -> Iterator[tuple[int, int, str]]:
    for match in _CLOCK.finditer(text):
        half = match["half"] or match["short"]
        if half is None and (following := _RANGE_END.match(text, match.end())):
            half = _half_of_range_start(int(match["hour"]), int(match["minute"]), following)
        if value := _value(match["hour"], match["minute"], match["second"], half):
            yield *match.span(), value
    for match in _AFTER_DATE.finditer(text):
        if value := _value(match["hour"], match["minute"], match["second"], match["half"]):
            yield match.start("hour"), match.end(), value
    for pattern in (_DOTTED, _H_CLOCK, _HOUR_ONLY, _HOUR_WORD):
        for match in pattern.finditer(text):
            groups = match.groupdict()
            if value := _value(match["hour"], groups.get("minute") or "00", None, groups.get("half")):
                yield *match.span(), value
    for match in _RANGE_HOUR.finditer(text):
        following = _RANGE_END.match(text, match.end("hour"))
        half = _half_of_range_start(int(match["hour"]), 0, following) if following else None
        if half and (value := _value(match["hour"], "00", None, half)):
            yield *match.span("hour"), value
    for match in _MILITARY.finditer(text):
        told = _MILITARY_AFTER.match(text, match.end()) or _MILITARY_BEFORE.search(text[max(0, match.start() - 16) : match.start()])
        if told and int(match["hour"]) <= 23:
            yield *match.span(), f"{match['hour']}:{match['minute']}"
    for match in _WORD.finditer(text):
        yield *match.span(), _WORDS[match[0].lower()]


def _half_of_range_start(hour: int, minute: int, following: re.Match[str]) -> str | None:
    """The half of the day that "3:30" has in "3:30 - 5:00 PM"; a start after the end lies in the other half."""
    if hour > 12:
        return None
    end = (int(following["hour"]) % 12, int(following["minute"] or 0))
    same = (hour % 12, minute) <= end
    late = following["half"].lower() == "p"
    return "p" if late is same else "a"


def _value(hour: str, minute: str, second: str | None, half: str | None) -> str | None:
    hours = int(hour)
    if half is not None and hours == 0 and not second and minute == "00":
        return None
    if half is not None and hours <= 12:
        hours = hours % 12 + (12 if half.lower() == "p" else 0)
    if hours == 24 and int(minute) == 0:
        hours = 0
    if hours > 23:
        return None
    return f"{hours:02}:{minute}" + (f":{second}" if second else "")

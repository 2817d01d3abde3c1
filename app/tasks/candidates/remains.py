"""What a line holds beside dates and times: "Tuesday, 5 May, 3 pm, Old Library" names a place that no label announces."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Final

_WEEKDAYS: Final = (
    "mon(?:day)?|tues?(?:day)?|wed(?:nesday)?|thu(?:rs)?(?:day)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?|montag|dienstag|mittwoch"
    "|donnerstag|freitag|samstag|sonnabend|sonntag|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|luned[iì]|marted[iì]|mercoled[iì]|gioved[iì]|venerd[iì]"
    "|sabato|domenica|lunes|martes|mi[eé]rcoles|jueves|viernes|s[aá]bado|domingo|maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag"
    "|poniedzia[lł]ek|wtorek|[sś]roda|czwartek|pi[aą]tek|sobota|niedziela|pazartesi|sal[iı]|[cç]ar[sş]amba|per[sş]embe|cuma|cumartesi|pazar"
)
_WEEKDAY_BEFORE = re.compile(rf"(?<!\w)(?:{_WEEKDAYS})\.?,?\s*$", re.IGNORECASE)
_WEEKDAY_AFTER = re.compile(rf"\s*+[,(]?\s*+(?:{_WEEKDAYS})(?!\w)[.)]?", re.IGNORECASE)
_OPENING = re.compile(
    r"(?:[\s,;:*|()–—-]+|(?:in|at|on|from|to|im|am|um|von|bis|à|au|de|dans|en|nel|alle|a|te|om|op|w|o)(?!\w)\s*|the\s+)*",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"(?<=\w{2})\.(?:\s|$)|\s{3,}|[;!?]")
_LONGEST_WEEKDAY: Final = 14


def with_weekday(text: str, start: int, end: int) -> tuple[int, int]:
    """The span of a date with the day of the week beside it."""
    before = _WEEKDAY_BEFORE.search(text, max(0, start - _LONGEST_WEEKDAY), start)
    after = None if before else _WEEKDAY_AFTER.match(text, end)
    return (before.start() if before else start), (after.end() if after else end)


def remains(text: str, start: int, end: int, taken: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The spans between `taken` ones, which are sorted, up to the end of their sentence; nothing where none is taken."""
    inside = [span for span in taken[bisect_left(taken, (start,)) :][:12] if span[0] < end]
    if not inside:
        return
    edges = [start, *(edge for span in inside for edge in span), end]
    for first, last in zip(edges[::2], edges[1::2], strict=True):
        if last <= first:
            continue
        opening = _OPENING.match(text, first, last) if first != start else None
        opens = opening.end() if opening else first
        stop = _SENTENCE_END.search(text, opens, last)
        yield opens, stop.start() if stop else last

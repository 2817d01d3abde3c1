"""Numbers of payment cards: an issuer's first digits and a right last one, or a word that announces a card."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from stdnum import luhn

from app.tasks.privacy.labelled import Fences, Span, names_another

_GROUP = re.compile(r"[0-9]+")
_GAP = re.compile(r"[ \t./|_\u2010\u2013-]{1,3}|-?[ \t]{0,80}\r?\n[ \t]{0,80}")
_ISSUER = re.compile(r"4|5[0-8]|2(?:22[1-9]|2[3-9]|[3-6]|7[01]|720)|3[04-9]|6|9792")
_LABEL = re.compile(r"card|kart|carte|tarjeta|carta|visa|master|amex|maestro|troy|\bpan\b")
_CODE = re.compile(r"(?<![a-z])(?:cvc|cvv|cvv2|cvc2|kartenprufnummer|guvenlik kodu)[ :.#]{0,4}(?P<code>[0-9]{3,4})(?![0-9])")
_LABEL_REACH: Final = 48
_LEAST, _MOST = 13, 19
_PRINTED_AS: Final = {(4, 4, 4, 4), (4, 6, 5), (4, 6, 4), (4, 4, 4, 1), (4, 4, 4, 4, 1), (4, 4, 4, 4, 2), (4, 4, 4, 4, 3)}
_PRINTED_FIRST: Final = 4
_LEAST_IN_GROUP: Final = 3


def find_cards(folded: str, fences: Fences) -> Iterator[Span]:
    yield from (match.span("code") for match in _CODE.finditer(folded))
    fenced = {start for start, _ in fences}
    run: list[Span] = []
    for match in _GROUP.finditer(folded):
        if run and not _GAP.fullmatch(folded, run[-1][1], match.start()):
            yield from _cards_in(folded, run, fenced)
            run = []
        run.append(match.span())
    yield from _cards_in(folded, run, fenced)


def _cards_in(folded: str, run: list[Span], fenced: set[int]) -> Iterator[Span]:
    """Cards among groups of digits with small gaps."""
    index = 0
    while index < len(run):
        start, end = run[index][0], _end_of_card(folded, run[index : index + _MOST], fenced)
        index += 1
        if end is not None:
            yield start, end
            while index < len(run) and run[index][0] < end:
                index += 1


def _end_of_card(folded: str, groups: list[Span], fenced: set[int]) -> int | None:
    """Where a card ends that begins with the first group: with a right last digit, or as far as a label allows."""
    start, first_end = groups[0]
    is_announced = _is_announced(folded, start)
    if not is_announced and first_end - start != _PRINTED_FIRST:
        return None
    ends = list(_possible_ends(folded, groups))
    unfenced = {count for count in ends if is_announced and not any(first in fenced for first, _ in groups[1:count])}
    printed = {count for count in ends if tuple(last - first for first, last in groups[:count]) in _PRINTED_AS}
    for count in reversed(ends):
        digits = "".join(folded[first:last] for first, last in groups[:count])
        is_right = _ISSUER.match(digits) and luhn.is_valid(digits)
        if count in printed & unfenced or (is_right and count in printed | unfenced):
            return groups[count - 1][1]
    return groups[max(unfenced) - 1][1] if unfenced else None


def _is_announced(folded: str, start: int) -> bool:
    """Whether a word before announces a card and none after it another number; letters right before are of other numbers."""
    labels = list(_LABEL.finditer(folded, max(0, start - _LABEL_REACH), start))
    between = folded[labels[-1].end() : start] if labels else ""
    return bool(labels) and not between[-1:].isalpha() and not names_another(between)


def _possible_ends(folded: str, groups: list[Span]) -> Iterator[int]:
    """How many groups have together as many digits as a card. None but the last are short, or all are single digits."""
    digits = breaks = 0
    are_single = True
    for count, (start, end) in enumerate(groups, 1):
        if count > 1:
            breaks += "\n" in folded[groups[count - 2][1] : start]
            is_short = groups[count - 2][1] - groups[count - 2][0] < _LEAST_IN_GROUP
            if breaks > 1 or (is_short and not (are_single and end - start == 1)):
                return
        are_single = are_single and end - start == 1
        digits += end - start
        if digits > _MOST:
            return
        if digits >= _LEAST:
            yield count

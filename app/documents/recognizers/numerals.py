"""Printed numerals: reading separators of any convention into a plain decimal string."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_SEPARATORS: Final = re.compile(r"[.,'’ \u00a0\u202f]")
_MAX_DIGITS: Final = 18
TOKEN: Final = re.compile(r"(?:\d|(?<![\w.,])[.,](?=\d\d?(?!\d)))\d*(?:[.,'’\u00a0\u202f]\d+)*")
"""A run of figures with single separators; every run is visited once, so scanning is linear."""


@dataclass(frozen=True, slots=True)
class Numeral:
    value: str
    """Decimal string without sign, at least one digit before the point."""
    decimals: int
    grouped: bool


def read_numeral(token: str, decimal: str) -> Numeral | None:
    """The number a token stands for, or None if its separators fit no convention (a date, a version, an address).

    `decimal` decides only tokens that can be read both ways, such as ``1,234``.
    """
    marks = _SEPARATORS.findall(token)
    parts = _SEPARATORS.split(token)
    if sum(map(len, parts)) > _MAX_DIGITS:
        return None
    if not marks:
        return Numeral(str(int(token)) if len(token) <= 1 or token[0] != "0" else token, 0, False)
    last = marks[-1]
    if len(set(marks)) == 1:
        if len(marks) > 1:
            return _grouped(parts, "") if _is_grouping(parts, last) else None
        if last in "'’ \u00a0\u202f":
            return _grouped(parts, "") if _is_grouping(parts, last) else None
        both_ways = len(parts[1]) == 3 and 1 <= len(parts[0]) <= 3 and not parts[0].startswith("0")
        if both_ways and last != decimal:
            return _grouped(parts, "")
        return Numeral(f"{int(parts[0] or '0')}.{parts[1]}", len(parts[1]), False)
    if last in ".," and marks.count(last) == 1 and len(set(marks[:-1])) == 1 and _is_grouping(parts[:-1], marks[0]):
        return _grouped(parts[:-1], parts[-1])
    return None


def _is_grouping(parts: list[str], mark: str) -> bool:
    head, *middle, last = parts
    if not 1 <= len(head) <= 3 or len(last) != 3:
        return False
    if all(len(part) == 3 for part in middle):
        return True
    return mark == "," and len(head) <= 2 and all(len(part) == 2 for part in middle)


def _grouped(parts: list[str], fraction: str) -> Numeral:
    whole = str(int("".join(parts)))
    return Numeral(f"{whole}.{fraction}" if fraction else whole, len(fraction), True)

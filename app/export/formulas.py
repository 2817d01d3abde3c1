"""Text from documents that a spreadsheet would run as a formula, made harmless. After OWASP's "CSV Injection"."""

from __future__ import annotations

import re
import unicodedata

_STARTERS = frozenset("=+-@＝＋－＠﹢﹣﹦﹫−")
_CONTROLS = frozenset("\t\r\n\v\f\0")
_PLAIN_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_QUOTE = "'"


def is_dangerous(text: str) -> bool:
    """Whether a spreadsheet might run it. Blanks, invisible characters and quotes before the sign count for nothing.

    A plain negative number is harmless; a phone number with its plus is not, since a spreadsheet would drop the plus.
    """
    if _PLAIN_NUMBER.fullmatch(text):
        return False
    if text.lstrip(_QUOTE)[:1] in _CONTROLS:
        return True
    for character in text:
        if character in _STARTERS:
            return True
        if character != _QUOTE and not character.isspace() and unicodedata.category(character) not in {"Cf", "Cc", "Zs"}:
            return False
    return False


def neutralize(text: str) -> str:
    """A quote in front of what is dangerous. Nothing is lost: `restore` is its inverse."""
    return _QUOTE + text if is_dangerous(text) else text


def restore(text: str) -> str:
    return text[1:] if text.startswith(_QUOTE) and is_dangerous(text[1:]) else text

"""Folding of text for comparison: case, accents and look-alikes go, the length stays, so that offsets keep their meaning."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final, NamedTuple

_SPECIAL: Final = {"ı": "i", "İ": "i", "ß": "s", "ø": "o", "Ø": "o", "ł": "l", "Ł": "l", "đ": "d", "Đ": "d", "’": "'", "º": "°"}
_SPELT_OUT: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
_REMEMBERED_CHARS: Final = 200
_TOKEN = re.compile(r"[^\W_]+")


class Token(NamedTuple):
    """A word of letters and digits, folded, with its place."""

    text: str
    start: int
    end: int


@lru_cache(maxsize=8192)
def _fold_character(character: str) -> str:
    if character in _SPECIAL:
        return _SPECIAL[character]
    base = unicodedata.normalize("NFKD", character)[0]
    lowered = base.lower()
    return lowered if len(lowered) == 1 else lowered[0]


def fold(text: str) -> str:
    """Lower case without accents, one character for each of `text`."""
    return "".join(map(_fold_character, text))


def spellings_of(words: str) -> tuple[str, ...]:
    """Words as they are and, where they differ, as old systems write them without umlauts: "fällig", "faellig"."""
    return tuple(dict.fromkeys((words, words.translate(_SPELT_OUT))))


def tokens_of(text: str, offset: int = 0) -> list[Token]:
    """The folded words of a text; `offset` is added to their places."""
    words = _words_of(text) if len(text) <= _REMEMBERED_CHARS else _split(text)
    return [Token(word, start + offset, end + offset) for word, start, end in words] if offset else list(words)


def _split(text: str) -> tuple[Token, ...]:
    return tuple(Token(match.group(), match.start(), match.end()) for match in _TOKEN.finditer(fold(text)))


_words_of = lru_cache(maxsize=8192)(_split)
"""The same labels and lines are asked for again and again."""


def same_name_key(text: str) -> str:
    """A key under which two spellings of a name are the same: words only, folded."""
    return " ".join(token.text for token in tokens_of(text))

"""Where a document has the words of a choice: as they are listed, or as the last part of a compound ("Teilverkauf")."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from app.domain.task import TaskField
from app.tasks.text.folding import Token, tokens_of

_LEAST_HEAD_CHARS: Final = 6
"""Shorter words end many others that mean something else."""
_LEAST_MODIFIER_CHARS: Final = 3
_OTHER_VERBS: Final = ("be", "ver", "ent", "zer", "unter", "auf", "ab", "aus", "ein", "vor", "um", "nach")
"""Prefixes that make another word of the last part: "Bezeichnung" is no "Zeichnung"."""


class ChoiceWords(NamedTuple):
    start: int
    end: int
    choice: str


def choice_words(field: TaskField, text: str) -> Iterator[ChoiceWords]:
    """The places of all choices, the longest words first where several begin at one."""
    words = _spelled(field)
    lengths = sorted({len(key) for key in words}, reverse=True)
    tokens = tokens_of(text)
    for index, token in enumerate(tokens):
        for length in lengths:
            run = tokens[index : index + length]
            choice = words.get(tuple(part.text for part in run))
            if choice and not _modifies(text, run[-1]):
                yield ChoiceWords(token.start, run[-1].end, choice)
                break
        else:
            compound = _as_compound(token, words)
            if compound and not _modifies(text, token):
                yield ChoiceWords(token.start, token.end, compound)


def _spelled(field: TaskField) -> dict[tuple[str, ...], str]:
    words: dict[tuple[str, ...], str] = {}
    for choice, spellings in field.choices.items():
        for spelling in (*spellings, choice.replace("_", " ")):
            key = tuple(token.text for token in tokens_of(spelling))
            if key:
                words.setdefault(key, choice)
    return words


def _modifies(text: str, token: Token) -> bool:
    """Whether a hyphen joins the word to a following one, which says what it is about: "dividend-paying"."""
    return text[token.end : token.end + 1] == "-" and text[token.end + 1 : token.end + 2].isalpha()


def _as_compound(token: Token, words: dict[tuple[str, ...], str]) -> str:
    """The choice whose word is the longest that ends the token, as compounds end in what they are."""
    word = token.text
    for cut in range(_LEAST_MODIFIER_CHARS, len(word) - _LEAST_HEAD_CHARS + 1):
        choice = words.get((word[cut:],))
        if choice and not word.endswith(_OTHER_VERBS, 0, cut):
            return choice
    return ""

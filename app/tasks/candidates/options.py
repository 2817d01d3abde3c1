"""An option: one place of a document that could answer a field, and how words become one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from app.tasks.text.folding import fold, same_name_key

_EDGE: Final = " \t\u00a0.,;:|*•●·-–—_=\"'`´“”„«»‹›✉☎()[]{}<>#!?"
_ORNAMENTS: Final = "■□▪▫◆◇○◦▶►★☆✓✔❖"
"""Signs that are stray only where a blank parts them from the words; in a word one stands for a letter that was not read."""
_CLOSING: Final = {")": "(", "]": "["}
_ABBREVIATIONS: Final = frozenset(
    [
        "inc.",
        "ltd.",
        "corp.",
        "co.",
        "str.",
        "st.",
        "no.",
        "jr.",
        "sr.",
        "kg.",
        "llc.",
        "bhd.",
        "sti.",
        "san.",
        "tic.",
        "bros.",
        "dr.",
    ]
)


@dataclass(frozen=True, slots=True)
class Option:
    """One place that could answer a field. ``document.text[start:end] == text``; `value` is its normal form."""

    start: int
    end: int
    text: str
    value: str
    key: str
    """Options with the same key say the same."""
    kind: str = "typed"
    currency: str | None = None
    verified: bool = False
    either_way: bool = False
    """Nothing in the document tells this reading of it from another one."""
    lead: float = 0.0
    """How long a label runs up to the place in running text, 0–1."""
    parts: tuple[tuple[int, int], ...] = ()
    """The pieces that the value is made of, where other columns stand between them."""

    def overlaps(self, other: Option) -> bool:
        """Whether both have characters of the document in common."""
        mine, theirs = self.parts or ((self.start, self.end),), other.parts or ((other.start, other.end),)
        return any(start < end and first < last for first, end in mine for start, last in theirs)


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without blanks and stray punctuation at its edges; brackets that are closed inside stay."""
    while start < end and (
        (text[start] in _EDGE and not (text[start] in "([" and _closes(text[start:end])))
        or (text[start] in _ORNAMENTS and text[start + 1 : start + 2].isspace())
    ):
        start += 1
    while start < end and (text[end - 1] in _EDGE or (text[end - 1] in _ORNAMENTS and text[end - 2 : end - 1].isspace())):
        last = text[end - 1]
        if last in _CLOSING and _CLOSING[last] in text[start:end]:
            break
        if last == '"' and text[end - 2 : end - 1].isdigit() and text.count('"', start, end) % 2:
            break
        if last == "." and _ends_abbreviation(text[start:end]):
            break
        end -= 1
    return start, end


def _closes(text: str) -> bool:
    return (")" if text[0] == "(" else "]") in text


def _ends_abbreviation(text: str) -> bool:
    """Whether the final full stop belongs to the word, as in "Inc." or "S.A."."""
    word = text.rsplit(None, 1)[-1]
    return word.count(".") > 1 or fold(word) in _ABBREVIATIONS


def option_at(text: str, start: int, end: int, kind: str) -> Option | None:
    """The words of a span as an option, without stray signs at its edges; None where it has no words."""
    start, end = trimmed(text, start, end)
    content = text[start:end]
    if not any(character.isalnum() for character in content):
        return None
    value = " ".join(content.split())
    return Option(start, end, content, value, same_name_key(value), kind)


def joined_option(text: str, parts: Sequence[tuple[int, int]]) -> Option | None:
    """A name in several places, as one option; without pieces where nothing else stands between them."""
    start, end = parts[0][0], parts[-1][1]
    if not any(text[left[1] : right[0]].strip() for left, right in pairwise(parts)):
        return option_at(text, start, end, "joined")
    value = " ".join(" ".join(text[first:last] for first, last in parts).split())
    return Option(start, end, text[start:end], value, same_name_key(value), "joined", parts=tuple(parts))

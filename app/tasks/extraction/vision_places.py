"""Finds in recognised text what a model reads in the page's picture: the same value, or words that differ as recognition errs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from app.documents.normalizers import normalize
from app.domain.task import FieldType, TaskField
from app.tasks.candidates.finding import TEXT_TYPES, Source, options_of
from app.tasks.candidates.options import Option, option_at
from app.tasks.text.folding import fold, same_name_key

_ALIKE: Final = {"o": "0", "i": "1", "l": "1", "|": "1", "!": "1", "s": "5", "b": "8", "z": "2", ",": ".", "m": "rn", "w": "vv"}
"""What recognition takes for one another, under one sign; ``m`` may have become two letters."""
_IGNORED: Final = frozenset(" \t\n\u00a0'’\"`´")
_GOES_ON_BEFORE: Final = re.compile(r"[^\W_](?:[-/._,]|)\Z")
_GOES_ON_AFTER: Final = re.compile(r"(?:[-/._,]|)[^\W_]")
_FIGURES: Final = frozenset({FieldType.AMOUNT, FieldType.NUMBER})
_LEAST_CHARS: Final = 3
_CHARS_PER_FAULT: Final = 8
"""Of words this long, one letter more may differ; a digit never, for it makes another value."""


@dataclass(frozen=True)
class RecognisedText:
    """The text of a document, ready to be searched for words of a picture."""

    source: Source

    def place_of(self, words: str, field: TaskField) -> Option | None:
        """Where the words stand as a value of the field; None where they do not."""
        words = " ".join(words.split())
        value = normalize(field.type, words, context=self.source.text)
        if not value:
            return None
        value = value.lstrip("-") if field.unsigned else value
        key = same_name_key(value) if field.type is FieldType.IDENTIFIER or field.type in TEXT_TYPES else value
        for option in options_of(field, self.source):
            if key in (option.key, option.value) or (field.type in TEXT_TYPES and same_name_key(option.text) == key):
                return option
        span = self._span_of(words)
        if span is None:
            return None
        if field.type in TEXT_TYPES:
            return option_at(self.source.text, *span, "seen")
        printed = self.source.text[slice(*span)]
        if field.type is FieldType.CHOICE or self._reads_otherwise(printed, field, value):
            return None
        return Option(*span, printed, value, key, "seen")

    def _reads_otherwise(self, printed: str, field: TaskField, value: str) -> bool:
        """Whether figures without a misread letter among them are another value: a point for a comma makes a thousandth."""
        if field.type not in _FIGURES or any(sign.isalpha() for sign in printed):
            return False
        own = normalize(field.type, printed, context=self.source.text)
        return own is not None and Decimal(own) != Decimal(value)

    def _span_of(self, words: str) -> tuple[int, int] | None:
        """The first whole words of the text that read like these."""
        sought, places = _signs(words)
        if len(sought) < _LEAST_CHARS or len(sought) > len(self._signs[0]):
            return None
        signs, offsets = self._signs
        windows = sliding_window_view(signs, len(sought))
        differ = windows != sought
        faults = differ.sum(axis=1)
        folded, words = self.source.folded, fold(words)
        for index in sorted(np.flatnonzero(faults <= len(sought) // _CHARS_PER_FAULT), key=lambda index: (faults[index], index)):
            start, end = offsets[index], offsets[index + len(sought) - 1] + 1
            pairs = ((folded[offsets[index + at]], words[places[at]]) for at in np.flatnonzero(differ[index]))
            if _is_whole(folded, start, end) and all(left.isalpha() and right.isalpha() for left, right in pairs):
                return start, end
        return None

    @cached_property
    def _signs(self) -> tuple[NDArray[np.uint32], list[int]]:
        return _signs(self.source.text)


def _signs(text: str) -> tuple[NDArray[np.uint32], list[int]]:
    """The signs that count, and the place of each in the text."""
    signs: list[int] = []
    places: list[int] = []
    for place, character in enumerate(fold(text)):
        if character not in _IGNORED:
            for sign in _ALIKE.get(character, character):
                signs.append(ord(sign))
                places.append(place)
    return np.array(signs, np.uint32), places


def _is_whole(text: str, start: int, end: int) -> bool:
    """Whether nothing goes on before or after: no letter or digit, nor one behind a sign that joins."""
    return not _GOES_ON_BEFORE.search(text, max(0, start - 2), start) and not _GOES_ON_AFTER.match(text, end)

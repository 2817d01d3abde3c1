"""Texts as sparse vectors: hashed words, pairs of neighbours, and groups of letters that survive endings and misread characters."""

from __future__ import annotations

import math
import re
import unicodedata
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

_MAX_CHARS = 5_000
"""The kind of a text shows at its beginning; long texts would drown the few words that tell."""
_OPENING_CHARS = 600
_OPENING_WEIGHT = 2
"""Titles and letterheads stand at the beginning and say most."""
_GROUP_CHARS = 4
_WORD = re.compile(r"[^\W\d_]+|\d+|[^\w\s]")


@dataclass(frozen=True)
class Vector:
    """A text over a vocabulary: `columns` into it and `values`, and the lengths of its known part and of the whole."""

    columns: NDArray[np.intp]
    values: NDArray[np.float64]
    known: float
    length: float

    @property
    def unit(self) -> NDArray[np.float64]:
        """The values of the vector at length one; words outside the vocabulary take their share of the length."""
        return self.values / (self.length or 1.0)


@dataclass(frozen=True)
class Vocabulary:
    """The features of a set of texts, sorted, with how telling each is."""

    features: NDArray[np.uint32]
    idf: NDArray[np.float64]

    @classmethod
    def of(cls, counts: Sequence[Counter[int]]) -> Vocabulary:
        """The vocabulary of counted texts."""
        frequency = Counter(feature for features in counts for feature in features)
        features = np.array(sorted(frequency), np.uint32)
        found = np.array([frequency[int(feature)] for feature in features], np.float64)
        return cls(features, np.log((1 + len(counts)) / (1 + found)) + 1.0)

    def vector(self, counts: Counter[int]) -> Vector:
        """A counted text over this vocabulary."""
        features = np.fromiter(counts, np.uint32, len(counts))
        values = 1.0 + np.log(np.fromiter(counts.values(), np.float64, len(counts)))
        places = np.minimum(np.searchsorted(self.features, features), max(0, len(self.features) - 1))
        is_known = self.features[places] == features if len(self.features) else np.zeros(len(features), bool)
        unknown = values[~is_known] * (float(self.idf.max()) if len(self.idf) else 1.0)
        columns = np.asarray(places[is_known], np.intp)
        values = np.asarray(values[is_known] * self.idf[columns], np.float64)
        known = float(np.linalg.norm(values))
        return Vector(columns, values, known, math.hypot(known, float(np.linalg.norm(unknown))))


def count_features(text: str) -> Counter[int]:
    """How often each feature occurs, as hashes.

    Digits are replaced by their number, so that a date or an amount counts as a shape rather than as itself; accents are dropped.
    """
    plain = _plain(text[:_MAX_CHARS])
    words = [(_shape(found.group()), _OPENING_WEIGHT if found.start() < _OPENING_CHARS else 1) for found in _WORD.finditer(plain)]
    features: Counter[int] = Counter()
    for word, weight in words:
        features[_hash("w", word)] += weight
        if len(word) >= _GROUP_CHARS and not word.startswith("#"):
            edged = f"<{word}>"
            for start in range(len(edged) - _GROUP_CHARS + 1):
                features[_hash("g", edged[start : start + _GROUP_CHARS])] += weight
    for (left, weight), (right, _) in pairwise(words):
        features[_hash("b", f"{left} {right}")] += weight
    return features


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text).casefold().replace("ı", "i")
    return "".join(char for char in folded if not unicodedata.combining(char))


def _shape(word: str) -> str:
    return f"#{min(len(word), 9)}" if word.isdigit() else word


def _hash(kind: str, text: str) -> int:
    return zlib.crc32(f"{kind}:{text}".encode())

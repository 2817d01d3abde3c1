"""Heads: linear classifiers on the words of a text, fitted in milliseconds from a few examples a class.

A head is a ridge regression on one-hot classes over hashed words and letter groups. Ridge has an exact leave-one-out formula
(Allen's PRESS), so the same fit also tells how right the head is on examples that it did not learn from, and its temperature.
"""

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

N_FEATURES = 2**15
_MAX_CHARS = 5_000
"""The kind of a text shows at its beginning; long texts would drown the few words that tell."""
_RIDGE = 1.0
_TEMPERATURES = np.geomspace(0.005, 1.0, 50)
_WORD = re.compile(r"[^\W\d_]+|\d+|[^\w\s]")
_AFFIX_CHARS = 4

Array = NDArray[np.float32]


@dataclass(frozen=True)
class Head:
    """A fitted classifier. `weights` has shape (N_FEATURES, n_labels), `idf` (N_FEATURES,)."""

    labels: tuple[str, ...]
    weights: Array
    bias: Array
    idf: Array
    temperature: float
    held_out_accuracy: float
    """Share of the examples that it gets right when each is left out of its own fit."""

    def probabilities(self, text: str) -> NDArray[np.float64]:
        """Probability of each label, summing to one."""
        return _softmax(self._scores(text) / self.temperature)

    def contributions(self, lines: Sequence[str], label: str) -> list[float]:
        """How much each line speaks for a label, against the mean of all labels."""
        column = self.weights[:, self.labels.index(label)] - self.weights.mean(axis=1)
        return [sum(weight * float(column[index]) for index, weight in _counts(line).items()) for line in lines]

    def _scores(self, text: str) -> NDArray[np.float64]:
        indices, values = _vector(text, self.idf)
        return np.asarray(values @ self.weights[indices].astype(np.float64) + self.bias, np.float64)


def fit(texts: Sequence[str], targets: Sequence[str], labels: Sequence[str]) -> Head:
    """Fit a head to examples. Classes count alike whatever their number of examples. `targets` must be among `labels`."""
    counts = [_counts(text) for text in texts]
    idf = _idf(counts)
    rows = np.zeros((len(texts), N_FEATURES), np.float32)
    for row, text in zip(rows, texts, strict=True):
        indices, values = _vector(text, idf)
        row[indices] = values
    onehot = np.array([[1.0 if target == label else 0.0 for label in labels] for target in targets])
    class_weight = 1.0 / np.maximum(onehot.sum(axis=0), 1.0)
    sample_weight = np.sqrt((onehot @ class_weight) * len(texts) / len(labels))
    bias = np.full(len(labels), 1.0 / len(labels))
    weighted = rows * sample_weight[:, None].astype(np.float32)
    gram = (weighted @ weighted.T).astype(np.float64)
    residual = (onehot - bias) * sample_weight[:, None]
    inverse = np.linalg.inv(gram + _RIDGE * np.eye(len(texts)))
    dual = inverse @ residual
    weights = (weighted.T @ dual).astype(np.float32)
    held_out = onehot - (dual / np.diag(inverse)[:, None]) / sample_weight[:, None]
    wanted = onehot.argmax(axis=1)
    return Head(
        labels=tuple(labels),
        weights=weights,
        bias=bias.astype(np.float32),
        idf=idf,
        temperature=_best_temperature(held_out, wanted),
        held_out_accuracy=float((held_out.argmax(axis=1) == wanted).mean()),
    )


def _counts(text: str) -> Counter[int]:
    """How often each feature occurs: words, pairs of neighbours, and beginnings and ends of longer words.

    Digits are replaced by their number, so that a date or an amount counts as a shape rather than as itself.
    """
    plain = unicodedata.normalize("NFKC", text[:_MAX_CHARS]).casefold()
    words = [f"#{min(len(word), 9)}" if word.isdigit() else word for word in _WORD.findall(plain)]
    features: Counter[int] = Counter()
    for word in words:
        features[_hash("w", word)] += 1
        if len(word) > _AFFIX_CHARS + 1:
            features[_hash("p", word[:_AFFIX_CHARS])] += 1
            features[_hash("s", word[-_AFFIX_CHARS:])] += 1
    for left, right in pairwise(words):
        features[_hash("b", f"{left} {right}")] += 1
    return features


def _hash(kind: str, text: str) -> int:
    return zlib.crc32(f"{kind}:{text}".encode()) % N_FEATURES


def _idf(counts: Sequence[Counter[int]]) -> Array:
    frequency = np.zeros(N_FEATURES)
    for features in counts:
        frequency[list(features)] += 1
    return np.asarray(np.log((1 + len(counts)) / (1 + frequency)) + 1.0, np.float32)


def _vector(text: str, idf: Array) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Indices and values of a text's features, of unit length."""
    features = _counts(text)
    indices = np.fromiter(features, np.intp, len(features))
    values = np.array([1.0 + math.log(count) for count in features.values()]) * idf[indices]
    length = float(np.linalg.norm(values)) or 1.0
    return indices, np.asarray(values / length, np.float64)


def _best_temperature(scores: NDArray[np.float64], wanted: NDArray[np.intp]) -> float:
    """The temperature that makes the held-out probabilities of the right labels largest."""
    picked = np.arange(len(wanted)), wanted

    def loss(temperature: float) -> float:
        return -float(np.log(np.maximum(_softmax(scores / temperature)[picked], 1e-9)).mean())

    return float(min(_TEMPERATURES, key=loss))


def _softmax(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(weights / weights.sum(axis=-1, keepdims=True), np.float64)

"""Heads: linear classifiers on the words of a text, fitted in well under a second from a few examples a class.

A head is a ridge regression on one-hot classes over words and letter groups. Ridge has an exact leave-one-out formula (Allen's
PRESS), so the same fit also tells how right the head is on examples that it did not learn from, and its temperature.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
from numpy.typing import NDArray

from app.tasks.classes.text_vectors import Vector, Vocabulary, count_features

_RIDGE = 0.3
_TEMPERATURES = np.geomspace(0.005, 1.0, 50)
_ENOUGH_SHARE = 0.3
"""A text with this part of the known words' length of a usual example says enough to be judged by them alone."""
_OTHER_SHARE = 0.5
"""What a text without any known word is worth to the label that means none of the others."""
_BLOCK_COLUMNS = 4096

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Head:
    """A fitted classifier. `weights` has shape (n_features, n_labels), `held_out` (n_examples, n_labels)."""

    labels: tuple[str, ...]
    vocabulary: Vocabulary
    weights: NDArray[np.float32]
    temperature: float
    usual_length: float
    """Median length of the examples' vectors."""
    held_out: Array
    """Scores of the examples when each is left out of its own fit."""
    wanted: NDArray[np.intp]
    other: int = -1
    """Index of the label that means none of the others; -1 when there is none."""

    @property
    def held_out_accuracy(self) -> float:
        """Share of the examples that it gets right when each is left out of its own fit."""
        return float((self.held_out.argmax(axis=1) == self.wanted).mean())

    def probabilities(self, text: str) -> Array:
        """Probability of each label, summing to one. A text with hardly a known word is unsure, or none of the labels."""
        vector = self.vocabulary.vector(count_features(text))
        enough = min(1.0, vector.known / (_ENOUGH_SHARE * self.usual_length or 1.0))
        return enough * softmax(self._scores(vector) / self.temperature) + (1.0 - enough) * self._without_evidence()

    def scores(self, text: str) -> Array:
        """How much a text speaks for each label; all alike for one without a known word."""
        return self._scores(self.vocabulary.vector(count_features(text)))

    def contributions(self, lines: Sequence[str], label: str) -> list[float]:
        """How much each line speaks for a label, against the mean of all labels."""
        column = self.weights[:, self.labels.index(label)] - self.weights.mean(axis=1)
        vectors = (self.vocabulary.vector(count_features(line)) for line in lines)
        return [float(vector.values @ column[vector.columns]) for vector in vectors]

    def _scores(self, vector: Vector) -> Array:
        return np.asarray(vector.unit @ self.weights[vector.columns], np.float64)

    def _without_evidence(self) -> Array:
        n_labels = len(self.labels)
        if self.other < 0:
            return np.full(n_labels, 1.0 / n_labels)
        shares = np.full(n_labels, (1.0 - _OTHER_SHARE) / (n_labels - 1))
        shares[self.other] = _OTHER_SHARE
        return shares


def fit(texts: Sequence[str], targets: Sequence[str], labels: Sequence[str], *, other: str = "") -> Head:
    """Fit a head to examples. Classes count alike whatever their number of examples. `targets` must be among `labels`."""
    counts = [count_features(text) for text in texts]
    vocabulary = Vocabulary.of(counts)
    vectors = [vocabulary.vector(features) for features in counts]
    wanted = np.array([list(labels).index(target) for target in targets])
    onehot = np.eye(len(labels))[wanted]
    class_weight = 1.0 / np.maximum(onehot.sum(axis=0), 1.0)
    sample_weight = np.sqrt((onehot @ class_weight) * len(texts) / len(labels))
    residual = (onehot - 1.0 / len(labels)) * sample_weight[:, None]
    inverse = np.linalg.inv(_gram(vectors, sample_weight, len(vocabulary.features)) + _RIDGE * np.eye(len(texts)))
    dual = inverse @ residual
    held_out = onehot - (dual / np.diag(inverse)[:, None]) / sample_weight[:, None]
    return Head(
        labels=tuple(labels),
        vocabulary=vocabulary,
        weights=_weights(vectors, sample_weight[:, None] * dual, len(vocabulary.features)),
        temperature=best_temperature(held_out, wanted, _TEMPERATURES),
        usual_length=float(median(vector.length for vector in vectors)),
        held_out=held_out,
        wanted=wanted,
        other=list(labels).index(other) if other in labels else -1,
    )


def best_temperature(scores: Array, wanted: NDArray[np.intp], temperatures: Sequence[float] | Array) -> float:
    """The temperature that makes the probabilities of the right labels largest.

    The right labels count as Platt's (n + 1) / (n + 2) rather than as certain: a few texts that were all judged right prove little.
    """
    n_texts, n_labels = scores.shape
    certain = (n_texts + 1) / (n_texts + 2)
    targets = np.full(scores.shape, (1 - certain) / max(1, n_labels - 1))
    targets[np.arange(n_texts), wanted] = certain

    def loss(temperature: float) -> float:
        return -float((targets * np.log(np.maximum(softmax(scores / temperature), 1e-9))).sum(axis=1).mean())

    return float(min(temperatures, key=loss))


def softmax(scores: Array) -> Array:
    """Shares that sum to one along the last axis."""
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(weights / weights.sum(axis=-1, keepdims=True), np.float64)


def _gram(vectors: Sequence[Vector], sample_weight: Array, n_features: int) -> Array:
    """Products of all pairs of weighted vectors, built from blocks of columns to bound the memory."""
    total = np.zeros((len(vectors), len(vectors)))
    for _, block in _blocks(vectors, n_features):
        weighted = block * sample_weight[:, None].astype(np.float32)
        total += (weighted @ weighted.T).astype(np.float64)
    return total


def _weights(vectors: Sequence[Vector], dual: Array, n_features: int) -> NDArray[np.float32]:
    weights = np.zeros((n_features, dual.shape[1]), np.float32)
    for start, block in _blocks(vectors, n_features):
        weights[start : start + block.shape[1]] = block.T @ dual.astype(np.float32)
    return weights


def _blocks(vectors: Sequence[Vector], n_features: int) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """The unit vectors as dense rows, some columns at a time, each with its first column."""
    for start in range(0, n_features, _BLOCK_COLUMNS):
        width = min(_BLOCK_COLUMNS, n_features - start)
        block = np.zeros((len(vectors), width), np.float32)
        for row, vector in zip(block, vectors, strict=True):
            inside = (vector.columns >= start) & (vector.columns < start + width)
            row[vector.columns[inside] - start] = vector.unit[inside]
        yield start, block

"""How much each sentence says about its document: cheap measures over the whole text, no model."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.tasks.folding import tokens_of
from app.tasks.sentences import Prose, Sentence
from app.tasks.wording import BOILERPLATE, CUES, FIGURE, FUNCTION_WORDS

_STEM_CHARS: Final = 6
"""Inflected forms agree in their beginnings; enough for comparison in most languages of documents."""
_GOOD_WORDS: Final = (8, 40)
_SAME: Final = 0.6

Vector = dict[str, float]


@dataclass(frozen=True)
class Weights:
    centrality: float = 1.0
    position: float = 0.8
    figures: float = 0.5
    cues: float = 0.4
    title: float = 0.4
    boilerplate: float = 1.0
    question: float = 0.8
    short: float = 1.2
    long: float = 0.3


@dataclass(frozen=True)
class Ranked:
    """Scores of the sentences, and their word vectors of length one for comparing them."""

    scores: NDArray[np.float64]
    vectors: tuple[Vector, ...]


def stems_of(text: str) -> list[str]:
    """Content words cut to their beginnings."""
    return [token.text[:_STEM_CHARS] for token in tokens_of(text) if token.text not in FUNCTION_WORDS and not token.text.isdigit()]


def rank(prose: Prose, weights: Weights) -> Ranked:
    """Score every sentence of the document."""
    sentences = prose.sentences
    if not sentences:
        return Ranked(np.zeros(0), ())
    bags = [Counter(stems_of(sentence.text)) for sentence in sentences]
    vectors = _vectors(bags)
    total = len(sentences)
    title = set(stems_of(prose.headings[0].text)) if prose.headings and prose.headings[0].start < sentences[0].start else set()
    scores = weights.centrality * _centrality(vectors)
    for index, sentence in enumerate(sentences):
        scores[index] += weights.position * _position(index, total)
        scores[index] += _own_signs(sentence, weights)
        if title:
            scores[index] += weights.title * len(title & bags[index].keys()) / len(title)
    return Ranked(scores, tuple(vectors))


def choose(ranked: Ranked, count: int, *, redundancy: float = 0.7) -> list[int]:
    """The best sentences that say different things, best first (maximal marginal relevance)."""
    left = [int(index) for index in np.argsort(-ranked.scores, kind="stable")[: max(60, 6 * count)]]
    chosen: list[int] = []
    overlap = dict.fromkeys(left, 0.0)
    while left and len(chosen) < count:
        best = max(left, key=lambda index: ranked.scores[index] - redundancy * overlap[index])
        left.remove(best)
        chosen.append(best)
        for index in left:
            overlap[index] = max(overlap[index], similarity(ranked.vectors[best], ranked.vectors[index]))
        left = [index for index in left if overlap[index] < _SAME]
    return chosen


def similarity(left: Vector, right: Vector) -> float:
    if len(right) < len(left):
        left, right = right, left
    return sum(weight * right.get(term, 0.0) for term, weight in left.items())


def _vectors(bags: Sequence[Counter[str]]) -> list[Vector]:
    """TF-IDF over the document's own sentences, each of length one."""
    documents = Counter(term for bag in bags for term in bag)
    vectors = []
    for bag in bags:
        vector = {term: (1 + math.log(count)) * math.log(1 + len(bags) / documents[term]) for term, count in bag.items()}
        norm = math.sqrt(sum(weight * weight for weight in vector.values())) or 1.0
        vectors.append({term: weight / norm for term, weight in vector.items()})
    return vectors


def _centrality(vectors: Sequence[Vector]) -> NDArray[np.float64]:
    """Mean similarity of each sentence to all (its product with the centre), as a share of the highest."""
    centre: Counter[str] = Counter()
    for vector in vectors:
        centre.update(vector)
    values = np.array([similarity(vector, centre) for vector in vectors])
    top = float(values.max())
    return values / top if top > 0 else values


def _position(index: int, total: int) -> float:
    """Beginnings say most; endings a little."""
    place = index / max(1, total - 1)
    return max(math.exp(-6.0 * place), 0.3 if place > 0.95 else 0.0)


def _own_signs(sentence: Sentence, weights: Weights) -> float:
    words = len(sentence.text.split())
    score = weights.figures * min(1.0, len(FIGURE.findall(sentence.text)) / 4)
    score += weights.cues * bool(CUES.search(sentence.text))
    score -= weights.boilerplate * bool(BOILERPLATE.search(sentence.text))
    score -= weights.question * sentence.text.rstrip("\"'”’»)").endswith("?")
    if words < _GOOD_WORDS[0]:
        score -= weights.short * (1 - words / _GOOD_WORDS[0])
    elif words > _GOOD_WORDS[1]:
        score -= weights.long * min(2.0, words / _GOOD_WORDS[1] - 1)
    return score

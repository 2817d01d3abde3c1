"""How much each sentence says about its document: cheap measures over the whole text, no model."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import accumulate
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.tasks.text.folding import tokens_of
from app.tasks.text.sentences import Prose, Sentence
from app.tasks.text.wording import BOILERPLATE, CUES, FIGURE, FUNCTION_WORDS, MEASURE, POINTS_BACK

_STEM_CHARS: Final = 6
"""Inflected forms agree in their beginnings; enough for comparison in most languages of documents."""
_GOOD_WORDS: Final = (8, 40)
_SAME: Final = 0.6
_NEAR: Final = 0.4
_REACH: Final = 0.1
"""Neighbours tell of the same thing: how much that counts, and how far it reaches as a part of the document."""
_ENDING: Final = 0.95
_CLOSING: Final = "\"'”’»)] "

Vector = dict[str, float]


class Sign(IntEnum):
    """What is measured of a sentence; each is 0–1, a few reach 2."""

    CENTRAL = 0
    EARLY = 1
    LATE = 2
    FIGURES = 3
    MEASURES = 4
    """Money and percentages."""
    CUES = 5
    TITLE = 6
    BOILERPLATE = 7
    QUESTION = 8
    SHORT = 9
    LONG = 10
    DANGLING = 11
    """Begins with a word that points back, or in the middle of a sentence."""
    DENSE = 12
    """Share of words that carry content."""


WEIGHTS: Final = np.array([1.4, 1.0, 0.25, 0.45, 0.45, 0.7, 0.2, -0.85, -0.6, -1.8, -0.3, -0.2, 0.5])
"""Fitted by random search on news, meetings, earnings calls and abstracts."""


@dataclass(frozen=True)
class Ranked:
    """Scores of the sentences, and their word vectors of length one for comparing them."""

    scores: NDArray[np.float64]
    vectors: tuple[Vector, ...]


def stems_of(text: str) -> list[str]:
    """Content words cut to their beginnings."""
    return [token.text[:_STEM_CHARS] for token in tokens_of(text) if token.text not in FUNCTION_WORDS and not token.text.isdigit()]


def rank(prose: Prose) -> Ranked:
    """Score every sentence of the document."""
    matrix, vectors = signs_of(prose)
    return Ranked(matrix @ WEIGHTS, vectors)


def signs_of(prose: Prose) -> tuple[NDArray[np.float64], tuple[Vector, ...]]:
    """One row of `Sign` measures a sentence, and the sentences' word vectors."""
    sentences = prose.sentences
    matrix = np.zeros((len(sentences), len(Sign)))
    if not sentences:
        return matrix, ()
    bags = [Counter(stems_of(sentence.text)) for sentence in sentences]
    vectors = _vectors(bags)
    matrix[:, Sign.CENTRAL] = _centrality(vectors)
    title = _title_stems(prose)
    full_before = list(accumulate((sentence.is_full for sentence in sentences), initial=0))
    for index, sentence in enumerate(sentences):
        row = matrix[index]
        place = full_before[index] / max(1, full_before[-1] - 1)
        row[Sign.EARLY] = math.exp(-6.0 * place)
        row[Sign.LATE] = place > _ENDING
        if title:
            row[Sign.TITLE] = len(title & bags[index].keys()) / len(title)
        _add_own_signs(row, sentence, sum(bags[index].values()))
    return matrix, tuple(vectors)


def _title_stems(prose: Prose) -> set[str]:
    """The words of the heading above the first sentence."""
    before = [heading for heading in prose.headings if heading.start < prose.sentences[0].start]
    return set(stems_of(before[0].text)) if before else set()


def _add_own_signs(row: NDArray[np.float64], sentence: Sentence, content_words: int) -> None:
    text = sentence.text
    words = len(text.split())
    row[Sign.FIGURES] = min(1.0, len(FIGURE.findall(text)) / 3)
    row[Sign.MEASURES] = min(1.0, len(MEASURE.findall(text)) / 2)
    row[Sign.CUES] = bool(CUES.search(text))
    row[Sign.BOILERPLATE] = bool(BOILERPLATE.search(text))
    row[Sign.QUESTION] = text.rstrip(_CLOSING).endswith("?")
    row[Sign.SHORT] = max(0.0, 1 - words / _GOOD_WORDS[0])
    row[Sign.LONG] = min(2.0, max(0.0, words / _GOOD_WORDS[1] - 1))
    row[Sign.DANGLING] = bool(POINTS_BACK.match(text)) or text[0].islower()
    row[Sign.DENSE] = min(1.0, content_words / max(1, words))


def choose(ranked: Ranked, count: int, *, redundancy: float = 0.8) -> list[int]:
    """The best sentences that say different things, best first (maximal marginal relevance)."""
    left = [int(index) for index in np.argsort(-ranked.scores, kind="stable")[: max(60, 6 * count)]]
    chosen: list[int] = []
    overlap = dict.fromkeys(left, 0.0)
    reach = max(1.0, _REACH * len(ranked.scores))
    while left and len(chosen) < count:
        best = max(left, key=lambda index: ranked.scores[index] - redundancy * overlap[index])
        left.remove(best)
        chosen.append(best)
        for index in left:
            alike = similarity(ranked.vectors[best], ranked.vectors[index])
            overlap[index] = max(overlap[index], alike, _NEAR * max(0.0, 1 - abs(best - index) / reach))
        left = [index for index in left if overlap[index] < _SAME]
    return chosen


def similarity(left: Mapping[str, float], right: Mapping[str, float]) -> float:
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

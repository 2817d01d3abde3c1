"""ROUGE-L over words, case folded, without stemming: F1 of the longest common subsequence."""

from __future__ import annotations

import re
from collections.abc import Sequence

_WORD = re.compile(r"\w+")


def words_of(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def rouge_l(candidate: str, references: Sequence[str]) -> float:
    """The best F1 over the references."""
    return max((_f1(words_of(candidate), words_of(reference)) for reference in references), default=0.0)


def _f1(candidate: list[str], reference: list[str]) -> float:
    common = _longest_common(candidate, reference)
    if not common:
        return 0.0
    precision, recall = common / len(candidate), common / len(reference)
    return 2 * precision * recall / (precision + recall)


def _longest_common(left: list[str], right: list[str]) -> int:
    row = [0] * (len(right) + 1)
    for word in left:
        diagonal = 0
        for column, other in enumerate(right, start=1):
            above = row[column]
            row[column] = diagonal + 1 if word == other else max(above, row[column - 1])
            diagonal = above
    return row[-1]

"""Beginnings that sequences of tokens share."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise


def shared_length(left: Sequence[int], right: Sequence[int]) -> int:
    """How many tokens two sequences begin with alike."""
    for length, (one, other) in enumerate(zip(left, right, strict=False)):
        if one != other:
            return length
    return min(len(left), len(right))


def told_apart(sequences: Sequence[Sequence[int]], *, beyond: int) -> list[Sequence[int]]:
    """Each sequence up to the token that tells it from all others, and `beyond` tokens on."""
    order = sorted(range(len(sequences)), key=lambda index: tuple(sequences[index]))
    alike = [0] * len(sequences)
    for left, right in pairwise(order):
        length = shared_length(sequences[left], sequences[right])
        alike[left], alike[right] = max(alike[left], length), max(alike[right], length)
    return [sequence[: length + 1 + beyond] for sequence, length in zip(sequences, alike, strict=True)]

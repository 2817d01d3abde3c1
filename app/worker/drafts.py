"""Guesses of what the model will copy next, taken from the document; the runtime verifies each guess before it counts."""

from __future__ import annotations

from collections.abc import Sequence

from app.tasks.asking.engine import Tokens

DRAFT_TOKENS = 8
"""Tokens guessed at a time: longer guesses fail too often to pay for their place in the batch."""


class DraftSource:
    """Guesses what comes next by finding the latest tokens in the document."""

    def __init__(self, tokens: Sequence[int]) -> None:
        self._tokens = list(tokens)
        self._places: dict[tuple[int, ...], int] = {}
        for length in (1, 2, 3):
            for start in range(len(self._tokens) - length):
                self._places.setdefault(tuple(self._tokens[start : start + length]), start + length)

    def guess(self, history: Sequence[int]) -> Tokens:
        for length in (3, 2, 1):
            place = self._places.get(tuple(history[-length:]))
            if place is not None:
                return self._tokens[place : place + DRAFT_TOKENS]
        return []

"""The model's memory after beginnings that come again, kept as bytes: to take one back is copying, not computing."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Chunk = tuple[int, ...]
State = NDArray[np.uint8]


class StateShelf:
    """States by the batches that led to them; those that were not asked for longest give way to others."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._states: OrderedDict[tuple[Chunk, ...], State] = OrderedDict()

    @property
    def held_bytes(self) -> int:
        return sum(state.nbytes for state in self._states.values())

    def longest(self, chunks: Sequence[Chunk], *, beyond: int) -> tuple[int, State] | None:
        """The state after the most of these batches, if more than `beyond`, and their number."""
        for count in range(len(chunks), beyond, -1):
            key = tuple(chunks[:count])
            if key in self._states:
                self._states.move_to_end(key)
                return count, self._states[key]
        return None

    def holds(self, chunks: Sequence[Chunk]) -> bool:
        return tuple(chunks) in self._states

    def keep(self, chunks: Sequence[Chunk], state: State) -> None:
        """Keep a state, unless it is larger than all that may be held."""
        if state.nbytes > self._most_bytes:
            return
        self._states[tuple(chunks)] = state
        while self.held_bytes > self._most_bytes:
            self._states.popitem(last=False)

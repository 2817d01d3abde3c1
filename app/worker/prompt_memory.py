"""What a context holds of a prompt, and what may be taken back: from memory itself, or from states kept of beginnings that last."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import llama_cpp as llama
import numpy as np

from app.tasks.asking.engine import Tokens
from app.worker.states import Chunk, State, StateShelf

_LASTING_TOKENS = 16
"""Shorter instructions are read again almost as fast as their state is copied."""
_SHELF_BYTES = 64 << 20


class PromptMemory:
    """The memory of one context. Sequence 0 is the prompt; the others branch off from its end for a while."""

    def __init__(self, context: Any, model: Any, *, has_states: bool) -> None:
        self._context = context
        self._raw = llama.llama_get_memory(context)
        self._has_states = has_states
        self._window = llama.llama_model_n_swa(model)
        self._shelf = StateShelf(_SHELF_BYTES)
        self.chunks: list[Chunk] = []
        """The prompt, as the batches it was fed in."""
        self.history: Tokens = []
        """All tokens in memory: the prompt and what was generated after it."""

    def clear(self) -> None:
        llama.llama_memory_clear(self._raw, True)
        self.chunks, self.history = [], []

    def go_back_to(self, chunks: Sequence[Chunk]) -> int:
        """Leave as many of the first batches as are here or on the shelf; their number."""
        kept = 0
        for old, new in zip(self.chunks, chunks, strict=False):
            if old != new:
                break
            kept += 1
        if kept == len(chunks) < len(self.chunks):
            # Of a longer prompt the logits in between are not known any more.
            kept -= 1
        if not self.forget_after(sum(map(len, chunks[:kept]))):
            kept = 0
        if found := self._shelf.longest(chunks[:-1], beyond=kept):
            kept = found[0] if self._restore(found[1]) else 0
        self.chunks = list(chunks[:kept])
        self.history = [token for chunk in self.chunks for token in chunk]
        return kept

    def forget_after(self, position: int) -> bool:
        """Whether memory now ends at a position, with all that what follows looks back at. If not, it is empty."""
        if llama.llama_memory_seq_rm(self._raw, 0, position, -1) and self._reaches_back(position):
            return True
        llama.llama_memory_clear(self._raw, True)
        return False

    def lasting(self, parts: Sequence[Sequence[Chunk]]) -> set[int]:
        """After how many batches of a prompt's segments the state is worth keeping.

        After the first segment, the instructions; and before the last batch, where a model can't take back what follows.
        """
        counts = {len(parts[0])} if parts and sum(map(len, parts[0])) >= _LASTING_TOKENS else set()
        return counts | {sum(map(len, parts)) - 1} if self._has_states else counts

    def keep(self) -> None:
        """Put the state of the prompt so far on the shelf."""
        if self.chunks and not self._shelf.holds(self.chunks):
            state = np.empty(llama.llama_state_seq_get_size(self._context, 0), np.uint8)
            llama.llama_state_seq_get_data(self._context, _bytes_of(state), state.nbytes, 0)
            self._shelf.keep(self.chunks, state)

    def add(self, chunk: Chunk) -> None:
        self.chunks.append(chunk)
        self.history += chunk

    @contextmanager
    def branches(self, count: int) -> Iterator[None]:
        """Sequences 1 to `count` go on from the end of the prompt and are forgotten afterwards."""
        for sequence in range(1, count + 1):
            llama.llama_memory_seq_cp(self._raw, 0, sequence, -1, -1)
        try:
            yield
        finally:
            for sequence in range(1, count + 1):
                llama.llama_memory_seq_rm(self._raw, sequence, -1, -1)

    def _reaches_back(self, position: int) -> bool:
        """Layers with a window may have given up what lay behind it when more followed."""
        oldest = llama.llama_memory_seq_pos_min(self._raw, 0)
        return not self._window or not position or 0 <= oldest <= max(0, position - self._window)

    def _restore(self, state: State) -> bool:
        llama.llama_memory_clear(self._raw, True)
        if llama.llama_state_seq_set_data(self._context, _bytes_of(state), state.nbytes, 0):
            return True
        llama.llama_memory_clear(self._raw, True)
        return False


def _bytes_of(state: State) -> Any:
    return state.ctypes.data_as(ctypes.POINTER(ctypes.c_uint8))

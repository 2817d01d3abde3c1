"""One batch of tokens as llama.cpp wants it, filled through numpy: entry by entry through ctypes is slow for large batches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

Node = tuple[int, int, list[int]]
"""Token, depth, and the branches that it belongs to."""


class TokenBatch:
    """A view of a `llama_batch` with room for `n_tokens` tokens in up to `n_sequences` sequences. Sequence 0 is the prompt."""

    def __init__(self, raw: Any, n_tokens: int, n_sequences: int) -> None:
        self.raw = raw
        self._tokens = np.ctypeslib.as_array(raw.token, shape=(n_tokens,))
        self._positions = np.ctypeslib.as_array(raw.pos, shape=(n_tokens,))
        self._counts = np.ctypeslib.as_array(raw.n_seq_id, shape=(n_tokens,))
        self._outputs = np.ctypeslib.as_array(raw.logits, shape=(n_tokens,))
        self._sequences = [np.ctypeslib.as_array(raw.seq_id[row], shape=(n_sequences,)) for row in range(n_tokens)]
        self._branched = n_tokens
        """Rows whose sequence is perhaps not the prompt."""

    def fill_run(self, tokens: Sequence[int], start: int, *, outputs: int) -> None:
        """Tokens of the prompt from position `start` on; the last `outputs` of them give logits."""
        size = len(tokens)
        for row in range(self._branched):
            self._sequences[row][0] = 0
        self._branched = 0
        self.raw.n_tokens = size
        self._tokens[:size] = tokens
        self._positions[:size] = np.arange(start, start + size)
        self._counts[:size] = 1
        self._outputs[:size] = 0
        if outputs:
            self._outputs[size - outputs : size] = 1

    def fill_tree(self, nodes: Sequence[Node], start: int) -> None:
        """Nodes of a tree of continuations that begins at `start`, each with logits; branch n is sequence n + 1."""
        size = len(nodes)
        self.raw.n_tokens = size
        self._tokens[:size] = [token for token, _, _ in nodes]
        self._positions[:size] = [start + depth for _, depth, _ in nodes]
        self._counts[:size] = [len(branches) for _, _, branches in nodes]
        self._outputs[:size] = 1
        for row, (_, _, branches) in enumerate(nodes):
            self._sequences[row][: len(branches)] = np.add(branches, 1)
        self._branched = max(self._branched, size)

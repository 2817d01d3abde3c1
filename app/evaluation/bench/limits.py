"""What the machine allows at best: memory bandwidth, and the model's kernels without anything around them."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from app.evaluation.bench.peer_child import Speeds

_ARRAY_BYTES = 128 << 20
_TRIES = 5


@dataclass(frozen=True)
class Limits:
    """Tokens per second of plain reading and writing are measured; what bandwidth allows is computed from the weights."""

    bandwidth_bytes_per_s: float
    speeds: Speeds | None

    @property
    def written_tokens_per_s(self) -> float | None:
        """Each token that is written one by one needs all weights once."""
        return self.bandwidth_bytes_per_s / self.speeds.weights_bytes if self.speeds else None


def memory_bandwidth(threads: int) -> float:
    """Bytes per second that `threads` threads read together: sums over arrays that no cache holds; the best of some tries."""
    arrays = [np.ones(_ARRAY_BYTES // 8, np.float64) for _ in range(threads)]
    best = 0.0
    with ThreadPoolExecutor(threads) as pool:
        for _ in range(_TRIES):
            started = time.perf_counter()
            list(pool.map(np.sum, arrays))
            best = max(best, threads * _ARRAY_BYTES / (time.perf_counter() - started))
    return best

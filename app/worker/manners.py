"""How a worker shares the computer with everything else."""

from __future__ import annotations

import os

WORKER_NICENESS = 5
"""Less right to the processor than the window has, so that it answers at once while all cores are busy."""


def processors() -> int:
    """Logical processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def usual_threads() -> int:
    """Half of the logical processors are hyperthreads on most laptops, and decoding gains nothing from those."""
    count = processors()
    return max(1, min(8, count if count <= 4 else count // 2))

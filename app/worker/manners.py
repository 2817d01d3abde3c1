"""How a worker shares the computer with everything else."""

from __future__ import annotations

import os
from typing import Final

WORKER_NICENESS = 5
"""Less right to the processor than the window has, so that it answers at once while all cores are busy."""

WAITING: Final = {"OMP_WAIT_POLICY": "passive", "GOMP_SPINCOUNT": "300"}
"""How the engine's threads wait for each other: some microseconds awake, then asleep.

Threads that stay awake made writing ten times slower whenever other programs were busy; threads that sleep at once are woken
hundreds of times a token, which took a third of the speed of writing on an idle computer.
"""


def processors() -> int:
    """Logical processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def usual_threads() -> int:
    """Half of the logical processors are hyperthreads on most laptops, and decoding gains nothing from those."""
    count = processors()
    return max(1, min(8, count if count <= 4 else count // 2))

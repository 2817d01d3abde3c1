"""Whether a model fits this computer: an estimate from its figures before it is downloaded or loaded."""

from __future__ import annotations

import os
from dataclasses import dataclass

from app.catalog.spec import ModelSpec

_FIXED_BYTES = 150 * 2**20
_RESERVED_FOR_SYSTEM_BYTES = 3 * 2**30
_SHARE_OF_FREE = 0.8
_LARGE_VOCABULARY = 200_000


@dataclass(frozen=True)
class MachineMemory:
    total_bytes: int
    available_bytes: int


@dataclass(frozen=True)
class Fit:
    need_bytes: int
    fits: bool


def machine_memory() -> MachineMemory:
    """Physical memory and what is free of it; both 0 where the system does not tell."""
    try:
        page = os.sysconf("SC_PAGE_SIZE")
        total = page * os.sysconf("SC_PHYS_PAGES")
        available = _available_bytes() or page * os.sysconf("SC_AVPHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return MachineMemory(0, 0)
    return MachineMemory(total, available)


def estimate(spec: ModelSpec, memory: MachineMemory, *, context_tokens: int, kv_bits: int = 16) -> Fit:
    """Memory needed for a context, with flash attention, and whether the computer has it."""
    context = min(context_tokens, spec.context_max)
    n_ubatch = 256 if spec.memory.n_vocab > _LARGE_VOCABULARY else 512
    figures = spec.memory
    cache = figures.kv_bytes_per_token * _padded(context)
    cache += figures.swa_bytes_per_cell * min(context, _padded(figures.swa_window + n_ubatch))
    cache = cache if kv_bits == 16 else cache * 34 // 64
    compute = 4 * n_ubatch * (figures.n_vocab + figures.n_embd)
    need = spec.main_file.size_bytes + cache + figures.state_bytes + compute + _FIXED_BYTES
    if not memory.total_bytes:
        return Fit(need, fits=True)
    fits = need <= _SHARE_OF_FREE * memory.available_bytes and need <= memory.total_bytes - _RESERVED_FOR_SYSTEM_BYTES
    return Fit(need, fits)


def _padded(tokens: int) -> int:
    return -(-tokens // 256) * 256


def _available_bytes() -> int:
    """What Linux calls available: free pages and caches it can drop."""
    try:
        with open("/proc/meminfo", encoding="ascii") as file:  # noqa: PTH123 - not a file of the app
            for line in file:
                if line.startswith("MemAvailable:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        return 0
    return 0

"""Whether a model fits this computer: from its figures before it is downloaded, from the file itself afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.catalog.machine import Machine, MachineMemory
from app.catalog.spec import ModelSpec

_FIXED_BYTES = 150 * 2**20
_RESERVED_FOR_SYSTEM_BYTES = 3 * 2**30
_RESERVED_WHEN_TIGHT_BYTES = 3 * 2**29
_SHARE_OF_FREE = 0.8
_SHARE_OF_FREE_WHEN_TIGHT = 0.95
_SHARE_OF_LISTED_MEMORY = 0.85
"""A computer that is sold with so much memory tells of somewhat less."""
_SHARE_OF_GRAPHICS = 0.9
_LARGE_VOCABULARY = 200_000
_SPARE_DISK_BYTES = 128 * 2**20
_PROGRAM_BYTES = 320 * 2**20
_HEADROOM = 1.25
PICTURE_TOKENS = 1024
"""Most tokens of the context that a page becomes when a model looks at it."""
_PROJECTOR_SHARE = 1.15
_PROJECTOR_BYTES = 256 * 2**20


class Verdict(StrEnum):
    WELL = "fits well"
    TIGHT = "fits tightly"
    NO = "does not fit"


class Reason(StrEnum):
    """Why, for the sentence shown; empty when it fits well."""

    NONE = ""
    TOTAL_MEMORY = "more memory than this computer has"
    FREE_MEMORY = "more memory than is free now; close other programs"
    LITTLE_MEMORY = "most of this computer's memory; other programs get slow"
    DISK = "more room than is free on the disk"
    PROCESSOR = "a newer processor to work at its usual speed"


@dataclass(frozen=True)
class Fit:
    """`need_bytes` is the memory the model takes while it works."""

    need_bytes: int
    verdict: Verdict
    reason: Reason = Reason.NONE

    @property
    def fits(self) -> bool:
        """Whether it can be recommended."""
        return self.verdict is Verdict.WELL


def need_bytes(spec: ModelSpec, *, context_tokens: int, with_projector: bool = False) -> int:
    """Memory for a context, with flash attention: weights, cache, room to compute."""
    sees = with_projector and spec.projector is not None
    context = min(context_tokens + (PICTURE_TOKENS if sees else 0), spec.context_max)
    n_ubatch = 256 if spec.memory.n_vocab > _LARGE_VOCABULARY else 512
    figures = spec.memory
    cache = figures.kv_bytes_per_token * _padded(context)
    cache += figures.swa_bytes_per_cell * min(context, _padded(figures.swa_window + n_ubatch))
    compute = 4 * n_ubatch * (figures.n_vocab + figures.n_embd)
    need = spec.main_file.size_bytes + cache + figures.state_bytes + compute + _FIXED_BYTES
    if with_projector and spec.projector is not None:
        need += round(_PROJECTOR_SHARE * spec.projector.size_bytes) + _PROJECTOR_BYTES
    return need


def most_bytes(spec: ModelSpec, memory: MachineMemory, *, context_tokens: int, with_projector: bool = False) -> int:
    """The bound on the memory of the worker that runs it: what it says it needs, with headroom, and never all of the computer's.

    Weights count although they are mapped, since llama.cpp arranges some of them anew in memory of its own.
    """
    need = need_bytes(spec, context_tokens=context_tokens, with_projector=with_projector)
    most = round(_HEADROOM * need) + _PROGRAM_BYTES
    left = memory.total_bytes - _RESERVED_WHEN_TIGHT_BYTES
    return min(most, left) if left > _RESERVED_WHEN_TIGHT_BYTES else most


def estimate(spec: ModelSpec, memory: MachineMemory, *, context_tokens: int, with_projector: bool = False) -> Fit:
    """By memory alone."""
    need = need_bytes(spec, context_tokens=context_tokens, with_projector=with_projector)
    if not memory.total_bytes:
        return Fit(need, Verdict.WELL)
    if need > memory.total_bytes - _RESERVED_WHEN_TIGHT_BYTES:
        return Fit(need, Verdict.NO, Reason.TOTAL_MEMORY)
    if need > _SHARE_OF_FREE_WHEN_TIGHT * memory.available_bytes:
        return Fit(need, Verdict.TIGHT, Reason.FREE_MEMORY)
    has_room = need <= _SHARE_OF_FREE * memory.available_bytes and need <= memory.total_bytes - _RESERVED_FOR_SYSTEM_BYTES
    if has_room and memory.total_bytes >= _SHARE_OF_LISTED_MEMORY * spec.ram_min_gb * 2**30:
        return Fit(need, Verdict.WELL)
    return Fit(need, Verdict.TIGHT, Reason.LITTLE_MEMORY)


def assess(spec: ModelSpec, machine: Machine, *, context_tokens: int, missing_bytes: int = 0, with_projector: bool = False) -> Fit:
    """By everything that is known of the computer; `missing_bytes` are still to be downloaded."""
    fit = estimate(spec, machine.memory, context_tokens=context_tokens, with_projector=with_projector)
    is_for_graphics = any(fit.need_bytes <= _SHARE_OF_GRAPHICS * card.free_bytes for card in machine.graphics)
    if is_for_graphics and fit.verdict is Verdict.TIGHT:
        fit = Fit(fit.need_bytes, Verdict.WELL)
    free = machine.disk_free_bytes
    if missing_bytes and free is not None and missing_bytes + _SPARE_DISK_BYTES > free:
        fit = Fit(fit.need_bytes, Verdict.NO, Reason.DISK)
    if fit.verdict is Verdict.WELL and machine.is_processor_old and not is_for_graphics:
        fit = Fit(fit.need_bytes, Verdict.TIGHT, Reason.PROCESSOR)
    return fit


def _padded(tokens: int) -> int:
    return -(-tokens // 256) * 256

"""How fast models work on this computer: from a model's own figures once one has run here, from the hardware until then."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from app.catalog.machine import Machine
from app.catalog.spec import ModelSpec
from app.catalog.tuning import tuning_of

TYPICAL_PROMPT_TOKENS = 700
TYPICAL_STEPS = 8
"""Of an invoice of one page: tokens read, those of its candidates included, and passes through all weights."""

_FLOPS_PER_WEIGHT = 2
_FLOPS_PER_CORE = (({"avx512_vnni"}, 1.1e11), ({"avx_vnni", "avx2"}, 6e10), ({"asimddp"}, 6e10), ({"avx2", "fma"}, 4e10))
"""What the engine reaches on four-bit weights with these instructions, as measured or published; the first that fits."""
_FLOPS_OF_OTHERS = 1e10
_FLOPS_OF_APPLE = 1e11
_READ_SHARE = 0.6
"""What passes through the weights reach of the memory's plain speed."""
_PROBE_BYTES = 64 * 2**20
_PROBE_ROUNDS = 4
_MOST_CORES = 8


@dataclass(frozen=True)
class MachineSpeed:
    """Operations a second while reading a prompt, and bytes of weights a second while writing, both as a model reaches them."""

    flops: float
    bytes_per_s: float
    source: Literal["measured", "estimated"]

    def prompt_tokens_per_s(self, spec: ModelSpec) -> float:
        return self.flops / (_FLOPS_PER_WEIGHT * max(spec.computed_parameters_b, 0.01) * 1e9)

    def steps_per_s(self, spec: ModelSpec) -> float:
        return self.bytes_per_s / _bytes_per_step(spec)

    def documents_per_minute(self, spec: ModelSpec) -> float:
        """Pages of text like an invoice, one after the other."""
        return 60 / (TYPICAL_PROMPT_TOKENS / self.prompt_tokens_per_s(spec) + TYPICAL_STEPS / self.steps_per_s(spec))


class Speeds:
    """Of all models on this computer: measured where one has run, else by the measured model nearest in size, else estimated."""

    def __init__(self, models_folder: Path, specs: Sequence[ModelSpec], machine: Machine) -> None:
        self._measured = [(spec, speed) for spec in specs if (speed := _measured(models_folder, spec)) is not None]
        self._estimate = None if self._measured else estimate_speed(machine)

    def of(self, spec: ModelSpec) -> MachineSpeed:
        if self._estimate is not None:
            return self._estimate
        _, nearest = min(self._measured, key=lambda pair: _distance(pair[0], spec))
        return nearest


def estimate_speed(machine: Machine) -> MachineSpeed:
    """By the processor's instructions and cores, and a look at the speed of the memory."""
    per_core = next((flops for features, flops in _FLOPS_PER_CORE if features <= machine.features), _FLOPS_OF_OTHERS)
    if machine.is_apple:
        per_core = _FLOPS_OF_APPLE
    return MachineSpeed(per_core * min(machine.n_cores, _MOST_CORES), _READ_SHARE * _memory_bytes_per_s(), "estimated")


def _bytes_per_step(spec: ModelSpec) -> float:
    share = spec.computed_parameters_b / spec.parameters_b if spec.parameters_b else 1.0
    return spec.main_file.size_bytes * share


def _memory_bytes_per_s() -> float:
    """The best of some rounds of reading, on as many threads as a model gets."""
    import numpy as np

    n_threads = min(os.cpu_count() or 1, _MOST_CORES)
    blocks = [np.ones(_PROBE_BYTES // 8 // n_threads) for _ in range(n_threads)]
    best_s = float("inf")
    with ThreadPoolExecutor(n_threads) as pool:
        for _ in range(_PROBE_ROUNDS):
            began = time.perf_counter()
            list(pool.map(np.sum, blocks))
            best_s = min(best_s, time.perf_counter() - began)
    return _PROBE_BYTES / best_s


def _measured(models_folder: Path, spec: ModelSpec) -> MachineSpeed | None:
    tuning = tuning_of(models_folder, spec.main_file.sha256)
    if tuning is None or not spec.parameters_b:
        return None
    flops = tuning.prompt_tokens_per_s * _FLOPS_PER_WEIGHT * spec.computed_parameters_b * 1e9
    return MachineSpeed(flops, tuning.steps_per_s * _bytes_per_step(spec), "measured")


def _distance(one: ModelSpec, other: ModelSpec) -> float:
    """Between sizes, by their ratio; 0 for the same model."""
    return 0.0 if one.id == other.id else abs(math.log(one.computed_parameters_b / max(other.computed_parameters_b, 0.01))) + 1e-9

"""How fast models work on this computer: from a model's own figures once one has run here, from the hardware until then."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from app.catalog.files import read_json, write_json
from app.catalog.machine import Machine
from app.catalog.spec import ModelSpec

TYPICAL_PROMPT_TOKENS = 1300
TYPICAL_STEPS = 20
"""Of an invoice of one page: tokens read, those of its candidates included, and passes through all weights."""

_STORE = ".speed.json"
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


def machine_speed(models_folder: Path, machine: Machine) -> MachineSpeed:
    """What a model measured on this computer, else an estimate."""
    return _stored(models_folder) or estimate_speed(machine)


def learn_speed(models_folder: Path, spec: ModelSpec, *, prompt_tokens_per_s: float, steps_per_s: float = 0.0) -> None:
    """Remember the figures of a model that has run here, by best effort; 0 where it did not tell."""
    flops = prompt_tokens_per_s * _FLOPS_PER_WEIGHT * spec.computed_parameters_b * 1e9
    bytes_per_s = steps_per_s * _bytes_per_step(spec) or _READ_SHARE * _memory_bytes_per_s()
    if flops > 0:
        try:
            # Folders move between computers, so the processors are noted too.
            write_json(models_folder / _STORE, {"threads": os.cpu_count(), "flops": flops, "bytes_per_s": bytes_per_s})
        except OSError:
            return


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


def _stored(models_folder: Path) -> MachineSpeed | None:
    content = read_json(models_folder / _STORE)
    flops, bytes_per_s = content.get("flops"), content.get("bytes_per_s")
    if content.get("threads") != os.cpu_count() or not isinstance(flops, int | float) or not isinstance(bytes_per_s, int | float):
        return None
    return MachineSpeed(float(flops), float(bytes_per_s), "measured") if flops > 0 and bytes_per_s > 0 else None

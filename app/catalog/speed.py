"""How fast models work on this computer: from a model's own figures once one has run here, from a short probe until then."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from app.catalog.files import read_json, write_json
from app.catalog.spec import ModelSpec

TYPICAL_PROMPT_TOKENS = 1200
TYPICAL_STEPS = 60
"""Of a page with a dozen fields: what is read, and the steps of scoring and writing."""

_STORE = ".speed.json"
_FLOPS_PER_WEIGHT = 2
_READ_SHARE = 0.6
"""What writing words reaches of the memory's plain speed."""
_PROBE_BYTES = 64 * 2**20
_PROBE_SIDE = 768
_PROBE_ROUNDS = 4
_MOST_THREADS = 8


@dataclass(frozen=True)
class MachineSpeed:
    """Operations a second while reading a prompt, and bytes of weights a second while writing, both as a model reaches them."""

    flops: float
    bytes_per_s: float
    source: Literal["measured", "estimated"]

    def prompt_tokens_per_s(self, spec: ModelSpec) -> float:
        return self.flops / (_FLOPS_PER_WEIGHT * max(spec.computed_parameters_b, 0.01) * 1e9)

    def steps_per_s(self, spec: ModelSpec) -> float:
        share = spec.computed_parameters_b / spec.parameters_b if spec.parameters_b else 1.0
        return self.bytes_per_s / (spec.main_file.size_bytes * share)

    def documents_per_minute(self, spec: ModelSpec) -> float:
        """Pages of text like an invoice, one after the other."""
        return 60 / (TYPICAL_PROMPT_TOKENS / self.prompt_tokens_per_s(spec) + TYPICAL_STEPS / self.steps_per_s(spec))


def learn_speed(models_folder: Path, spec: ModelSpec, *, prompt_tokens_per_s: float, steps_per_s: float = 0.0) -> None:
    """Take the figures of a model that has run here; what it did not tell stays as it was."""
    known = machine_speed(models_folder)
    share = spec.computed_parameters_b / spec.parameters_b if spec.parameters_b else 1.0
    flops = prompt_tokens_per_s * _FLOPS_PER_WEIGHT * spec.computed_parameters_b * 1e9
    bytes_per_s = steps_per_s * spec.main_file.size_bytes * share
    remember_speed(models_folder, MachineSpeed(flops or known.flops, bytes_per_s or known.bytes_per_s, "measured"))


def machine_speed(models_folder: Path) -> MachineSpeed:
    """What is stored for this computer, else a probe of a quarter of a second, stored until a model has run."""
    stored = _stored(models_folder)
    if stored is not None:
        return stored
    speed = probe_speed()
    remember_speed(models_folder, speed)
    return speed


def remember_speed(models_folder: Path, speed: MachineSpeed) -> None:
    """Best effort; folders move between computers, so the processors are noted too."""
    content = {"threads": os.cpu_count(), "flops": speed.flops, "bytes_per_s": speed.bytes_per_s, "source": speed.source}
    try:
        write_json(models_folder / _STORE, content)
    except OSError:
        return


def probe_speed() -> MachineSpeed:
    """The best of some rounds of reading memory and multiplying matrices, on as many threads as a model gets."""
    import numpy as np

    n_threads = min(os.cpu_count() or 1, _MOST_THREADS)
    blocks = [np.ones(_PROBE_BYTES // 8 // n_threads) for _ in range(n_threads)]
    matrix = np.ones((_PROBE_SIDE, _PROBE_SIDE), dtype=np.float32)
    read_s = multiply_s = float("inf")
    with ThreadPoolExecutor(n_threads) as pool:
        for _ in range(_PROBE_ROUNDS):
            began = time.perf_counter()
            list(pool.map(np.sum, blocks))
            read_s = min(read_s, time.perf_counter() - began)
            began = time.perf_counter()
            _ = matrix @ matrix
            multiply_s = min(multiply_s, time.perf_counter() - began)
    return MachineSpeed(
        flops=_FLOPS_PER_WEIGHT * _PROBE_SIDE**3 / multiply_s, bytes_per_s=_READ_SHARE * _PROBE_BYTES / read_s, source="estimated"
    )


def _stored(models_folder: Path) -> MachineSpeed | None:
    content = read_json(models_folder / _STORE)
    flops, bytes_per_s, source = content.get("flops"), content.get("bytes_per_s"), content.get("source")
    if content.get("threads") != os.cpu_count() or not isinstance(flops, int | float) or not isinstance(bytes_per_s, int | float):
        return None
    if flops <= 0 or bytes_per_s <= 0 or source not in {"measured", "estimated"}:
        return None
    return MachineSpeed(float(flops), float(bytes_per_s), "measured" if source == "measured" else "estimated")

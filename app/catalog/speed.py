"""How fast models work on this computer: by the documents a model has done here, by what was measured, or by the hardware."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from app.catalog.machine import Machine
from app.catalog.spec import ModelSpec
from app.catalog.tuning import memory_speed_of, remember_memory_speed, tuning_of
from app.domain.pace import ModelPace

TYPICAL_PROMPT_TOKENS = 340
TYPICAL_STEPS = 5
TYPICAL_REST_S = 0.2
"""Tokens that the model reads for a document, passes through all weights besides, and the work around it. Medians with the starter
and the built-in tasks: 336 tokens and 4.5 passes for 20 invoices, 355 and 5 for 25 documents of five kinds under `auto`. A task of
few fields reads half as much."""
ENOUGH_DOCUMENTS = 5
"""Fewer of a person's own documents say little."""

SpeedSource = Literal["documents", "measured", "related", "estimated"]
"""The model's own finished documents; its own measurement; that of another model, by size; the hardware."""

_LENGTHS = (0.25, 20.0)
"""Bounds on how many times longer than a typical one a person's documents are taken to be."""

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
class ModelSpeed:
    """What to expect of one model; `n_documents` stand behind it where it was told by documents."""

    documents_per_minute: float
    source: SpeedSource
    n_documents: int = 0


@dataclass(frozen=True)
class MachineSpeed:
    """Operations a second while reading a prompt, and bytes of weights a second while writing, both as a model reaches them."""

    flops: float
    bytes_per_s: float

    def prompt_tokens_per_s(self, spec: ModelSpec) -> float:
        return self.flops / (_FLOPS_PER_WEIGHT * max(spec.computed_parameters_b, 0.01) * 1e9)

    def steps_per_s(self, spec: ModelSpec) -> float:
        return self.bytes_per_s / _bytes_per_step(spec)

    def model_s(self, spec: ModelSpec) -> float:
        """Seconds that the model works on a typical document."""
        return TYPICAL_PROMPT_TOKENS / self.prompt_tokens_per_s(spec) + TYPICAL_STEPS / self.steps_per_s(spec)


class Speeds:
    """Of all models on this computer. `paces` of finished documents, by SHA-256, also tell how long documents are."""

    def __init__(
        self, models_folder: Path, specs: Sequence[ModelSpec], machine: Machine, paces: Mapping[str, ModelPace] | None = None
    ) -> None:
        self._paces = {sha256: pace for sha256, pace in (paces or {}).items() if pace.n_documents >= ENOUGH_DOCUMENTS}
        self._measured = {spec.id: (spec, speed) for spec in specs if (speed := _measured(models_folder, spec)) is not None}
        self._estimate = None if self._measured else estimate_speed(machine, models_folder)
        self._length = self._length_of_documents()

    def of(self, spec: ModelSpec) -> ModelSpeed:
        pace = self._paces.get(spec.main_file.sha256)
        if pace is not None:
            return ModelSpeed(pace.documents_per_minute, "documents", pace.n_documents)
        source: SpeedSource = "measured" if spec.id in self._measured else "related" if self._measured else "estimated"
        return ModelSpeed(60 / (TYPICAL_REST_S + self._length * self._machine_speed(spec).model_s(spec)), source)

    def _machine_speed(self, spec: ModelSpec) -> MachineSpeed:
        if self._estimate is not None:
            return self._estimate
        return min(self._measured.values(), key=lambda pair: _distance(pair[0], spec))[1]

    def _length_of_documents(self) -> float:
        """How many times the work of a typical document this person's take, by the measured model that has done most of them."""
        told = [
            (self._paces[spec.main_file.sha256], speed.model_s(spec))
            for spec, speed in self._measured.values()
            if spec.main_file.sha256 in self._paces
        ]
        if not told:
            return 1.0
        pace, typical_s = max(told, key=lambda pair: pair[0].n_documents)
        return min(max((pace.seconds - TYPICAL_REST_S) / typical_s, _LENGTHS[0]), _LENGTHS[1])


def estimate_speed(machine: Machine, models_folder: Path) -> MachineSpeed:
    """By the processor's instructions and cores, and the best look at the memory's speed: a busy computer only seems slower."""
    per_core = next((flops for features, flops in _FLOPS_PER_CORE if features <= machine.features), _FLOPS_OF_OTHERS)
    if machine.is_apple:
        per_core = _FLOPS_OF_APPLE
    return MachineSpeed(per_core * min(machine.n_cores, _MOST_CORES), _READ_SHARE * _best_memory_speed(models_folder))


def _bytes_per_step(spec: ModelSpec) -> float:
    share = spec.computed_parameters_b / spec.parameters_b if spec.parameters_b else 1.0
    return spec.main_file.size_bytes * share


def _best_memory_speed(models_folder: Path) -> float:
    known, now = memory_speed_of(models_folder), _memory_bytes_per_s()
    if now > known:
        remember_memory_speed(models_folder, now)
    return max(known, now)


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
    return MachineSpeed(flops, tuning.steps_per_s * _bytes_per_step(spec))


def _distance(one: ModelSpec, other: ModelSpec) -> float:
    """Between sizes, by their ratio; 0 for the same model."""
    return 0.0 if one.id == other.id else abs(math.log(one.computed_parameters_b / max(other.computed_parameters_b, 0.01))) + 1e-9

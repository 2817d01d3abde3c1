"""What this computer has for a model: processor, memory, graphics, disk and battery. Looks, and starts nothing."""

from __future__ import annotations

import os
import platform
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field

_GROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")
_CPU_TABLE = Path("/proc/cpuinfo")
_WINDOWS_FEATURES = {36: "sse3", 39: "avx", 40: "avx2", 41: "avx512f"}
_NEEDED_ON_PC = "avx2"
_PC_KINDS = frozenset({"x86_64", "amd64", "i686", "x86"})


@dataclass(frozen=True)
class MachineMemory:
    """Both 0 where the system does not tell."""

    total_bytes: int
    available_bytes: int


@dataclass(frozen=True)
class GraphicsCard:
    """One with memory of its own that the engine can compute on; it tells of itself when a model is loaded."""

    name: Annotated[str, Field(max_length=100)]
    total_bytes: Annotated[int, Field(ge=0)]
    free_bytes: Annotated[int, Field(ge=0)]


@dataclass(frozen=True)
class Machine:
    kind: str
    """The family of processors, as the system names it."""
    processor: str
    features: frozenset[str]
    n_cores: int
    n_threads: int
    memory: MachineMemory
    disk_free_bytes: int | None
    on_battery: bool
    graphics: tuple[GraphicsCard, ...] = ()

    @property
    def is_processor_old(self) -> bool:
        """Whether it lacks instructions without which models compute several times slower."""
        return bool(self.features) and self.kind in _PC_KINDS and _NEEDED_ON_PC not in self.features

    @property
    def is_apple(self) -> bool:
        return sys.platform == "darwin" and self.kind == "arm64"


def probe_machine(models_folder: Path, graphics: tuple[GraphicsCard, ...] = ()) -> Machine:
    """The computer as it is now."""
    import psutil

    n_threads = os.cpu_count() or 1
    return Machine(
        kind=platform.machine().lower(),
        processor=processor_name(),
        features=processor_features(),
        n_cores=psutil.cpu_count(logical=False) or n_threads,
        n_threads=n_threads,
        memory=machine_memory(),
        disk_free_bytes=_disk_free_bytes(models_folder),
        on_battery=_on_battery(),
        graphics=graphics,
    )


def machine_memory() -> MachineMemory:
    """Physical memory, or what a container may use of it, and what is free of that."""
    import psutil

    try:
        memory = psutil.virtual_memory()
    except (OSError, RuntimeError):
        return MachineMemory(0, 0)
    total = min(memory.total, _group_limit_bytes() or memory.total)
    return MachineMemory(total, min(memory.available, total))


def _group_limit_bytes() -> int:
    try:
        text = _GROUP_LIMIT.read_text(encoding="ascii").strip()
    except OSError:
        return 0
    return int(text) if text.isdigit() else 0


def _disk_free_bytes(folder: Path) -> int | None:
    """Room where the folder lies, or will lie."""
    import psutil

    for place in (folder, *folder.parents):
        if place.exists():
            try:
                return int(psutil.disk_usage(str(place)).free)
            except OSError:
                return None
    return None


def _on_battery() -> bool:
    import psutil

    probe = getattr(psutil, "sensors_battery", None)
    try:
        battery = probe() if probe is not None else None
    except (OSError, RuntimeError, ValueError):
        return False
    return battery is not None and battery.power_plugged is False


def processor_name() -> str:
    for line in _cpu_lines():
        name, _, value = line.partition(":")
        if name.strip() in {"model name", "Model"} and value.strip():
            return value.strip()
    return platform.processor() or platform.machine()


def processor_features() -> frozenset[str]:
    """Instructions the processor has, in Linux's names; empty where they can't be asked for."""
    if sys.platform == "win32":
        import ctypes

        has = ctypes.windll.kernel32.IsProcessorFeaturePresent
        return frozenset(name for number, name in _WINDOWS_FEATURES.items() if has(number))
    for line in _cpu_lines():
        name, _, value = line.partition(":")
        if name.strip() in {"flags", "Features"}:
            return frozenset(value.split())
    return frozenset()


def _cpu_lines() -> list[str]:
    try:
        return _CPU_TABLE.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []

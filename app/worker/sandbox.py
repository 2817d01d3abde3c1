"""The lock of a worker, in layers. What the system lacks is reported, never passed over in silence.

Two stages, because libraries and models must be loaded first: while loading, files can only be read in the program's folders and
the given paths, and there are no sockets or programs; after the lock there are no files at all, not even their metadata.

Memory is bounded from the first stage on by what is private to the process (RLIMIT_DATA): a mapped model counts nothing, since the
system can drop its pages, and what could push out other programs counts in full. A control group would count the mapped pages too.

The driver of a graphics card needs its device and calls that no list foresees. A worker that computes on one keeps the first
filter, and of the files only the devices; that is reported as a layer that was relaxed.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.worker import landlock, seccomp

LIMITS = "resource limits"
FILES = "file lock (Landlock)"
CALLS = "system call filter (seccomp)"
ALL_LAYERS = (LIMITS, FILES, CALLS)

_PR_SET_DUMPABLE = 4
_PR_SET_NO_NEW_PRIVS = 38
_MAX_OPEN_FILES = 64
_OOM_SCORE = Path("/proc/self/oom_score_adj")
_OOM_FIRST = "600"

_SYSTEM_READABLE = (
    *("/usr", "/lib", "/lib64", "/opt", "/nix/store", "/etc/ld.so.cache", "/etc/localtime", "/etc/fonts", "/etc/mime.types"),
    *("/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/proc/sys/vm", "/proc/sys/kernel", "/proc/filesystems"),
    *("/sys/devices/system", "/sys/fs/cgroup", "/sys/kernel/mm/transparent_hugepage", "/dev/urandom"),
)
_SYSTEM_WRITABLE = ("/dev/null",)
_GRAPHICS_NODES = ("nvidia*", "nvidia-caps/*", "dri/*", "kfd")
_GRAPHICS_READABLE = ("/sys", "/proc/driver", "/etc/vulkan", "/etc/OpenCL")


@dataclass(frozen=True)
class SandboxReport:
    """The layers in force, those this system lacks, and those that the person's choice of the graphics card weakens."""

    active: tuple[str, ...]
    missing: tuple[str, ...]
    relaxed: tuple[str, ...] = ()

    @property
    def is_complete(self) -> bool:
        return not self.missing and not self.relaxed


class Sandbox:
    """Locks this process. `memory_bytes` bounds what it may hold, model files that are mapped not counted.

    `devices` are those of the graphics cards, for a worker that may compute on one.
    """

    def __init__(self, *, memory_bytes: int, devices: Sequence[Path] = ()) -> None:
        self._memory_bytes = memory_bytes
        self._devices = tuple(devices)
        self._is_filtered = False

    def enter_loading(self, read_only: Sequence[Path], writable: Sequence[Path] = ()) -> None:
        """First stage. A system that can't do a part of it will lack that layer in `lock` too, where it is reported."""
        if sys.platform != "linux":
            return
        _succeeds(self._limit_memory)
        # When memory runs out, the system is to take a worker rather than the person's other programs.
        _succeeds(lambda: _OOM_SCORE.write_text(_OOM_FIRST, encoding="ascii"))
        _prctl(_PR_SET_DUMPABLE, 0)
        _prctl(_PR_SET_NO_NEW_PRIVS, 1)
        readable = [*map(Path, _SYSTEM_READABLE), *_program_folders(), *read_only]
        readable += map(Path, _GRAPHICS_READABLE if self._devices else ())
        _succeeds(lambda: landlock.restrict(readable, [*map(Path, _SYSTEM_WRITABLE), *self._devices, *writable]))
        self._is_filtered = _succeeds(seccomp.deny_while_loading)

    def lock(self, *, for_graphics: bool = False) -> SandboxReport:
        """Second stage. From here on nothing can be opened, by any thread; `for_graphics`, nothing but the card's devices."""
        layers = {LIMITS: self._limit, FILES: landlock.restrict, CALLS: seccomp.allow_computing_only}
        if sys.platform != "linux":
            layers = {LIMITS: self._limit} if os.name == "posix" else {}
        elif for_graphics:
            layers = {LIMITS: self._limit, FILES: lambda: landlock.restrict((), self._devices)}
        active = tuple(name for name, apply in layers.items() if _succeeds(apply))
        relaxed = (CALLS,) if for_graphics and self._is_filtered else ()
        return SandboxReport(active, tuple(name for name in ALL_LAYERS if name not in (*active, *relaxed)), relaxed)

    def _limit_memory(self) -> None:
        import resource

        _lower(resource.RLIMIT_DATA, self._memory_bytes)

    def _limit(self) -> None:
        """No core dumps, no written files, few descriptors, bounded memory.

        Processor time is bounded by the parent's deadline for each request; processes and programs by the filter.
        """
        import resource

        _lower(resource.RLIMIT_CORE, 0)
        _lower(resource.RLIMIT_FSIZE, 0)
        _lower(resource.RLIMIT_NOFILE, _MAX_OPEN_FILES)
        if sys.platform == "linux":
            self._limit_memory()
            # The backstop: all of the address space, with mapped models and reserves of malloc.
            _lower(resource.RLIMIT_AS, _address_space_bytes() + self._memory_bytes)


def graphics_devices(folder: Path = Path("/dev")) -> list[Path]:
    """The devices of the graphics cards here."""
    return sorted(path for pattern in _GRAPHICS_NODES for path in folder.glob(pattern) if path.is_char_device())


def _lower(kind: int, value: int) -> None:
    import resource

    hard = resource.getrlimit(kind)[1]
    bounded = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (bounded, bounded))


def _program_folders() -> list[Path]:
    """Where this program's code and data may lie: the interpreter, its packages, the checkout or the frozen folder."""
    folders = {Path(sys.prefix), Path(sys.base_prefix), Path(__file__).resolve().parents[2]}
    folders |= {Path(entry) for entry in sys.path if entry}
    bundle = getattr(sys, "_MEIPASS", None)
    return sorted(folders | ({Path(bundle), Path(sys.executable).parent} if bundle else set()))


def _address_space_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    return pages * os.sysconf("SC_PAGE_SIZE")


def _prctl(option: int, value: int) -> None:
    ctypes.CDLL(None).prctl(ctypes.c_int(option), ctypes.c_ulong(value), ctypes.c_ulong(0), ctypes.c_ulong(0), ctypes.c_ulong(0))


def _succeeds(apply: Callable[[], object]) -> bool:
    try:
        apply()
    except (OSError, ValueError):
        return False
    return True

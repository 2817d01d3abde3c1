"""What the system's own accounts say of a process: memory and processor time. None where it keeps none for us."""

from __future__ import annotations

import os
import re
from pathlib import Path

_PEAK = re.compile(r"^VmHWM:\s+(\d+) kB", re.MULTILINE)
_NOW = re.compile(r"^VmRSS:\s+(\d+) kB", re.MULTILINE)

_USER_TICKS = 11
"""Place of the user time in ``/proc/PID/stat``, counted after the program's name."""


def peak_bytes(pid: int) -> int | None:
    """Largest resident set of a process, its mapped model file included; None where the system does not tell.

    The share of a mapping that other processes also hold is counted in full: each system is shown as it is when it runs alone.
    """
    return _figure(_PEAK, pid)


def processor_seconds(pid: int) -> float | None:
    """User and system time of all threads. Unlike wall time it says the same on a busy computer."""
    try:
        figures = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
        return (int(figures[_USER_TICKS]) + int(figures[_USER_TICKS + 1])) / os.sysconf("SC_CLK_TCK")
    except (OSError, IndexError, ValueError):
        return None


def tree_bytes(pid: int) -> int | None:
    """What a process and all that it started hold now, resident sets added up; None where the system does not tell."""
    figures = [_figure(_NOW, one) for one in _tree(pid)]
    return sum(filter(None, figures)) if any(figures) else None


def _tree(pid: int) -> list[int]:
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = task.read_text(encoding="ascii").split()
        except OSError:
            continue
        for child in children:
            found += _tree(int(child))
    return found


def _figure(pattern: re.Pattern[str], pid: int) -> int | None:
    try:
        found = pattern.search(Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace"))
    except OSError:
        return None
    return int(found[1]) * 1024 if found else None

"""The process that holds keys: it leaves no memory behind when it crashes, and its children inherit no keys."""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import sys
from collections.abc import Mapping

from app.network.secret import holds_secret

_PR_SET_DUMPABLE = 4
_PT_DENY_ATTACH = 31
_SEM_FAILCRITICALERRORS, _SEM_NOGPFAULTERRORBOX = 0x1, 0x2
_KEY_NAMES = re.compile(r"(?i)(^|_)(api_?key|key|token|secret|password|passwd|credentials?)(_|$)")


def harden_process() -> tuple[str, ...]:
    """Switch off core files and reading of this process's memory by others, as far as the system can. Returns what is in force."""
    done = []
    if _no_core_files():
        done.append("no core files")
    if sys.platform == "linux" and _prctl(_PR_SET_DUMPABLE, 0):
        done.append("memory closed to other processes")
    elif sys.platform == "darwin" and _deny_attach():
        done.append("no debugger")
    elif sys.platform == "win32":
        ctypes.windll.kernel32.SetErrorMode(_SEM_FAILCRITICALERRORS | _SEM_NOGPFAULTERRORBOX)
        done.append("no crash reports")
    return tuple(done)


def environment_for_children(environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment without variables that hold keys, by their names or since a key of this process stands in them."""
    variables = os.environ if environment is None else environment
    return {name: value for name, value in variables.items() if not _KEY_NAMES.search(name) and not holds_secret(value)}


def _no_core_files() -> bool:
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        return True
    return False


def _prctl(option: int, value: int) -> bool:
    with contextlib.suppress(OSError, AttributeError):
        return ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0) == 0  # type: ignore[no-any-return]
    return False


def _deny_attach() -> bool:
    with contextlib.suppress(OSError, AttributeError):
        return ctypes.CDLL(None, use_errno=True).ptrace(_PT_DENY_ATTACH, 0, None, 0) == 0  # type: ignore[no-any-return]
    return False

"""The process that holds keys: it leaves no memory behind when it crashes, and its children inherit no keys."""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import sys
import threading
from collections.abc import Iterator, Mapping

from app.network.secret import holds_secret

_PR_GET_DUMPABLE, _PR_SET_DUMPABLE = 3, 4
_PT_DENY_ATTACH = 31
_SEM_FAILCRITICALERRORS, _SEM_NOGPFAULTERRORBOX = 0x1, 0x2
_KEY_NAMES = re.compile(r"(?i)(^|_)(api_?key|key|token|secret|password|passwd|credentials?)(_|$)")


def harden_process() -> tuple[str, ...]:
    """See to it that a crash writes no memory to a disk, as far as the system can. Returns what is in force."""
    done = []
    if _no_core_files():
        done.append("no core files")
    if sys.platform == "darwin" and _deny_attach():
        done.append("no debugger")
    elif sys.platform == "win32":
        ctypes.windll.kernel32.SetErrorMode(_SEM_FAILCRITICALERRORS | _SEM_NOGPFAULTERRORBOX)
        done.append("no crash reports")
    return tuple(done)


@contextlib.contextmanager
def closed_memory() -> Iterator[None]:
    """Nobody else may read this process's memory meanwhile; for the time that a key is in use.

    Not for good: desktops look into a program before they show it a file dialog or open a link, and refuse one that they can't see.
    """
    with _memory:
        yield


class _Memory:
    """Closed while anyone wants it so."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._n_users = 0
        self._before = 1

    def __enter__(self) -> None:
        with self._lock:
            self._n_users += 1
            if self._n_users == 1 and sys.platform == "linux":
                self._before = _prctl(_PR_GET_DUMPABLE, 0)
                _prctl(_PR_SET_DUMPABLE, 0)

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._n_users -= 1
            if self._n_users == 0 and sys.platform == "linux" and self._before == 1:
                _prctl(_PR_SET_DUMPABLE, 1)


_memory = _Memory()


def environment_for_children(environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment without variables that hold keys, by their names or since a key of this process stands in them."""
    variables = os.environ if environment is None else environment
    return {name: value for name, value in variables.items() if not _KEY_NAMES.search(name) and not holds_secret(value)}


def _no_core_files() -> bool:
    """A limit of one byte is too small for a file, and the only one at which Linux starts no program that collects crashes."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        limit = 0 if resource.getrlimit(resource.RLIMIT_CORE)[1] == 0 else 1
        resource.setrlimit(resource.RLIMIT_CORE, (limit, limit))
        return True
    return False


def _prctl(option: int, value: int) -> int:
    with contextlib.suppress(OSError, AttributeError):
        return int(ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0))
    return -1


def _deny_attach() -> bool:
    with contextlib.suppress(OSError, AttributeError):
        return ctypes.CDLL(None, use_errno=True).ptrace(_PT_DENY_ATTACH, 0, None, 0) == 0  # type: ignore[no-any-return]
    return False

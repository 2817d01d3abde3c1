"""Landlock, the Linux lock on files, TCP ports and signals, by plain system calls. Needs no rights and no library."""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

# The same numbers on all architectures.
_CREATE_RULESET = 444
_ADD_RULE = 445
_RESTRICT_SELF = 446
_ASK_VERSION = 1
_RULE_PATH_BENEATH = 1
_FLAG_ALL_THREADS = 1 << 3

_READ_FILE = 1 << 2
_READ_DIR = 1 << 3
_WRITE_FILE = 1 << 1
_TRUNCATE = 1 << 14
_COMMAND_DEVICE = 1 << 15
_RIGHTS_BY_VERSION = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
"""How many rights on files each version knows."""
_VERSION_WITH_TCP = 4
_VERSION_WITH_SCOPES = 6
_VERSION_WITH_ALL_THREADS = 8


def version() -> int:
    """The kernel's Landlock version, 0 where it has none."""
    try:
        return _call(_CREATE_RULESET, 0, 0, _ASK_VERSION)
    except OSError:
        return 0


def restrict(readable: Iterable[Path] = (), writable: Iterable[Path] = ()) -> None:
    """Deny this thread and those it starts all files but the given ones, all TCP, and signals to others. Never undone.

    Threads that run already are reached only by kernels that can (version 8). Needs ``no_new_privs``. Raises `OSError`.
    """
    known = version()
    if known < 1:
        raise OSError("no Landlock")
    files = (1 << _RIGHTS_BY_VERSION[min(known, max(_RIGHTS_BY_VERSION))]) - 1
    attributes = struct.pack("=Q", files)
    if known >= _VERSION_WITH_TCP:
        attributes += struct.pack("=Q", 0b11)
    if known >= _VERSION_WITH_SCOPES:
        attributes += struct.pack("=Q", 0b11)
    ruleset = _call(_CREATE_RULESET, ctypes.c_char_p(attributes), len(attributes), 0)
    try:
        for path in readable:
            _allow(ruleset, path, _READ_FILE, _READ_DIR)
        for path in writable:
            commands = _COMMAND_DEVICE if path.is_char_device() else 0
            _allow(ruleset, path, (_READ_FILE | _WRITE_FILE | _TRUNCATE | commands) & files, 0)
        if known >= _VERSION_WITH_ALL_THREADS:
            with suppress(OSError):
                _call(_RESTRICT_SELF, ruleset, _FLAG_ALL_THREADS)
                return
        _call(_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: Path, file_rights: int, folder_rights: int) -> None:
    """Add a rule; a path that is not there needs none."""
    with suppress(FileNotFoundError, PermissionError):
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
        try:
            rights = file_rights | (folder_rights if path.is_dir() else 0)
            _call(_ADD_RULE, ruleset, _RULE_PATH_BENEATH, ctypes.c_char_p(struct.pack("=Qi", rights, descriptor)), 0)
        finally:
            os.close(descriptor)


def _call(number: int, *arguments: int | ctypes.c_char_p) -> int:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    result = int(libc.syscall(ctypes.c_long(number), *[ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]))
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result

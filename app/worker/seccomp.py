"""The system call filter of the workers: a list of what computing needs; everything else is refused. Linux, x86-64 and aarch64."""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
from collections.abc import Iterable
from dataclasses import dataclass

Instruction = tuple[int, int, int, int]

_LOAD, _JUMP_EQUAL, _JUMP_AT_LEAST, _RETURN, _AND = 0x20, 0x15, 0x35, 0x06, 0x54
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_OFFSET_NUMBER, _OFFSET_ARCHITECTURE, _OFFSET_ARGUMENTS = 0, 4, 16
_SET_MODE_FILTER, _FLAG_ALL_THREADS = 1, 1
_X32_BIT = 0x40000000
_FIRST_UNKNOWN = 463
"""Calls newer than this filter answer 'not implemented', so that libraries fall back to older ones."""

_CLONE_THREAD = 0x00010000 | 0x00000100 | 0x00000800  # THREAD, VM, SIGHAND
_CLONE_NAMESPACES = 0x7E020000
_PROT_EXEC = 0x4
_FCNTL_HARMLESS = (1, 2, 3, 1030)  # F_GETFD, F_SETFD, F_GETFL, F_DUPFD_CLOEXEC (runtimes copy their own descriptors)
_PRCTL_HARMLESS = (15, 16, 0x53564D41)  # PR_SET_NAME, PR_GET_NAME, PR_SET_VMA (names of mappings)

# name: (x86-64, aarch64); None where the architecture lacks it. The most frequent first.
_ALLOWED: dict[str, tuple[int | None, int | None]] = {
    **{"futex": (202, 98), "read": (0, 63), "write": (1, 64), "munmap": (11, 215), "madvise": (28, 233), "brk": (12, 214)},
    **{"readv": (19, 65), "writev": (20, 66), "pread64": (17, 67), "close": (3, 57), "lseek": (8, 62), "fstat": (5, 80)},
    **{"mremap": (25, 216), "sched_yield": (24, 124), "membarrier": (324, 283), "getrandom": (318, 278), "rseq": (334, 293)},
    **{"rt_sigaction": (13, 134), "rt_sigprocmask": (14, 135), "rt_sigreturn": (15, 139), "sigaltstack": (131, 132)},
    **{"restart_syscall": (219, 128), "exit": (60, 93), "exit_group": (231, 94), "nanosleep": (35, 101)},
    **{"clock_gettime": (228, 113), "clock_getres": (229, 114), "clock_nanosleep": (230, 115), "gettimeofday": (96, 169)},
    **{"time": (201, None), "times": (100, 153), "getrusage": (98, 165), "sysinfo": (99, 179), "uname": (63, 160)},
    **{"getpid": (39, 172), "gettid": (186, 178), "getppid": (110, 173), "getcpu": (309, 168), "getrlimit": (97, 163)},
    **{"getuid": (102, 174), "geteuid": (107, 175), "getgid": (104, 176), "getegid": (108, 177)},
    **{"sched_getaffinity": (204, 123), "sched_getparam": (143, 121), "sched_getscheduler": (145, 120)},
    **{"sched_get_priority_max": (146, 125), "sched_get_priority_min": (147, 126)},
    **{"set_robust_list": (273, 99), "get_robust_list": (274, 100)},
    **{"poll": (7, None), "ppoll": (271, 73), "select": (23, None), "pselect6": (270, 72), "eventfd2": (290, 19)},
    **{"epoll_create1": (291, 20), "epoll_ctl": (233, 21), "epoll_wait": (232, None)},
    **{"epoll_pwait": (281, 22), "epoll_pwait2": (441, 441)},
}

# What a hostile model file could abuse while it is loaded, and loading never needs.
_DENIED_WHILE_LOADING: dict[str, tuple[int | None, int | None]] = {
    **{
        "socket": (41, 198),
        "connect": (42, 203),
        "accept": (43, 202),
        "bind": (49, 200),
        "listen": (50, 201),
        "accept4": (288, 242),
    },
    **{"sendto": (44, 206), "sendmsg": (46, 211), "sendmmsg": (307, 269), "execve": (59, 221), "execveat": (322, 281)},
    **{"fork": (57, None), "vfork": (58, None), "ptrace": (101, 117), "kill": (62, 129), "tkill": (200, 130)},
    **{"process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "pidfd_open": (434, 434), "pidfd_getfd": (438, 438)},
    **{"pidfd_send_signal": (424, 424), "mount": (165, 40), "umount2": (166, 39), "unshare": (272, 97), "setns": (308, 268)},
    **{"pivot_root": (155, 41), "chroot": (161, 51), "bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282)},
    **{"io_uring_setup": (425, 425), "io_uring_enter": (426, 426), "add_key": (248, 217), "request_key": (249, 218)},
    **{"keyctl": (250, 219), "kexec_load": (246, 104), "init_module": (175, 105), "finit_module": (313, 273)},
    **{"open_by_handle_at": (304, 265), "memfd_create": (319, 279), "memfd_secret": (447, 447), "personality": (135, 92)},
}


@dataclass(frozen=True)
class _Architecture:
    audit: int
    column: int
    seccomp: int
    clone: int
    clone3: int
    mmap: int
    mprotect: int
    fcntl: int
    ioctl: int
    prctl: int
    prlimit64: int
    tgkill: int
    has_x32: bool


_ARCHITECTURES = {
    "x86_64": _Architecture(0xC000003E, 0, 317, 56, 435, 9, 10, 72, 16, 157, 302, 234, has_x32=True),
    "aarch64": _Architecture(0xC00000B7, 1, 277, 220, 435, 222, 226, 25, 29, 167, 261, 131, has_x32=False),
}


def deny_while_loading() -> None:
    """The wide filter for the time before the lock: files may be opened, but no sockets, programs or other processes."""
    architecture = _required()
    program = _prologue(architecture)
    for numbers in _DENIED_WHILE_LOADING.values():
        program += _when(numbers[architecture.column], [_answer(errno.EPERM)])
    program += _when(architecture.clone3, [_answer(errno.ENOSYS)])
    program += _when(architecture.clone, _only_threads())
    _install(architecture, [*program, (_RETURN, 0, 0, _ALLOW)])


def allow_computing_only() -> None:
    """The lock: memory, threads of this process, time, and the descriptors already open. Applies to all threads at once."""
    _install(_required(), computing_program(_required(), os.getpid()))


def computing_program(architecture: _Architecture, pid: int) -> list[Instruction]:
    program = _prologue(architecture)
    for numbers in _ALLOWED.values():
        program += _when(numbers[architecture.column], [(_RETURN, 0, 0, _ALLOW)])
    no_new_code = [_load_argument(2), (_AND, 0, 0, _PROT_EXEC), *_allow_if((0,))]
    program += _when(architecture.mmap, no_new_code)
    program += _when(architecture.mprotect, no_new_code)
    program += _when(architecture.clone, _only_threads())
    program += _when(architecture.clone3, [_answer(errno.ENOSYS)])
    program += _when(architecture.tgkill, [_load_argument(0), *_allow_if((pid,))])
    program += _when(architecture.fcntl, [_load_argument(1), *_allow_if(_FCNTL_HARMLESS)])
    program += _when(architecture.prctl, [_load_argument(0), *_allow_if(_PRCTL_HARMLESS)])
    program += _when(architecture.prlimit64, _only_reading_own_limits())
    program += _when(architecture.ioctl, [_answer(errno.ENOTTY)])
    program += [(_JUMP_AT_LEAST, 0, 1, _FIRST_UNKNOWN), _answer(errno.ENOSYS)]
    return [*program, _answer(errno.EPERM)]


def _prologue(architecture: _Architecture) -> list[Instruction]:
    """Kill on a foreign calling convention, whose numbers mean other calls; then load the call's number."""
    program: list[Instruction] = [
        (_LOAD, 0, 0, _OFFSET_ARCHITECTURE),
        (_JUMP_EQUAL, 1, 0, architecture.audit),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _OFFSET_NUMBER),
    ]
    if architecture.has_x32:
        program += [(_JUMP_AT_LEAST, 0, 1, _X32_BIT), (_RETURN, 0, 0, _KILL)]
    return program


def _when(number: int | None, body: list[Instruction]) -> list[Instruction]:
    """The body, which must end the program, for one call; others jump over it."""
    return [] if number is None else [(_JUMP_EQUAL, 0, len(body), number), *body]


def _load_argument(index: int, *, high: bool = False) -> Instruction:
    return (_LOAD, 0, 0, _OFFSET_ARGUMENTS + 8 * index + (4 if high else 0))


def _allow_if(values: Iterable[int]) -> list[Instruction]:
    checks: list[Instruction] = []
    for value in values:
        checks += [(_JUMP_EQUAL, 0, 1, value), (_RETURN, 0, 0, _ALLOW)]
    return [*checks, _answer(errno.EPERM)]


def _only_threads() -> list[Instruction]:
    return [_load_argument(0), (_AND, 0, 0, _CLONE_THREAD | _CLONE_NAMESPACES), *_allow_if((_CLONE_THREAD,))]


def _only_reading_own_limits() -> list[Instruction]:
    refuse = _answer(errno.EPERM)
    zero_or_refuse = [(_JUMP_EQUAL, 1, 0, 0), refuse]
    return [
        *(_load_argument(0), *zero_or_refuse),
        *(_load_argument(2), *zero_or_refuse),
        *(_load_argument(2, high=True), *zero_or_refuse),
        (_RETURN, 0, 0, _ALLOW),
    ]


def _answer(code: int) -> Instruction:
    return (_RETURN, 0, 0, _ERRNO | code)


def _architecture() -> _Architecture | None:
    return _ARCHITECTURES.get(platform.machine()) if ctypes.sizeof(ctypes.c_void_p) == 8 else None


def _required() -> _Architecture:
    architecture = _architecture()
    if architecture is None:
        raise OSError(errno.ENOSYS, "no filter for this processor")
    return architecture


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def _install(architecture: _Architecture, instructions: list[Instruction]) -> None:
    """Raises `OSError`, also when a thread could not be brought under the filter."""
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *instruction) for instruction in instructions))
    program = _Program(len(instructions), ctypes.cast(code, ctypes.c_void_p))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    mode, flags = ctypes.c_ulong(_SET_MODE_FILTER), ctypes.c_ulong(_FLAG_ALL_THREADS)
    result = libc.syscall(ctypes.c_long(architecture.seccomp), mode, flags, ctypes.byref(program))
    if result != 0:
        code_number = ctypes.get_errno() if result < 0 else errno.EAGAIN
        raise OSError(code_number, os.strerror(code_number))

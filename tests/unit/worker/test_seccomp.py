"""The filter programs, run by a small interpreter, so that aarch64 is checked on any machine."""

from __future__ import annotations

import errno
import struct

import pytest

from app.worker import seccomp

_ALLOW = 0x7FFF0000
_KILL = 0x80000000
_EPERM = 0x00050000 | errno.EPERM
_ENOSYS = 0x00050000 | errno.ENOSYS
_PID = 4711
_X86, _ARM = (seccomp._ARCHITECTURES[name] for name in ("x86_64", "aarch64"))


def _run(program: list[tuple[int, int, int, int]], audit: int, number: int, *arguments: int) -> int:
    data = struct.pack("<IIQ6Q", number, audit, 0, *[*arguments, 0, 0, 0, 0, 0, 0][:6])
    position, accumulator = 0, 0
    while True:
        code, yes, no, value = program[position]
        position += 1
        match code:
            case 0x20:
                accumulator = struct.unpack_from("<I", data, value)[0]
            case 0x54:
                accumulator &= value
            case 0x15:
                position += yes if accumulator == value else no
            case 0x35:
                position += yes if accumulator >= value else no
            case 0x06:
                return value
            case _:
                raise AssertionError(code)


def _decide(architecture: seccomp._Architecture, number: int, *arguments: int) -> int:
    return _run(seccomp.computing_program(architecture, _PID), architecture.audit, number, *arguments)


@pytest.fixture(params=["x86_64", "aarch64"])
def architecture(request: pytest.FixtureRequest) -> seccomp._Architecture:
    return seccomp._ARCHITECTURES[request.param]


def test_programs_fit_the_kernel_and_their_jumps_are_short(architecture: seccomp._Architecture) -> None:
    program = seccomp.computing_program(architecture, _PID)
    assert len(program) < 4096
    assert all(0 <= yes < 256 and 0 <= no < 256 for _, yes, no, _ in program)


def test_a_foreign_architecture_is_killed(architecture: seccomp._Architecture) -> None:
    program = seccomp.computing_program(architecture, _PID)
    for audit in (0x40000003, 0x40000028, 0, (_ARM if architecture is _X86 else _X86).audit):
        assert _run(program, audit, 1) == _KILL


def test_the_x32_convention_is_killed() -> None:
    assert _decide(_X86, 0x40000000) == _KILL


def test_only_listed_calls_are_allowed(architecture: seccomp._Architecture) -> None:
    """Every number there is: what is not on the list, and not decided by its arguments, is refused."""
    listed = {numbers[architecture.column] for numbers in seccomp._ALLOWED.values()}
    by_argument = {architecture.mmap, architecture.mprotect}
    refusing = {_EPERM, _ENOSYS, 0x00050000 | errno.ENOTTY}
    for number in range(1000):
        decision = _decide(architecture, number, 3, 0, 1)
        if number in listed or number in by_argument:
            assert decision == _ALLOW, number
        else:
            assert decision in refusing, number


def test_the_lists_do_not_overlap(architecture: seccomp._Architecture) -> None:
    allowed = [numbers[architecture.column] for numbers in seccomp._ALLOWED.values() if numbers[architecture.column] is not None]
    denied = [numbers[architecture.column] for numbers in seccomp._DENIED_WHILE_LOADING.values()]
    assert len(set(allowed)) == len(allowed)
    assert not set(allowed) & set(denied)


@pytest.mark.parametrize(("protection", "decision"), [(0, _ALLOW), (3, _ALLOW), (4, _EPERM), (5, _EPERM), (7, _EPERM)])
def test_memory_never_becomes_code(architecture: seccomp._Architecture, protection: int, decision: int) -> None:
    assert _decide(architecture, architecture.mmap, 0, 4096, protection) == decision
    assert _decide(architecture, architecture.mprotect, 0, 4096, protection) == decision


def test_threads_start_but_processes_do_not(architecture: seccomp._Architecture) -> None:
    glibc_thread = 0x3D0F00
    assert _decide(architecture, architecture.clone, glibc_thread) == _ALLOW
    for flags in (17, 0x01200011, 0x00010000, glibc_thread | 0x10000000, glibc_thread & ~0x100):
        assert _decide(architecture, architecture.clone, flags) == _EPERM
    assert _decide(architecture, architecture.clone3, 0) == _ENOSYS


def test_signals_reach_only_this_process(architecture: seccomp._Architecture) -> None:
    assert _decide(architecture, architecture.tgkill, _PID) == _ALLOW
    assert _decide(architecture, architecture.tgkill, 1) == _EPERM


def test_limits_are_read_never_set(architecture: seccomp._Architecture) -> None:
    assert _decide(architecture, architecture.prlimit64, 0, 7, 0, 1 << 40) == _ALLOW
    assert _decide(architecture, architecture.prlimit64, 0, 7, 1 << 40, 0) == _EPERM
    assert _decide(architecture, architecture.prlimit64, 0, 7, 1, 0) == _EPERM
    assert _decide(architecture, architecture.prlimit64, 1, 7, 0, 0) == _EPERM


def test_prctl_only_names_things(architecture: seccomp._Architecture) -> None:
    assert _decide(architecture, architecture.prctl, 15) == _ALLOW
    for option in (1, 4, 22, 38):
        assert _decide(architecture, architecture.prctl, option) == _EPERM


def test_calls_of_newer_kernels_look_absent(architecture: seccomp._Architecture) -> None:
    assert _decide(architecture, 600) == _ENOSYS

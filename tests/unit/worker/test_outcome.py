from __future__ import annotations

import pytest

from app.errors import (
    CancelledError,
    DocumentTooLargeError,
    ModelCrashedError,
    ModelLoadError,
    ModelMemoryError,
    ModelTimeoutError,
    OutOfMemoryError,
    PasswordNeededError,
    ReaderCrashedError,
    ReaderStartError,
    ReadTimeoutError,
    SandboxError,
    TaskError,
)
from app.worker import outcome
from app.worker.outcome import Death, Role

_KNOWN = {"file": "a.pdf"}
GIB = 2**30


def _death(returncode: int = -11, fault: str = "", log: tuple[str, ...] = (), *, short: bool = False) -> Death:
    return Death(returncode, fault, log, short)


@pytest.mark.parametrize(
    ("death", "detail"),
    [
        (_death(-11), "it crashed with SIGSEGV"),
        (_death(-9), "the system, or another program, ended it"),
        (_death(-200), "it crashed with signal 200"),
        (_death(3), "it ended with code 3"),
        (_death(-9, "a line too long"), "it answered with a line too long"),
    ],
)
def test_a_death_is_described(death: Death, detail: str) -> None:
    assert death.detail == detail


@pytest.mark.parametrize(
    ("death", "expected"),
    [
        (_death(-9, short=True), True),
        (_death(-9, short=False), False),
        (_death(-11, short=True), False),
        (_death(-6, log=("terminate called after throwing an instance of 'std::bad_alloc'",)), True),
        (_death(-6, log=("memory allocation of 1048576 bytes failed",)), True),
        (_death(-6, log=("GGML_ASSERT failed",)), False),
        (_death(-9, "nonsense", short=True), False),
    ],
)
def test_death_for_lack_of_memory_is_recognised(death: Death, expected: bool) -> None:
    assert death.is_out_of_memory is expected


def test_each_role_has_its_words() -> None:
    assert isinstance(outcome.died(Role.READER, _death(), _KNOWN, 1), ReaderCrashedError)
    assert isinstance(outcome.died(Role.MODEL, _death(), _KNOWN, 1), ModelCrashedError)
    assert isinstance(outcome.timed_out(Role.READER, 28.04, _KNOWN), ReadTimeoutError)
    assert isinstance(outcome.timed_out(Role.MODEL, 300, _KNOWN), ModelTimeoutError)
    assert isinstance(outcome.died(Role.READER, _death(-9, short=True), _KNOWN, 1 << 31), DocumentTooLargeError)
    assert isinstance(outcome.died(Role.MODEL, _death(-9, short=True), _KNOWN, 1 << 31), OutOfMemoryError)
    assert "28 seconds" in outcome.timed_out(Role.READER, 28.04, _KNOWN).user_text


@pytest.mark.parametrize(
    ("role", "code", "kind"),
    [
        (Role.READER, "password_needed", PasswordNeededError),
        (Role.READER, "cancelled", CancelledError),
        (Role.READER, "sandbox", ReaderCrashedError),
        (Role.READER, "model_load", ReaderCrashedError),
        (Role.READER, "offline", ReaderCrashedError),
        (Role.READER, "", ReaderCrashedError),
        (Role.MODEL, "model_load", ModelLoadError),
        (Role.MODEL, "task", TaskError),
        (Role.MODEL, "password_needed", ModelCrashedError),
        (Role.MODEL, "out_of_memory", OutOfMemoryError),
    ],
)
def test_a_child_may_only_report_what_its_role_can_know(role: Role, code: str, kind: type[Exception]) -> None:
    assert type(outcome.reported(role, {"code": code, "params": {"file": "forged"}}, _KNOWN, 1)) is kind


def test_the_parent_vouches_for_the_file_name() -> None:
    error = outcome.reported(Role.READER, {"code": "password_needed", "params": {"file": "forged"}}, _KNOWN, 1)
    assert error.params["file"] == "a.pdf"


@pytest.mark.parametrize("untrusted", [{}, {"code": ["a"]}, {"code": None, "params": []}, {"code": "bug", "params": {"detail": 3}}])
def test_a_malformed_report_counts_as_a_crash(untrusted: dict[str, object]) -> None:
    assert isinstance(outcome.reported(Role.READER, untrusted, _KNOWN, 1), ReaderCrashedError)


def test_faults_before_the_first_document() -> None:
    assert isinstance(outcome.reported_at_start(Role.READER, {"code": "sandbox", "params": {"layers": "x"}}, {}, GIB), SandboxError)
    assert isinstance(outcome.reported_at_start(Role.READER, {"code": "damaged_document"}, {}, GIB), ReaderStartError)
    assert isinstance(outcome.reported_at_start(Role.READER, {"code": "out_of_memory"}, {}, GIB), ReaderStartError)
    assert type(outcome.reported_at_start(Role.MODEL, {"code": "model_load"}, {"model": "m"}, GIB)) is ModelLoadError
    for code in ("out_of_memory", "model_memory"):
        error = outcome.reported_at_start(Role.MODEL, {"code": code, "params": {"limit": "none"}}, {"model": "m"}, GIB)
        assert type(error) is ModelMemoryError
        assert error.user_text == "The model m needs more memory than there is for it (1.0 GB)."

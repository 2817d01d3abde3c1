"""The client against a real child that crashes, hangs, lies and floods."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.errors import (
    AppError,
    CancelledError,
    DamagedDocumentError,
    DocumentTooLargeError,
    ModelCrashedError,
    ModelLoadError,
    OutOfMemoryError,
    ReaderCrashedError,
    ReadTimeoutError,
    SandboxError,
)
from app.worker.client import WorkerClient
from app.worker.outcome import Role

_ROGUE = Path(__file__).parents[1] / "helpers" / "rogue_worker.py"


def _client(role: Role = Role.READER, **options: object) -> WorkerClient:
    start = options.pop("start", {})
    settings: dict[str, object] = {"cancel_grace_s": 0.3, "memory_bytes": 1 << 30} | options
    return WorkerClient("rogue", start, role=role, command=[sys.executable, "-P", str(_ROGUE)], **settings)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def shared() -> Iterator[WorkerClient]:
    with _client() as client:
        yield client


def _ask(client: WorkerClient, op: str, args: dict[str, object] | None = None, blob: bytes = b"", **options: object) -> object:
    settings: dict[str, object] = {"timeout_s": 5, "known": {"file": "a.pdf"}} | options
    return client.request(op, args or {}, blob, **settings)  # type: ignore[arg-type]


def _pid(client: WorkerClient) -> int:
    return int(client.wait_ready()["handler"]["pid"])


def _is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_arguments_and_blobs_cross_unchanged(shared: WorkerClient) -> None:
    blob = os.urandom(3_000_000)
    args = {"text": "Größe \u2028 \ud800 \n", "number": 1.5, "nothing": None}
    assert _ask(shared, "echo", args, blob) == (args, blob)


def test_a_child_is_used_again(shared: WorkerClient) -> None:
    first = _pid(shared)
    _ask(shared, "echo")
    assert _pid(shared) == first


def test_keys_in_the_environment_do_not_reach_the_child(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    with _client() as client:
        environment, _ = client.request("environment", {}, timeout_s=5)
    assert "OPENAI_API_KEY" not in environment
    assert "HOME" not in environment
    assert environment["OMP_WAIT_POLICY"] == "passive"
    assert int(environment["GOMP_SPINCOUNT"]) > 0


@pytest.mark.parametrize(
    ("op", "args", "message"),
    [
        ("crash", {}, "SIGSEGV"),
        ("exit", {}, "code 7"),
        ("bug", {}, "KeyError"),
        ("raw", {"bytes": "garbage\n"}, "not JSON"),
        ("raw", {"bytes": '{"v":1,"id":1,"event":"result","data":[],"blob_bytes":0}\n'}, "no data"),
        ("raw", {"bytes": '{"v":1,"id":1,"event":"result","data":{},"blob_bytes":999999999999}\n'}, "out of bounds"),
        ("raw", {"bytes": '{"v":2,"id":1,"event":"result"}\n'}, "another version"),
        ("raw", {"bytes": "[" * 100_000 + "\n"}, "not JSON"),
        ("raw", {"bytes": '{"v":1,"id":1,"event":"ready","info":{}}\n'}, "nobody asked"),
        ("huge_line", {}, "too long"),
        ("wrong_id", {}, "nobody asked"),
        ("lie", {"code": "newer_database"}, "failed with"),
        ("lie", {"code": "offline"}, "failed with"),
    ],
)
def test_a_faulty_child_is_replaced_and_named(shared: WorkerClient, op: str, args: dict[str, object], message: str) -> None:
    before = _pid(shared)
    with pytest.raises(ReaderCrashedError, match=message) as caught:
        _ask(shared, op, args)
    assert caught.value.params["file"] == "a.pdf"
    assert caught.value.is_worker_failure
    assert not _is_running(before)
    assert _ask(shared, "echo", {"still": "here"}) == ({"still": "here"}, b"")


def test_text_of_documents_does_not_travel_in_errors(shared: WorkerClient) -> None:
    with pytest.raises(ReaderCrashedError) as caught:
        _ask(shared, "bug")
    assert "secret" not in str(caught.value.params)


def test_an_error_of_the_document_keeps_the_child(shared: WorkerClient) -> None:
    before = _pid(shared)
    with pytest.raises(DamagedDocumentError, match="page 2") as caught:
        _ask(shared, "damaged")
    assert caught.value.params["file"] == "a.pdf"
    assert not caught.value.is_worker_failure
    assert _pid(shared) == before


@pytest.mark.parametrize("op", ["abort_for_memory", "memory_error"])
def test_memory_faults_are_told_apart_by_role(op: str) -> None:
    with _client() as reader, pytest.raises(DocumentTooLargeError, match=r"1\.0 GB"):
        _ask(reader, op)
    with (
        _client(Role.MODEL, known={"model": "small"}) as model,
        pytest.raises(OutOfMemoryError, match=r"a\.pdf with the model small"),
    ):
        _ask(model, op)


@pytest.mark.parametrize("op", ["hang", "hang_natively", "flood"])
def test_a_deadline_ends_a_child_that_hangs_or_babbles(shared: WorkerClient, op: str) -> None:
    before = _pid(shared)
    began = time.monotonic()
    with pytest.raises(ReadTimeoutError):
        _ask(shared, op, timeout_s=0.5)
    assert time.monotonic() - began < 2
    assert not _is_running(before)


def test_progress_can_extend_the_deadline(shared: WorkerClient) -> None:
    news: list[object] = []
    _ask(
        shared,
        "progress",
        {"count": 8, "pause_s": 0.15},
        timeout_s=0.5,
        on_progress=news.append,
        extra_time=lambda data: 0.2 * (data["number"] + 1),
    )
    assert len(news) == 8


def test_progress_is_at_most_ten_a_second_except_urgent_news(shared: WorkerClient) -> None:
    numbers: list[int] = []
    _ask(
        shared,
        "progress",
        {"count": 50, "pause_s": 0.005, "urgent": [17, 18]},
        on_progress=lambda data: numbers.append(data["number"]),
    )
    assert {0, 17, 18} <= set(numbers)
    assert len(numbers) < 20


def test_a_listener_that_fails_does_not_leave_an_answer_behind(shared: WorkerClient) -> None:
    def fail(_data: object) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        _ask(shared, "progress", {"count": 3, "pause_s": 0.01}, on_progress=fail)
    assert _ask(shared, "echo", {"next": 1}) == ({"next": 1}, b"")


def test_an_unasked_second_answer_replaces_the_child(shared: WorkerClient) -> None:
    before = _pid(shared)
    _ask(shared, "answer_twice")
    time.sleep(0.1)
    assert _ask(shared, "echo", {"next": 1}) == ({"next": 1}, b"")
    assert _pid(shared) != before


def test_cancelling_is_cooperative_and_quick(shared: WorkerClient) -> None:
    before = _pid(shared)
    cancel = threading.Event()
    threading.Timer(0.2, cancel.set).start()
    began = time.monotonic()
    with pytest.raises(CancelledError):
        _ask(shared, "wait_for_cancel", cancel=cancel)
    assert time.monotonic() - began < 0.2 + 0.2
    assert _pid(shared) == before


def test_cancelling_a_deaf_child_kills_it(shared: WorkerClient) -> None:
    before = _pid(shared)
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(CancelledError):
        _ask(shared, "hang_natively", cancel=cancel)
    assert not _is_running(before)


def test_waiting_for_another_request_can_be_cancelled(shared: WorkerClient) -> None:
    first_cancel, second_cancel = threading.Event(), threading.Event()
    outcomes: list[str] = []

    def occupy() -> None:
        try:
            _ask(shared, "wait_for_cancel", cancel=first_cancel)
        except CancelledError:
            outcomes.append("first")

    thread = threading.Thread(target=occupy)
    thread.start()
    time.sleep(0.1)
    second_cancel.set()
    with pytest.raises(CancelledError):
        _ask(shared, "echo", cancel=second_cancel)
    assert outcomes == []
    first_cancel.set()
    thread.join()
    assert outcomes == ["first"]


def test_requests_of_many_threads_do_not_mix(shared: WorkerClient) -> None:
    answers: dict[int, object] = {}

    def ask(number: int) -> None:
        answers[number] = _ask(shared, "echo", {"number": number}, bytes([number]) * 1000)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {number: ({"number": number}, bytes([number]) * 1000) for number in range(12)}


def test_a_child_outlives_the_thread_that_first_asked() -> None:
    with _client() as client:
        thread = threading.Thread(target=lambda: _ask(client, "echo"))
        thread.start()
        thread.join()
        pid = _pid(client)
        time.sleep(0.1)
        assert _ask(client, "echo") == ({}, b"")
        assert _pid(client) == pid


def test_a_child_killed_while_idle_is_replaced_unnoticed(shared: WorkerClient) -> None:
    os.kill(_pid(shared), signal.SIGKILL)
    time.sleep(0.2)
    assert _ask(shared, "echo", {"next": 1}) == ({"next": 1}, b"")


def test_prints_of_native_code_do_not_reach_the_channel(shared: WorkerClient) -> None:
    lines: list[str] = []
    with _client(start={"start": "talk"}, on_log=lines.append) as client:
        _ask(client, "noise")
        _ask(client, "echo")
        deadline = time.monotonic() + 2
        while "last line" not in lines and time.monotonic() < deadline:
            time.sleep(0.01)
    assert lines[0] == "native code prints to descriptor 1"
    assert "stray print" in lines
    assert all(line.isprintable() and len(line) <= 500 for line in lines)
    assert "\x1b" not in "".join(lines)


@pytest.mark.parametrize(
    ("start", "role", "error", "message"),
    [
        ("crash", Role.MODEL, ModelLoadError, "SIGSEGV"),
        ("refuse", Role.MODEL, ModelLoadError, "too large"),
        ("bug", Role.MODEL, ModelLoadError, "KeyError"),
        ("hang", Role.MODEL, ModelLoadError, "seconds"),
        ("crash", Role.READER, AppError, "SIGSEGV"),
        ("hang", Role.READER, AppError, "seconds"),
    ],
)
def test_faults_at_the_start_do_not_blame_a_document(start: str, role: Role, error: type[AppError], message: str) -> None:
    with (
        _client(role, start={"start": start}, start_timeout_s=0.8 if start == "hang" else 20.0) as client,
        pytest.raises(error, match=message) as caught,
    ):
        _ask(client, "echo")
    assert not caught.value.is_worker_failure
    assert not isinstance(caught.value, ReaderCrashedError | ModelCrashedError)


def test_a_program_that_is_not_there_is_a_typed_error() -> None:
    client = WorkerClient("none", {}, role=Role.READER, memory_bytes=1 << 30, command=["/nonexistent/deskhand"])
    with client, pytest.raises(AppError, match="No such file"):
        _ask(client, "echo")


def test_closing_ends_a_child_that_ignores_everything_but_kill() -> None:
    client = _client(start={"deaf": True})
    pid = _pid(client)
    failures: list[BaseException] = []

    def hang() -> None:
        try:
            _ask(client, "hang_natively", timeout_s=60)
        except CancelledError as error:
            failures.append(error)

    thread = threading.Thread(target=hang)
    thread.start()
    time.sleep(0.2)
    began = time.monotonic()
    client.close()
    thread.join(5)
    assert time.monotonic() - began < 4
    assert not _is_running(pid)
    assert len(failures) == 1
    with pytest.raises(CancelledError):
        _ask(client, "echo")


def test_a_child_is_renewed_after_its_number_of_requests() -> None:
    with _client(max_requests=3) as client:
        pids = [_pid(client) for _ in range(7) if _ask(client, "echo") == ({}, b"")]
    assert len(set(pids)) == 3
    assert not any(_is_running(pid) for pid in pids)


def test_closing_while_the_child_starts_is_quick() -> None:
    client = _client(start={"start": "hang"})
    client.start()
    time.sleep(0.3)
    began = time.monotonic()
    client.close()
    assert time.monotonic() - began < 0.5


def test_closing_an_idle_child_is_quick() -> None:
    client = _client()
    pid = _pid(client)
    began = time.monotonic()
    client.close()
    assert time.monotonic() - began < 0.5
    assert not _is_running(pid)


@pytest.mark.skipif(sys.platform != "linux", reason="the lock is complete on Linux only")
def test_a_missing_layer_stops_the_worker_unless_allowed(tmp_path: Path) -> None:
    """A filter that can't be installed (here: a processor without one) is named, and no document is sent."""
    child = tmp_path / "child.py"
    child.write_text(
        "import sys, platform\n"
        f"sys.path.insert(0, {str(_ROGUE.parent)!r})\n"
        "platform.machine = lambda: 'unknown'\n"
        "from rogue_worker import RogueHandler, serve\n"
        "sys.exit(serve(RogueHandler))\n",
        encoding="utf-8",
    )
    command = [sys.executable, "-P", str(child)]
    strict = WorkerClient("rogue", {}, role=Role.READER, memory_bytes=1 << 30, command=command)
    with strict, pytest.raises(SandboxError, match="seccomp"):
        _ask(strict, "echo")
    with WorkerClient("rogue", {}, role=Role.READER, memory_bytes=1 << 30, command=command, allow_weak=True) as lenient:
        assert _ask(lenient, "echo") == ({}, b"")
        assert lenient.info is not None
        assert lenient.info["sandbox"]["missing"] == ["system call filter (seccomp)"]

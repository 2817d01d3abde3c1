"""What code that took over a worker can still do. Every attempt runs inside the really locked process."""

from __future__ import annotations

import importlib.util
import platform
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.errors import AppError
from app.worker.client import WorkerClient
from app.worker.outcome import Role
from tests.helpers.models import real_model

_HELPER = Path(__file__).parents[1] / "helpers" / "attack_worker.py"
pytestmark = pytest.mark.skipif(sys.platform != "linux" or platform.machine() != "x86_64", reason="system call numbers of x86-64")


def _attack_names() -> list[str]:
    spec = importlib.util.spec_from_file_location("attack_worker", _HELPER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return list(module.ATTACKS)


def _client(profile: str, **model: object) -> WorkerClient:
    return WorkerClient(
        "attack",
        {"profile": profile, "model": model},
        role=Role.READER,
        memory_bytes=2 << 30,
        read_only=[Path(str(model["path"]))] if model else [],
        command=[sys.executable, "-P", str(_HELPER)],
    )


@pytest.fixture(scope="module")
def reader() -> Iterator[WorkerClient]:
    with _client("reader") as client:
        yield client


@pytest.fixture(scope="module")
def model() -> Iterator[WorkerClient]:
    chosen = real_model()
    args = {
        "model_id": chosen.spec.id,
        "sha256": chosen.sha256,
        "family": chosen.spec.prompt_family,
        "n_ctx": 512,
        "threads": 2,
        "tune": False,
    }
    with _client("model", path=str(chosen.path), **args) as client:
        yield client


@pytest.mark.parametrize("thread", ["main", "old"])
@pytest.mark.parametrize("attack", _attack_names())
def test_locked_reader_blocks(reader: WorkerClient, attack: str, thread: str) -> None:
    answer, _ = reader.request("attack", {"name": attack, "thread": thread}, timeout_s=60)
    assert answer["outcome"].startswith("blocked")


@pytest.mark.model
@pytest.mark.parametrize("thread", ["main", "old"])
@pytest.mark.parametrize("attack", _attack_names())
def test_locked_model_blocks(model: WorkerClient, attack: str, thread: str) -> None:
    answer, _ = model.request("attack", {"name": attack, "thread": thread}, timeout_s=60)
    assert answer["outcome"].startswith("blocked")


def test_calls_of_a_foreign_convention_end_the_process() -> None:
    with _client("none") as client, pytest.raises(AppError, match="SIGSYS"):
        client.request("x32", {}, timeout_s=60)


def test_the_attacks_do_succeed_without_the_lock() -> None:
    root = str(Path(__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-P", str(_HELPER), "--unlocked"], env={"PYTHONPATH": root}, capture_output=True, text=True, check=True
    )
    outcomes = dict(line.split("\t") for line in done.stdout.splitlines())
    assert set(outcomes.values()) == {"succeeded"} or outcomes.pop("io_uring").startswith("blocked")
    assert set(outcomes.values()) == {"succeeded"}


def test_files_are_unreadable_while_a_model_is_being_loaded(tmp_path: Path) -> None:
    """The file a person added by hand is parsed before the full lock, but not before the first stage."""
    secret = tmp_path / "secret"
    secret.write_text("secret", encoding="ascii")
    allowed = tmp_path / "allowed"
    allowed.write_text("allowed", encoding="ascii")
    code = (
        "import pathlib,socket,subprocess,sys\n"
        "from app.worker.sandbox import Sandbox\n"
        "Sandbox(memory_bytes=1<<31).enter_loading([pathlib.Path(sys.argv[2])])\n"
        "print(pathlib.Path(sys.argv[2]).read_text())\n"
        "tries = [lambda: pathlib.Path(sys.argv[1]).read_text(), lambda: pathlib.Path(sys.argv[2]).write_text('x'),"
        " lambda: socket.socket(), lambda: subprocess.run(['/bin/true'])]\n"
        "for attempt in tries:\n"
        "    try: attempt()\n"
        "    except OSError: print('blocked')\n"
    )
    root = str(Path(__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-P", "-c", code, str(secret), str(allowed)],
        env={"PYTHONPATH": root},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["allowed", "blocked", "blocked", "blocked", "blocked"]

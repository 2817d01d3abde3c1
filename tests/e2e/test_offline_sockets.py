"""Every network call of every process, as the kernel sees it: offline work over all formats opens no socket."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app.documents.warmup import canaries
from tests.e2e.test_cli import ROOT, SAMPLES
from tests.helpers.models import QUICK, real_model
from tests.helpers.protected_files import opendocument

DATA = ROOT / "tests" / "data"
TASK = """
id = "contact"
kind = "extract"
fields = [
  { name = "sender", type = "email", description = "Who wrote the message" },
  { name = "reference", description = "The number of the order" },
]
"""
_SOCKET = re.compile(r"^(?P<pid>\d+) +(?P<call>socket(?:pair)?)\((?P<family>\w+), (?P<kind>[\w|]+), .*\) += (?P<result>-?\d+)")
_REACHING = re.compile(r"^\d+ +(?:connect|bind|listen|sendto|sendmsg|sendmmsg|accept4?)\(")
# What the C library asks for the names of users, and the pair that wakes the threads of a library: neither leaves this computer.
_OWN_TARGETS = ('sun_path="/var/run/nscd/socket"',)
# A downloading library that comes with the recognizer tries at import whether there is IPv6; the reader's lock refuses.
_REFUSED_PROBE = ("socket", "AF_INET6", "SOCK_STREAM|SOCK_CLOEXEC", "-1")


@pytest.fixture(scope="module")
def strace() -> str:
    found = shutil.which("strace")
    if found is None:
        pytest.skip("strace is not installed")
    if subprocess.run([found, "-qq", "-o", os.devnull, "true"], capture_output=True).returncode:
        pytest.skip("processes may not be traced here")
    return found


def traced(strace: str, folder: Path, *arguments: object) -> tuple[subprocess.CompletedProcess[str], list[str]]:
    """The command's end, and a line for each program started and each network call, those that a lock refuses too."""
    trace = folder / "trace"
    command = [strace, "-f", "-qq", "-e", "trace=network,execve", "-e", "signal=none", "-o", str(trace)]
    command += [sys.executable, "-m", "app", *map(str, arguments)]
    environment = {"OMP_WAIT_POLICY": "passive", **os.environ}
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=280, stdin=subprocess.DEVNULL, env=environment)
    return done, trace.read_text(encoding="utf-8").splitlines()


def sockets(lines: list[str]) -> list[tuple[str, str, str, str]]:
    """Call, family, kind and result of each socket asked for."""
    found = [match for line in lines if (match := _SOCKET.match(line))]
    return [(match["call"], match["family"], match["kind"], match["result"]) for match in found]


def outgoing(lines: list[str]) -> list[str]:
    """All that could leave this computer or be reached from outside."""
    strange = [line for line in lines if _REACHING.match(line) and not any(target in line for target in _OWN_TARGETS)]
    families = [socket for socket in sockets(lines) if socket[1] != "AF_UNIX" and socket != _REFUSED_PROBE]
    return strange + [" ".join(socket) for socket in families]


def one_file_of_each_format(folder: Path) -> int:
    folder.mkdir()
    for sample in (*SAMPLES.iterdir(), DATA / "turned.heic", DATA / "forwarded.msg"):
        shutil.copy(sample, folder)
    for name, data in canaries():
        if name.startswith("canary."):
            (folder / name).write_bytes(data)
    (folder / "letter.odt").write_bytes(opendocument("Order AB-2041"))
    return len(list(folder.iterdir()))


@pytest.mark.model
def test_work_over_all_formats_opens_no_socket(strace: str, tmp_path: Path) -> None:
    n_files = one_file_of_each_format(tmp_path / "in")
    (tmp_path / "contact.toml").write_text(TASK)
    models = ["--model", QUICK, "--models-dir", real_model(QUICK).path.parents[1], "--data-dir", tmp_path / "data"]
    done, lines = traced(strace, tmp_path, "process", tmp_path / "in", "--task", tmp_path / "contact.toml", "--offline", *models)
    assert len(done.stdout.splitlines()) == n_files, done.stderr
    assert outgoing(lines) == []
    assert all(call == "socketpair" or result == "-1" or family == "AF_UNIX" for call, family, _, result in sockets(lines))
    for worker in ("reader", "model"):
        assert any(f'"--worker", "{worker}"' in line for line in lines), f"the {worker} was not traced"


@pytest.mark.model
def test_the_proof_that_a_person_can_run_opens_no_socket_itself(strace: str, tmp_path: Path) -> None:
    models = ["--model", QUICK, "--models-dir", real_model(QUICK).path.parents[1], "--data-dir", tmp_path / "data"]
    done, lines = traced(strace, tmp_path, "doctor", "--offline-proof", *models)
    assert "the gate refuses a connection in offline mode" in done.stdout, done.stderr
    assert "0 attempts to connect were made" in done.stdout
    assert done.stdout.count("every network socket") == 2
    assert outgoing(lines) == []


def test_a_connection_would_be_seen(strace: str, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    program = "import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.connect(('127.0.0.1', 9))"
    command = [strace, "-f", "-qq", "-e", "trace=network", "-o", str(trace), sys.executable, "-c", program]
    subprocess.run(command, check=True)
    seen = outgoing(trace.read_text(encoding="utf-8").splitlines())
    assert [line.split("(")[0].split()[-1] for line in seen if "(" in line] == ["connect"]
    assert any("AF_INET" in line and "SOCK_DGRAM" in line for line in seen)

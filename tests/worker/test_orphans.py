"""No child survives its parent, however the parent ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

_ROGUE = Path(__file__).parents[1] / "helpers" / "rogue_worker.py"
_PARENT = """
import sys, threading
from app.worker.client import WorkerClient
from app.worker.outcome import Role
client = WorkerClient("rogue", {"deaf": True}, role=Role.READER, memory_bytes=1 << 30, command=[sys.executable, "-P", sys.argv[1]])
print(client.wait_ready()["handler"]["pid"], flush=True)
if sys.argv[2] == "return":
    sys.exit(0)
client.request(sys.argv[2], {}, timeout_s=3600)
"""


def _start_parent(op: str) -> tuple[subprocess.Popen[str], int]:
    parent = subprocess.Popen(
        [sys.executable, "-P", "-c", _PARENT, str(_ROGUE), op],
        stdout=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert parent.stdout is not None
    return parent, int(parent.stdout.readline())


def _ends(pid: int) -> bool:
    deadline = time.monotonic() + 2
    while time.monotonic() < deadline:
        try:
            if Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[0] == "Z":
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.02)
    os.kill(pid, signal.SIGKILL)
    return False


@pytest.mark.parametrize("op", ["hang", "hang_natively"])
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGSEGV])
def test_killing_the_parent_ends_the_child(op: str, how: signal.Signals) -> None:
    parent, child = _start_parent(op)
    with parent:
        time.sleep(0.2)
        parent.send_signal(how)
        assert _ends(child)


def test_a_parent_that_returns_without_closing_ends_the_child() -> None:
    parent, child = _start_parent("return")
    with parent:
        assert parent.wait(5) == 0
    assert _ends(child)

"""The weaker lock of a worker that computes on a graphics card, in a real child. Its card is a stand-in: /dev/zero and the like."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.worker.sandbox import CALLS, FILES, LIMITS, graphics_devices

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the lock of Linux")

_ROOT = Path(__file__).parents[2]
_CHILD = """
import json, socket, subprocess, sys
from pathlib import Path
from app.worker.sandbox import Sandbox
sandbox = Sandbox(memory_bytes=2 << 30, devices=[Path("/dev/zero")])
sandbox.enter_loading([])
report = sandbox.lock(for_graphics=sys.argv[1] == "on")
def able(act):
    try:
        act()
    except OSError:
        return False
    return True
print(json.dumps({
    "active": report.active, "missing": report.missing, "relaxed": report.relaxed, "complete": report.is_complete,
    "device": able(lambda: open("/dev/zero", "r+b").close()),
    "other device": able(lambda: open("/dev/full", "r+b").close()),
    "file": able(lambda: open("/etc/passwd").close()),
    "socket": able(lambda: socket.socket().close()),
    "program": able(lambda: subprocess.run(["/bin/true"])),
}))
"""


def _locked(graphics: str) -> dict[str, object]:
    environment = os.environ | {"PYTHONPATH": str(_ROOT)}
    done = subprocess.run([sys.executable, "-c", _CHILD, graphics], capture_output=True, text=True, check=True, env=environment)
    return dict(json.loads(done.stdout))


def test_card_is_reached_and_nothing_else_and_the_weakness_is_told() -> None:
    found = _locked("on")
    assert found["active"] == [LIMITS, FILES]
    assert (found["relaxed"], found["missing"], found["complete"]) == ([CALLS], [], False)
    assert {name for name in ("device", "other device", "file", "socket", "program") if found[name]} == {"device"}


def test_worker_that_does_not_use_the_card_is_locked_in_full() -> None:
    found = _locked("off")
    assert found["active"] == [LIMITS, FILES, CALLS]
    assert found["complete"] is True
    assert not any(found[name] for name in ("device", "file", "socket", "program"))


def test_devices_are_those_of_graphics_cards(tmp_path: Path) -> None:
    (tmp_path / "dri").mkdir()
    (tmp_path / "dri" / "card0").write_bytes(b"")
    (tmp_path / "nvidia0").symlink_to("/dev/null")
    (tmp_path / "sda").symlink_to("/dev/null")
    assert graphics_devices(tmp_path) == [tmp_path / "nvidia0"]

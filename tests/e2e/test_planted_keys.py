"""Three planted keys, twenty crashes at different moments of sending: not one copy outside the keyring and the process itself."""

from __future__ import annotations

import base64
import itertools
import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from app.storage.store import Store
from tests.helpers.key_search import children_of, find_keys, search_folder, search_processes
from tests.helpers.reply_server import PlayedReply, ReplyServer, answering, playing, recorded
from tests.helpers.secret_service import needs_secret_service, secret_service

pytestmark = [
    pytest.mark.network,
    pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc"),
    needs_secret_service(),
]

CHILD = Path(__file__).parent / "key_child.py"
ROOT = CHILD.parents[2]
KEYS = ("sk-planted-one-Zq81xTf0aLw", "planted.two.mB7-Yv3RkD9e", "AIzaPlantedThree_cN5pHs2u")
MOMENTS = ("keys_kept", "post", "in_flight", "answer", "close")
MANNERS = ("kill", "segv", "abort", "exit", "exception")
LEFT_OUT = {("keys_kept", "segv"), ("keys_kept", "exit"), ("post", "exit"), ("close", "abort"), ("answer", "segv")}
CRASHES = tuple(pair for pair in itertools.product(MOMENTS, MANNERS) if pair not in LEFT_OUT)
ANSWERS = {"total_amount": "717,97"}


@dataclass
class Scene:
    """A person's folders and session, and the server that plays all services."""

    home: Path
    variables: dict[str, str]
    server: ReplyServer
    told: bytes = b""
    n_children: int = 0
    found: list[str] = field(default_factory=list)

    def crash(self, moment: str, manner: str, *options: str) -> int:
        """Run the program until it crashes; its exit code. What it prints, and what its children know, is looked at."""
        self.server.replies[:] = [_answer_to_all()] * 2 + [
            PlayedReply(manner="silence") if moment == "in_flight" else _answer_to_all()
        ]
        command = [sys.executable, str(CHILD), str(self.home / "data"), self.server.url, moment, manner, *options]
        process = subprocess.Popen(
            command,
            env=self.variables,
            cwd=self.home / "cwd",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(" ".join(KEYS).encode() + b"\n")
        process.stdin.flush()
        printed = b""
        while not printed.endswith(b"ready\n"):
            line = process.stdout.readline()
            assert line, printed.decode()
            printed += line
        children = children_of(process.pid)
        self.n_children += len(children)
        self.found += search_processes(KEYS, [process.pid, *children])
        process.stdin.write(b"go\n")
        process.stdin.close()
        self.told += printed + process.stdout.read()
        process.stdout.close()
        return process.wait()


def _answer_to_all() -> PlayedReply:
    """One reply that every protocol can read: each takes its part."""
    merged: dict[str, object] = {}
    for kind in ("openai_chat", "anthropic", "gemini"):
        merged |= json.loads(answering(recorded(kind)["answer"], ANSWERS).body)
    return PlayedReply(200, json.dumps(merged).encode())


@pytest.fixture
def core_files_allowed() -> Iterator[None]:
    """For children: what may be written of a crash is up to them."""
    before = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (before[1], before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_CORE, before)


@pytest.fixture
def scene(tmp_path, core_files_allowed) -> Iterator[Scene]:
    for name in ("home", "home/data", "home/cwd", "home/tmp"):
        (tmp_path / name).mkdir()
    home = tmp_path / "home"
    with secret_service(home / "session", unlocked=True) as variables, playing(_answer_to_all()) as server:
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "LD_LIBRARY_PATH") if name in os.environ}
        places = {"HOME": str(home), "TMPDIR": str(home / "tmp"), "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
        yield Scene(home, kept | places | variables, server)


def test_there_are_twenty_crashes():
    assert len(CRASHES) == 20


@pytest.mark.parametrize("manner", MANNERS)
def test_keys_are_nowhere_after_crashes(scene, manner):
    moments = [moment for moment, how in CRASHES if how == manner]
    codes = {scene.crash(moment, manner) for moment in moments}
    assert codes == {{"kill": -9, "segv": -11, "abort": -6, "exit": 7, "exception": 1}[manner]}
    sent = {name: value for noted in scene.server.noted for name, value in noted.headers.items()}
    assert {sent["authorization"], sent["x-api-key"], sent["x-goog-api-key"]} == {f"Bearer {KEYS[0]}", *KEYS[1:]}
    assert scene.n_children >= len(set(moments) - {"keys_kept"})
    assert scene.found == []
    assert search_folder(KEYS, scene.home) == []
    assert find_keys(KEYS, scene.told) == []
    assert not list(scene.home.rglob("core*"))
    if manner == "exception":
        assert b"it went wrong" in scene.told
        assert "(key)" in (scene.home / "data" / "logs" / "deskhand.log").read_text()
    with Store(scene.home / "data" / "deskhand.sqlite") as store:
        rows = store.ledger.rows()
        assert len(rows) >= 2 * len(set(moments) - {"keys_kept"})
        lost = [row for row in rows if row.outcome is None]
        assert lost
        assert all(row.spent_micros == row.entry.reserved_micros > 0 for row in lost)


def test_the_search_finds_what_is_there(scene):
    """Without hardening the same crash leaves a core file with the keys, where the system writes such files."""
    for name, content in {
        "plain": KEYS[0].encode(),
        "utf16": KEYS[1].encode("utf-16-le"),
        "base64": base64.b64encode(b'{"a": "' + KEYS[2].encode() + b'"}'),
        "hex": KEYS[0].encode().hex().encode(),
    }.items():
        (scene.home / "data" / name).write_bytes(b"some" + content + b"more")
    assert len(search_folder(KEYS, scene.home / "data")) == 4
    assert search_processes(KEYS, []) == []
    if Path("/proc/sys/kernel/core_pattern").read_text().strip() != "core" or resource.getrlimit(resource.RLIMIT_CORE)[1] == 0:
        pytest.skip("the system writes core files elsewhere or not at all")
    assert scene.crash("keys_kept", "abort", "unhardened") == -6
    (core,) = (scene.home / "cwd").glob("core*")
    assert set(find_keys(KEYS, core.read_bytes())) >= {f"plain of key {at}" for at in range(3)}

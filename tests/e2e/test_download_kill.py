"""Kill a download again and again with no warning, while a window has the ledger: it goes on, and the ledger tells all of it."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.catalog.spec import UrlSource
from app.domain.ledger import Ending, Purpose
from app.storage.spool import spool_folder
from app.storage.store import Store
from tests.helpers.catalogs import gguf_bytes, make_spec, write_own_list
from tests.helpers.unruly_server import Play, running_server

ROOT = Path(__file__).parent.parent.parent
N_KILLS = 4
DATA = gguf_bytes(padding=1000) + random.Random(5).randbytes(4_000_000)


def start(folder: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "app", "models", "download", "mine", "--data-dir", str(folder / "data")]
    environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    return subprocess.Popen(
        [*command, "--models-dir", str(folder / "models")],
        cwd=ROOT,
        env=environment | {"HOME": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


@pytest.mark.network
@pytest.mark.skipif(os.name != "posix", reason="needs signals")
def test_killed_download_goes_on_where_it_was(tmp_path):
    part = tmp_path / "models" / "mine" / ".partial" / "mine.gguf.part"
    chance = random.Random(1)
    with running_server() as server:
        play = server.plays["mine"] = Play(DATA, pace_s=0.01)
        spec = make_spec(DATA, UrlSource(kind="url", url=server.url("mine")), model_id="mine")
        write_own_list(tmp_path / "data" / "models.toml", spec)
        had = [0]
        with Store(tmp_path / "data" / "deskhand.sqlite") as store:
            for n_killed in range(1, N_KILLS + 1):
                process = start(tmp_path)
                wait_until_at(process, part, had[-1] + chance.randint(1, len(DATA) // (N_KILLS + 2)))
                assert len(store.ledger.rows()) == n_killed, "a request under way is not in the ledger"
                kill(process)
                had.append(part.stat().st_size)
                assert len(store.ledger.rows()) == n_killed
            last = start(tmp_path)
            out, err = last.communicate(timeout=120)
            rows = store.ledger.rows()
            store.ledger.figures()
    assert [row.outcome.ending if row.outcome else None for row in rows] == [Ending.DONE, *[None] * N_KILLS]
    assert {(row.entry.purpose, row.entry.host, row.entry.model) for row in rows} == {(Purpose.DOWNLOAD, "127.0.0.1", "mine")}
    assert list(spool_folder(tmp_path / "data").iterdir()) == []
    assert (last.returncode, err.decode()) == (0, "")
    assert Path(out.decode().strip()).read_bytes() == DATA
    assert had == sorted(had)
    assert play.requests == ["", *(f"bytes={size}-" for size in had[1:])]


def wait_until_at(process: subprocess.Popen[bytes], part: Path, size: int) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until and (not part.exists() or part.stat().st_size < size):
        assert process.poll() is None, process.communicate()
        time.sleep(0.002)


def kill(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.communicate()


@pytest.mark.network
@pytest.mark.skipif(os.name != "posix", reason="needs signals")
def test_interrupt_key_pauses_and_the_same_command_goes_on(tmp_path):
    part = tmp_path / "models" / "mine" / ".partial" / "mine.gguf.part"
    with running_server() as server:
        play = server.plays["mine"] = Play(DATA, pace_s=0.01)
        spec = make_spec(DATA, UrlSource(kind="url", url=server.url("mine")), model_id="mine")
        write_own_list(tmp_path / "data" / "models.toml", spec)
        process = start(tmp_path)
        until = time.monotonic() + 30
        while not (part.exists() and part.stat().st_size > 100_000) and time.monotonic() < until:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=30)
        assert process.returncode == 130
        assert b"mine is paused; the same command goes on with it." in told
        assert b"Traceback" not in told
        kept = part.stat().st_size
        play.pace_s = 0
        again = start(tmp_path)
        out, _ = again.communicate(timeout=60)
    assert again.returncode == 0
    assert play.requests[-1] == f"bytes={kept}-"
    assert Path(out.decode().strip()).read_bytes() == DATA

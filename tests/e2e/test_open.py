"""The program is started while its window is open: the real one, more than once."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.storage.store import Store

ROOT = Path(__file__).parent.parent.parent
WAIT_S = 60.0
NAMES = ("first.txt", "second.txt", "third.txt")


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    folders = {"DESKHAND_DATA": str(tmp_path / "data"), "DESKHAND_MODELS": str(tmp_path / "models")}
    return os.environ | folders | {"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}


@pytest.fixture
def window(environment: dict[str, str], tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A window that was opened with the first document."""
    for name in NAMES:
        (tmp_path / name).write_text(f"Invoice of {name}", encoding="utf-8")
    process = subprocess.Popen([sys.executable, "-m", "app", "open", NAMES[0]], cwd=tmp_path, env=environment)
    wait_until((tmp_path / "data" / "handed-over").exists)
    yield process
    process.kill()
    process.wait()


def wait_until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + WAIT_S
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.05)


def are_written(data: Path) -> bool:
    """Whether the list has all documents: the window lets nobody else ask its database."""
    written = b"".join(path.read_bytes() for path in data.glob("deskhand.sqlite*"))
    return all(name.encode() in written for name in NAMES)


def test_a_second_start_hands_over_and_ends_well(
    environment: dict[str, str], window: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    data = tmp_path / "data"
    for arguments in (["open", NAMES[1]], ["open", NAMES[2], "--data-dir", str(data)], []):
        again = subprocess.run(
            [sys.executable, "-m", "app", *arguments], cwd=tmp_path, env=environment, timeout=WAIT_S, check=False
        )
        assert again.returncode == 0, arguments
        assert window.poll() is None
    wait_until(lambda: are_written(data))
    window.kill()
    window.wait()
    with Store(data / "deskhand.sqlite") as store:
        assert {job.name for job in store.jobs()} == set(NAMES)

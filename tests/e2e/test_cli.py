"""The program as another program calls it: real processes, a real model, real documents."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.helpers.models import QUICK, real_model

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "resources" / "samples"
TASK = """
id = "mail"
kind = "extract"
fields = [
  { name = "sender", type = "email", description = "Who wrote the message" },
  { name = "date", type = "date", description = "When it was written" },
]
"""


def deskhand(*arguments: object, timeout_s: float = 120) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "app", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=timeout_s, stdin=subprocess.DEVNULL)


@pytest.fixture(autouse=True)
def own_folders(tmp_path, monkeypatch):
    monkeypatch.setenv("DESKHAND_MODELS", str(real_model(QUICK).path.parents[1]))
    monkeypatch.setenv("DESKHAND_DATA", str(tmp_path / "data"))


@pytest.fixture
def task(tmp_path) -> Path:
    path = tmp_path / "mail.toml"
    path.write_text(TASK)
    return path


def children_of(pid: int) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(path.read_text().rpartition(")")[2].split()[1])
        except (OSError, IndexError, ValueError):
            continue
        if parent == pid:
            found.append(int(path.parent.name))
    return found


@pytest.mark.model
def test_answer_points_into_the_text_that_the_text_command_prints(task):
    text = deskhand("text", SAMPLES / "email.eml")
    done = deskhand("process", SAMPLES / "email.eml", "--task", task, "--model", QUICK, "--offline")
    assert (text.returncode, done.returncode, done.stderr) == (0, 0, "")
    row = json.loads(done.stdout)
    assert row["model"]["id"] == QUICK
    assert row["tokens"]["prompt"] > 0
    for value in row["fields"].values():
        if value["value"] is not None:
            assert text.stdout[value["start"] : value["end"]] == value["text"]


@pytest.mark.model
def test_damaged_and_unknown_files_are_rows_beside_the_good_ones(task, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "good.txt").write_text("From: ada@example.org\nDate: 2024-05-01\n\nHello.\n")
    (folder / "bad.pdf").write_bytes(b"%PDF-1.7\n" + b"\x00garbage" * 50)
    (folder / "bad.docx").write_bytes(b"PK\x03\x04" + b"\xff" * 200)
    (folder / "empty.txt").write_bytes(b"")
    done = deskhand("process", folder, "--task", task, "--model", QUICK)
    rows = {Path(row["file"]).name: row for row in map(json.loads, done.stdout.splitlines())}
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert rows["good.txt"]["status"] in {"done", "review"}
    for name in ("bad.pdf", "bad.docx", "empty.txt"):
        assert rows[name]["status"] == "failed"
        assert rows[name]["error"]["message"]


@pytest.mark.model
@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_interrupt_ends_everything_within_seconds(task, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(600):
        (folder / f"{number}.txt").write_text(f"From: ada{number}@example.org\n" + "A line of the message.\n" * 400)
    command = [sys.executable, "-m", "app", "process", str(folder), "--task", str(task), "--model", QUICK]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        first = process.stdout.readline()
        children = children_of(process.pid)
        process.send_signal(signal.SIGINT)
        began = time.monotonic()
        _, errors = process.communicate(timeout=30)
    assert json.loads(first)["status"] in {"done", "review"}
    assert len(children) == 2
    assert process.returncode == 130
    assert errors == "deskhand: Stopped.\n"
    assert time.monotonic() - began < 10
    assert not any(Path(f"/proc/{pid}").exists() for pid in children)


@pytest.mark.model
def test_closed_pipe_is_no_traceback(task, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(8):
        (folder / f"{number}.txt").write_text(f"From: ada{number}@example.org\n")
    command = [sys.executable, "-m", "app", "process", str(folder), "--task", str(task), "--model", QUICK]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        process.stdout.readline()
        process.stdout.close()
        errors = process.stderr.read()
        assert process.wait(60) == 1
    assert errors == ""


@pytest.mark.model
def test_killed_run_with_a_data_folder_goes_on(task, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(12):
        (folder / f"{number}.txt").write_text(f"From: ada{number}@example.org\n" + "A line of the message.\n" * 20)
    arguments = ["process", str(folder), "--task", str(task), "--model", QUICK, "--data-dir", str(tmp_path / "kept")]
    with subprocess.Popen([sys.executable, "-m", "app", *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        first = json.loads(process.stdout.readline())
        os.kill(process.pid, signal.SIGKILL)
    again = deskhand(*arguments)
    rows = {row["file"]: row for row in map(json.loads, again.stdout.splitlines())}
    assert again.returncode == 0
    assert len(rows) == 12
    assert rows[first["file"]] == first


@pytest.mark.model
def test_doctor_finds_this_installation_working():
    done = deskhand("doctor", "--json", "--model", QUICK, "--offline-proof")
    findings = {finding["name"]: finding for finding in json.loads(done.stdout)}
    assert done.returncode == 0, done.stdout
    assert findings["reader"]["ok"] is True
    assert findings["model test"]["ok"] is True
    assert findings["reader protection"]["ok"] is True


def test_version_needs_no_second():
    began = time.monotonic()
    assert deskhand("--version").stdout.startswith("deskhand ")
    assert time.monotonic() - began < 10

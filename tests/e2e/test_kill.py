"""Kill the program at random moments: what it acknowledged must stand, and every document is answered exactly once."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path

import pytest

from app.domain.job import JobState
from app.storage.store import Store

ROOT = Path(__file__).parent.parent.parent
N_FILES = 30
N_KILLS = 15
N_JOBS = N_FILES + 2
"""One of the files is a message with two attachments."""


def write_documents(folder: Path) -> None:
    (folder / "deeper").mkdir(parents=True)
    for number in range(N_FILES - 1):
        place = folder / "deeper" if number % 3 else folder
        (place / f"{number:02}.txt").write_text(f"word{number} of document {number}")
    (folder / "m.eml").write_text("mail:\nbill\nphoto")


def lines_of(log: Path) -> list[list[str]]:
    """Complete lines only: the last one may be cut by a kill, and what is cut was not acknowledged."""
    whole, _, _ = log.read_text().rpartition("\n") if log.exists() else ("", "", "")
    return [line.split() for line in whole.splitlines()]


def check(data: Path, log: Path) -> None:
    """Everything acknowledged so far is in the database as it was acknowledged."""
    stored: dict[int, set[str]] = defaultdict(set)
    added: dict[int, str] = {}
    for line in lines_of(log):
        if line[0] == "stored":
            stored[int(line[1])].add(line[2])
        elif line[0] == "added":
            added[int(line[1])] = line[2]
    with Store(data / "deskhand.sqlite") as store:
        jobs = {job.id: job for job in store.jobs()}
        for job_id, sha256 in added.items():
            assert jobs[job_id].sha256 == sha256
        for job_id, marks in stored.items():
            result = store.result(job_id)
            assert result is not None, "an acknowledged answer is lost"
            assert marks == {result.notices[0]}, "a document was answered twice"
            assert jobs[job_id].state is JobState.DONE
            assert store.document(job_id) is not None
        assert len({job.sha256 for job in jobs.values()}) == len(jobs), "a document was queued twice"


def wait_for_news(log: Path, child: subprocess.Popen[bytes]) -> None:
    """Until the program has opened its database; kills before that are made too, but most would hit nothing."""
    n_lines = len(lines_of(log))
    while len(lines_of(log)) == n_lines and child.poll() is None:
        time.sleep(0.002)


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_nothing_is_lost_or_done_twice_however_often_the_program_is_killed(tmp_path: Path) -> None:
    data, documents, log = tmp_path / "data", tmp_path / "documents", tmp_path / "log"
    write_documents(documents)
    command = [sys.executable, str(Path(__file__).with_name("kill_child.py")), str(data), str(documents), str(log)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    randomness = random.Random()
    for n_kills in range(N_KILLS):
        child = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE)
        if n_kills % 5 == 0:
            time.sleep(randomness.uniform(0.1, 0.6))
        else:
            wait_for_news(log, child)
            time.sleep(randomness.uniform(0, 0.12))
        child.send_signal(signal.SIGKILL)
        _, complaint = child.communicate()
        assert child.returncode == -signal.SIGKILL or lines_of(log)[-1] == ["finished"], complaint.decode()
        check(data, log)
    subprocess.run(command, env=environment, check=True, timeout=20)
    check(data, log)
    with Store(data / "deskhand.sqlite") as store:
        assert [job.name for job in store.jobs() if job.state is not JobState.DONE] == []
        assert len(store.jobs()) == N_JOBS
        assert max(job.attempts for job in store.jobs()) > 1, "no kill hit a running job: the test proved nothing"

"""Simulate the loss of power: of what was written but not yet flushed, any part may be missing. Nothing acknowledged may be."""

from __future__ import annotations

import functools
import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import apsw
import pytest

from app.domain.job import JobState
from app.domain.ledger import Caps, Ending, LedgerEntry, LedgerOutcome, Purpose
from app.domain.result import Result
from app.domain.review import ReviewRule
from app.storage import database
from app.storage.queue import NewJob
from app.storage.store import Store
from tests.helpers.fake_services import make_document, make_value

N_JOBS = 40
N_CRASHES = 60
SECTOR_BYTES = 512
CAPS = Caps(monthly_micros=400)


@dataclass(frozen=True)
class Step:
    kind: str
    """write, truncate, sync, delete, or acknowledged."""
    name: str = ""
    offset: int = 0
    data: bytes = b""


class RecordingVFS(apsw.VFS):
    """The system's files, with a record of everything that is done to them."""

    def __init__(self, name: str) -> None:
        self.steps: list[Step] = []
        super().__init__(name, "")

    def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:
        return RecordingFile(name, flags, self.steps)

    def xDelete(self, name: str, syncdir: bool) -> None:
        super().xDelete(name, syncdir)
        self.steps.append(Step("delete", Path(name).name))


class RecordingFile(apsw.VFSFile):
    def __init__(self, name: Any, flags: list[int], steps: list[Step]) -> None:
        self._name = Path(name if isinstance(name, str) else name.filename()).name if name else ""
        self._steps = steps
        super().__init__("", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:
        super().xWrite(data, offset)
        self._steps.append(Step("write", self._name, offset, bytes(data)))

    def xTruncate(self, size: int) -> None:
        super().xTruncate(size)
        self._steps.append(Step("truncate", self._name, size))

    def xSync(self, flags: int) -> None:
        super().xSync(flags)
        self._steps.append(Step("sync", self._name))


def disk_after(steps: list[Step], chance: random.Random) -> dict[str, bytes]:
    """One of the disks a crash after these steps may leave."""
    files: dict[str, bytearray] = {}
    pending: dict[str, list[Step]] = {}
    for step in steps:
        if step.kind == "sync":
            for one in pending.pop(step.name, []):
                _apply(files, one)
        elif step.kind == "delete":
            files.pop(step.name, None)
            pending.pop(step.name, None)
        elif step.kind != "acknowledged":
            pending.setdefault(step.name, []).append(step)
    for unflushed in pending.values():
        kept = [part for one in unflushed for part in _sectors(one) if chance.random() < chance.choice((0.0, 0.5, 1.0))]
        for one in kept:
            _apply(files, one)
    return {name: bytes(content) for name, content in files.items()}


def _sectors(step: Step) -> Iterator[Step]:
    if step.kind != "write":
        yield step
        return
    for start in range(0, len(step.data), SECTOR_BYTES):
        yield Step("write", step.name, step.offset + start, step.data[start : start + SECTOR_BYTES])


def _apply(files: dict[str, bytearray], step: Step) -> None:
    content = files.setdefault(step.name, bytearray())
    if step.kind == "truncate":
        del content[step.offset :]
        return
    end = step.offset + len(step.data)
    content.extend(b"\0" * max(0, end - len(content)))
    content[step.offset : end] = step.data


def entry_of(job_id: int) -> LedgerEntry:
    payload = f"what left for {job_id} ".encode() * (1 + job_id * 40)
    return LedgerEntry(purpose=Purpose.FRONTIER, host="api.example", job_id=job_id, payload=payload, reserved_micros=10)


@pytest.mark.parametrize("seed", [random.randrange(10**6)])
def test_nothing_acknowledged_is_lost_with_the_power(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    vfs = RecordingVFS(f"recording-{seed}")
    monkeypatch.setattr(database.apsw, "Connection", functools.partial(apsw.Connection, vfs=f"recording-{seed}"))
    with Store(tmp_path / "recorded" / "deskhand.sqlite") as store:
        for number in range(N_JOBS):
            document = make_document(f"word{number} " * 50)
            ((job, _),) = store.queue.add([NewJob(f"/{number}", str(number), document.sha256, 1, "t")])
            vfs.steps.append(Step("acknowledged", "added", job.id))
            store.queue.claim()
            result = Result(task="t", fields={"first": make_value(document, f"word{number}")})
            store.queue.finish(job.id, result, document, ReviewRule())
            vfs.steps.append(Step("acknowledged", "finished", job.id))
            if number % 3 == 0:
                store.correct(job.id, "first", value=f"corrected{number}")
                vfs.steps.append(Step("acknowledged", "corrected", job.id))
            request = store.ledger.open(entry_of(job.id), CAPS)
            vfs.steps.append(Step("acknowledged", "reserved", request, entry_of(job.id).payload))
            if number % 4:
                store.ledger.close(request, LedgerOutcome(ending=Ending.DONE, cost_micros=1))
                vfs.steps.append(Step("acknowledged", "paid", request))
        steps = list(vfs.steps)
    monkeypatch.undo()
    first = next(index for index, step in enumerate(steps) if step.kind == "acknowledged")
    chance = random.Random(seed)
    n_partial = 0
    for crash in range(N_CRASHES):
        done = steps[: chance.randrange(first, len(steps))]
        folder = tmp_path / f"crash{crash}"
        folder.mkdir()
        for name, content in disk_after(done, chance).items():
            (folder / name).write_bytes(content)
        n_partial += done[-1].kind == "write"
        check(folder / "deskhand.sqlite", [step for step in done if step.kind == "acknowledged"])
    assert n_partial > N_CRASHES / 10, "too few crashes in the middle of a commit: the test proved little"


def check(path: Path, acknowledged: list[Step]) -> None:
    with Store(path) as store:
        assert store._database.query("PRAGMA integrity_check") == [("ok",)]
        check_ledger(store, acknowledged)
        jobs = {job.id: job for job in store.jobs()}
        for step in acknowledged:
            if step.name in {"reserved", "paid"}:
                continue
            job_id = step.offset
            assert job_id in jobs
            if step.name in {"finished", "corrected"}:
                assert jobs[job_id].state is JobState.DONE
                result = store.result(job_id)
                assert result is not None
                assert store.document(job_id) is not None
            if step.name == "corrected":
                assert str(store.corrections(job_id)[0].after).startswith("corrected")
        for job in jobs.values():
            assert (store.result(job.id) is not None) == (job.state is JobState.DONE), "half a transaction"


def check_ledger(store: Store, acknowledged: list[Step]) -> None:
    """What was acknowledged stands, to the byte; a payment that was not leaves its reservation spent."""
    rows = {row.id: row for row in store.ledger.rows()}
    paid = {step.offset for step in acknowledged if step.name == "paid"}
    for step in acknowledged:
        if step.name == "reserved":
            assert store.ledger.payload(step.offset) == step.data
            assert rows[step.offset].payload_sha256 == hashlib.sha256(step.data).hexdigest()
            assert rows[step.offset].spent_micros == (1 if rows[step.offset].outcome else 10)
    assert paid <= {row.id for row in rows.values() if row.outcome is not None}
    assert store.ledger.figures().spent_micros == sum(row.spent_micros for row in rows.values()) <= (CAPS.monthly_micros or 0)

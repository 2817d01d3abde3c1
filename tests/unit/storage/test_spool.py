"""Rows written beside a database that another program owns: on the disk at once, taken over exactly once."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from app.domain.ledger import Ending, LedgerEntry, LedgerOutcome, Purpose
from app.errors import StorageError
from app.storage import spool
from app.storage.spool import LedgerSpool, spool_folder, take_over
from app.storage.store import Store

ENTRY = LedgerEntry(purpose=Purpose.DOWNLOAD, host="hub.example", url_path="/m.gguf", model="small")
DONE = LedgerOutcome(ending=Ending.DONE, cost_micros=0, received_bytes=5)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "deskhand.sqlite") as opened:
        yield opened


def test_rows_are_taken_over_as_they_were_written(store: Store, tmp_path: Path) -> None:
    west = timezone(timedelta(hours=-8))
    with LedgerSpool(tmp_path, clock=lambda: datetime(2026, 10, 31, 20, tzinfo=west)) as rows:
        number = rows.open(ENTRY)
        rows.close(number, DONE)
        rows.open(ENTRY)
    last, first = store.ledger.rows()
    assert (first.entry, first.outcome) == (ENTRY, DONE)
    assert (first.month, first.opened_at) == ("2026-10", "2026-11-01T04:00:00.000+00:00"), "the month of the writer's place"
    assert (last.entry, last.outcome) == (ENTRY, None)
    assert list(spool_folder(tmp_path).iterdir()) == []


def test_a_program_that_still_writes_is_read_and_left_alone(store: Store, tmp_path: Path) -> None:
    with LedgerSpool(tmp_path) as rows:
        number = rows.open(ENTRY)
        assert [row.outcome for row in store.ledger.rows()] == [None]
        assert store.ledger.figures().n_requests == 1
        rows.close(number, DONE)
        assert [row.outcome for row in store.ledger.rows()] == [DONE]
        rows.open(ENTRY)
        assert len(store.ledger.rows()) == 2
    assert len(store.ledger.rows()) == 2
    assert list(spool_folder(tmp_path).iterdir()) == []


def test_a_crash_before_the_file_is_deleted_doubles_nothing(store: Store, tmp_path: Path) -> None:
    with LedgerSpool(tmp_path) as rows:
        rows.close(rows.open(ENTRY), DONE)
    (written,) = spool_folder(tmp_path).glob("*.jsonl")
    shutil.copy(written, tmp_path / "kept")
    assert take_over(store._database, tmp_path) == 1
    shutil.copy(tmp_path / "kept", written)
    assert take_over(store._database, tmp_path) == 0
    assert len(store.ledger.rows()) == 1


def test_a_line_that_was_cut_was_not_acknowledged(store: Store, tmp_path: Path) -> None:
    with LedgerSpool(tmp_path) as rows:
        rows.close(rows.open(ENTRY), DONE)
    (written,) = spool_folder(tmp_path).glob("*.jsonl")
    content = written.read_bytes()
    first_line = content.index(b"\n") + 1
    for length in (0, 5, first_line - 1, first_line, len(content) - 1):
        written.write_bytes(content[:length])
        (store_folder := tmp_path / str(length)).mkdir()
        shutil.copytree(spool_folder(tmp_path), spool_folder(store_folder))
        with Store(store_folder / "deskhand.sqlite") as other:
            assert [row.outcome for row in other.ledger.rows()] == ([None] if length >= first_line else [])


def test_a_row_is_on_the_disk_before_it_is_acknowledged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[bytes] = []
    flush = os.fsync

    def noting(descriptor: int) -> None:
        flush(descriptor)
        synced[:] = [path.read_bytes() for path in spool_folder(tmp_path).glob("*.jsonl")]

    monkeypatch.setattr(spool.os, "fsync", noting)
    with LedgerSpool(tmp_path) as rows:
        rows.open(ENTRY)
        assert b"hub.example" in synced[0]


def test_a_full_disk_is_told_and_nothing_may_leave(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_descriptor: int, _data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(spool.os, "write", refuse)
    with LedgerSpool(tmp_path) as rows, pytest.raises(StorageError, match="No space left"):
        rows.open(ENTRY)


@pytest.mark.parametrize("change", [{"payload": b"x"}, {"reserved_micros": 1}, {"reserved_micros": None}])
def test_money_and_documents_are_refused(tmp_path: Path, change: dict[str, object]) -> None:
    with LedgerSpool(tmp_path) as rows, pytest.raises(ValueError, match="the ledger itself"):
        rows.open(ENTRY.model_copy(update=change))
    assert not spool_folder(tmp_path).exists()


@pytest.mark.skipif(os.name != "posix", reason="rights of POSIX")
def test_the_files_are_the_persons_alone(tmp_path: Path) -> None:
    with LedgerSpool(tmp_path) as rows:
        rows.open(ENTRY)
        paths = [spool_folder(tmp_path), *spool_folder(tmp_path).iterdir()]
        assert {path.stat().st_mode & 0o077 for path in paths} == {0}

"""Ledger rows of a program that does not own the database, such as a download on the command line while the window is open.

They stand in a file of their own beside the database and are on the disk before anything is sent. Whoever owns the database takes
them over, each exactly once. Money and documents need the ledger itself, where the caps are.
"""

from __future__ import annotations

import json
import logging
import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import apsw

from app.atomic import flush_folder
from app.domain.ledger import NO_CAPS, Caps, LedgerEntry, LedgerOutcome
from app.errors import StorageError
from app.file_lock import FileLock
from app.storage.database import Database, fetch
from app.storage.ledger_rows import has_outcome, insert_outcome, insert_request, local_time

_log = logging.getLogger(__name__)
_FOLDER = "ledger-spool"


def spool_folder(data: Path) -> Path:
    return data / _FOLDER


class LedgerSpool:
    """A `RequestLog` and a context manager. Its lock ends with the program and shows that no more rows will come."""

    def __init__(self, data: Path, *, clock: Callable[[], datetime] = local_time) -> None:
        self._folder = spool_folder(data)
        self._clock = clock
        self._name = uuid.uuid4().hex
        self._n_requests = 0
        self._lock: FileLock | None = None
        self._descriptor = -1

    def open(self, entry: LedgerEntry, caps: Caps = NO_CAPS) -> int:
        """Returns once the row is on the disk. Raises `StorageError`."""
        if entry.reserved_micros != 0 or entry.payload:
            raise ValueError("what costs money or holds a document is written to the ledger itself")
        self._n_requests += 1
        self._write({"request": self._n_requests, "entry": entry.model_dump(mode="json", exclude={"payload"})})
        return self._n_requests

    def close(self, request_id: int, outcome: LedgerOutcome) -> None:
        self._write({"request": request_id, "outcome": outcome.model_dump(mode="json")})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
        if self._lock is not None:
            self._lock.close()

    def _write(self, record: dict[str, Any]) -> None:
        line = json.dumps(record | {"at": self._clock().isoformat(timespec="milliseconds")}) + "\n"
        try:
            if self._descriptor < 0:
                self._create()
            os.write(self._descriptor, line.encode())
            os.fsync(self._descriptor)
        except OSError as error:
            raise StorageError(folder=self._folder, detail=error.strerror or error) from error

    def _create(self) -> None:
        """The lock first: rows without a held lock are complete."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = FileLock(_lock_path(self._folder / self._name))
        path = self._folder / f"{self._name}.jsonl"
        self._descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        flush_folder(self._folder)


def take_over(database: Database, data: Path) -> int:
    """Move spooled rows into the ledger; how many requests were new. Files whose writer still works are read and kept."""
    n_new = 0
    with suppress(FileNotFoundError):
        for path in sorted(spool_folder(data).glob("*.jsonl")):
            try:
                n_new += _take_over_file(database, path)
            except OSError as error:
                _log.warning("Rows for the ledger could not be read: %s", error.strerror)
    return n_new


def _take_over_file(database: Database, path: Path) -> int:
    lock_path = _lock_path(path.with_suffix(""))
    with FileLock(lock_path) as lock:
        records = list(_records(path))
        with database.transaction() as connection:
            n_new = sum(_insert(connection, path.stem, record) for record in records)
        is_complete = lock.is_held
        if is_complete:
            path.unlink()
    if is_complete:
        lock_path.unlink(missing_ok=True)
    return n_new


def _records(path: Path) -> Iterator[dict[str, Any]]:
    """A line that was cut by a crash was not acknowledged, so nothing was sent for it."""
    for line in path.read_bytes().split(b"\n")[:-1]:
        try:
            yield json.loads(line)
        except ValueError:
            _log.warning("A row for the ledger is damaged and left out.")


def _insert(connection: apsw.Connection, name: str, record: dict[str, Any]) -> bool:
    """Whether it was a request that the ledger did not have."""
    spooled_as = f"{name}:{int(record['request'])}"
    moment = datetime.fromisoformat(record["at"])
    known = fetch(connection, "SELECT id FROM ledger_requests WHERE spooled_as = ?", (spooled_as,))
    if "entry" in record:
        if not known:
            insert_request(connection, LedgerEntry.model_validate(record["entry"]), moment, spooled_as)
        return not known
    if known and not has_outcome(connection, known[0][0]):
        insert_outcome(connection, known[0][0], LedgerOutcome.model_validate(record["outcome"]), moment)
    return False


def _lock_path(path: Path) -> Path:
    return path.with_suffix(".lock")

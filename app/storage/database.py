"""The one connection to the SQLite file: opened, migrated, guarded by a lock, its failures told in plain words.

Write-ahead log with ``synchronous=FULL``: a commit that returned survives loss of power. The exclusive locking mode keeps the
log's index in memory, so that no shared memory file is needed, and a second program can't slip in where the folder's lock fails.
What is removed is overwritten.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import apsw

from app.errors import DamagedDatabaseError, DatabaseInUseError, StorageError
from app.file_lock import FileLock
from app.storage.migrations import migrate

_APPLICATION_ID = 0x44534B48
_BUSY_TIMEOUT_MS = 2_000
Row = tuple[Any, ...]


def fetch(connection: apsw.Connection, sql: str, bindings: Mapping[str, Any] | tuple[Any, ...] = ()) -> list[Row]:
    """All rows of a statement inside a transaction."""
    return list(connection.execute(sql, bindings))


def _take_folder(folder: Path) -> FileLock:
    """One program for each data folder."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = FileLock(folder / "deskhand.lock")
    except OSError as error:
        raise StorageError(folder=folder, detail=error.strerror or error) from error
    if not lock.is_held:
        lock.close()
        raise DatabaseInUseError(folder=folder)
    return lock


class Database:
    """Thread safe: every use holds the lock, so statements of two threads never mix in one transaction."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.RLock()
        self._folder_lock = _take_folder(path.parent)
        try:
            self._connection = self._open()
        except BaseException:
            self._folder_lock.close()
            raise

    def _open(self) -> apsw.Connection:
        with self._plain_errors():
            self._create_private()
            connection = apsw.Connection(str(self.path))
            try:
                connection.set_busy_timeout(_BUSY_TIMEOUT_MS)
                for pragma in (
                    "locking_mode=EXCLUSIVE",
                    "journal_mode=WAL",
                    "synchronous=FULL",
                    "foreign_keys=ON",
                    "secure_delete=ON",
                ):
                    connection.execute(f"PRAGMA {pragma}").fetchall()
                owner = connection.execute("PRAGMA application_id").fetchall()[0][0]
                if owner not in {0, _APPLICATION_ID}:
                    raise StorageError(folder=self.path.parent, detail=f"{self.path.name} belongs to another program")
                migrate(connection, self.path.parent)
                if owner == 0:
                    connection.execute(f"PRAGMA application_id={_APPLICATION_ID}")
            except BaseException:
                connection.close()
                raise
        return connection

    def _create_private(self) -> None:
        """The file holds the text of documents: it is the person's alone. SQLite gives its log the same rights."""
        try:
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
        except OSError as error:
            raise StorageError(folder=self.path.parent, detail=error.strerror or error) from error

    def query(self, sql: str, bindings: Mapping[str, Any] | tuple[Any, ...] = ()) -> list[Row]:
        with self._lock, self._plain_errors():
            return list(self._connection.execute(sql, bindings))

    @contextmanager
    def transaction(self) -> Iterator[apsw.Connection]:
        """All or nothing. Not to be nested."""
        with self._lock, self._plain_errors():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                # SQLite itself has rolled back when the disk is full.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def close(self) -> None:
        with self._lock, self._plain_errors():
            self._connection.close()
            self._folder_lock.close()

    @contextmanager
    def _plain_errors(self) -> Iterator[None]:
        folder = self.path.parent
        try:
            yield
        except (apsw.BusyError, apsw.LockedError) as error:
            raise DatabaseInUseError(folder=folder) from error
        except apsw.FullError as error:
            raise StorageError(folder=folder, detail="the disk is full") from error
        except (apsw.NotADBError, apsw.CorruptError) as error:
            raise DamagedDatabaseError(folder=folder, file=self.path.name) from error
        except (apsw.ReadOnlyError, apsw.PermissionsError) as error:
            raise StorageError(folder=folder, detail=f"{self.path.name} may not be written") from error
        except (apsw.CantOpenError, apsw.IOError) as error:
            raise StorageError(folder=folder, detail=f"{self.path.name} can't be read or written ({error})") from error
        except apsw.ConnectionClosedError as error:
            raise StorageError(folder=folder, detail="it is closed") from error

"""One program per data folder, held by a lock of the operating system, which ends with the process however it ends."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path
from types import TracebackType

from app.errors import DatabaseInUseError, StorageError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


_HELD_BY_ANOTHER = frozenset({errno.EACCES, errno.EAGAIN, errno.EDEADLK})


class FolderLock:
    """Taken on creation, released by `close`. The file itself stays: deleting it would let two programs hold different files."""

    def __init__(self, folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._descriptor = os.open(folder / "deskhand.lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise StorageError(folder=folder, detail=error.strerror or error) from error
        try:
            _lock(self._descriptor)
        except OSError as error:
            if error.errno not in _HELD_BY_ANOTHER:
                return  # Some network folders have no locks; the database's own lock still guards.
            os.close(self._descriptor)
            raise DatabaseInUseError(folder=folder) from error

    def close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def __enter__(self) -> FolderLock:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def _lock(descriptor: int) -> None:
    if sys.platform == "win32":
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    else:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

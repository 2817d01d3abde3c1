"""Files written whole or not at all: a temporary file beside the target, flushed to the disk, then renamed over it."""

from __future__ import annotations

import errno
import os
import tempfile
import time
from pathlib import Path

from app.errors import ExportError

_RENAME_PAUSES_S = (0.05, 0.2, 0.5)
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def write_atomically(path: Path, data: bytes) -> None:
    """Raises `ExportError`; the old file then stands as it was.

    Where a rename is refused (programs that sync folders hold files open; a folder may be closed to new files), the file is
    written in place. That is the only case in which a crash can leave half a file.
    """
    target = Path(os.path.realpath(path))
    try:
        if target.is_dir():
            raise ExportError(file=path, detail="it is a folder")
        if path.exists() and not path.is_file():
            # A device or a pipe: a rename would put a file in its place.
            path.write_bytes(data)
        elif not _write_beside(target, data):
            _write_in_place(target, data)
    except OSError as error:
        raise ExportError(file=path, detail=error.strerror or error) from error


def _write_beside(target: Path, data: bytes) -> bool:
    """False when the folder takes no new file or the rename is refused."""
    try:
        descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:40]}.", suffix=".tmp")
    except PermissionError:
        return False
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(_mode_for(target))
        is_renamed = _rename(temporary, target)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        if error.errno in _NO_ROOM or not isinstance(error, PermissionError):
            raise
        return False
    if not is_renamed:
        temporary.unlink(missing_ok=True)
        return False
    _flush_folder(target.parent)
    return True


def _rename(temporary: Path, target: Path) -> bool:
    for pause_s in (*_RENAME_PAUSES_S, None):
        try:
            os.replace(temporary, target)
        except PermissionError:
            if pause_s is not None:
                time.sleep(pause_s)
        else:
            return True
    return False


def _write_in_place(target: Path, data: bytes) -> None:
    with target.open("r+b" if target.exists() else "wb") as file:
        file.write(data)
        file.truncate()
        file.flush()
        os.fsync(file.fileno())


def _mode_for(target: Path) -> int:
    """The mode of the file that is replaced, else what a plain `open` would give."""
    if target.exists():
        return target.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _flush_folder(folder: Path) -> None:
    """So that the rename itself survives a loss of power; not every system can."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(descriptor)
    except OSError:
        return
    finally:
        os.close(descriptor)

"""Files written whole or not at all: a temporary file beside the target, flushed to the disk, then renamed over it."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
import time
from pathlib import Path

_RENAME_PAUSES_S = (0.05, 0.2, 0.5)


def replace_file(path: Path, data: bytes, *, mode: int | None = None) -> None:
    """Raises `OSError`; the old file then stands as it was. `mode` is of a new file, in place of the usual rights.

    Where a rename is refused (programs that sync folders hold files open; a folder may be closed to new files), the file is
    written in place. That is the only case in which a crash can leave half a file.
    """
    target = Path(os.path.realpath(path))
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, "it is a folder")
    if path.exists() and not path.is_file():
        # A device or a pipe: a rename would put a file in its place.
        path.write_bytes(data)
    elif not _write_beside(target, data, mode):
        _write_in_place(target, data)


def flush_folder(folder: Path) -> None:
    """Make a new name in it survive a loss of power; not every system can."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _write_beside(target: Path, data: bytes, mode: int | None) -> bool:
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
        temporary.chmod(_mode_for(target, mode))
        is_renamed = _rename(temporary, target)
    except PermissionError:
        is_renamed = False
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    if not is_renamed:
        temporary.unlink(missing_ok=True)
        return False
    flush_folder(target.parent)
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


def _mode_for(target: Path, wanted: int | None) -> int:
    """The mode of the file that is replaced, else the wanted one or what a plain `open` would give."""
    if target.exists():
        return target.stat().st_mode & 0o777
    if wanted is not None:
        return wanted
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask

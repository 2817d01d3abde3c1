"""Where the beginning of a model file that is on its way lies, how much of it is there, and who works on it."""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.catalog.spec import ModelFile, ModelSpec
from app.errors import DownloadBusyError, ModelFolderError
from app.file_lock import FileLock

if TYPE_CHECKING:
    from app.catalog.catalog import Catalog

_LOCK: Final = "lock"
_LOOK_S: Final = 0.05


def part_folder(spec: ModelSpec, catalog: Catalog) -> Path:
    return catalog.folder / spec.id / ".partial"


def part_path(folder: Path, file: ModelFile) -> Path:
    return folder / f"{file.filename}.part"


def part_bytes(spec: ModelSpec, catalog: Catalog) -> int:
    """How much of a paused or broken download is here."""
    try:
        return part_path(part_folder(spec, catalog), spec.main_file).stat().st_size
    except OSError:
        return 0


@contextmanager
def sole_use(spec: ModelSpec, folder: Path) -> Iterator[None]:
    """Nobody else touches what lies in the part's folder meanwhile. Raises `DownloadBusyError`, or `OSError`."""
    lock = FileLock(folder / _LOCK)
    if not lock.is_held:
        # Who only looks whether it is taken, lets go at once.
        lock.close()
        time.sleep(_LOOK_S)
        lock = FileLock(folder / _LOCK)
    with lock:
        if not lock.is_held:
            raise DownloadBusyError(model=spec.id)
        yield


def is_being_fetched(spec: ModelSpec, catalog: Catalog) -> bool:
    """Whether some program is at work on the part right now."""
    path = part_folder(spec, catalog) / _LOCK
    try:
        if not path.exists():
            return False
        with FileLock(path) as lock:
            return not lock.is_held
    except OSError:
        return False


def discard_part(spec: ModelSpec, catalog: Catalog) -> None:
    """Delete what an unfinished download brought. Raises `DownloadBusyError` while it goes on, `ModelFolderError` when refused."""
    folder = part_folder(spec, catalog)
    if not folder.is_dir():
        return
    try:
        with sole_use(spec, folder):
            for path in folder.iterdir():
                if path.is_dir():
                    shutil.rmtree(path)
                elif path.name != _LOCK:
                    path.unlink()
    except OSError as error:
        raise ModelFolderError(folder=folder.parent, detail=error.strerror or error) from error
    with contextlib.suppress(OSError):
        (folder / _LOCK).unlink()
        folder.rmdir()

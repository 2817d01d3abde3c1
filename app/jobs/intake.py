"""From dropped paths to documents: folders walked, junk left out, files hashed. Reads bytes, never parses them."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.domain.job import Job
from app.errors import AppError, DocumentTooLargeError, FileAccessError

_JUNK_NAMES = frozenset({"thumbs.db", "desktop.ini", "icon\r", "__macosx", "deskhand.lock"})
_JUNK_PREFIXES = (".", "~$")
_JUNK_SUFFIXES = (".tmp", ".part", ".crdownload", ".download", ".lnk", ".url")
_CHUNK_BYTES = 2**20
_WINDOWS_HIDDEN = 0x2


@dataclass(frozen=True)
class AddOutcome:
    """What became of one path: queued as `job`, known `already`, or refused with `error`."""

    path: Path
    job: Job | None = None
    already: Job | None = None
    error: AppError | None = None


@dataclass(frozen=True)
class FoundFile:
    given: Path
    """As the person named it."""
    path: Path
    """Absolute."""
    sha256: str
    size_bytes: int


def walk(path: Path) -> Iterator[Path | AddOutcome]:
    """The file itself, or all files below a folder in a stable order. Hidden and system files are left out below folders.

    Linked folders are followed once each, so that a loop of links ends.
    """
    if not _is_folder(path):
        yield path
        return
    n_found = 0
    for found in _walk_folder(path, set()):
        n_found += 1
        yield found
    if n_found == 0:
        yield AddOutcome(path, error=FileAccessError(file=path.name or path, detail="the folder holds no documents"))


def _is_folder(path: Path) -> bool:
    """False also where the person may not look: opening the file will tell."""
    try:
        return path.is_dir()
    except OSError:
        return False


def is_there(path: Path) -> bool:
    """Whether a file stands at a place that the person may look at."""
    try:
        return path.exists()
    except OSError:
        return False


def _walk_folder(folder: Path, seen: set[tuple[int, int]]) -> Iterator[Path | AddOutcome]:
    try:
        status = folder.stat()
        identity = (status.st_dev, status.st_ino)
        if identity in seen:
            return
        seen.add(identity)
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        yield AddOutcome(folder, error=FileAccessError(file=folder.name, detail=error.strerror or error))
        return
    for entry in entries:
        if _is_junk(entry):
            continue
        try:
            is_folder, is_file = entry.is_dir(), entry.is_file()
        except OSError:
            continue
        if is_folder:
            yield from _walk_folder(Path(entry.path), seen)
        elif is_file:
            yield Path(entry.path)


def _is_junk(entry: os.DirEntry[str]) -> bool:
    name = entry.name.lower()
    if name in _JUNK_NAMES or name.startswith(_JUNK_PREFIXES) or name.endswith(_JUNK_SUFFIXES):
        return True
    try:
        return bool(getattr(entry.stat(follow_symlinks=False), "st_file_attributes", 0) & _WINDOWS_HIDDEN)
    except OSError:
        return True


def examine(path: Path, max_bytes: int) -> FoundFile:
    """Hash a file. Raises `FileAccessError` or `DocumentTooLargeError`."""
    if (name := str(path).encode("utf-8", "backslashreplace").decode()) != str(path):
        raise FileAccessError(file=name, detail="its name holds bytes that are no text. Rename it.")
    shown = path.name or path
    digest = hashlib.sha256()
    size_bytes = 0
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            raise FileAccessError(file=shown, detail="it is a folder" if stat.S_ISDIR(mode) else "it is not a file")
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK_BYTES):
                digest.update(chunk)
                size_bytes += len(chunk)
                if size_bytes > max_bytes:
                    raise DocumentTooLargeError(file=shown, detail=f"the limit is {max_bytes / 1e6:.0f} MB.")
    except (OSError, ValueError) as error:
        raise FileAccessError(file=shown, detail=getattr(error, "strerror", None) or error) from error
    return FoundFile(path, path.absolute(), digest.hexdigest(), size_bytes)


def load(path: Path, sha256: str, max_bytes: int) -> bytes:
    """The bytes of a file that was examined before. Raises `FileAccessError`, also when the file is another one by now."""
    try:
        with path.open("rb") as file:
            data = file.read(max_bytes + 1)
    except (OSError, ValueError) as error:
        raise FileAccessError(file=path.name, detail=getattr(error, "strerror", None) or error) from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise FileAccessError(file=path.name, detail="it was changed after it was added. Add it again.")
    return data

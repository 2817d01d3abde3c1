"""Model files on disk: where they lie, and whether they are what the publisher released. Each file is hashed once."""

from __future__ import annotations

import contextlib
import hashlib
import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.atomic import replace_file
from app.errors import CancelledError, HashMismatchError, ModelFileError

_CHUNK_BYTES = 4 * 2**20

HashProgress = Callable[[int, int], None]
"""Called with the bytes hashed and the bytes of the file."""


def hash_file(path: Path, *, cancel: threading.Event | None = None, progress: HashProgress | None = None) -> str:
    """SHA-256 of a file. Raises `ModelFileError` when it can't be read, `CancelledError` on request."""
    digest = hashlib.sha256()
    try:
        total, done = path.stat().st_size, 0
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK_BYTES):
                digest.update(chunk)
                done += len(chunk)
                if cancel is not None and cancel.is_set():
                    raise CancelledError(file=path.name)
                if progress is not None:
                    progress(done, total)
    except OSError as error:
        raise ModelFileError(file=path, detail=error.strerror or error) from error
    return digest.hexdigest()


class HashMemory:
    """Remembers the SHA-256 of files by path, size and time of change, in one small file beside the models. Thread safe."""

    def __init__(self, store: Path) -> None:
        self._store = store
        self._lock = threading.Lock()

    def known(self, path: Path) -> str | None:
        """The remembered hash, or None when the file changed since or was never hashed."""
        entry = self._load().get(str(path), {})
        sha256 = str(entry.get("sha256", ""))
        return sha256 if sha256 and entry == _entry(path, sha256) else None

    def remember(self, path: Path, sha256: str) -> None:
        """Best effort: a folder that can't be written to costs another hashing, nothing else."""
        with self._lock, contextlib.suppress(OSError):
            entries = {name: entry for name, entry in self._load().items() if Path(name).exists()}
            write_json(self._store, entries | {str(path): _entry(path, sha256)})

    def hash_of(self, path: Path, *, cancel: threading.Event | None = None, progress: HashProgress | None = None) -> str:
        """The remembered hash, else the file is hashed now."""
        sha256 = self.known(path)
        if sha256 is None:
            sha256 = hash_file(path, cancel=cancel, progress=progress)
            self.remember(path, sha256)
        return sha256

    def require(
        self, path: Path, sha256: str, *, model: str, cancel: threading.Event | None = None, progress: HashProgress | None = None
    ) -> None:
        """Raise `HashMismatchError` unless the file is the one released."""
        if self.hash_of(path, cancel=cancel, progress=progress) != sha256:
            raise HashMismatchError(file=path.name, model=model)

    def forget(self, path: Path) -> None:
        with self._lock, contextlib.suppress(OSError):
            entries = self._load()
            if entries.pop(str(path), None) is not None:
                write_json(self._store, entries)

    def _load(self) -> dict[str, dict[str, str | int]]:
        return {name: entry for name, entry in read_json(self._store).items() if isinstance(entry, dict)}


def read_json(path: Path) -> dict[str, Any]:
    """An object of a small file; empty when there is none that makes sense."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, json.dumps(content, indent=1).encode())


def _entry(path: Path, sha256: str) -> dict[str, str | int]:
    try:
        status = path.stat()
    except OSError:
        return {}
    # The time of the last change of any kind can't be set back; where it is the time of creation it does no harm.
    return {"size_bytes": status.st_size, "mtime_ns": status.st_mtime_ns, "ctime_ns": status.st_ctime_ns, "sha256": sha256}

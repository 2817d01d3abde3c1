"""The beginning of a file that is on its way, with its SHA-256. A kill costs nothing of it, a power cut at most a hundredth."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from types import TracebackType
from typing import Self

_READ_BYTES = 2**20
_LEAST_STEP_BYTES = 256 * 2**10
_MOST_STEP_BYTES = 64 * 2**20
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class PartFile:
    """Bytes from the file's start, wherever they came from: the hash of the whole decides, so sources may take turns.

    Beside it lies a note of how much was surely on the disk, and when: after a power cut the rest is not trusted.
    """

    def __init__(self, path: Path, size_bytes: int) -> None:
        self.path = path
        self.size_bytes = size_bytes
        self.tag = ""
        """The server's mark of the version that the bytes belong to; empty when it gave none."""
        self.n_pieces = 0
        """Connections and copies that the bytes came from; more than one may be a mix of versions."""
        self._note_path = path.with_name(path.name + ".json")
        self._file = path.open("r+b" if path.exists() else "w+b", buffering=0)
        self._step_bytes = max(_LEAST_STEP_BYTES, min(size_bytes // 100, _MOST_STEP_BYTES))
        self.done_bytes = 0
        self._synced_bytes = 0
        self._digest = hashlib.sha256()
        self._cut(self._trusted_bytes())

    @property
    def is_complete(self) -> bool:
        return self.done_bytes == self.size_bytes

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def begin_piece(self, tag: str = "") -> None:
        """Bytes of another connection or copy follow."""
        self.tag = tag
        self.n_pieces += 1
        self._write_note()

    def put(self, position: int, data: bytes) -> int:
        """Take bytes that belong at `position`, at most where the part ends; the position after them.

        What is there already is compared and kept. Where it differs it is another version, and the new bytes take its place.
        Bytes beyond the file's size are left out.
        """
        if position > self.done_bytes:
            raise ValueError("bytes are missing before these")
        data = data[: self.size_bytes - position]
        end = position + len(data)
        overlap = min(len(data), self.done_bytes - position)
        if overlap > 0:
            there = self._read(position, overlap)
            same = overlap if there == data[:overlap] else _common(there, data)
            if same < overlap:
                self._cut(position + same)
            data = data[same:]
        self._append(data)
        return end

    def starts_like(self, data: bytes) -> bool:
        """Whether the part begins as `data` does."""
        length = min(len(data), self.done_bytes)
        return self._read(0, length) == data[:length]

    def restart(self) -> None:
        """Forget all of it."""
        self.tag, self.n_pieces = "", 0
        self._cut(0)
        self._write_note()

    def sync(self) -> None:
        """Return when the bytes are on the disk."""
        if self._synced_bytes != self.done_bytes:
            os.fsync(self._file.fileno())
            self._synced_bytes = self.done_bytes
            self._write_note()

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _append(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            # A full disk may take some of the bytes; what it took counts.
            written = self._file.write(view) or 0
            self._digest.update(view[:written])
            self.done_bytes += written
            view = view[written:]
        if self.done_bytes - self._synced_bytes >= self._step_bytes:
            self.sync()

    def _read(self, position: int, length: int) -> bytes:
        """Bytes of the part; the place for writing stays at its end."""
        self._file.seek(position)
        found = bytearray()
        while len(found) < length and (data := self._file.read(min(_READ_BYTES, length - len(found)))):
            found += data
        self._file.seek(self.done_bytes)
        return bytes(found)

    def _cut(self, length: int) -> None:
        self._file.truncate(length)
        self._digest = hashlib.sha256()
        self._file.seek(0)
        done = 0
        while done < length and (data := self._file.read(min(_READ_BYTES, length - done))):
            self._digest.update(data)
            done += len(data)
        self.done_bytes = done
        self._synced_bytes = min(self._synced_bytes, done)

    def _trusted_bytes(self) -> int:
        size = min(self._file.seek(0, os.SEEK_END), self.size_bytes)
        try:
            note = json.loads(self._note_path.read_text(encoding="utf-8"))
            self.tag, self.n_pieces = str(note["tag"]), int(note["pieces"])
            self._synced_bytes = min(size, int(note["synced"]))
            same_start = note["boot"] == _boot()
        except (OSError, ValueError, KeyError, TypeError):
            # Without a note nothing is known of these bytes but that the hash will tell.
            self.n_pieces = 1 if size else 0
            return size
        return size if same_start else self._synced_bytes

    def _write_note(self) -> None:
        note = {"tag": self.tag, "pieces": self.n_pieces, "synced": self._synced_bytes, "boot": _boot()}
        draft = self._note_path.with_name(self._note_path.name + ".new")
        draft.write_text(json.dumps(note), encoding="utf-8")
        os.replace(draft, self._note_path)


def _common(one: bytes, other: bytes) -> int:
    """How many bytes are the same from the start."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if one[:middle] == other[:middle] else (low, middle - 1)
    return low


def _boot() -> str:
    """Differs after each start of the computer."""
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        import psutil

        # The clock may be set right meanwhile; a minute too many costs a hundredth of the file at most.
        return str(round(psutil.boot_time() / 60))

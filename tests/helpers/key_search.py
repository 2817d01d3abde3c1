"""Looks for copies of keys in whatever form a program may have written them."""

from __future__ import annotations

import base64
import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path


def forms_of(key: str) -> dict[str, bytes]:
    """The key as it is, as other encodings write it, and as it stands inside longer texts that were encoded."""
    raw = key.encode()
    forms = {
        "plain": raw,
        "utf-16": key.encode("utf-16-le"),
        "utf-32": key.encode("utf-32-le"),
        "hex": raw.hex().encode(),
        "upper hex": raw.hex().upper().encode(),
        "percent": "".join(f"%{byte:02X}" for byte in raw).encode(),
        "backwards": raw[::-1],
    }
    for shift in range(3):
        # The characters that do not depend on what stands before and after.
        encoded = base64.b64encode(b"\0" * shift + raw)
        begin = -(-shift * 4 // 3)
        forms[f"base64 at {shift}"] = encoded[begin : len(encoded.rstrip(b"=")) - 2]
    return forms


def find_keys(keys: Iterable[str], content: bytes) -> list[str]:
    """The forms found; empty is good."""
    return [f"{name} of key {at}" for at, key in enumerate(keys) for name, form in forms_of(key).items() if form in content]


def search_folder(keys: Iterable[str], folder: Path) -> list[str]:
    """All files below a folder and their names, and what databases keep compressed."""
    known = tuple(keys)
    found = []
    for path in sorted(folder.rglob("*")):
        found += [f"{path.name}'s name: {form}" for form in find_keys(known, path.name.encode())]
        if path.is_file() and not path.is_symlink():
            for content in _contents(path):
                found += [f"{path}: {form}" for form in find_keys(known, content)]
    return found


def search_processes(keys: Iterable[str], pids: Iterable[int]) -> list[str]:
    """Environment and command line of processes that run."""
    known = tuple(keys)
    found = []
    for pid in pids:
        for name in ("environ", "cmdline"):
            content = Path(f"/proc/{pid}/{name}").read_bytes()
            found += [f"process {pid}, {name}: {form}" for form in find_keys(known, content)]
    return found


def children_of(pid: int) -> list[int]:
    """All below a process, at any depth."""
    below = [
        int(child) for task in Path(f"/proc/{pid}/task").glob("*/children") for child in task.read_text(encoding="ascii").split()
    ]
    return below + [grandchild for child in below for grandchild in children_of(child)]


def _contents(path: Path) -> Iterator[bytes]:
    content = path.read_bytes()
    yield content
    if content.startswith(b"SQLite format 3"):
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
            for (payload,) in database.execute("SELECT payload FROM ledger_requests"):
                yield zlib.decompress(payload)

"""Writes small OLE compound files: just enough of the format for streams in folders."""

from __future__ import annotations

import struct
from itertools import pairwise

_SECTOR = 512
_NONE, _END, _FAT_SECTOR = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_LEAST_STREAM = 4096  # Shorter streams would go to a second allocation table.


def compound_file(streams: dict[str, bytes]) -> bytes:
    """A file with these streams; ``folder/name`` puts one into a folder. Streams are padded with zeros to 4096 bytes."""
    tree: dict[str, dict[str, bytes]] = {"": {}}
    for path, content in streams.items():
        folder, _, name = path.rpartition("/")
        tree.setdefault(folder, {})[name] = content
    entries: list[list[object]] = [["Root Entry", 5, _NONE, _NONE, _END, 0]]
    body = b""
    sectors: list[int] = []

    def add(name: str, kind: int, content: bytes = b"") -> int:
        nonlocal body
        start = _END
        if kind == 2:
            padded = content.ljust(max(_LEAST_STREAM, -(-len(content) // _SECTOR) * _SECTOR), b"\0")
            start, count = len(sectors), len(padded) // _SECTOR
            sectors.extend([*range(start + 1, start + count), _END])
            body += padded
            content = padded
        entries.append([name, kind, _NONE, _NONE, start, len(content)])
        return len(entries) - 1

    def chain(children: list[int]) -> int:
        for left, right in pairwise(children):
            entries[left][2] = right
        return children[0] if children else _NONE

    top = [add(name, 2, content) for name, content in tree.pop("").items()]
    for folder, files in tree.items():
        index = add(folder, 1)
        entries[index][3] = chain([add(name, 2, content) for name, content in files.items()])
        top.append(index)
    entries[0][3] = chain(top)
    directory = b"".join(_entry(*entry) for entry in entries).ljust(-(-len(entries) * 128 // _SECTOR) * _SECTOR, b"\0")
    first, count = len(sectors), len(directory) // _SECTOR
    sectors.extend([*range(first + 1, first + count), _END])
    tables = -(-(len(sectors) + 4) // 128)
    at = len(sectors)
    sectors.extend([_FAT_SECTOR] * tables)
    fat = struct.pack(f"<{len(sectors)}I", *sectors).ljust(tables * _SECTOR, b"\xff")
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, tables, first, 0, 4096, _END, 0, _END, 0)
    head += struct.pack(f"<{tables}I", *range(at, at + tables)).ljust(436, b"\xff")
    return head + body + directory + fat


def _entry(name: object, kind: object, right: object, child: object, start: object, size: object) -> bytes:
    encoded = (str(name) + "\0").encode("utf-16-le")
    fixed = struct.pack("<HBBIII", len(encoded), kind, 1, _NONE, right, child)
    return encoded.ljust(64, b"\0") + fixed + bytes(36) + struct.pack("<IQ", start, size)

"""Reads the header of a GGUF file: enough to refuse what is none or cut short, and to know a model's shape. Never the tensors."""

from __future__ import annotations

import math
import os
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeVar

from app.errors import ModelFileError

_T = TypeVar("_T")
_MAGIC = b"GGUF"
_VERSIONS = (2, 3)
_SCALARS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}
_STRING, _ARRAY = 8, 9
_MAX_STRING_BYTES = 2**20
_MAX_ITEMS = 2**21
_MAX_ENTRIES = 10_000
_MAX_TENSORS = 100_000
_MAX_DIMENSIONS = 4
_BLOCKS = {
    0: (1, 4), 1: (1, 2), 2: (32, 18), 3: (32, 20), 6: (32, 22), 7: (32, 24), 8: (32, 34), 9: (32, 36), 10: (256, 84),
    11: (256, 110), 12: (256, 144), 13: (256, 176), 14: (256, 210), 15: (256, 292), 16: (256, 66), 17: (256, 74), 18: (256, 98),
    19: (256, 50), 20: (32, 18), 21: (256, 110), 22: (256, 82), 23: (256, 136), 24: (1, 1), 25: (1, 2), 26: (1, 4), 27: (1, 8),
    28: (1, 8), 29: (256, 56), 30: (1, 2), 34: (256, 54), 35: (256, 66), 39: (32, 17), 40: (64, 36),
}  # fmt: skip
"""Weights in a block and its bytes, by the file's number for the type. Newer types are taken to need no room."""


@dataclass(frozen=True)
class GgufHeader:
    version: int
    n_tensors: int
    values: dict[str, str | int | float | bool]
    """Scalars and strings; tables are left out."""

    @property
    def architecture(self) -> str:
        return str(self.values.get("general.architecture", ""))

    @property
    def name(self) -> str:
        return str(self.values.get("general.name", ""))

    def number(self, key: str) -> int:
        """An architecture's figure such as ``block_count``; 0 when the file does not say."""
        value = self.values.get(f"{self.architecture}.{key}", 0)
        return int(value) if isinstance(value, int | float) else 0


def require_gguf(path: Path) -> None:
    """Raise `ModelFileError` unless the file begins as a GGUF of a known version does."""
    _read(path, _parse_start)


def read_header(path: Path) -> GgufHeader:
    """The whole header of a file. Raises `ModelFileError` for anything that is not a GGUF of a known version."""
    return _read(path, _parse)


def _read(path: Path, parse: Callable[[BinaryIO], _T]) -> _T:
    try:
        with path.open("rb") as file:
            return parse(file)
    except OSError as error:
        raise ModelFileError(file=path, detail=error.strerror or error) from error
    except (ValueError, struct.error) as error:
        raise ModelFileError(file=path, detail=error if isinstance(error, ValueError) else "it ends within its header") from error


def _parse_start(file: BinaryIO) -> tuple[int, int, int]:
    """Version, number of tensors and number of header entries."""
    if file.read(4) != _MAGIC:
        raise ValueError("it does not begin as a GGUF file does")
    version, n_tensors, n_entries = struct.unpack("<IQQ", file.read(20))
    if version not in _VERSIONS:
        raise ValueError(f"its GGUF version {version} is not known")
    if n_entries > _MAX_ENTRIES:
        raise ValueError("its header is not plausible")
    return version, n_tensors, n_entries


def _parse(file: BinaryIO) -> GgufHeader:
    version, n_tensors, n_entries = _parse_start(file)
    values: dict[str, str | int | float | bool] = {}
    for _ in range(n_entries):
        key = _read_string(file)
        (kind,) = struct.unpack("<I", file.read(4))
        value = _read_value(file, kind)
        if value is not None:
            values[key] = value
    end = _end_of_tensors(file, n_tensors, alignment=values.get("general.alignment", 32))
    if os.fstat(file.fileno()).st_size < end:
        raise ValueError("its end is missing")
    return GgufHeader(version=version, n_tensors=n_tensors, values=values)


def _end_of_tensors(file: BinaryIO, n_tensors: int, *, alignment: object) -> int:
    """How long the file must be to hold all of its tensors."""
    if n_tensors > _MAX_TENSORS or not isinstance(alignment, int) or alignment < 1:
        raise ValueError("its header is not plausible")
    longest = 0
    for _ in range(n_tensors):
        _read_string(file)
        (n_dimensions,) = struct.unpack("<I", file.read(4))
        if n_dimensions > _MAX_DIMENSIONS:
            raise ValueError("its header is not plausible")
        shape = struct.unpack(f"<{n_dimensions}Q", file.read(8 * n_dimensions))
        kind, offset = struct.unpack("<IQ", file.read(12))
        per_block, block_bytes = _BLOCKS.get(kind, (1, 0))
        longest = max(longest, offset + math.prod(shape) // per_block * block_bytes)
    return -(-file.tell() // alignment) * alignment + longest if longest else file.tell()


def _read_string(file: BinaryIO) -> str:
    (length,) = struct.unpack("<Q", file.read(8))
    if length > _MAX_STRING_BYTES:
        raise ValueError("its header is not plausible")
    data = file.read(length)
    if len(data) < length:
        raise ValueError("it ends within its header")
    return data.decode("utf-8", errors="replace")


def _read_value(file: BinaryIO, kind: int) -> str | int | float | bool | None:
    """One value; arrays are skipped and give None."""
    if kind in _SCALARS:
        form = _SCALARS[kind]
        scalar: int | float | bool = struct.unpack(form, file.read(struct.calcsize(form)))[0]
        return scalar
    if kind == _STRING:
        return _read_string(file)
    if kind == _ARRAY:
        item_kind, length = struct.unpack("<IQ", file.read(12))
        if length > _MAX_ITEMS or item_kind == _ARRAY:
            raise ValueError("its header is not plausible")
        if item_kind in _SCALARS:
            file.seek(length * struct.calcsize(_SCALARS[item_kind]), os.SEEK_CUR)
            return None
        for _ in range(length):
            _read_value(file, item_kind)
        return None
    raise ValueError("its header is not plausible")

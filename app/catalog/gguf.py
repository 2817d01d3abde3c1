"""Reads the header of a GGUF file: enough to refuse what is none or cut short, and to know a model's shape. Never the tensors."""

from __future__ import annotations

import io
import itertools
import math
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from app.errors import ModelFileError

Scalar = int | float | bool

MAX_HEADER_BYTES = 64 * 2**20
_MAGIC = b"GGUF"
_VERSIONS = (2, 3)
_SCALARS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}
_STRING, _ARRAY = 8, 9
_MAX_STRING_BYTES = 2**20
_MAX_NAME_BYTES = 2**16
_MAX_ITEMS = 2**21
_MAX_KEPT_ITEMS = 2048
_MAX_ENTRIES = 10_000
_MAX_TENSORS = 100_000
_MAX_DIMENSIONS = 4
_MAX_WEIGHTS = 2**44
_BLOCKS = {
    0: (1, 4), 1: (1, 2), 2: (32, 18), 3: (32, 20), 6: (32, 22), 7: (32, 24), 8: (32, 34), 9: (32, 36), 10: (256, 84),
    11: (256, 110), 12: (256, 144), 13: (256, 176), 14: (256, 210), 15: (256, 292), 16: (256, 66), 17: (256, 74), 18: (256, 98),
    19: (256, 50), 20: (32, 18), 21: (256, 110), 22: (256, 82), 23: (256, 136), 24: (1, 1), 25: (1, 2), 26: (1, 4), 27: (1, 8),
    28: (1, 8), 29: (256, 56), 30: (1, 2), 34: (256, 54), 35: (256, 66), 39: (32, 17), 40: (64, 36),
}  # fmt: skip
"""Weights in a block and its bytes, by the file's number for the type."""


@dataclass(frozen=True)
class GgufHeader:
    version: int
    n_tensors: int
    values: dict[str, str | Scalar]
    """Scalars and strings."""
    lists: dict[str, tuple[Scalar, ...]]
    """Short tables of numbers, such as one for each layer."""
    lengths: dict[str, int]
    """How long each table is."""

    @property
    def architecture(self) -> str:
        return str(self.values.get("general.architecture", ""))

    @property
    def name(self) -> str:
        return str(self.values.get("general.name", ""))

    @property
    def template(self) -> str:
        return str(self.values.get("tokenizer.chat_template", ""))

    @property
    def file_type(self) -> int:
        """The number of its quantization; -1 when it does not say."""
        value = self.values.get("general.file_type", -1)
        return int(value) if isinstance(value, int) else -1

    def number(self, key: str) -> int:
        """An architecture's figure such as ``block_count``; 0 when the file does not say or says it for each layer."""
        value = self.values.get(f"{self.architecture}.{key}", 0)
        return int(value) if isinstance(value, int | float) else 0

    def per_layer(self, key: str, n_layers: int) -> tuple[int, ...]:
        """The same for each layer; a single figure counts for all of them."""
        listed = self.lists.get(f"{self.architecture}.{key}")
        if listed is not None and len(listed) >= n_layers:
            return tuple(int(value) for value in listed[:n_layers])
        return (self.number(key),) * n_layers


def require_gguf(path: Path) -> None:
    """Raise `ModelFileError` unless the file begins as a GGUF of a known version does."""
    try:
        with path.open("rb") as file:
            _parse_start(file)
    except OSError as error:
        raise ModelFileError(file=path, detail=error.strerror or error) from error
    except (ValueError, struct.error) as error:
        raise ModelFileError(file=path, detail=_told(error)) from error


def read_header(path: Path) -> GgufHeader:
    """The whole header of a file. Raises `ModelFileError` for anything that is not a GGUF of a known version."""
    try:
        start = read_start(path)
        return parse_header(start, path.stat().st_size)
    except OSError as error:
        raise ModelFileError(file=path, detail=error.strerror or error) from error
    except ValueError as error:
        raise ModelFileError(file=path, detail=error) from error


def read_start(path: Path) -> bytes:
    """The bytes that hold the header, not looked at."""
    with path.open("rb") as file:
        return file.read(MAX_HEADER_BYTES)


def parse_header(start: bytes, size_bytes: int) -> GgufHeader:
    """The header of a file that begins with `start` and is `size_bytes` long. Raises `ValueError` that says what is wrong."""
    try:
        return _parse(io.BytesIO(start), size_bytes)
    except (struct.error, OverflowError) as error:
        raise ValueError(_told(error)) from error


def _told(error: Exception) -> str:
    return str(error) if isinstance(error, ValueError) else "it ends within its header"


def _parse_start(file: BinaryIO) -> tuple[int, int, int]:
    """Version, number of tensors and number of header entries."""
    if file.read(4) != _MAGIC:
        raise ValueError("it does not begin as a GGUF file does")
    version, n_tensors, n_entries = struct.unpack("<IQQ", file.read(20))
    if version not in _VERSIONS:
        raise ValueError(f"its GGUF version {version} is not known")
    _require(n_entries <= _MAX_ENTRIES and n_tensors <= _MAX_TENSORS)
    return version, n_tensors, n_entries


def _parse(file: BinaryIO, size_bytes: int) -> GgufHeader:
    version, n_tensors, n_entries = _parse_start(file)
    header = GgufHeader(version, n_tensors, {}, {}, {})
    keys: set[str] = set()
    for _ in range(n_entries):
        key = _read_string(file, _MAX_NAME_BYTES)
        _require(key not in keys)
        keys.add(key)
        (kind,) = struct.unpack("<I", file.read(4))
        if kind == _ARRAY:
            _read_array(file, key, header)
        else:
            header.values[key] = _read_value(file, kind)
    end = _end_of_tensors(file, n_tensors, alignment=header.values.get("general.alignment", 32))
    if size_bytes < end:
        raise ValueError("its end is missing")
    return header


def _end_of_tensors(file: BinaryIO, n_tensors: int, *, alignment: object) -> int:
    """How long the file must be to hold all of its tensors, none of which may lie on another."""
    if not isinstance(alignment, int) or alignment < 1 or alignment & (alignment - 1):
        raise ValueError("its header is not plausible")
    places: list[tuple[int, int]] = []
    names: set[str] = set()
    for _ in range(n_tensors):
        name = _read_string(file, _MAX_NAME_BYTES)
        _require(name not in names)
        names.add(name)
        places.append(_read_place(file, alignment))
    if not places:
        return file.tell()
    places.sort()
    for (_, end), (begin, _) in itertools.pairwise(places):
        _require(end <= begin)
    return -(-file.tell() // alignment) * alignment + places[-1][1]


def _read_place(file: BinaryIO, alignment: int) -> tuple[int, int]:
    """Where a tensor begins and ends, counted from the first one."""
    (n_dimensions,) = struct.unpack("<I", file.read(4))
    _require(0 < n_dimensions <= _MAX_DIMENSIONS)
    shape = struct.unpack(f"<{n_dimensions}Q", file.read(8 * n_dimensions))
    kind, offset = struct.unpack("<IQ", file.read(12))
    if kind not in _BLOCKS:
        raise ValueError(f"its weights are stored in a form that is not known here ({kind})")
    per_block, block_bytes = _BLOCKS[kind]
    n_weights = math.prod(shape)
    _require(0 < n_weights <= _MAX_WEIGHTS and shape[0] % per_block == 0 and offset % alignment == 0)
    return offset, offset + n_weights // per_block * block_bytes


def _read_string(file: BinaryIO, max_bytes: int = _MAX_STRING_BYTES) -> str:
    (length,) = struct.unpack("<Q", file.read(8))
    _require(length <= max_bytes)
    data = file.read(length)
    if len(data) < length:
        raise ValueError("it ends within its header")
    return data.decode("utf-8", errors="replace")


def _read_value(file: BinaryIO, kind: int) -> str | Scalar:
    if kind == _STRING:
        return _read_string(file)
    _require(kind in _SCALARS)
    form = _SCALARS[kind]
    scalar: Scalar = struct.unpack(form, file.read(struct.calcsize(form)))[0]
    return scalar


def _read_array(file: BinaryIO, key: str, header: GgufHeader) -> None:
    """Keep short tables of numbers; of others only the length."""
    kind, length = struct.unpack("<IQ", file.read(12))
    _require(length <= _MAX_ITEMS)
    header.lengths[key] = length
    if kind == _STRING:
        for _ in range(length):
            _read_string(file)
        return
    _require(kind in _SCALARS)
    size = struct.calcsize(_SCALARS[kind])
    data = file.read(length * size)
    if len(data) < length * size:
        raise ValueError("it ends within its header")
    if length <= _MAX_KEPT_ITEMS:
        header.lists[key] = struct.unpack(f"<{length}{_SCALARS[kind][1]}", data)


def _require(is_plausible: bool) -> None:
    if not is_plausible:
        raise ValueError("its header is not plausible")

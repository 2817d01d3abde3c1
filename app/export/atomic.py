"""Files for people: written whole or not at all, and told by name where they can't be."""

from __future__ import annotations

from pathlib import Path

from app.atomic import replace_file
from app.errors import ExportError


def write_atomically(path: Path, data: bytes) -> None:
    """Raises `ExportError`; the old file then stands as it was."""
    try:
        replace_file(path, data)
    except OSError as error:
        raise ExportError(file=path, detail=error.strerror or error) from error

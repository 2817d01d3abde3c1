"""Where the beginning of a model file that is on its way lies, and how much of it is there."""

from __future__ import annotations

from pathlib import Path

from app.catalog.catalog import Catalog
from app.catalog.spec import ModelFile, ModelSpec


def part_folder(spec: ModelSpec, catalog: Catalog) -> Path:
    return catalog.folder / spec.id / ".partial"


def part_path(folder: Path, file: ModelFile) -> Path:
    return folder / f"{file.filename}.part"


def part_bytes(spec: ModelSpec, catalog: Catalog) -> int:
    """How much of a paused or broken download is here."""
    try:
        return part_path(part_folder(spec, catalog), spec.main_file).stat().st_size
    except OSError:
        return 0

"""Takes a GGUF file of the person's own into the models' folder."""

from __future__ import annotations

import threading
from pathlib import Path

from app.catalog.catalog import Catalog, ChosenModel
from app.catalog.download import fetch
from app.catalog.spec import PathSource
from app.catalog.transfer import TransferProgress
from app.network.gate import Gate


def import_file(
    path: Path, catalog: Catalog, *, progress: TransferProgress | None = None, cancel: threading.Event | None = None
) -> ChosenModel:
    """Copy a GGUF file to its place. The original stays; a file of the catalog becomes that entry, any other one its own."""
    found = catalog.describe_file(path)
    file = found.spec.main_file.model_copy(update={"sources": (PathSource(kind="path", path=str(found.path)),)})
    spec = found.spec.model_copy(update={"files": (file,)})
    target = fetch(spec, catalog, Gate(offline=True), progress=progress, cancel=cancel)
    catalog.adopt(spec)
    return ChosenModel(found.spec, target)

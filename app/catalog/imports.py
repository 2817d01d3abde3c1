"""Takes a GGUF file of the person's own: copied into the models' folder, or used where it lies."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Literal

from app.catalog.catalog import Catalog, ChosenModel
from app.catalog.download import fetch
from app.catalog.spec import PathSource
from app.catalog.transfer import TransferProgress
from app.network.gate import Gate

ImportMode = Literal["copy", "link"]


def import_file(
    path: Path,
    catalog: Catalog,
    *,
    mode: ImportMode = "copy",
    progress: TransferProgress | None = None,
    cancel: threading.Event | None = None,
) -> ChosenModel:
    """The original stays as it is; a file of the catalog becomes that entry, any other one its own. Opens no connection."""

    def checking(done: int, total: int) -> None:
        if progress is not None:
            progress(done, total, str(path))

    found = catalog.describe_file(path, progress=checking, cancel=cancel)
    file = found.spec.main_file.model_copy(update={"sources": (PathSource(kind="path", path=str(found.path)),)})
    spec = found.spec.model_copy(update={"files": (file,)})
    if mode == "link":
        catalog.link(spec, found.path)
        target = found.path
    else:
        target = fetch(spec, catalog, Gate(offline=True), progress=progress, cancel=cancel)
    catalog.adopt(spec)
    return ChosenModel(found.spec, target)

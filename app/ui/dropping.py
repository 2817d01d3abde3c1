"""What files the clipboard or a drag carries, and the words for adding them."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData

from app.ui.formats import shown_number
from app.ui.messages import tr, tr_n
from app.ui.models.jobs import INTERNAL_DRAG


def paths_in(data: QMimeData | None) -> list[Path]:
    """Local files and folders, each once; none when the drag began in the own list."""
    if data is None or not data.hasUrls() or data.hasFormat(INTERNAL_DRAG):
        return []
    return list(dict.fromkeys(Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile() and url.toLocalFile()))


def are_models(paths: list[Path], page: str) -> bool:
    """Whether model files are meant: by their ending, and folders where the page of models is in view."""
    return all(path.suffix.lower() == ".gguf" or (page == "models" and path.is_dir()) for path in paths)


def model_offer_of(paths: list[Path]) -> str:
    """The sentence that says what dropping model files would do."""
    if len(paths) == 1:
        return tr("Take in the model {name}", name=paths[0].name)
    return tr("Take in {n} model files", n=shown_number(len(paths)))


def offer_of(paths: list[Path], task_title: str) -> str:
    """The sentence that says what dropping would do."""
    n_folders = sum(path.is_dir() for path in paths)
    n_files = len(paths) - n_folders
    files = tr_n("{n} file", "{n} files", n_files).replace(str(n_files), shown_number(n_files))
    folders = tr_n("{n} folder", "{n} folders", n_folders)
    parts = [part for part, n in ((files, n_files), (folders, n_folders)) if n]
    what = tr("{files} and {folders}", files=files, folders=folders) if len(parts) == 2 else "".join(parts)
    return tr("Add {what} to Inbox, task: {task}", what=what, task=task_title)

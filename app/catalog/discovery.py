"""Finds model files that other programs on this computer keep. Looks only: their files are never written, moved or deleted."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from app.catalog.catalog import Catalog
from app.catalog.files import HashProgress, read_json
from app.catalog.hub import find_in_hub_cache
from app.catalog.places import FoundFile, Place, usual_places
from app.catalog.spec import HubSource, ModelSpec
from app.catalog.transfer import TransferProgress
from app.errors import HashMismatchError, ModelFileError

_MAGIC = b"GGUF"
_BLOB = re.compile(r"sha256-([0-9a-f]{64})$")
_LEAST_BYTES = 2**20
_MOST_FILES = 5000
_MOST_DEPTH = 6
_OLLAMA_MODEL = "application/vnd.ollama.image.model"


@dataclass(frozen=True)
class Copy:
    """A file of the size of a known model; whether it is that model its hash tells when it is used."""

    spec: ModelSpec
    file: FoundFile


def find_files(places: Sequence[Place] | None = None) -> list[FoundFile]:
    """Every model file in the places. A folder that may not be read counts as empty."""
    found: dict[Path, FoundFile] = {}
    for place in usual_places() if places is None else places:
        names = _ollama_names(place.folder) if place.program == "Ollama" else {}
        for path in islice(_model_paths(place), _MOST_FILES):
            file = _look_at(path, place.program, names.get(path.name, ""))
            if file is not None:
                found.setdefault(_real(path), file)
    return list(found.values())


def find_copies(catalog: Catalog, files: Sequence[FoundFile] | None = None) -> list[Copy]:
    """Files that may be models of the catalog that are not here yet: by size, and by name where that is a hash."""
    return _copies([spec for spec in catalog.all() if not catalog.is_installed(spec)], find_files() if files is None else files)


def find_copies_of(spec: ModelSpec, catalog: Catalog) -> list[Copy]:
    """The same for one model, or projector, that is not here yet, first where the hub's own tools say that they keep it."""
    # A damaged file of Deskhand's own comes before every link: it has to be fetched again.
    if catalog.is_installed(spec) or catalog.own_path_of(spec).exists():
        return []
    cached = [find_in_hub_cache(source) for source in spec.main_file.sources if isinstance(source, HubSource)]
    files = [_look_at(path, "Hugging Face", spec.name) for path in cached if path is not None]
    return _copies([spec], [*filter(None, files), *find_files()])


def _copies(absent: Sequence[ModelSpec], files: Sequence[FoundFile]) -> list[Copy]:
    copies = []
    for file in files:
        blob = _BLOB.search(file.path.name)
        for spec in absent:
            fits = file.size_bytes == spec.main_file.size_bytes
            if fits and (blob is None or blob[1] == spec.main_file.sha256):
                copies.append(Copy(spec, file))
    return copies


def use_copy(copy: Copy, catalog: Catalog, *, cancel: threading.Event | None = None, progress: HashProgress | None = None) -> Path:
    """Use the file where it lies, if it is the publisher's. Raises `HashMismatchError` if it only looks like it."""
    path = copy.file.path
    if catalog.hashes.hash_of(path, cancel=cancel, progress=progress) != copy.spec.main_file.sha256:
        raise HashMismatchError(file=path)
    catalog.link(copy.spec, path)
    catalog.learn_figures(copy.spec)
    return path


def use_first(
    copies: Sequence[Copy],
    catalog: Catalog,
    *,
    cancel: threading.Event | None = None,
    progress: TransferProgress | None = None,
) -> Copy | None:
    """Use the first of them that is the publisher's file; None where each only looks like it."""

    def checking(done: int, total: int) -> None:
        if progress is not None:
            progress(done, total, str(copy.file.path))

    for copy in copies:
        with suppress(HashMismatchError, ModelFileError):
            use_copy(copy, catalog, cancel=cancel, progress=checking)
            return copy
    return None


def model_files_in(folder: Path) -> list[FoundFile]:
    """The model files of a folder of the person's own, such as a USB stick."""
    return find_files([Place("", folder)])


def _model_paths(place: Place) -> Iterator[Path]:
    if place.program == "Ollama":
        yield from (path for path in _entries(place.folder / "blobs") if _BLOB.search(path.name))
        return
    pending = [(place.folder, 0)]
    while pending:
        folder, depth = pending.pop()
        for path in _entries(folder):
            if path.suffix.lower() == ".gguf":
                yield path
            elif depth < _MOST_DEPTH and path.is_dir() and not path.is_symlink():
                pending.append((path, depth + 1))


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(islice(folder.iterdir(), _MOST_FILES))
    except OSError:
        return []


def _look_at(path: Path, program: str, name: str) -> FoundFile | None:
    try:
        size = path.stat().st_size
        if size < _LEAST_BYTES or not path.is_file():
            return None
        with path.open("rb") as file:
            if file.read(len(_MAGIC)) != _MAGIC:
                return None
    except OSError:
        return None
    return FoundFile(program, path, size, name or path.stem)


def _real(path: Path) -> Path:
    """The same file under two names counts once."""
    try:
        return path.resolve()
    except (OSError, RuntimeError):
        return path


def _ollama_names(folder: Path) -> dict[str, str]:
    """The names of blobs, from the program's manifests."""
    names: dict[str, str] = {}
    manifests = folder / "manifests"
    for path in islice(manifests.glob("*/*/*/*"), _MOST_FILES):
        layers = read_json(path).get("layers")
        for layer in layers if isinstance(layers, list) else []:
            if isinstance(layer, dict) and layer.get("mediaType") == _OLLAMA_MODEL:
                names[str(layer.get("digest", "")).replace(":", "-")] = f"{path.parent.name}:{path.name}"
    return names

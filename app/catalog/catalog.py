"""The models Deskhand knows and those on this computer. Reads ``models.toml`` and the models' folder; opens no connection."""

from __future__ import annotations

import contextlib
import shutil
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from app.catalog.catalog_file import first_fault, read_catalog, read_own_catalog
from app.catalog.files import HashMemory, HashProgress, read_json, write_json
from app.catalog.fit import Verdict, estimate
from app.catalog.geometry import memory_of
from app.catalog.gguf import GgufHeader, read_header, require_gguf
from app.catalog.machine import MachineMemory, machine_memory
from app.catalog.own_file import spec_of_file
from app.catalog.part_place import discard_part
from app.catalog.spec import CatalogFile, Memory, ModelSpec
from app.errors import (
    AppError,
    CatalogError,
    HashMismatchError,
    ModelFileError,
    ModelFolderError,
    ModelMissingError,
    OwnCatalogError,
    UnknownModelError,
)

_OWN_SPEC = "model.json"
_FIGURES = "figures.json"
_TEST = "test.json"
_BEST_FIRST = (Verdict.WELL, Verdict.TIGHT, Verdict.NO)

HeaderReader = Callable[[Path], GgufHeader]
"""Reads the header of any file; the program passes one that does it in a locked child."""


@dataclass(frozen=True)
class ChosenModel:
    """A model file ready to be loaded, and what is known of it."""

    spec: ModelSpec
    path: Path

    @property
    def sha256(self) -> str:
        return self.spec.main_file.sha256


class Catalog:
    """All known models: the shipped ones, then those of the person's own list, then those the person imported.

    A model's file lies in the models' folder, or stays in the place where another program keeps it (`link`), or came for everyone
    with the installation, in one of the `shared` folders.
    """

    def __init__(
        self,
        file: CatalogFile,
        folder: Path,
        *,
        own: Sequence[ModelSpec] = (),
        faults: Sequence[CatalogError] = (),
        shared: Sequence[Path] = (),
        header_reader: HeaderReader = read_header,
    ) -> None:
        self._listed = {spec.id: spec for spec in (*file.model, *own)}
        self._read_header = header_reader
        self._faults = tuple(faults)
        self.starter_id = file.starter
        self.folder = folder
        self.hashes = HashMemory(folder / ".verified.json")
        self._links = folder / ".links.json"
        self._shared = tuple(shared)

    @property
    def faults(self) -> tuple[CatalogError, ...]:
        """What is wrong with the person's own list and with descriptions of imported models; those models are left out."""
        return (*self._faults, *self._imported()[1])

    def all(self) -> list[ModelSpec]:
        return list(self._known().values())

    def get(self, model_id: str) -> ModelSpec:
        known = self._known()
        if model_id not in known:
            raise UnknownModelError(model=model_id, known=", ".join(known))
        return known[model_id]

    def own_path_of(self, spec: ModelSpec) -> Path:
        """Where a file of Deskhand's own lies, or will lie."""
        return self.folder / spec.id / spec.main_file.filename

    def path_of(self, spec: ModelSpec) -> Path:
        own = self.own_path_of(spec)
        if own.exists():
            return own
        shared = (folder / spec.id / spec.main_file.filename for folder in self._shared)
        return self.link_of(spec) or next((path for path in shared if path.is_file()), own)

    def lies_here(self, spec: ModelSpec) -> bool:
        """Whether a file of the right size lies in its place, damaged or not."""
        try:
            return self.path_of(spec).stat().st_size == spec.main_file.size_bytes
        except OSError:
            return False

    def is_damaged(self, spec: ModelSpec) -> bool:
        """Whether the file in its place was found to be another one."""
        return self.lies_here(spec) and self.hashes.known(self.path_of(spec)) not in {None, spec.main_file.sha256}

    def is_installed(self, spec: ModelSpec) -> bool:
        """Whether a file lies in its place that may be the right one; `verify` tells whether it is."""
        return self.lies_here(spec) and not self.is_damaged(spec)

    def installed(self) -> list[ModelSpec]:
        return [spec for spec in self.all() if self.is_installed(spec)]

    def used_bytes(self) -> int:
        """Room that everything in the models' folder takes."""
        used = 0
        for path in self.folder.rglob("*"):
            # A download may put its file in place meanwhile.
            with contextlib.suppress(OSError):
                used += path.stat().st_size if path.is_file() and not path.is_symlink() else 0
        return used

    def verify(self, spec: ModelSpec, *, progress: HashProgress | None = None, cancel: threading.Event | None = None) -> Path:
        """The path of the file in its place if it is the released one. Hashed once, remembered until the file changes."""
        if not self.lies_here(spec):
            raise ModelMissingError(model=spec.id)
        path = self.path_of(spec)
        self.hashes.require(path, spec.main_file.sha256, model=spec.id, progress=progress, cancel=cancel)
        return path

    def choose(self, wanted: str = "") -> ChosenModel:
        """The wanted model (an id, or the path of a GGUF file), or else the best one here that fits the memory."""
        if wanted and wanted in self._known():
            spec = self.get(wanted)
            return ChosenModel(spec, self.verify(spec))
        if wanted:
            from app.catalog.converted import choose_converted  # It builds on the catalog.

            if (converted := choose_converted(self, wanted)) is not None:
                return converted
            path = Path(wanted).expanduser()
            if path.suffix.lower() != ".gguf" and not path.is_file():
                self.get(wanted)
            return self.describe_file(path)
        fault: AppError | None = None
        for spec in self._best_first(spec for spec in self.all() if spec.answers_tasks and self.lies_here(spec)):
            try:
                return ChosenModel(spec, self.verify(spec))
            except (HashMismatchError, ModelFileError) as error:
                fault = fault or error
        raise fault or ModelMissingError(model=self.starter_id)

    def smaller_than(self, spec: ModelSpec) -> ChosenModel | None:
        """The best model here that is clearly smaller."""
        most_bytes = 0.8 * spec.main_file.size_bytes
        usable = (other for other in self.installed() if other.answers_tasks and other.main_file.size_bytes < most_bytes)
        for other in self._best_first(usable):
            with contextlib.suppress(AppError):
                return ChosenModel(other, self.verify(other))
        return None

    def _best_first(self, specs: Iterable[ModelSpec]) -> list[ModelSpec]:
        """Those that fit the memory well, then those that fit tightly; of those that don't fit the smallest first."""
        # All of the memory counts here, not what is free: the choice must not change once the model itself is loaded.
        total_bytes = machine_memory().total_bytes
        memory = MachineMemory(total_bytes, total_bytes)

        def place(spec: ModelSpec) -> tuple[int, int]:
            fit = estimate(spec, memory, context_tokens=spec.context_default)
            return _BEST_FIRST.index(fit.verdict), fit.need_bytes if fit.verdict is Verdict.NO else -spec.rank

        return sorted(specs, key=place)

    def describe_file(
        self, path: Path, *, progress: HashProgress | None = None, cancel: threading.Event | None = None
    ) -> ChosenModel:
        """A GGUF file in its own place. A file of the catalog is recognised by its hash, whatever its name."""
        path = path.absolute()
        require_gguf(path)
        sha256 = self.hashes.hash_of(path, progress=progress, cancel=cancel)
        for listed in self.all():
            for spec in filter(None, (listed, listed.eyes)):
                if spec.main_file.sha256 == sha256:
                    return ChosenModel(spec, path)
        spec = spec_of_file(path, self._read_header(path), sha256, path.stat().st_size)
        if spec.id in self._known():
            # Another model has the name already.
            spec = spec.model_copy(update={"id": f"{spec.id[:72]}-{sha256[:7]}"})
        return ChosenModel(spec, path)

    def link_of(self, spec: ModelSpec) -> Path | None:
        """Where another program, or the person, keeps the model's file."""
        path = read_json(self._links).get(spec.id)
        return Path(path) if isinstance(path, str) else None

    def link(self, spec: ModelSpec, path: Path) -> None:
        """Use a verified file in its own place. It is never written, moved or deleted."""
        self.hashes.require(path, spec.main_file.sha256, model=spec.id)
        self._write(self._links, read_json(self._links) | {spec.id: str(path.absolute())})

    def unlink(self, spec: ModelSpec) -> None:
        """Stop using a file in its own place; it stays there."""
        links = read_json(self._links)
        if links.pop(spec.id, None) is not None:
            self._write(self._links, links)

    def adopt(self, spec: ModelSpec) -> None:
        """Keep the description of an imported model. A projector belongs to one that is listed."""
        if spec.id not in self._listed and spec.main_file.role == "model":
            self._write(self.folder / spec.id / _OWN_SPEC, spec.model_dump(mode="json"))

    def note_test(self, spec: ModelSpec, *, passed: bool) -> None:
        """Remember how the self-test of a model ended on this computer."""
        self._write(self.folder / spec.id / _TEST, {"sha256": spec.main_file.sha256, "passed": passed})

    def test_of(self, spec: ModelSpec) -> bool | None:
        """Whether it passed its self-test; None while it is untested."""
        noted = read_json(self.folder / spec.id / _TEST)
        return bool(noted.get("passed")) if noted.get("sha256") == spec.main_file.sha256 else None

    def learn_figures(self, spec: ModelSpec) -> None:
        """Take the figures for the estimate of memory from the file itself. Without them the listed ones stay."""
        if spec.main_file.role != "model":
            return
        with contextlib.suppress(AppError, ValueError):
            memory = memory_of(self._read_header(self.path_of(spec)))
            content = {"sha256": spec.main_file.sha256, "memory": memory.model_dump(mode="json")}
            self._write(self.folder / spec.id / _FIGURES, content)

    def remove(self, spec: ModelSpec) -> int:
        """Delete a model's folder, its projector with it, and forget its links; the bytes freed.

        Raises `DownloadBusyError` while a program fetches it, `ModelFolderError` when that is refused.
        """
        folder = self.folder / spec.id
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        for part in filter(None, (spec, spec.eyes)):
            discard_part(part, self)
        for part in filter(None, (spec, spec.eyes)):
            self.hashes.forget(self.path_of(part))
            self.unlink(part)
        try:
            if folder.exists():
                shutil.rmtree(folder)
        except OSError as error:
            raise ModelFolderError(folder=folder, detail=error.strerror or error) from error
        return size

    def _known(self) -> dict[str, ModelSpec]:
        listed = {spec.id: self._with_figures(spec) for spec in self._listed.values()}
        return listed | {spec.id: spec for spec in self._imported()[0] if spec.id not in listed}

    def _imported(self) -> tuple[list[ModelSpec], list[CatalogError]]:
        specs: list[ModelSpec] = []
        faults: list[CatalogError] = []
        for path in sorted(self.folder.glob(f"*/{_OWN_SPEC}")):
            try:
                specs.append(ModelSpec.model_validate_json(path.read_bytes()))
            except ValidationError as error:
                faults.append(OwnCatalogError(file=path, detail=first_fault(error)))
            except OSError as error:
                faults.append(OwnCatalogError(file=path, detail=error.strerror or error))
        return specs, faults

    def _with_figures(self, spec: ModelSpec) -> ModelSpec:
        figures = read_json(self.folder / spec.id / _FIGURES)
        if figures.get("sha256") != spec.main_file.sha256:
            return spec
        try:
            return spec.model_copy(update={"memory": Memory.model_validate(figures.get("memory"))})
        except ValidationError:
            return spec

    def _write(self, path: Path, content: dict[str, Any]) -> None:
        try:
            write_json(path, content)
        except OSError as error:
            raise ModelFolderError(folder=path.parent, detail=error.strerror or error) from error


def load_catalog(
    file: Path, folder: Path, *, own: Path | None = None, shared: Sequence[Path] = (), header_reader: HeaderReader = read_header
) -> Catalog:
    """The catalog of a ``models.toml``, which raises `CatalogError` that names the entry and the fault, and of the person's own."""
    shipped = read_catalog(file)
    specs, faults = read_own_catalog(own, shipped) if own is not None else ([], [])
    return Catalog(shipped, folder, own=specs, faults=faults, shared=shared, header_reader=header_reader)

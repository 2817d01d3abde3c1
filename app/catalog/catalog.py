"""The models Deskhand knows and those on this computer. Reads ``models.toml`` and the models' folder; opens no connection."""

from __future__ import annotations

import shutil
import tomllib
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from app.catalog.files import HashMemory
from app.catalog.fit import MachineMemory, estimate, machine_memory
from app.catalog.gguf import GgufHeader, read_header, require_gguf
from app.catalog.spec import CatalogFile, License, Memory, ModelFile, ModelSpec, PathSource, PromptFamily
from app.errors import CatalogError, ModelFileError, ModelFolderError, ModelMissingError, UnknownModelError

_FAMILY_MARKS: tuple[tuple[str, PromptFamily], ...] = (
    ("<|startoftext|>", "lfm2"),
    ("<|im_start|>", "chatml"),
    ("<start_of_turn>", "gemma"),
    ("<|start_of_role|>", "granite"),
    ("<|start_header_id|>", "llama3"),
)
"""What a model's own template must contain for one of ours to fit. It is searched, never run."""
_OWN_SPEC = "model.json"


@dataclass(frozen=True)
class ChosenModel:
    """A model file ready to be loaded, and what is known of it."""

    spec: ModelSpec
    path: Path

    @property
    def sha256(self) -> str:
        return self.spec.main_file.sha256


class Catalog:
    """All known models, the shipped ones first, then those the person imported."""

    def __init__(self, file: CatalogFile, folder: Path) -> None:
        self._shipped = {spec.id: spec for spec in file.model}
        self.starter_id = file.starter
        self.folder = folder
        self.hashes = HashMemory(folder / ".verified.json")

    def all(self) -> list[ModelSpec]:
        return list(self._known().values())

    def get(self, model_id: str) -> ModelSpec:
        known = self._known()
        if model_id not in known:
            raise UnknownModelError(model=model_id, known=", ".join(known))
        return known[model_id]

    def path_of(self, spec: ModelSpec) -> Path:
        return self.folder / spec.id / spec.main_file.filename

    def is_installed(self, spec: ModelSpec) -> bool:
        """Whether a file of the right size lies in its place; `verify` tells whether it is the right one."""
        try:
            return self.path_of(spec).stat().st_size == spec.main_file.size_bytes
        except OSError:
            return False

    def installed(self) -> list[ModelSpec]:
        return [spec for spec in self.all() if self.is_installed(spec)]

    def verify(self, spec: ModelSpec) -> Path:
        """The path of the installed file if it is the released one. Hashed once, remembered until the file changes."""
        if not self.is_installed(spec):
            raise ModelMissingError(model=spec.id)
        path = self.path_of(spec)
        self.hashes.require(path, spec.main_file.sha256)
        return path

    def choose(self, wanted: str = "") -> ChosenModel:
        """The wanted model (an id, or the path of a GGUF file), or else the best one here that fits the memory."""
        if wanted and wanted in self._known():
            spec = self.get(wanted)
            return ChosenModel(spec, self.verify(spec))
        if wanted:
            path = Path(wanted).expanduser()
            if path.suffix.lower() != ".gguf" and not path.is_file():
                self.get(wanted)
            return self.describe_file(path)
        usable = [spec for spec in self.installed() if spec.answers_tasks]
        if not usable:
            raise ModelMissingError(model=self.starter_id)
        # All of the memory counts here, not what is free: the choice must not change once the model itself is loaded.
        total_bytes = machine_memory().total_bytes
        memory = MachineMemory(total_bytes, total_bytes)
        best = max(usable, key=lambda spec: (estimate(spec, memory, context_tokens=spec.context_default).fits, spec.rank))
        return ChosenModel(best, self.verify(best))

    def describe_file(self, path: Path) -> ChosenModel:
        """A GGUF file in its own place. A file of the catalog is recognised by its hash, whatever its name."""
        path = path.absolute()
        require_gguf(path)
        sha256 = self.hashes.hash_of(path)
        for spec in self.all():
            if spec.main_file.sha256 == sha256:
                return ChosenModel(spec, path)
        return ChosenModel(_spec_of_file(path, read_header(path), sha256), path)

    def adopt(self, spec: ModelSpec) -> None:
        """Keep the description of an imported model beside its file."""
        if spec.id not in self._shipped:
            (self.folder / spec.id / _OWN_SPEC).write_text(spec.model_dump_json(indent=1), encoding="utf-8")

    def remove(self, spec: ModelSpec) -> int:
        """Delete a model's folder; the bytes it held. Raises `ModelFolderError` when files may not be deleted."""
        folder = self.folder / spec.id
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        try:
            if folder.exists():
                shutil.rmtree(folder)
        except OSError as error:
            raise ModelFolderError(folder=folder, detail=error.strerror or error) from error
        self.hashes.forget(self.path_of(spec))
        return size

    def _known(self) -> dict[str, ModelSpec]:
        return self._shipped | {spec.id: spec for spec in self._imported() if spec.id not in self._shipped}

    def _imported(self) -> list[ModelSpec]:
        specs = []
        for path in sorted(self.folder.glob(f"*/{_OWN_SPEC}")):
            try:
                specs.append(ModelSpec.model_validate_json(path.read_bytes()))
            except ValidationError as error:
                raise CatalogError(file=path, detail=_first_fault(error)) from error
        return specs


def load_catalog(file: Path, folder: Path) -> Catalog:
    """The catalog of a ``models.toml``. Raises `CatalogError` that names the entry and the fault."""
    try:
        return Catalog(CatalogFile.model_validate(tomllib.loads(file.read_text(encoding="utf-8"))), folder)
    except OSError as error:
        raise CatalogError(file=file, detail=error.strerror or error) from error
    except ValidationError as error:
        raise CatalogError(file=file, detail=_first_fault(error)) from error
    except ValueError as error:
        raise CatalogError(file=file, detail=error) from error


def _first_fault(error: ValidationError) -> str:
    fault = error.errors()[0]
    where = ".".join(str(part) for part in fault["loc"])
    return f"{where}: {fault['msg']}" if where else str(fault["msg"])


def _spec_of_file(path: Path, header: GgufHeader, sha256: str) -> ModelSpec:
    """What a file's header tells, for a model that the catalog does not list."""
    layers, heads = header.number("block_count"), header.number("attention.head_count")
    kv_heads = header.number("attention.head_count_kv") or heads
    n_embd = header.number("embedding_length")
    head_size = header.number("attention.key_length") or (n_embd // heads if heads else 0)
    context = header.number("context_length") or 4096
    template = str(header.values.get("tokenizer.chat_template", ""))
    try:
        return ModelSpec(
            id=_id_from(path),
            name=header.name or path.stem,
            publisher="imported",
            architecture=header.architecture or "unknown",
            prompt_family=next((family for mark, family in _FAMILY_MARKS if mark in template), "plain"),
            parameters_b=0,
            context_max=context,
            context_default=min(context, 8192),
            ram_min_gb=0,
            tasks=("extract", "classify", "summarize"),
            languages="unknown",
            turkish="unknown",
            rank=0,
            license=License(id="unknown", url="", commercial="unknown"),
            memory=Memory(kv_bytes_per_token=layers * kv_heads * head_size * 4, n_vocab=0, n_embd=n_embd),
            files=(
                ModelFile(
                    filename=path.name,
                    size_bytes=path.stat().st_size,
                    sha256=sha256,
                    quantization="unknown",
                    checked="imported",
                    sources=(PathSource(kind="path", path=str(path)),),
                ),
            ),
        )
    except ValidationError as error:
        raise ModelFileError(file=path, detail=_first_fault(error)) from error


def _id_from(path: Path) -> str:
    name = "".join(char if char.isalnum() and char.isascii() else "-" for char in path.stem.lower())
    return "-".join(part for part in name.split("-") if part)[:80] or "imported"

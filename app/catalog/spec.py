"""What the catalog says of a model: its files with the publisher's hashes, where to get them, its licence and its needs."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

ModelId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,79}$")]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
FileName = Annotated[str, StringConstraints(pattern=r"^[^./\\:\x00-\x1f][^/\\:\x00-\x1f]{0,199}$")]
"""A plain file name: it can't point outside the model's folder."""

PromptFamily = Literal["chatml", "qwen3", "gemma", "gemma4", "granite", "lfm2", "llama3", "plain"]

SpeedClass = Literal["very fast", "fast", "moderate", "slow"]
"""On a laptop without a graphics card: under a second a page, a few seconds, up to ten, longer."""


EYES = "projector"
"""The folder within a model's, and the last part of the id, of its projector."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class HubSource(_Part):
    """A file of a repository on the model hub, at a fixed revision."""

    kind: Literal["hub"]
    repo: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]+/[A-Za-z0-9._-]+$")]
    revision: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{40}$")]
    filename: FileName


class UrlSource(_Part):
    """A file on a server of its own, such as a company's mirror."""

    kind: Literal["url"]
    url: Annotated[str, StringConstraints(pattern=r"^(https://|http://(127\.0\.0\.1|localhost)(:\d+)?/)[^\s]+$")]


class WheelPart(_Part):
    """One file inside a package of the Python package index; the package is opened as an archive, never installed."""

    distribution: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
    version: Annotated[str, StringConstraints(pattern=r"^[0-9][0-9A-Za-z.+!]*$")]
    member: Annotated[str, StringConstraints(min_length=1)]
    size_bytes: int = Field(gt=0)


class WheelsSource(_Part):
    """Packages that hold the file in parts; joined in this order they are the publisher's file."""

    kind: Literal["wheels"]
    parts: tuple[WheelPart, ...] = Field(min_length=1)


class PathSource(_Part):
    """A file already on this computer or on a drive."""

    kind: Literal["path"]
    path: Annotated[str, StringConstraints(min_length=1)]


Source = Annotated[HubSource | UrlSource | WheelsSource | PathSource, Field(discriminator="kind")]


class ModelFile(_Part):
    """One file. The publisher's SHA-256 decides whether it is the right one, never the place it came from."""

    role: Literal["model", "projector"] = "model"
    filename: FileName
    size_bytes: int = Field(gt=0)
    sha256: Sha256
    quantization: str
    checked: Literal["downloaded", "two-sources", "imported"]
    """How the size and hash were confirmed: by a verified download, or as found in two public places."""
    sources: tuple[Source, ...] = ()

    @model_validator(mode="after")
    def _parts_make_the_whole(self) -> ModelFile:
        for source in self.sources:
            if isinstance(source, WheelsSource) and sum(part.size_bytes for part in source.parts) != self.size_bytes:
                raise ValueError(f"the parts of {self.filename} do not add up to {self.size_bytes} bytes")
        return self


class License(_Part):
    id: str
    url: str
    commercial: Literal["yes", "limited", "no", "unknown"]
    must_accept: bool = False


class Memory(_Part):
    """Figures for the estimate of memory before a download; `app.catalog.fit` has the formula."""

    kv_bytes_per_token: int = Field(ge=0)
    swa_bytes_per_cell: int = Field(default=0, ge=0)
    swa_window: int = Field(default=0, ge=0)
    state_bytes: int = Field(default=0, ge=0)
    """Of all texts that are followed at once (`app.catalog.geometry`)."""
    n_vocab: int = Field(ge=0)
    n_embd: int = Field(ge=0)


class Wording(_Part):
    """A short text in the languages of the program."""

    en: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    tr: Annotated[str, StringConstraints(min_length=1, max_length=200)]

    def in_language(self, language: str) -> str:
        return self.tr if language == "tr" else self.en


class ModelSpec(_Part):
    """A model of the catalog, or one that the person imported."""

    id: ModelId
    name: str
    publisher: str
    architecture: str
    prompt_family: PromptFamily
    parameters_b: float = Field(ge=0)
    active_parameters_b: float = Field(default=0, ge=0)
    """Those that each word passes through, in billions, where they are fewer than all."""
    context_max: int = Field(gt=0)
    context_default: int = Field(gt=0)
    ram_min_gb: float = Field(default=0, ge=0)
    """Memory that a list wants for it; on a computer with less it does not fit well, whatever the figures say."""
    tasks: tuple[Literal["extract", "classify", "summarize", "vision", "embed"], ...]
    languages: str
    turkish: Literal["broad", "base-only", "no", "unknown"]
    rank: int = Field(ge=0, le=100)
    """Quality on extraction among the models here, 0-100; orders recommendations."""
    speed: SpeedClass | None = None
    good_for: Wording | None = None
    purpose: Literal["product", "test"] = "product"
    license: License
    memory: Memory
    notes: str = ""
    files: tuple[ModelFile, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _has_one_model_file(self) -> ModelSpec:
        if sum(file.role == "model" for file in self.files) != 1:
            raise ValueError(f"{self.id} needs exactly one file with the role 'model'")
        return self

    @model_validator(mode="after")
    def _figures_agree(self) -> ModelSpec:
        if self.context_default > self.context_max:
            raise ValueError("context_default is larger than context_max")
        if self.memory.swa_bytes_per_cell and not self.memory.swa_window:
            raise ValueError("swa_bytes_per_cell needs a swa_window")
        if self.active_parameters_b > self.parameters_b:
            raise ValueError("active_parameters_b is larger than parameters_b")
        if "vision" in self.tasks and self.projector is None:
            raise ValueError("a model for vision needs a file with the role 'projector'")
        return self

    @property
    def computed_parameters_b(self) -> float:
        """Billions of parameters that each word passes through."""
        return self.active_parameters_b or self.parameters_b

    @property
    def projector(self) -> ModelFile | None:
        """The file that turns pictures into words for the model."""
        return next((file for file in self.files if file.role == "projector"), None)

    @property
    def eyes(self) -> ModelSpec | None:
        """The projector alone: it is fetched, imported, checked and used in place as a model is, and lies in the model's folder."""
        if self.projector is None:
            return None
        return self.model_copy(update={"id": f"{self.id}/{EYES}", "files": (self.projector,)})

    @property
    def main_file(self) -> ModelFile:
        return next((file for file in self.files if file.role == "model"), self.files[0])

    @property
    def answers_tasks(self) -> bool:
        """Whether the app can run tasks with it; models made for embeddings or tests are not chosen by themselves."""
        return self.purpose == "product" and any(task in {"extract", "classify", "summarize"} for task in self.tasks)


class CatalogFile(_Part):
    """The whole of ``models.toml``. Each of its models says what it is good for, and each file where to get it."""

    schema_version: Literal[1]
    model: tuple[ModelSpec, ...] = Field(min_length=1)
    starter: ModelId

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Self:
        ids = [model.id for model in self.model]
        for name in ids:
            if ids.count(name) > 1:
                raise ValueError(f"the model {name!r} is listed twice")
        return self

    @model_validator(mode="after")
    def _is_complete(self) -> CatalogFile:
        if self.starter not in (model.id for model in self.model):
            raise ValueError(f"the starter {self.starter!r} is not in the list")
        return self

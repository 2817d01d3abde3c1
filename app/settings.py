"""What a person can set, with types and defaults. Secrets are never settings."""

from __future__ import annotations

import ipaddress
import json
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from app.atomic import replace_file
from app.errors import SettingsError

_ABOVE_ALL: Final = 1.01
"""No confidence reaches it."""
_HASH_DIGITS: Final = 8


class ReviewStage(StrEnum):
    """How much of a task's work a person looks at."""

    EVERYTHING = "everything"
    """Every answer is reviewed: nothing is known of this task yet."""
    DOUBTFUL = "doubtful"
    """What is less sure than a threshold is reviewed, and a random sample of the documents in whole."""
    SAMPLE = "sample"
    """The sample, and what a check contradicts."""


class Ramp(BaseModel):
    """Everything is reviewed at first, then what is doubtful, at last a random sample alone; the second stage uses `threshold`.

    A sample is drawn in the second stage too: only documents that were reviewed in whole tell whether the threshold is still right.
    The document's hash decides, so the same document is always in it or never.
    """

    model_config = ConfigDict(frozen=True)
    stage: ReviewStage = ReviewStage.DOUBTFUL
    threshold: float = Field(default=0.75, ge=0, le=1)
    sample: float = Field(default=0.05, ge=0, le=1)
    """Share of the documents that are drawn."""

    def review_below(self, document_sha256: str) -> float:
        """The confidence below which this document's values go to a person."""
        if self.stage is ReviewStage.EVERYTHING or _is_drawn(document_sha256, self.sample):
            return _ABOVE_ALL
        return self.threshold if self.stage is ReviewStage.DOUBTFUL else 0.0


def _is_drawn(sha256: str, share: float) -> bool:
    return int(sha256[-_HASH_DIGITS:] or "0", 16) < share * 16**_HASH_DIGITS


class ReadLimits(BaseModel):
    """Bounds on what the reader accepts, so that one file can't take the computer."""

    model_config = ConfigDict(frozen=True)
    max_bytes: int = Field(default=200 * 2**20, ge=2**20, title="Largest file (bytes)")
    max_pages: int = Field(default=500, ge=1, title="Most pages read of a document")
    max_ocr_pages: int = Field(default=50, ge=1, title="Most pages recognised from pictures")
    max_pixels: int = Field(default=80_000_000, ge=1_000_000, title="Largest picture (pixels)")
    max_chars: int = Field(default=4_000_000, ge=10_000, title="Most characters of text")
    max_attachments: int = Field(default=50, ge=0, title="Most attachments of an e-mail")
    timeout_s: float = Field(default=28.0, ge=1, title="Longest reading time (seconds); pages with OCR add to it")
    ocr_page_timeout_s: float = Field(default=20.0, ge=1, title="Added for each page recognised (seconds)")
    memory_bytes: int = Field(default=2 * 2**30, ge=256 * 2**20, title="Memory of the reader (bytes)")


ProviderKind = Literal["openai_chat", "openai_responses", "anthropic", "gemini"]
"""The protocols that are spoken. `openai_chat` is what most other services and local servers understand too."""
Dollars = Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=6)]


class ProviderConfig(BaseModel):
    """A service that runs a larger model. Its key is in the keyring, under this id and host."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)
    id: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,40}$")
    kind: ProviderKind
    base_url: str
    """Up to and without the protocol's own path: ``https://api.openai.com/v1``."""
    model: str = Field(min_length=1, max_length=200)
    allow_plain_http: bool = False
    """Speak without encryption to a server of one's own network; it has to be named by its address."""
    thinking_tokens: int = Field(default=4096, ge=0, le=65_536)
    """Room for what the model writes to itself before it answers; it is paid for."""
    effort: Literal["", "none", "minimal", "low", "medium", "high"] = ""
    """How long the model may think, in the service's words; empty leaves it to the service."""
    sees_pictures: bool = False
    """Whether the model reads pictures beside text."""
    input_price: Dollars | None = None
    """US dollars for a million tokens, in place of the listed price."""
    output_price: Dollars | None = None

    @property
    def host(self) -> str:
        return urlsplit(self.base_url).hostname or ""

    @property
    def destination(self) -> str:
        return destination_of(self.base_url)

    @property
    def is_on_this_machine(self) -> bool:
        return self.host in THIS_MACHINE

    @model_validator(mode="after")
    def _is_a_safe_address(self) -> ProviderConfig:
        parts = urlsplit(self.base_url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("the address must begin with https:// and name a server")
        if parts.username or parts.password or parts.query or parts.fragment:
            raise ValueError("the address must hold neither a key nor anything after ? or #")
        if parts.scheme == "http" and not self.is_on_this_machine and not (self.allow_plain_http and _is_private(self.host)):
            raise ValueError("http:// is spoken to this computer only, or to an address of your own network if you allow it")
        if not _is_plain(self.base_url) or not _is_plain(self.model):
            raise ValueError("address and model must hold no blanks or control characters")
        return self


class FrontierSettings(BaseModel):
    """Whether a larger model may be asked, which one, and what it may cost."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    opted_in: bool = False
    provider: ProviderConfig | None = None
    monthly_cap: Dollars | None = Decimal(5)
    """US dollars a calendar month; None is no limit."""
    batch_cap: Dollars | None = Decimal(1)
    """US dollars for documents that are sent together."""


THIS_MACHINE = frozenset({"127.0.0.1", "::1", "localhost"})


class Settings(BaseModel):
    """All settings. Unknown keys of a newer version are kept out, wrong ones are refused with the file's name."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    model: str = Field(default="", title="Model", description="The best one on this computer, or always the same.")
    task_models: dict[str, str] = Field(default={}, title="Models for single tasks")
    offline: bool = Field(default=True, title="Work offline", description="No connection is opened at all.")
    theme: Literal["system", "light", "dark"] = Field(default="system", title="Appearance")
    language: Literal["system", "en", "tr"] = Field(default="system", title="Language")
    first_steps: bool = Field(default=True, title="Show the first steps at the next start")
    default_task: str = Field(default="auto", title="Task for new documents")
    review_below: float = Field(default=0.75, ge=0, le=1, title="Ask for review below this confidence")
    ramps: dict[str, Ramp] = Field(default={}, title="How much of each task is reviewed")
    keep_cases: bool = Field(
        default=True,
        title="Keep reviewed documents as cases on this computer",
        description=(
            "Models are measured on them, and confidence is learnt from them. Nothing of them is sent unless you agree to it."
        ),
    )
    use_attached_xml: bool = Field(
        default=False,
        title="Use the invoice data attached to a PDF",
        description="Read fields from an attached e-invoice instead of the page.",
    )
    allow_weak_sandbox: bool = Field(
        default=False,
        title="Work without full protection",
        description="Go on where the system lacks a layer of the workers' lock.",
    )
    graphics_card: bool = Field(
        default=False,
        title="Compute on the graphics card",
        description="Faster where there is one that the engine knows. The model's lock is weaker then: the card's driver needs it.",
    )
    vision: Literal["off", "auto"] = Field(
        default="auto",
        title="Let the model look at scans",
        description="Where the model in use has the file with which it sees. The recognised text still has the last word.",
    )
    threads: int = Field(default=0, ge=0, le=256, title="Threads for the model", description="0 chooses by itself.")
    context_tokens: int = Field(default=4096, ge=1024, le=262_144, title="Context of the model (tokens)")
    limits: ReadLimits = ReadLimits()
    frontier: FrontierSettings = FrontierSettings()

    def model_of(self, task: str) -> str:
        """The model named for a task, or else for all; empty for the best one."""
        return self.task_models.get(task) or self.model

    def with_task_model(self, task: str, model: str) -> Settings:
        """With this model for one task; an empty name lets the task follow the others again."""
        others = {name: other for name, other in self.task_models.items() if name != task}
        return self.model_copy(update={"task_models": others | ({task: model} if model else {})})

    def without_model(self, model: str) -> Settings:
        """With nothing that asks for this model, or for a copy that was made of it."""

        def is_gone(named: str) -> bool:
            return named == model or named.startswith(f"{model}:")

        task_models = {task: named for task, named in self.task_models.items() if not is_gone(named)}
        return self.model_copy(update={"model": "" if is_gone(self.model) else self.model, "task_models": task_models})

    def with_changes(self, before: Settings, after: Settings) -> Settings:
        """With what became another value between two others; of what is kept by name, each for itself."""
        changed: dict[str, object] = {}
        for name in Settings.model_fields:
            old, new, own = (getattr(settings, name) for settings in (before, after, self))
            if new != old:
                changed[name] = _entries_with_changes(own, old, new) if isinstance(new, dict) else new
        return self.model_copy(update=changed)

    def review_below_of(self, task: str, document_sha256: str) -> float:
        """The confidence below which a person looks at a task's answers for a document."""
        ramp = self.ramps.get(task)
        return self.review_below if ramp is None else ramp.review_below(document_sha256)


def _entries_with_changes(own: dict[str, object], old: dict[str, object], new: dict[str, object]) -> dict[str, object]:
    kept = {name: value for name, value in own.items() if name in new or name not in old}
    return kept | {name: value for name, value in new.items() if value != old.get(name)}


def load_settings(path: Path) -> Settings:
    """The stored settings, or the defaults when there are none. Raises `SettingsError` naming the file and the fault."""
    try:
        return Settings.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise SettingsError(file=path, detail=f"{where}: {first['msg']}") from error
    except OSError as error:
        raise SettingsError(file=path, detail=error.strerror or error) from error


def save_settings(settings: Settings, path: Path) -> None:
    """Write atomically: a crash leaves the old file or the new one."""
    text = json.dumps(settings.model_dump(mode="json"), indent=2) + "\n"
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        replace_file(path, text.encode(), mode=0o600)
    except OSError as error:
        raise SettingsError(file=path, detail=error.strerror or error) from error


def destination_of(url: str) -> str:
    """Scheme, host and port: where something goes to, whatever the path. A port that goes without saying is left out."""
    parts = urlsplit(url)
    usual_port = {"http": ":80", "https": ":443"}.get(parts.scheme, "")
    return f"{parts.scheme}://{parts.netloc.lower().removesuffix(':').removesuffix(usual_port)}"


def _is_private(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return False


def _is_plain(text: str) -> bool:
    return text.isprintable() and not any(char.isspace() for char in text)

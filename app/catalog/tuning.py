"""What workers told of this computer, kept beside the models: how a model file runs on this processor, and the graphics cards."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from app.catalog.files import read_json, write_json
from app.catalog.machine import GraphicsCard, processor_name

_STORE: Final = ".tuning.json"
_MEMORY: Final = "memory"
_GRAPHICS: Final = "graphics"
_CARDS: Final = TypeAdapter(tuple[GraphicsCard, ...])


class Tuning(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    threads: int = Field(ge=1, le=1024)
    prompt_tokens_per_s: float = Field(gt=0)
    steps_per_s: float = Field(gt=0)


def tuning_of(models_folder: Path, sha256: str) -> Tuning | None:
    """What was measured for a model file on this processor; None before its first use here."""
    try:
        return Tuning.model_validate(read_json(models_folder / _STORE).get(_key(sha256)))
    except ValidationError:
        return None


def remember_tuning(models_folder: Path, sha256: str, tuning: Tuning) -> None:
    """Best effort: a folder that can't be written to costs another measurement."""
    with contextlib.suppress(OSError):
        write_json(models_folder / _STORE, read_json(models_folder / _STORE) | {_key(sha256): tuning.model_dump()})


def take_facts(models_folder: Path, sha256: str, untrusted: Mapping[str, object]) -> None:
    """Remember what a worker says that it measured, and on which cards it computes, as far as that makes sense."""
    with contextlib.suppress(ValidationError):
        remember_tuning(models_folder, sha256, Tuning.model_validate(untrusted.get("tuning")))
    with contextlib.suppress(ValidationError, OSError):
        cards = _CARDS.validate_python(untrusted.get("cards"))
        write_json(models_folder / _STORE, read_json(models_folder / _STORE) | {_key(_GRAPHICS): _CARDS.dump_python(cards)})


def graphics_of(models_folder: Path) -> tuple[GraphicsCard, ...]:
    """The cards on which the engine computed last, as they were before; empty where it never did."""
    try:
        return _CARDS.validate_python(read_json(models_folder / _STORE).get(_key(_GRAPHICS)))
    except ValidationError:
        return ()


def memory_speed_of(models_folder: Path) -> float:
    """The best that was seen of this computer's memory, in bytes a second; 0 before the first look."""
    seen = read_json(models_folder / _STORE).get(_key(_MEMORY))
    return float(seen) if isinstance(seen, int | float) else 0.0


def remember_memory_speed(models_folder: Path, bytes_per_s: float) -> None:
    """Best effort, like everything here."""
    with contextlib.suppress(OSError):
        write_json(models_folder / _STORE, read_json(models_folder / _STORE) | {_key(_MEMORY): round(bytes_per_s)})


def _key(sha256: str) -> str:
    """With the processor, so that a folder that moves to another computer brings no figures along."""
    return f"{sha256} {processor_name()} x{os.cpu_count()}"

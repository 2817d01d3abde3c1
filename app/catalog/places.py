"""Where other programs on this computer keep model files, by their documentation."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from app.catalog.files import read_json

_MOST_POINTER_BYTES = 4096


@dataclass(frozen=True)
class Place:
    """A folder in which a program keeps its models."""

    program: str
    folder: Path


@dataclass(frozen=True)
class FoundFile:
    """A file that begins as a GGUF does. `name` is what its program calls it."""

    program: str
    path: Path
    size_bytes: int
    name: str


def usual_places(environment: Mapping[str, str] | None = None, home: Path | None = None, system: str = sys.platform) -> list[Place]:
    """Where Ollama, LM Studio, Jan, GPT4All, llama.cpp and the hub's own tools keep models, by their documentation."""
    variables = os.environ if environment is None else environment
    home = Path.home() if home is None else home
    folders = [
        *(("Ollama", folder) for folder in _ollama(variables, home, system)),
        ("LM Studio", _lm_studio(home)),
        *(("Jan", folder) for folder in _jan(variables, home, system)),
        *(("GPT4All", folder) for folder in _gpt4all(variables, home, system)),
        ("llama.cpp", _llama_cpp(variables, home, system)),
        ("Hugging Face", _hub_cache(variables, home)),
    ]
    return [Place(program, folder) for program, folder in folders if folder.is_dir()]


def _ollama(variables: Mapping[str, str], home: Path, system: str) -> list[Path]:
    folders = [Path(variables.get("OLLAMA_MODELS") or home / ".ollama" / "models")]
    return [*folders, Path("/usr/share/ollama/.ollama/models")] if system == "linux" else folders


def _lm_studio(home: Path) -> Path:
    """Its home is told by a pointer file, and the folder of models by its settings."""
    try:
        told = (home / ".lmstudio-home-pointer").read_text(encoding="utf-8")[:_MOST_POINTER_BYTES].strip()
    except (OSError, ValueError):
        told = ""
    old = home / ".cache" / "lm-studio"
    base = Path(told) if told else old if old.is_dir() else home / ".lmstudio"
    chosen = read_json(base / "settings.json").get("downloadsFolder")
    return Path(chosen) if isinstance(chosen, str) and chosen else base / "models"


def _jan(variables: Mapping[str, str], home: Path, system: str) -> list[Path]:
    data = _program_data(variables, home, system, roaming=True) / "Jan" / "data"
    return [data / "llamacpp" / "models", data / "models"]


def _gpt4all(variables: Mapping[str, str], home: Path, system: str) -> list[Path]:
    return [_program_data(variables, home, system, roaming=False) / "nomic.ai" / "GPT4All", home / ".cache" / "gpt4all"]


def _llama_cpp(variables: Mapping[str, str], home: Path, system: str) -> Path:
    chosen = variables.get("LLAMA_CACHE")
    if chosen:
        return Path(chosen)
    if system == "win32":
        return _program_data(variables, home, system, roaming=False) / "llama.cpp"
    return (home / "Library" / "Caches" if system == "darwin" else _cache(variables, home)) / "llama.cpp"


def _hub_cache(variables: Mapping[str, str], home: Path) -> Path:
    chosen = variables.get("HF_HUB_CACHE") or variables.get("HUGGINGFACE_HUB_CACHE")
    if chosen:
        return Path(chosen)
    base = variables.get("HF_HOME")
    return (Path(base) if base else _cache(variables, home) / "huggingface") / "hub"


def _cache(variables: Mapping[str, str], home: Path) -> Path:
    return Path(variables.get("XDG_CACHE_HOME") or home / ".cache")


def _program_data(variables: Mapping[str, str], home: Path, system: str, *, roaming: bool) -> Path:
    if system == "win32":
        name, usual = ("APPDATA", "Roaming") if roaming else ("LOCALAPPDATA", "Local")
        return Path(variables.get(name) or home / "AppData" / usual)
    if system == "darwin":
        return home / "Library" / "Application Support"
    return Path(variables.get("XDG_DATA_HOME") or home / ".local" / "share")

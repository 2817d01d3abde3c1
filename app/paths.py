"""Where Deskhand keeps its files; the one place that asks the system for folders."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import platformdirs

APP_NAME = "deskhand"


@dataclass(frozen=True)
class Paths:
    """Folders of one installation. `data` holds database, settings, user tasks and logs; `models` the model files.

    Model files are large and verified by hash, so they are shared between data folders unless told otherwise.
    """

    data: Path
    models: Path

    @property
    def database(self) -> Path:
        return self.data / "deskhand.sqlite"

    @property
    def settings(self) -> Path:
        return self.data / "settings.json"

    @property
    def user_tasks(self) -> Path:
        return self.data / "tasks"

    @property
    def user_catalog(self) -> Path:
        """A list of models of the person's own, which adds to the shipped one."""
        return self.data / "models.toml"

    @property
    def evaluations(self) -> Path:
        return self.data / "evaluations"

    @property
    def logs(self) -> Path:
        return self.data / "logs"


def find_paths(data_dir: Path | None = None, models_dir: Path | None = None) -> Paths:
    """The folders to use: the given ones, else those of DESKHAND_DATA and DESKHAND_MODELS, else the system's."""
    data = data_dir or _from_environment("DESKHAND_DATA") or Path(platformdirs.user_data_dir(APP_NAME, appauthor=False))
    models = (
        models_dir or _from_environment("DESKHAND_MODELS") or Path(platformdirs.user_data_dir(APP_NAME, appauthor=False)) / "models"
    )
    return Paths(data=data.expanduser().absolute(), models=models.expanduser().absolute())


def resources() -> Path:
    """The read-only files that ship with the program: tasks, heads, icons, style, samples."""
    return _program_root() / "resources"


def bundled_catalog() -> Path:
    return _program_root() / "models.toml"


def shared_models() -> tuple[Path, ...]:
    """Folders with models that an installer or administrator put there for everyone; never written."""
    places = platformdirs.site_data_dir(APP_NAME, appauthor=False, multipath=True).split(os.pathsep)
    return (_program_root() / "models", *(Path(place) / "models" for place in places))


def _program_root() -> Path:
    bundle = getattr(sys, "_MEIPASS", None)
    return Path(bundle) if bundle else Path(__file__).resolve().parent.parent


def _from_environment(name: str) -> Path | None:
    value = os.environ.get(name, "").strip()
    return Path(value) if value else None

"""Which licences of models the person has accepted, kept beside the models. A changed licence is asked for again."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from app.catalog.files import read_json, write_json
from app.catalog.spec import License, ModelSpec
from app.errors import ModelFolderError

_STORE: Final = ".licenses.json"


def needs_acceptance(models_folder: Path, spec: ModelSpec) -> bool:
    """Whether the model may only be fetched after the person has accepted its licence."""
    return spec.license.must_accept and _key(spec.license) not in read_json(models_folder / _STORE)


def accept_license(models_folder: Path, spec: ModelSpec) -> None:
    """Remember it with the day. Raises `ModelFolderError` where nothing can be written."""
    accepted = read_json(models_folder / _STORE)
    accepted[_key(spec.license)] = {"model": spec.id, "accepted_at": datetime.now(UTC).isoformat(timespec="seconds")}
    try:
        write_json(models_folder / _STORE, accepted)
    except OSError as error:
        raise ModelFolderError(folder=models_folder, detail=error.strerror or error) from error


def accepted_at(models_folder: Path, spec: ModelSpec) -> str:
    """When the licence was accepted (ISO 8601, UTC); empty if it was not."""
    noted = read_json(models_folder / _STORE).get(_key(spec.license))
    return str(noted.get("accepted_at", "")) if isinstance(noted, dict) else ""


def _key(granted: License) -> str:
    return f"{granted.id} {granted.url}"

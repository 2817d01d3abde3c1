"""Reads lists of models: the shipped one strictly, the person's own so that a fault in it takes nothing else away."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from app.catalog.spec import CatalogFile, ModelSpec, OwnCatalogFile
from app.errors import CatalogError

_EXPECTED = {
    "sha256": "64 digits and letters a to f are needed",
    "revision": "the 40 digits and letters of a commit are needed",
    "filename": "a plain file name is needed, without folders",
    "id": "small letters, digits, dots and dashes only, at most 80",
    "repo": "owner/name is needed",
    "url": "an address that begins with https:// is needed",
}
_File = TypeVar("_File", bound=BaseModel)


def read_catalog(path: Path) -> CatalogFile:
    """The shipped list. Raises `CatalogError` that names the model and the fault."""
    file = _read(path, CatalogFile)
    for spec in file.model:
        if spec.good_for is None or spec.speed is None or not all(part.sources for part in spec.files):
            raise CatalogError(file=path, detail=f"model {spec.id!r}: good_for, speed and a source of each file are needed")
    return file


def read_own_catalog(path: Path, shipped: CatalogFile) -> tuple[list[ModelSpec], list[CatalogError]]:
    """The models of the person's own list, which may be missing, and what is wrong with it."""
    if not path.exists():
        return [], []
    try:
        file = _read(path, OwnCatalogFile)
    except CatalogError as error:
        return [], [error]
    taken = {spec.id for spec in shipped.model}
    faults = [
        CatalogError(file=path, detail=f"model {spec.id!r} is shipped with Deskhand; choose another id")
        for spec in file.model
        if spec.id in taken
    ]
    return [spec for spec in file.model if spec.id not in taken], faults


def first_fault(error: ValidationError, data: object = None) -> str:
    """The first fault as a person finds it in the file: the model by its id, then the field."""
    fault = error.errors()[0]
    where = [str(part) for part in fault["loc"]]
    message = str(fault["msg"]).removeprefix("Value error, ")
    if fault["type"] == "string_pattern_mismatch":
        message = _EXPECTED.get(where[-1], message)
    name = _model_id(data, fault["loc"])
    if name:
        where = [f"model {name!r}", *([".".join(where[2:])] if where[2:] else [])]
        return f"{', '.join(where)}: {message}"
    return f"{'.'.join(where)}: {message}" if where else message


def _read(path: Path, kind: type[_File]) -> _File:
    data: object = None
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        return kind.model_validate(data)
    except OSError as error:
        raise CatalogError(file=path, detail=error.strerror or error) from error
    except ValidationError as error:
        raise CatalogError(file=path, detail=first_fault(error, data)) from error
    except ValueError as error:
        raise CatalogError(file=path, detail=error) from error


def _model_id(data: object, where: tuple[int | str, ...]) -> str:
    """The id of the entry that a fault lies in; empty when it has none."""
    match where:
        case ("model", int(number), *_):
            entries = data.get("model") if isinstance(data, dict) else None
            entry = entries[number] if isinstance(entries, list) and number < len(entries) else None
            return str(entry.get("id", "")) if isinstance(entry, dict) else ""
    return ""

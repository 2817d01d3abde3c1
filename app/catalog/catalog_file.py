"""Reads lists of models: the shipped one strictly, the person's own so that a fault in it takes nothing else away."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.catalog.spec import CatalogFile, ModelSpec
from app.errors import CatalogError, OwnCatalogError

_EXPECTED = {
    "sha256": "64 digits and letters a to f are needed",
    "revision": "the 40 digits and letters of a commit are needed",
    "filename": "a plain file name is needed, without folders",
    "id": "small letters, digits, dots and dashes only, at most 80",
    "repo": "owner/name is needed",
    "url": "an address that begins with https:// is needed",
}
_File = TypeVar("_File", bound=BaseModel)


class _OwnList(BaseModel):
    """A list of the person's own, whose entries are read one by one."""

    model_config = ConfigDict(extra="forbid")

    schema_version: Literal[1]
    model: list[object] = Field(min_length=1)


def read_catalog(path: Path) -> CatalogFile:
    """The shipped list. Raises `CatalogError` that names the model and the fault."""
    file = _read(path, CatalogFile)
    for spec in file.model:
        if spec.good_for is None or spec.speed is None or not all(part.sources for part in spec.files):
            raise CatalogError(file=path, detail=f"model {spec.id!r}: good_for, speed and a source of each file are needed")
    return file


def read_own_catalog(path: Path, shipped: CatalogFile) -> tuple[list[ModelSpec], list[CatalogError]]:
    """The models of the person's own list, which may be missing, and what is wrong with it: at most one fault of each entry."""
    if not path.exists():
        return [], []
    try:
        entries = _read(path, _OwnList, OwnCatalogError).model
    except OwnCatalogError as error:
        return [], [error]
    shipped_ids = {spec.id for spec in shipped.model}
    specs: dict[str, ModelSpec] = {}
    faults: list[CatalogError] = []
    for number, entry in enumerate(entries):
        try:
            spec = ModelSpec.model_validate(entry)
        except ValidationError as error:
            faults.append(OwnCatalogError(file=path, detail=first_fault(error, {"model": entries}, ("model", number))))
            continue
        if spec.id in shipped_ids:
            faults.append(OwnCatalogError(file=path, detail=f"model {spec.id!r} is shipped with Deskhand; choose another id"))
        elif spec.id in specs:
            faults.append(OwnCatalogError(file=path, detail=f"the model {spec.id!r} is listed twice"))
        else:
            specs[spec.id] = spec
    return list(specs.values()), faults


def first_fault(error: ValidationError, data: object = None, within: tuple[int | str, ...] = ()) -> str:
    """The first fault as a person finds it in the file: the model by its id, then the field. `within` is where the data stands."""
    fault = error.errors()[0]
    place = (*within, *fault["loc"])
    where = [str(part) for part in place]
    message = str(fault["msg"]).removeprefix("Value error, ")
    if fault["type"] == "string_pattern_mismatch":
        message = _EXPECTED.get(where[-1], message)
    name = _model_id(data, place)
    if name:
        where = [f"model {name!r}", *([".".join(where[2:])] if where[2:] else [])]
        return f"{', '.join(where)}: {message}"
    return f"{'.'.join(where)}: {message}" if where else message


def _read(path: Path, kind: type[_File], fault: type[CatalogError] = CatalogError) -> _File:
    data: object = None
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        return kind.model_validate(data)
    except OSError as error:
        raise fault(file=path, detail=error.strerror or error) from error
    except ValidationError as error:
        raise fault(file=path, detail=first_fault(error, data)) from error
    except ValueError as error:
        raise fault(file=path, detail=error) from error


def _model_id(data: object, where: tuple[int | str, ...]) -> str:
    """The id of the entry that a fault lies in; empty when it has none."""
    match where:
        case ("model", int(number), *_):
            entries = data.get("model") if isinstance(data, dict) else None
            entry = entries[number] if isinstance(entries, list) and number < len(entries) else None
            return str(entry.get("id", "")) if isinstance(entry, dict) else ""
    return ""

"""`deskhand models`: what there is, what fits, and bringing model files to this computer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from app.catalog.catalog import Catalog, load_catalog
from app.catalog.fit import MachineMemory, estimate, machine_memory
from app.catalog.spec import ModelSpec
from app.cli.console import WrongUsageError, cell, out, show_error, warn, write_line
from app.cli.options import AsJson, ModelsDir, Offline
from app.cli.transfer_bar import TransferBar
from app.errors import AppError
from app.network.gate import Gate
from app.paths import bundled_catalog, find_paths
from app.settings import Settings

commands = typer.Typer(help="Models: the files that answer.", no_args_is_help=True)

ModelName = Annotated[str, typer.Argument(metavar="ID", help="A model's id, as `models list` prints it.")]


def open_catalog(models_dir: Path | None) -> Catalog:
    return load_catalog(bundled_catalog(), find_paths(models_dir=models_dir).models)


@commands.command(name="list")
def list_models(models_dir: ModelsDir = None, as_json: AsJson = False) -> None:
    """List the known models: whether they are here, their size, memory, licence and languages."""
    catalog = open_catalog(models_dir)
    _show(catalog, sorted(catalog.all(), key=lambda spec: spec.main_file.size_bytes), as_json=as_json)


@commands.command()
def recommend(models_dir: ModelsDir = None, as_json: AsJson = False) -> None:
    """List the models that fit this computer's memory, best first."""
    catalog, memory = open_catalog(models_dir), machine_memory()
    fitting = [spec for spec in catalog.all() if spec.answers_tasks and _fits(spec, memory)]
    _show(catalog, sorted(fitting, key=lambda spec: -spec.rank) or [catalog.get(catalog.starter_id)], as_json=as_json)


@commands.command()
def download(
    model: Annotated[str | None, typer.Argument(metavar="[ID]", help="A model's id; the starter when left out.")] = None,
    models_dir: ModelsDir = None,
    offline: Offline = False,
    accept_license: Annotated[
        bool, typer.Option("--accept-license", help="Accept the licence of a model that asks for it.")
    ] = False,
) -> None:
    """Download a model and check it. Goes on where an earlier download stopped.

    The command is itself the wish to connect: it works while offline mode is set, for this one download, unless --offline is given.
    """
    from app.catalog.download import fetch

    catalog = open_catalog(models_dir)
    spec = catalog.get(model or catalog.starter_id)
    if spec.license.must_accept and not accept_license:
        raise WrongUsageError(f"{spec.id} comes under {spec.license.id} ({spec.license.url}). Add --accept-license to accept it.")
    with TransferBar(spec.id) as bar:
        path = fetch(spec, catalog, Gate(offline=offline), progress=bar.update)
    write_line(str(path))


@commands.command(name="import")
def import_model(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A GGUF file.", readable=False)], models_dir: ModelsDir = None
) -> None:
    """Copy a GGUF file of your own to the models. A file of the list is recognised by its hash."""
    from app.catalog.imports import import_file

    with TransferBar(file.name) as bar:
        chosen = import_file(file, open_catalog(models_dir), progress=bar.update)
    write_line(f"{chosen.spec.id}\t{chosen.path}")


@commands.command()
def verify(
    models: Annotated[list[str] | None, typer.Argument(metavar="[ID…]", help="Models; all on this computer when left out.")] = None,
    models_dir: ModelsDir = None,
) -> int:
    """Check model files against the publishers' SHA-256, reading every byte again."""
    catalog = open_catalog(models_dir)
    if not models and not catalog.installed():
        warn(f"No model is in {catalog.folder}.")
    n_wrong = 0
    for spec in [catalog.get(model) for model in models] if models else catalog.installed():
        try:
            catalog.hashes.forget(catalog.path_of(spec))
            catalog.verify(spec)
            write_line(f"{spec.id}: ok {spec.main_file.sha256}")
        except AppError as error:
            show_error(error)
            n_wrong += 1
    return 1 if n_wrong else 0


@commands.command()
def remove(model: ModelName, models_dir: ModelsDir = None) -> None:
    """Delete a model's files from this computer."""
    catalog = open_catalog(models_dir)
    spec = catalog.get(model)
    freed = catalog.remove(spec)
    write_line(f"{spec.id}: {_size(freed)} freed")


@commands.command()
def where(
    model: Annotated[str | None, typer.Argument(metavar="[ID]", help="A model's id; the folder of all when left out.")] = None,
    models_dir: ModelsDir = None,
) -> None:
    """Print the folder of the models, or the path of one model's file."""
    catalog = open_catalog(models_dir)
    write_line(str(catalog.path_of(catalog.get(model)) if model else catalog.folder))


def _show(catalog: Catalog, specs: list[ModelSpec], *, as_json: bool) -> None:
    memory = machine_memory()
    rows = [_row(catalog, spec, memory) for spec in specs]
    if as_json:
        write_line(json.dumps(rows, ensure_ascii=False))
        return
    table = Table("model", "here", "fits", "size", "memory", "rank", "licence", "languages", "tasks", box=None, pad_edge=False)
    for row in rows:
        table.add_row(
            row["id"],
            "yes" if row["installed"] else "",
            "yes" if row["fits"] else "no",
            _size(row["size_bytes"]),
            _size(row["memory_bytes"]),
            str(row["rank"]),
            row["license"],
            cell(row["languages"]),
            " ".join(row["tasks"]),
        )
    out().print(table)


def _row(catalog: Catalog, spec: ModelSpec, memory: MachineMemory) -> dict[str, Any]:
    fit = estimate(spec, memory, context_tokens=Settings().context_tokens)
    return {
        "id": spec.id,
        "name": spec.name,
        "installed": catalog.is_installed(spec),
        "fits": fit.fits,
        "size_bytes": spec.main_file.size_bytes,
        "memory_bytes": fit.need_bytes,
        "rank": spec.rank,
        "license": spec.license.id,
        "languages": spec.languages,
        "turkish": spec.turkish,
        "tasks": list(spec.tasks),
        "purpose": spec.purpose,
        "sha256": spec.main_file.sha256,
        "notes": spec.notes,
    }


def _fits(spec: ModelSpec, memory: MachineMemory) -> bool:
    return estimate(spec, memory, context_tokens=Settings().context_tokens).fits


def _size(size_bytes: int) -> str:
    return f"{size_bytes / 1e9:.2f} GB" if size_bytes >= 1e9 else f"{size_bytes / 1e6:.0f} MB"

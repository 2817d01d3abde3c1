"""`deskhand models use`, `licence` and `found`: which model answers, what its licence asks, and what other programs keep."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from app.bootstrap import build
from app.catalog.licenses import accept_license, accepted_at, needs_acceptance
from app.cli.console import WrongUsageError, warn, write_line
from app.cli.model_tables import shown_size
from app.cli.options import DataDir, ModelsDir


def use_model(
    model: Annotated[str | None, typer.Argument(metavar="[ID]", help="A model's id, as `models list` prints it.")] = None,
    best: Annotated[bool, typer.Option("--best", help="Let Deskhand choose the best one on this computer.")] = False,
    task: Annotated[str, typer.Option("--task", metavar="NAME", help="For this task only; with --best, as for the others.")] = "",
    data_dir: DataDir = None,
    models_dir: ModelsDir = None,
) -> None:
    """Answer with this model from now on, in the window as well. Without a model, print the one in use."""
    if model and best:
        raise WrongUsageError("Give a model or --best, not both.")
    with build(data_dir=data_dir, models_dir=models_dir) as deskhand:
        if model:
            deskhand.catalog.choose(model)
        task_id = deskhand.tasks.get(task).id if task else ""
        if task and (model or best):
            deskhand.change_settings(deskhand.settings.with_task_model(task_id, model or ""))
        elif model or best:
            deskhand.change_settings(deskhand.settings.model_copy(update={"model": model or ""}))
        write_line(deskhand.choose_model(task_id).spec.id)


def show_license(
    model: Annotated[str, typer.Argument(metavar="ID", help="A model's id, as `models list` prints it.")],
    accept: Annotated[bool, typer.Option("--accept", help="Accept it, once for this folder of models.")] = False,
    data_dir: DataDir = None,
    models_dir: ModelsDir = None,
) -> None:
    """Print a model's licence, where to read it, and whether it was accepted."""
    with build(data_dir=data_dir, models_dir=models_dir) as deskhand:
        spec, folder = deskhand.catalog.get(model), deskhand.catalog.folder
        if accept and needs_acceptance(folder, spec):
            accept_license(folder, spec)
        granted = spec.license
        write_line(f"{spec.id}\t{granted.id}\tcommercial use: {granted.commercial}\t{granted.url}")
        if needs_acceptance(folder, spec):
            warn(f"It must be accepted before {spec.id} is fetched: deskhand models licence {spec.id} --accept")
        elif granted.must_accept:
            warn(f"Accepted on {datetime.fromisoformat(accepted_at(folder, spec)).date()}.")


def show_found(data_dir: DataDir = None, models_dir: ModelsDir = None) -> None:
    """List model files that Ollama, LM Studio, Jan, GPT4All, llama.cpp and the hub's tools keep on this computer.

    `models download ID` uses a known one in place; `models import PATH --link` takes any other.
    """
    from app.catalog.discovery import find_copies, find_files

    with build(data_dir=data_dir, models_dir=models_dir) as deskhand:
        files = find_files()
        known = {copy.file.path: copy.spec.id for copy in find_copies(deskhand.catalog, files)}
        for file in files:
            write_line(f"{file.program}\t{file.name}\t{known.get(file.path, '-')}\t{shown_size(file.size_bytes)}\t{file.path}")
        if not files:
            warn("No other program keeps a model file in its usual place.")

"""`deskhand models convert`: a copy of a model that this processor reads faster."""

from __future__ import annotations

from typing import Annotated

import typer

from app.bootstrap import build
from app.catalog.catalog import Catalog, ChosenModel
from app.catalog.converted import FORMATS, convert, converted_files
from app.cli.console import WrongUsageError, err, write_line
from app.cli.model_tables import shown_size
from app.cli.options import AllowWeakSandbox, DataDir, ModelsDir
from app.worker.conversion_service import ConversionService


def convert_model(
    model: Annotated[str, typer.Argument(metavar="ID", help="A model's id, as `models list` prints it.")],
    to: Annotated[str, typer.Option("--to", metavar="FORMAT", help="q4_0, or iq4_nl: slowly made, but closer.")] = "q4_0",
    data_dir: DataDir = None,
    models_dir: ModelsDir = None,
    allow_weak_sandbox: AllowWeakSandbox = False,
) -> None:
    """Make a copy of a model whose weights this processor reads faster; the publisher's file stays beside it.

    The copy works where it is asked for by name: --model ID:FORMAT. Its answers differ a little; `deskhand evaluate` compares them.
    """
    name = to.lower()
    if name not in FORMATS:
        raise WrongUsageError(f"--to {to}: choose one of {', '.join(FORMATS)}.")
    with build(data_dir=data_dir, models_dir=models_dir, allow_weak_sandbox=allow_weak_sandbox) as deskhand:
        catalog = deskhand.catalog
        service = ConversionService(allow_weak=deskhand.settings.allow_weak_sandbox)
        with err().status(f"Converting {model} to {FORMATS[name]}"):
            show_converted([convert(catalog, catalog.get(model), name, service)])


def show_all_converted(catalog: Catalog) -> None:
    show_converted([chosen for spec in catalog.all() for chosen in converted_files(catalog, spec)])


def show_converted(copies: list[ChosenModel]) -> None:
    """One line a copy: its id, its size, its file."""
    for chosen in copies:
        write_line(f"{chosen.spec.id}\t{shown_size(chosen.spec.main_file.size_bytes)}\t{chosen.path}")

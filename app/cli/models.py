"""`deskhand models`: what there is, what fits, and bringing model files to this computer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from app.bootstrap import Deskhand, build
from app.catalog.catalog import Catalog, ChosenModel
from app.catalog.converted import choose_converted, remove_converted
from app.catalog.licenses import accept_license as remember_license
from app.catalog.licenses import needs_acceptance
from app.catalog.offers import recommend
from app.catalog.spec import ModelSpec
from app.cli.console import WrongUsageError, show_error, warn, write_line
from app.cli.convert import convert_model, show_all_converted
from app.cli.model_choice import show_found, show_license, use_model
from app.cli.model_tables import row_of, show_machine, show_models, show_recommendations, shown_size
from app.cli.options import AllowWeakSandbox, AsJson, DataDir, ModelsDir, Offline
from app.cli.transfer_bar import TransferBar
from app.errors import AppError
from app.network.gate import Gate

commands = typer.Typer(help="Models: the files that answer.", no_args_is_help=True)

commands.command(name="convert")(convert_model)
commands.command(name="use")(use_model)
commands.command(name="licence")(show_license)
commands.command(name="found")(show_found)

ModelName = Annotated[str, typer.Argument(metavar="ID", help="A model's id, as `models list` prints it.")]
ModelNames = Annotated[list[str] | None, typer.Argument(metavar="[ID…]", help="Models; all on this computer when left out.")]


@commands.command(name="list")
def list_models(data_dir: DataDir = None, models_dir: ModelsDir = None, as_json: AsJson = False) -> None:
    """List the known models: whether they are here, how they fit, speed, licence and languages."""
    from app.catalog.discovery import find_copies

    with build(data_dir=data_dir, models_dir=models_dir) as deskhand:
        catalog = _catalog_of(deskhand)
        found_in = {copy.spec.id: copy.file.program for copy in find_copies(catalog)}
        offers = sorted(deskhand.offers(), key=lambda offer: offer.spec.main_file.size_bytes)
        rows = [
            row_of(offer, found_in.get(offer.spec.id, ""), catalog.test_of(offer.spec))
            | {"pictures": _eyes_of(offer.spec, catalog)}
            for offer in offers
        ]
        show_models(rows, as_json=as_json)
        if not as_json:
            show_all_converted(catalog)
            write_line(f"{shown_size(catalog.used_bytes())} in {catalog.folder}")


@commands.command(name="recommend")
def recommend_models(data_dir: DataDir = None, models_dir: ModelsDir = None, as_json: AsJson = False) -> None:
    """Name one model for each purpose: the best that fits this computer and is fast enough on it."""
    with build(data_dir=data_dir, models_dir=models_dir) as deskhand:
        offers = deskhand.offers()
        if not as_json:
            show_machine(deskhand.machine(), measured=offers[0].speed.source != "estimated")
        show_recommendations(recommend(offers), as_json=as_json)


@commands.command()
def download(
    model: Annotated[str | None, typer.Argument(metavar="[ID]", help="A model's id; the starter when left out.")] = None,
    data_dir: DataDir = None,
    models_dir: ModelsDir = None,
    offline: Offline = False,
    accept_license: Annotated[
        bool, typer.Option("--accept-license", help="Accept the licence of a model that asks for it.")
    ] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Fetch it even if another program on this computer has the file.")] = False,
    pictures: Annotated[bool, typer.Option("--pictures", help="Also get the projector with which it reads pictures.")] = False,
) -> None:
    """Download a model and check it. Goes on where an earlier download stopped; a file that is here already is used in place.

    Ctrl+C pauses: what has come stays, and the same command goes on with it. `models remove` throws it away.

    The command is itself the wish to connect: it works while offline mode is set, for this one download, unless --offline is given.
    """
    from app.catalog.download import fetch
    from app.storage.spool import LedgerSpool

    with build(data_dir=data_dir, models_dir=models_dir) as deskhand:
        catalog = _catalog_of(deskhand)
        spec = catalog.get(model or catalog.starter_id)
        _require_license(spec, catalog, accept=accept_license)
        if pictures and spec.eyes is None:
            raise WrongUsageError(f"{spec.id} reads no pictures.")
        for part in filter(None, (spec, spec.eyes if pictures else None)):
            if fresh:
                catalog.unlink(part)
            path = None if fresh else _use_copy(part, catalog)
            if path is None:
                # The ledger itself may be in use by a window, and must not be kept from one for as long as a download takes.
                with LedgerSpool(deskhand.paths.data) as ledger, _resumable(part), TransferBar(part.id) as bar:
                    path = fetch(part, catalog, Gate(offline=offline), progress=bar.update, ledger=ledger)
            write_line(str(path))


@commands.command(name="import")
def import_model(
    files: Annotated[list[Path], typer.Argument(metavar="PATH…", help="GGUF files, or folders with them.", readable=False)],
    data_dir: DataDir = None,
    models_dir: ModelsDir = None,
    link: Annotated[bool, typer.Option("--link", help="Use the file where it lies instead of copying it.")] = False,
    test: Annotated[bool, typer.Option("--test", help="Try out a model that the list does not know.")] = False,
    allow_weak_sandbox: AllowWeakSandbox = False,
) -> int:
    """Take GGUF files of your own. A file of the list is recognised by its hash. Needs no connection."""
    from app.catalog.imports import import_file

    n_failed = 0
    with build(data_dir=data_dir, models_dir=models_dir, allow_weak_sandbox=allow_weak_sandbox) as deskhand:
        catalog = _catalog_of(deskhand)
        for file in _model_files(files):
            try:
                with TransferBar(file.name) as bar:
                    chosen = import_file(file, catalog, mode="link" if link else "copy", progress=bar.update)
                write_line(f"{chosen.spec.id}\t{chosen.path}")
                if chosen.spec.main_file.checked == "imported" and chosen.spec.main_file.role == "model":
                    _remark_on_unknown(deskhand, chosen, test=test)
            except AppError as error:
                show_error(error)
                n_failed += 1
    return 1 if n_failed else 0


@commands.command()
def verify(
    models: ModelNames = None,
    data_dir: DataDir = None,
    models_dir: ModelsDir = None,
    test: Annotated[bool, typer.Option("--test", help="Also load each model and try it out.")] = False,
    allow_weak_sandbox: AllowWeakSandbox = False,
) -> int:
    """Check model files against the publishers' SHA-256, reading every byte again."""
    n_wrong = 0
    with build(data_dir=data_dir, models_dir=models_dir, allow_weak_sandbox=allow_weak_sandbox) as deskhand:
        catalog = _catalog_of(deskhand)
        here = [spec for spec in catalog.all() if catalog.lies_here(spec)]
        if not models and not here:
            warn(f"No model is in {catalog.folder}.")
        for spec in [catalog.get(model) for model in models] if models else here:
            try:
                eyes = spec.eyes if spec.eyes is not None and catalog.lies_here(spec.eyes) else None
                for part in filter(None, (eyes, spec)):
                    catalog.hashes.forget(catalog.path_of(part))
                    with TransferBar(part.id) as bar:
                        path = catalog.verify(part, progress=bar.updater(part.id))
                    write_line(f"{part.id}: ok {part.main_file.sha256}")
                n_wrong += test and not _test(deskhand, ChosenModel(spec, path))
            except AppError as error:
                show_error(error)
                n_wrong += 1
    return 1 if n_wrong else 0


@commands.command()
def remove(model: ModelName, data_dir: DataDir = None, models_dir: ModelsDir = None) -> None:
    """Delete a model's files from this computer, also those of a paused download. Files of other programs stay."""
    with build(data_dir=data_dir, models_dir=models_dir) as deskhand:
        catalog = _catalog_of(deskhand)
        if (converted := choose_converted(catalog, model)) is not None:
            write_line(f"{model}: {shown_size(remove_converted(catalog, converted))} freed")
            _stop_asking_for(deskhand, model)
            return
        spec = catalog.get(model)
        linked = catalog.link_of(spec)
        freed = catalog.remove(spec)
        write_line(f"{spec.id}: {shown_size(freed)} freed")
        if linked is not None:
            warn(f"{linked} was used in place and stays where it is.")
        elif catalog.lies_here(spec):
            warn(f"{catalog.path_of(spec)} came with the installation and stays.")
            return
        _stop_asking_for(deskhand, spec.id)


@commands.command()
def where(
    model: Annotated[str | None, typer.Argument(metavar="[ID]", help="A model's id; the folder of all when left out.")] = None,
    data_dir: DataDir = None,
    models_dir: ModelsDir = None,
) -> None:
    """Print the folder of the models, or the path of one model's file."""
    with build(data_dir=data_dir, models_dir=models_dir) as deskhand:
        catalog = _catalog_of(deskhand)
        write_line(str(catalog.path_of(catalog.get(model)) if model else catalog.folder))


def _eyes_of(spec: ModelSpec, catalog: Catalog) -> str:
    """Whether the projector is here with which a model reads pictures; empty for one that reads none."""
    if spec.eyes is None:
        return ""
    return "here" if catalog.is_installed(spec.eyes) else "absent"


def _catalog_of(deskhand: Deskhand) -> Catalog:
    """The catalog; what is wrong with the person's own list is told and does not stop anything."""
    for fault in deskhand.catalog.faults:
        show_error(fault)
    return deskhand.catalog


def _require_license(spec: ModelSpec, catalog: Catalog, *, accept: bool) -> None:
    """Refuse a model whose licence was neither accepted now nor before."""
    if not needs_acceptance(catalog.folder, spec):
        return
    if not accept:
        raise WrongUsageError(f"{spec.id} comes under {spec.license.id} ({spec.license.url}). Add --accept-license to accept it.")
    remember_license(catalog.folder, spec)


@contextmanager
def _resumable(spec: ModelSpec) -> Iterator[None]:
    """Say what becomes of a download that the person stops."""
    try:
        yield
    except KeyboardInterrupt:
        warn(f"{spec.id} is paused; the same command goes on with it.")
        raise


def _stop_asking_for(deskhand: Deskhand, model: str) -> None:
    """Settings that name a removed model would stop all work."""
    before, after = deskhand.settings, deskhand.settings.without_model(model)
    if after == before:
        return
    deskhand.change_settings(after)
    if after.model != before.model:
        warn(f"{before.model} was in use: another model takes over, or documents wait until there is one.")
    if tasks := sorted(before.task_models.keys() - after.task_models.keys()):
        warn(f"{model} was chosen for {', '.join(tasks)}: the model in use for the other tasks answers from now on.")


def _use_copy(spec: ModelSpec, catalog: Catalog) -> Path | None:
    """The publisher's file where another program keeps it, if there is one."""
    from app.catalog.discovery import find_copies_of, use_first

    if not (copies := find_copies_of(spec, catalog)):
        return None
    with TransferBar(spec.id) as bar:
        used = use_first(copies, catalog, progress=bar.update)
    if used is None:
        return None
    warn(f"{spec.id} is used where {used.file.program} keeps it. Add --fresh to have a file of its own.")
    return used.file.path


def _model_files(paths: list[Path]) -> list[Path]:
    """The files named, and those in the folders named."""
    from app.catalog.discovery import model_files_in

    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(file.path for file in model_files_in(path))
            if not inside:
                raise WrongUsageError(f"No GGUF file is in {path}.")
            files += inside
        else:
            files.append(path)
    return files


def _remark_on_unknown(deskhand: Deskhand, chosen: ChosenModel, *, test: bool) -> None:
    spec = chosen.spec
    if test:
        _test(deskhand, chosen)
    else:
        warn(
            f"The list does not know {spec.id}. It is taken for the family {spec.prompt_family} ({spec.architecture}) and "
            f"untested; try it out: deskhand models verify {spec.id} --test"
        )


def _test(deskhand: Deskhand, chosen: ChosenModel) -> bool:
    result = deskhand.test_model(chosen)
    words = "passed" if result.passed else "FAILED"
    write_line(
        f"{chosen.spec.id}: self-test {words}, {result.n_right} of {result.n_asked} right, "
        f"reads {result.prompt_tokens_per_s:.0f} tokens a second"
    )
    return result.passed

"""`deskhand cases`: what reviews taught, listed, written to a case file and taken from one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from app.bootstrap import Deskhand, build
from app.cli.console import WrongUsageError, cell, out, warn, write_line
from app.cli.options import AsJson, DataDir
from app.domain.case import KeptCase

commands = typer.Typer(help="Cases: reviewed documents, with the answers that were let stand.", no_args_is_help=True)
TaskName = Annotated[str, typer.Option("--task", metavar="NAME", help="Only cases of this task.")]


@commands.command(name="list")
def list_cases(task: TaskName = "", data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List the kept cases."""
    with build(data_dir=data_dir) as deskhand:
        found = kept_cases(deskhand, task)
    if as_json:
        write_line(json.dumps([case.model_dump(mode="json") for case in found], ensure_ascii=False))
        return
    if not found:
        write_line("No cases yet: review documents in the window, or take some in with `deskhand cases import`.")
        return
    table = Table("id", "task", "document", "expects", "from", "held out", box=None, pad_edge=False)
    for case in found:
        source = "edited" if case.edited else case.source.value
        held_out = "yes" if case.held_out else ""
        table.add_row(str(case.id), cell(case.task), cell(case.name), str(len(case.expected)), source, held_out)
    out().print(table)


@commands.command()
def export(
    output: Annotated[Path, typer.Option("--output", metavar="FILE.jsonl", help="The case file to write.")],
    task: TaskName = "",
    data_dir: DataDir = None,
) -> None:
    """Write kept cases to a case file, for `deskhand evaluate --cases` here or elsewhere."""
    from app.evaluation.kept import export_cases

    with build(data_dir=data_dir) as deskhand:
        found = kept_cases(deskhand, task)
        export_cases(deskhand.store, found, output)
    write_line(f"{output}: {len(found)} cases")


@commands.command(name="import")
def import_file(
    file: Annotated[Path, typer.Argument(metavar="FILE.jsonl", help="A case file.", readable=False)],
    task: Annotated[str, typer.Option("--task", metavar="NAME", help="The task of cases that name none.")] = "",
    data_dir: DataDir = None,
) -> int:
    """Keep the cases of a file, with their documents."""
    from app.evaluation.cases import read_cases
    from app.evaluation.kept import import_cases

    if not task and any(not case.task for case in read_cases(file)):
        raise WrongUsageError("Some cases name no task. Name it with --task.")
    n_failed = n_kept = 0
    with build(data_dir=data_dir) as deskhand:
        max_bytes = deskhand.settings.limits.max_bytes
        given = import_cases(deskhand.store.cases, file, task, deskhand.reader, deskhand.tasks.get, max_bytes=max_bytes)
        for case, error in given:
            n_kept += error is None
            if error is not None:
                n_failed += 1
                warn(f"{case.shown}: {error.user_text} {error.hint}".strip())
    write_line(f"{n_kept} cases kept")
    return int(n_failed > 0)


@commands.command()
def remove(
    ids: Annotated[list[int], typer.Argument(metavar="ID…", help="Numbers of `deskhand cases list`.")],
    data_dir: DataDir = None,
) -> None:
    """Forget cases, with the copies of their documents."""
    with build(data_dir=data_dir) as deskhand:
        known = {case.id for case in deskhand.store.cases.all()}
        unknown = [number for number in ids if number not in known]
        if unknown:
            raise WrongUsageError(f"There is no case {unknown[0]}. `deskhand cases list` shows their numbers.")
        for number in ids:
            deskhand.store.cases.remove(number)


def kept_cases(deskhand: Deskhand, task: str) -> list[KeptCase]:
    """All that reviews taught by now. Raises `TaskError` for an unknown task."""
    deskhand.collect_cases()
    return deskhand.store.cases.all(deskhand.tasks.get(task).id if task else None)

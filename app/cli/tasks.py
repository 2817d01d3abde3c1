"""`deskhand tasks`: list, show, check and write task files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from pydantic import ValidationError
from rich.table import Table

from app.cli.console import WrongUsageError, cell, out, warn, write, write_line
from app.cli.options import AsJson, DataDir
from app.domain.task import Task, TaskKind
from app.errors import FileAccessError
from app.jobs.intake import is_there
from app.paths import find_paths, resources
from app.tasks.faults import in_words
from app.tasks.library import TaskLibrary, check_file, to_toml

commands = typer.Typer(help="Tasks: what to do with a document.", no_args_is_help=True)


def open_library(data_dir: Path | None) -> TaskLibrary:
    return TaskLibrary(resources() / "tasks", find_paths(data_dir).user_tasks)


@commands.command(name="list")
def list_tasks(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List the tasks by name, with what each one gives."""
    library = open_library(data_dir)
    tasks = library.all()
    for file, faults in library.faults().items():
        warn(f"{file}:{faults[0].line}: {faults[0].detail} The task is left out.")
    if as_json:
        write_line(json.dumps([_summary(task) for task in tasks], ensure_ascii=False))
        return
    table = Table("task", "kind", "version", "gives", box=None, pad_edge=False)
    for task in tasks:
        table.add_row(task.id, task.kind.value, str(task.version), cell(_gives(task)))
    out().print(table)


@commands.command()
def show(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A task's name or file.")],
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Print a task as the file that defines it."""
    task = open_library(data_dir).get(name)
    write(task.model_dump_json(by_alias=True, exclude_defaults=True) + "\n" if as_json else to_toml(task))


@commands.command()
def check(files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Task files.", readable=False)]) -> int:
    """Check task files; every fault is printed with its line."""
    n_faulty = 0
    for file in files:
        faults = check_file(file)
        n_faulty += bool(faults)
        for fault in faults:
            write_line(f"{file}:{fault.line}: {fault.detail}")
        if not faults:
            write_line(f"{file}: ok")
    return 1 if n_faulty else 0


@commands.command()
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Lower case letters, digits and underscores.")],
    *,
    kind: Annotated[Literal["extract", "classify", "summarize"], typer.Option("--kind", help="What the task does.")],
    field: Annotated[list[str] | None, typer.Option("--field", metavar="NAME:TYPE[:DESCRIPTION]", help="A value to find.")] = None,
    labels: Annotated[str | None, typer.Option("--labels", metavar="FILE.json|a,b,c", help="The classes.")] = None,
    style: Annotated[str | None, typer.Option("--style", help="bullets, abstract, action_items or faq.")] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where to write it.", dir_okay=False)
    ] = None,
    description: Annotated[str, typer.Option("--description", help="What the task is for.")] = "",
    force: Annotated[bool, typer.Option("--force", help="Replace a task that exists.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Write a task file; without --output into the folder of your own tasks."""
    values: dict[str, Any] = {"id": name, "kind": kind, "description": description}
    values |= {"fields": [_field(item) for item in field or []], "labels": _labels(labels)}
    values |= {"style": style} if style else {}
    _require_what_fits(TaskKind(kind), field, labels, style)
    try:
        task = Task.model_validate(values)
    except ValidationError as error:
        raise WrongUsageError(_fault(error)) from error
    library = open_library(data_dir)
    target = output or find_paths(data_dir).user_tasks / f"{name}.toml"
    if is_there(target) and not force:
        raise WrongUsageError(f"{target} exists. Add --force to replace it.")
    if output is None and not force and any(task.id == name for task in library.all()):
        raise WrongUsageError(f"There is a task {name} already. Choose another name, or add --force to use yours in its place.")
    try:
        if output is None:
            library.save(task)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(to_toml(task), encoding="utf-8")
    except OSError as error:
        raise FileAccessError(file=target, detail=error.strerror or error) from error
    write_line(str(target))


def _require_what_fits(kind: TaskKind, fields: list[str] | None, labels: str | None, style: str | None) -> None:
    if kind is TaskKind.EXTRACT and not fields:
        raise WrongUsageError("An extraction task needs at least one --field NAME:TYPE.")
    if kind is TaskKind.CLASSIFY and not labels:
        raise WrongUsageError("A classification task needs --labels FILE.json or --labels a,b,c.")
    if fields and kind is not TaskKind.EXTRACT:
        raise WrongUsageError(f"--field belongs to --kind extract, not {kind}.")
    if labels and kind is not TaskKind.CLASSIFY:
        raise WrongUsageError(f"--labels belongs to --kind classify, not {kind}.")
    if style and kind is not TaskKind.SUMMARIZE:
        raise WrongUsageError(f"--style belongs to --kind summarize, not {kind}.")


def _field(item: str) -> dict[str, str]:
    name, _, rest = item.partition(":")
    kind, _, description = rest.partition(":")
    return {"name": name.strip(), "type": kind.strip() or "text", "description": description.strip()}


def _labels(given: str | None) -> list[dict[str, Any]]:
    if given is None:
        return []
    if not given.lower().endswith(".json"):
        return [{"name": label.strip()} for label in given.split(",") if label.strip()]
    path = Path(given)
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise FileAccessError(file=path, detail=error.strerror or error) from error
    except ValueError as error:
        raise WrongUsageError(f"{path} is not valid JSON: {error}") from error
    if isinstance(content, dict):
        return [
            {"name": name} | (more if isinstance(more, dict) else {"description": str(more or "")})
            for name, more in content.items()
        ]
    if isinstance(content, list) and all(isinstance(item, str | dict) for item in content):
        return [item if isinstance(item, dict) else {"name": item} for item in content]
    raise WrongUsageError(f"{path} must hold a list of labels, or an object from label to description.")


def _fault(error: ValidationError) -> str:
    first = error.errors()[0]
    told = in_words(dict(first))
    return f"{told[:1].upper()}{told[1:]} Given: {first['input']!r}." if first["loc"] else f"{told[:1].upper()}{told[1:]}"


def _gives(task: Task) -> str:
    match task.kind:
        case TaskKind.EXTRACT:
            return ", ".join([item.name for item in task.fields] + [f"{group.name}[]" for group in task.rows])
        case TaskKind.CLASSIFY:
            return ", ".join(label.name for label in task.labels)
        case TaskKind.SUMMARIZE:
            return task.style.value
        case TaskKind.AUTO:
            return "the document's type, then the task for it"


def _summary(task: Task) -> dict[str, Any]:
    return {
        "id": task.id,
        "kind": task.kind.value,
        "version": task.version,
        "description": task.description,
        "fields": [item.name for item in task.fields],
        "rows": {group.name: [item.name for item in group.fields] for group in task.rows},
        "labels": [label.name for label in task.labels],
    }

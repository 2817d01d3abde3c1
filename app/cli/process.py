"""`deskhand process`: documents in, answers out, in the form that was asked for."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Literal

import typer

from app.bootstrap import build
from app.cli.answers import AnswerTable
from app.cli.asking import Escalate, agree
from app.cli.console import WrongUsageError, one_line, show_error, warn, write, write_line
from app.cli.options import AllowWeakSandbox, DataDir, ModelsDir, Offline, named_path
from app.cli.process_bar import ProcessBar
from app.cli.run import ProcessRun, RunStoppedError, open_store
from app.domain.job import JobState
from app.export.items import ExportItem
from app.export.writer import export, render
from app.log import start_log

OutputFormat = Literal["jsonl", "json", "csv", "xlsx", "md", "table"]

_BY_SUFFIX: dict[str, OutputFormat] = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".csv": "csv",
    ".xlsx": "xlsx",
    ".md": "md",
}


def process(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH…", help="Documents, or folders of them.", parser=named_path)],
    *,
    task: Annotated[str, typer.Option("--task", metavar="NAME|FILE.toml|auto", help="What to do with each document.")],
    model: Annotated[str, typer.Option("--model", metavar="ID|PATH", help="The model; the best one here when left out.")] = "",
    output_format: Annotated[
        OutputFormat | None, typer.Option("--format", help="A table on a terminal and JSON Lines on a pipe when left out.")
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write here, not to stdout.")] = None,
    details: Annotated[bool, typer.Option("--details", help="Add confidence and proof to the columns of csv and xlsx.")] = False,
    attachments: Annotated[bool, typer.Option("--attachments", help="Answer for the attachments of messages as well.")] = False,
    password: Annotated[str | None, typer.Option("--password", help="For protected documents.")] = None,
    escalate: Annotated[
        Escalate,
        typer.Option(
            "--escalate",
            help="Unsure answers: keep them (never), show what would be sent to the larger model of the settings and ask (ask),"
            " or send only what was agreed to beforehand (standing). The last two keep the answers in the data folder.",
        ),
    ] = "never",
    data_dir: DataDir = None,
    models_dir: ModelsDir = None,
    offline: Offline = False,
    allow_weak_sandbox: AllowWeakSandbox = False,
) -> int:
    """Extract, classify or sum up documents and print an answer for each.

    With --data-dir the answers are kept in that folder and a run that was stopped goes on where it was.
    """
    chosen_format = _choose_format(output_format, output)
    with build(
        data_dir=data_dir, models_dir=models_dir, model=model, offline=offline, allow_weak_sandbox=allow_weak_sandbox
    ) as deskhand:
        start_log(deskhand.paths)
        task = str(Path(task).absolute()) if task.endswith(".toml") else task
        for fault in deskhand.catalog.faults:
            show_error(fault)
        deskhand.choose_model(deskhand.tasks.get(task).id)
        deskhand.reader.start()
        with open_store(deskhand, keep=data_dir is not None or escalate != "never") as store:
            run = ProcessRun(deskhand, task, store=store, attachments=attachments, escalate=escalate)
            with ProcessBar(run) as bar:
                try:
                    n_failed = _emit(
                        bar.follow(run.items(paths, password, bar.aside(agree))), chosen_format, output, details=details
                    )
                except RunStoppedError as stopped:
                    warn(f"{stopped.problem.message} {stopped.problem.hint}")
                    return 1
    return 1 if n_failed else 0


def _choose_format(given: OutputFormat | None, output: Path | None) -> OutputFormat:
    by_suffix = _BY_SUFFIX.get(output.suffix.lower()) if output is not None else None
    if output is not None:
        _require_place(output)
    if output is not None and given is None and by_suffix is None:
        raise WrongUsageError(f"What to write to {output}? End its name in one of {', '.join(_BY_SUFFIX)}, or add --format.")
    chosen: OutputFormat = given or by_suffix or ("table" if output is None and sys.stdout.isatty() else "jsonl")
    if chosen == "xlsx" and output is None:
        raise WrongUsageError("A workbook can't be printed. Add --output FILE.xlsx.")
    if chosen == "table" and output is not None:
        raise WrongUsageError("A table is for the screen. Choose another --format for a file.")
    return chosen


def _require_place(output: Path) -> None:
    """Told before hours of work, not after them."""
    try:
        if output.is_dir():
            raise WrongUsageError(f"{output} is a folder. Name a file for --output.")
        if not output.absolute().parent.is_dir():
            raise WrongUsageError(f"There is no folder {output.parent} for --output.")
        may_write = os.access(output if output.exists() else output.absolute().parent, os.W_OK)
    except OSError:
        may_write = False
    if not may_write:
        raise WrongUsageError(f"{output} can't be written. Choose another --output.")


def _emit(items: Iterator[ExportItem], chosen_format: OutputFormat, output: Path | None, *, details: bool) -> int:
    """Print or write the items; as they finish where the format allows. Returns how many failed."""
    if chosen_format == "table":
        return AnswerTable().print_all(items)
    if chosen_format == "jsonl" and output is None:
        return _print_lines(items)
    finished: list[ExportItem] = []
    try:
        finished.extend(items)
    except RunStoppedError:
        # Hours of work may lie behind what stopped it.
        if finished:
            _give(finished, chosen_format, output, details=details)
        raise
    _give(finished, chosen_format, output, details=details)
    return sum(map(_has_failed, finished))


def _give(finished: list[ExportItem], chosen_format: OutputFormat, output: Path | None, *, details: bool) -> None:
    if output is None:
        write(render(finished, chosen_format, details=details).decode("utf-8-sig"))
        return
    _tell_failures(finished)
    for path in export(finished, output, chosen_format, details=details):
        write_line(str(path))


def _print_lines(items: Iterable[ExportItem]) -> int:
    """None is kept: a run may have any number of documents."""
    n_failed = 0
    for item in items:
        write(render([item], "jsonl").decode("utf-8"))
        n_failed += _has_failed(item)
    return n_failed


def _has_failed(item: ExportItem) -> bool:
    return item.status not in {JobState.DONE, JobState.REVIEW}


def _tell_failures(items: Iterable[ExportItem]) -> None:
    for item in items:
        if item.error is not None:
            warn(one_line(f"{item.file}: {item.error.message} {item.error.hint}"))

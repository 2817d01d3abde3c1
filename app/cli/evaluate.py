"""`deskhand evaluate`: how right the answers are on documents whose answers are known, and whether the confidence tells."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from app.bootstrap import Deskhand, build
from app.cli.cases import kept_cases
from app.cli.console import WrongUsageError, err, warn, write_line
from app.cli.options import AllowWeakSandbox, DataDir, ModelsDir, Offline
from app.domain.task import Task, TaskKind
from app.log import start_log

if TYPE_CHECKING:
    from app.domain.document import Document
    from app.evaluation.cases import Case
    from app.evaluation.deferral import Deferral
    from app.evaluation.larger_model import LargerAnswers
    from app.evaluation.outcome import CaseOutcome, Run
    from app.evaluation.runner import EvaluationRun
    from app.evaluation.sufficiency import Candidate

ReportFormat = Literal["table", "json"]


def evaluate(
    *,
    task: Annotated[str, typer.Option("--task", metavar="NAME|FILE.toml|auto", help="The task to judge.")],
    cases: Annotated[
        Path | None,
        typer.Option("--cases", metavar="FILE.jsonl", help="Documents with expected answers; your own reviews when left out."),
    ] = None,
    model: Annotated[str, typer.Option("--model", metavar="ID|PATH", help="The model; the best one here when left out.")] = "",
    models: Annotated[str, typer.Option("--models", metavar="A,B", help="Several models, one after the other.")] = "",
    no_model: Annotated[bool, typer.Option("--no-model", help="Extraction by the document's own evidence alone.")] = False,
    fields: Annotated[str, typer.Option("--fields", metavar="A,B", help="Pool these fields only.")] = "",
    every: Annotated[int, typer.Option("--every", metavar="N", min=1, help="Only every N-th case.")] = 1,
    save: Annotated[str, typer.Option("--save", metavar="NAME", help="Keep the answers in the data folder.")] = "",
    compare: Annotated[str, typer.Option("--compare", metavar="NAME", help="List what differs from a saved run.")] = "",
    wrong: Annotated[bool, typer.Option("--wrong", help="List the wrong answers.")] = False,
    target: Annotated[
        float | None,
        typer.Option("--target", metavar="SHARE", min=0.5, max=0.999, help="Name the smallest model that gets this share right."),
    ] = None,
    frontier: Annotated[
        bool, typer.Option("--frontier", help="Ask the larger model of the settings too, and report what handing on would buy.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="With --frontier: agree to what it says would be sent.")] = False,
    most_review: Annotated[
        float, typer.Option("--most-review", metavar="SHARE", min=0, max=1, help="With --target: what a person checks at most.")
    ] = 0.1,
    output_format: Annotated[
        ReportFormat | None, typer.Option("--format", help="A table on a terminal and JSON on a pipe when left out.")
    ] = None,
    data_dir: DataDir = None,
    models_dir: ModelsDir = None,
    offline: Offline = False,
    allow_weak_sandbox: AllowWeakSandbox = False,
) -> int:
    """Run a task on documents with expected answers, and print how right it is and how far its confidence can be trusted.

    A case is one line: {"file": relative path | "text": …, "task": NAME, "expected": {…}}.
    """
    from app.evaluation.runs import SavedRuns, scored_anew
    from app.evaluation.sufficiency import Candidate

    wanted = _models(model, models, no_model=no_model)
    if save and len(wanted) > 1:
        raise WrongUsageError("--save keeps one run. Name one model.")
    code = 0
    candidates: list[Candidate] = []
    for name in wanted:
        with build(
            data_dir=data_dir, models_dir=models_dir, model=name, offline=offline, allow_weak_sandbox=allow_weak_sandbox
        ) as deskhand:
            start_log(deskhand.paths)
            saved = SavedRuns(deskhand.paths.evaluations)
            before = saved.load(compare) if compare else None
            if save:
                saved.require_name(save)
            prepared = _prepare(deskhand, task, cases, every)
            if before is not None:
                before = scored_anew(before, prepared.cases, prepared.answering_task, keeps_others=True)
            run, larger = _run(deskhand, prepared, no_model=no_model, asks=frontier, agreed=yes, fields=_names(fields))
            if save:
                saved.save(save, run)
            if save and larger is not None:
                saved.save(f"{save}-frontier", larger.run)
            candidates.append(Candidate(run, 0 if no_model else deskhand.choose_model(prepared.task.id).spec.main_file.size_bytes))
        _show(run, before, fields, wrong=wrong, output_format=output_format)
        if larger is not None:
            _show(larger.run, None, fields, wrong=wrong, output_format=output_format)
            if larger.deferral is not None:
                _show_deferral(larger.deferral, output_format)
        code = max(code, int(any(case.error for case in run.cases)))
    if target is not None:
        _show_sufficiency(candidates, target, most_review, fields, output_format)
    return code


def _models(model: str, models: str, *, no_model: bool) -> list[str]:
    named = [name.strip() for name in models.split(",") if name.strip()]
    if bool(model) + bool(named) + no_model > 1:
        raise WrongUsageError("Give one of --model, --models and --no-model.")
    return named or [model]


def _prepare(deskhand: Deskhand, task: str, cases: Path | None, every: int) -> EvaluationRun:
    known = deskhand.tasks.get(task)
    chosen = _cases_of(deskhand, known, task, cases)
    return deskhand.evaluation_of(known, chosen[::every], cases.absolute().parent if cases is not None else Path())


def _cases_of(deskhand: Deskhand, known: Task, named: str, path: Path | None) -> list[Case]:
    from app.evaluation.cases import cases_for, read_cases
    from app.evaluation.kept import as_cases

    if path is not None:
        given = read_cases(path)
        return given if known.kind is TaskKind.AUTO else cases_for(given, {named, known.id, Path(named).name}, path)
    kept = as_cases(kept_cases(deskhand, known.id))
    if not kept:
        raise WrongUsageError(f"Nothing was reviewed yet with the task {known.id}. Name documents with --cases.")
    return kept


def _run(
    deskhand: Deskhand, prepared: EvaluationRun, *, no_model: bool, asks: bool, agreed: bool, fields: Sequence[str]
) -> tuple[Run, LargerAnswers | None]:
    from app.cli.deferral import measure, require_askable
    from app.domain.result import ModelUsed
    from app.evaluation.deferral_run import Examined, asked_names
    from app.evaluation.evidence import EvidenceAlone
    from app.evaluation.runner import finished_run

    if asks:
        # Nobody waits for local answers only to be told that nothing may be sent; with `auto` each answer's task has its say later.
        require_askable(deskhand, [(prepared.task, prepared.path_of(case), case.shown) for case in prepared.cases])
    used, service = ModelUsed(), None
    if not no_model:
        chosen, service = deskhand.choose_model(prepared.task.id), deskhand.make_model(prepared.task.id)
        used = ModelUsed(id=chosen.spec.id, sha256=chosen.sha256)
    model = service or EvidenceAlone()
    outcomes: list[CaseOutcome] = []
    examined: list[Examined] = []
    larger = None
    try:
        for case, outcome, document in _counted(prepared, prepared.examined(model, deskhand.settings.limits.max_bytes)):
            outcomes.append(outcome)
            if asks and document is not None and outcome.result is not None:
                task, names = prepared.answering_task(outcome.result), asked_names(outcome, fields)
                examined.append(Examined(case, outcome, document, task, outcome.result, names, prepared.path_of(case)))
        if examined:
            larger = measure(deskhand, examined, model, agreed=agreed)
    finally:
        if service is not None:
            service.close()
    return finished_run(prepared.task, used, outcomes), larger


def _counted(
    prepared: EvaluationRun, examined: Iterator[tuple[Case, CaseOutcome, Document | None]]
) -> Iterator[tuple[Case, CaseOutcome, Document | None]]:
    """Tells on stderr how far the run is, and which documents failed."""
    columns = (TextColumn("Cases"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err(), transient=True, disable=not sys.stderr.isatty()) as bar:
        row = bar.add_task("cases", total=len(prepared.cases))
        for case, outcome, document in examined:
            bar.advance(row)
            if outcome.error:
                warn(f"{outcome.shown}: {outcome.error}")
            yield case, outcome, document


def _show(run: Run, before: Run | None, fields: str, *, wrong: bool, output_format: ReportFormat | None) -> None:
    from app.cli.figures import print_report, report_as_json
    from app.evaluation.report import report_of
    from app.evaluation.runs import compare

    comparison = compare(before, run) if before is not None else None
    report = report_of(run, _names(fields))
    if _is_for_a_person(output_format):
        print_report(report, run, comparison, wrong=wrong)
    else:
        write_line(report_as_json(report, run, comparison))


def _show_deferral(report: Deferral, output_format: ReportFormat | None) -> None:
    from app.cli.deferral import deferral_as_json, print_deferral

    if _is_for_a_person(output_format):
        print_deferral(report)
    else:
        write_line(deferral_as_json(report))


def _show_sufficiency(
    candidates: list[Candidate], target: float, most_review: float, fields: str, output_format: ReportFormat | None
) -> None:
    from app.cli.sufficiency import print_sufficiency, sufficiency_as_json
    from app.evaluation.sufficiency import Target, smallest_sufficient

    found = smallest_sufficient(candidates, Target(target, most_review, _names(fields)))
    if _is_for_a_person(output_format):
        print_sufficiency(found)
    else:
        write_line(sufficiency_as_json(found))


def _names(fields: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in fields.split(",") if name.strip())


def _is_for_a_person(output_format: ReportFormat | None) -> bool:
    return output_format == "table" or (output_format is None and sys.stdout.isatty())

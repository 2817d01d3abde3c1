"""`deskhand bench`: how fast this computer answers, beside other ways to run the same model on the same documents."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from app import __version__
from app.bootstrap import Deskhand, build
from app.catalog.machine import processor_name
from app.cli.console import WrongUsageError, one_line, show_error, warn, write_line
from app.cli.options import AllowWeakSandbox, DataDir, ModelsDir, Offline
from app.cli.run import ProcessRun, open_store
from app.domain.task import TaskKind
from app.errors import AppError
from app.log import start_log
from app.tasks.library import to_toml

if TYPE_CHECKING:
    from app.catalog.catalog import ChosenModel
    from app.evaluation.bench.documents import Source
    from app.evaluation.bench.records import SystemName
    from app.evaluation.bench.run import BenchRun

Suite = Literal["extract", "second-task", "classify", "linear", "all"]
_PEER_PACKAGES = ("llama-cpp-python", "xllamacpp")
_WARM_UP = b"Notice No. 1\n"


def bench(
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="[PATH…]", help="Documents, or folders of them.", readable=False)
    ] = None,
    *,
    cases: Annotated[
        Path | None, typer.Option("--cases", metavar="FILE.jsonl", help="Documents with expected answers, in place of paths.")
    ] = None,
    task: Annotated[str, typer.Option("--task", metavar="NAME|FILE.toml", help="An extraction task.")] = "invoice",
    fields: Annotated[str, typer.Option("--fields", metavar="A,B", help="Ask for these fields only.")] = "",
    model: Annotated[str, typer.Option("--model", metavar="ID|PATH", help="The model; the best one here when left out.")] = "",
    peers: Annotated[str, typer.Option("--peers", metavar="A,B", help="The systems to measure.")] = "deskhand,chat,server",
    converted: Annotated[
        str, typer.Option("--converted", metavar="ID:FORMAT|PATH", help="Measure Deskhand also with this copy of the model.")
    ] = "",
    suite: Annotated[Suite, typer.Option("--suite", help="What to measure.")] = "extract",
    rounds: Annotated[int, typer.Option("--rounds", metavar="N", min=1, help="How often each document is asked.")] = 1,
    every: Annotated[int, typer.Option("--every", metavar="N", min=1, help="Only every N-th document.")] = 1,
    documents: Annotated[int, typer.Option("--documents", metavar="N", min=10, help="Most documents of the linear suite.")] = 100,
    context: Annotated[int, typer.Option("--context", metavar="N", min=512, help="Context of the peers (tokens).")] = 8192,
    threads: Annotated[
        int, typer.Option("--threads", metavar="N", min=0, help="Threads of all systems; Deskhand's own choice when left out.")
    ] = 0,
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE.json", help="Also write all figures here.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the comparison that --output holds.")] = False,
    data_dir: DataDir = None,
    models_dir: ModelsDir = None,
    offline: Offline = False,
    allow_weak_sandbox: AllowWeakSandbox = False,
) -> int:
    """Compare Deskhand with other programs on the same model, text and fields: time, tokens, memory, right answers.

    chat is llama-cpp-python's chat completion, server is llama-server's own code as xllamacpp brings it; both answer in JSON under
    a schema. The documents go to all of them in turn. Let the computer do nothing else meanwhile.
    """
    from app.cli.bench_tables import print_benchmark

    systems = _systems(peers)
    if output is not None and not output.absolute().parent.is_dir():
        raise WrongUsageError(f"There is no folder {output.parent} for --output.")
    sources = _sources(paths or [], cases)[::every]
    with build(
        data_dir=data_dir, models_dir=models_dir, model=model, offline=offline, allow_weak_sandbox=allow_weak_sandbox
    ) as deskhand:
        start_log(deskhand.paths)
        if threads:
            deskhand.settings = deskhand.settings.model_copy(update={"threads": threads})
        run = _prepare(deskhand, sources, systems, task, fields, converted, context)
        if resume:
            _take_up(run, output)
        parts: dict[str, Callable[[], None]] = {
            "extract": partial(run.extract, rounds),
            "second-task": run.second_task,
            "classify": run.classify,
            "linear": partial(_linear, run, deskhand, documents),
        }
        is_whole = _measure(parts.values() if suite == "all" else [parts[suite]])
    if run.benchmark.is_empty:
        return 1
    print_benchmark(run.benchmark)
    if output is not None:
        output.write_text(run.benchmark.to_json(), encoding="utf-8")
        write_line(str(output))
    return 0 if is_whole else 1


def _measure(parts: Iterable[Callable[[], None]]) -> bool:
    """Whether all was measured. What fails is told; what was measured before stays."""
    is_whole = True
    for part in parts:
        try:
            part()
        except AppError as error:
            show_error(error)
            is_whole = False
        except (KeyboardInterrupt, SystemExit):
            warn("Stopped. The figures are those so far.")
            return False
    return is_whole


def _take_up(run: BenchRun, output: Path | None) -> None:
    try:
        run.benchmark.take_up(output.read_text(encoding="utf-8") if output else "")
    except (OSError, ValueError) as error:
        raise WrongUsageError(f"There is nothing to go on with in {output or '--output'}: {one_line(str(error))}") from error


def _systems(names: str) -> list[SystemName]:
    from app.evaluation.bench.records import SystemName

    try:
        systems = [SystemName(name.strip()) for name in names.split(",") if name.strip()]
    except ValueError:
        systems = []
    if not systems or SystemName.CONVERTED in systems:
        raise WrongUsageError("Name some of deskhand, chat and server for --peers.")
    return systems


def _sources(paths: Sequence[Path], cases: Path | None) -> list[Source]:
    from app.evaluation.bench.documents import sources_of_cases, sources_of_paths
    from app.evaluation.cases import read_cases

    if bool(paths) == (cases is not None):
        raise WrongUsageError("Name documents, or a case file with --cases.")
    return sources_of_cases(read_cases(cases), cases.absolute().parent) if cases is not None else sources_of_paths(paths)


def _prepare(
    deskhand: Deskhand,
    sources: Sequence[Source],
    systems: Sequence[SystemName],
    task: str,
    fields: str,
    converted: str,
    context: int,
) -> BenchRun:
    from app.evaluation.bench.documents import read_all
    from app.evaluation.bench.extraction import restricted
    from app.evaluation.bench.outcome import Benchmark, Setting
    from app.evaluation.bench.peer_child import PeerSetup
    from app.evaluation.bench.records import SystemName
    from app.evaluation.bench.run import BenchPlan, BenchRun
    from app.worker.manners import WORKER_NICENESS

    whole, chosen = deskhand.tasks.get(task), deskhand.choose_model()
    if whole.kind is not TaskKind.EXTRACT:
        raise WrongUsageError(f"{whole.id} is no extraction task.")
    # First, so that the start of the reader is no document's time.
    warm_up = deskhand.reader.read(_WARM_UP, "warm-up.txt")
    documents = list(read_all(sources, deskhand.reader, show_error))
    if not documents:
        raise WrongUsageError("None of the documents could be read.")
    try:
        asked, asked_fields = restricted(whole, [name.strip() for name in fields.split(",") if name.strip()])
    except KeyError as error:
        raise WrongUsageError(f"{whole.id} has no single value {error.args[0]}.") from None
    setup = PeerSetup(chosen.path, context, _threads(deskhand, chosen), niceness=WORKER_NICENESS)
    make_models = {SystemName.DESKHAND: deskhand.make_model}
    if converted:
        other = Deskhand(deskhand.paths, deskhand.settings.model_copy(update={"model": converted}))
        other.choose_model()
        make_models[SystemName.CONVERTED] = other.make_model
        systems = [*systems[:1], SystemName.CONVERTED, *systems[1:]]
    kinds, summary = (deskhand.tasks.get(name) for name in ("document_type", "bullets"))
    plan = BenchPlan(asked, asked_fields, whole, kinds, summary, systems, setup, warm_up)
    setting = Setting(
        deskhand=__version__,
        processor=f"{processor_name()}, {os.cpu_count()} processors",
        threads=setup.threads,
        model_id=chosen.spec.id,
        model_sha256=chosen.sha256,
        model_bytes=chosen.path.stat().st_size,
        converted_id=converted,
        task=whole.id,
        fields=tuple(field.name for field in asked_fields),
        peer_context=context,
        versions={name: _version_of(name) for name in _PEER_PACKAGES},
    )
    return BenchRun(plan, Benchmark(setting), documents, make_models, tell=_tell, complain=show_error)


def _threads(deskhand: Deskhand, chosen: ChosenModel) -> int:
    """As many for the peers as Deskhand's own worker uses."""
    from app.catalog.tuning import tuning_of
    from app.worker.manners import usual_threads

    tuned = tuning_of(deskhand.paths.models, chosen.sha256)
    return deskhand.settings.threads or (tuned.threads if tuned else usual_threads())


def _linear(run: BenchRun, deskhand: Deskhand, most: int) -> None:
    """Through the queue, as `deskhand process` works; the task goes there as a file since it may hold fewer fields."""

    def answer(paths: Sequence[Path]) -> Iterator[object]:
        with open_store(deskhand, keep=False) as store:
            yield from ProcessRun(deskhand, str(task), store=store, attachments=False).items(paths)

    with tempfile.TemporaryDirectory(prefix="deskhand-bench-") as folder:
        task = Path(folder) / "task.toml"
        task.write_text(to_toml(run.plan.task), encoding="utf-8")
        run.linear(answer, most)


def _tell(line: str) -> None:
    """Progress, one line a measurement: a run may take half an hour with nobody watching."""
    sys.stderr.write(one_line(line) + "\n")
    sys.stderr.flush()


def _version_of(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""

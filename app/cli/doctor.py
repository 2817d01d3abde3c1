"""`deskhand doctor`: what this installation is made of and whether it works, for a person who helps another."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Annotated, Any

import typer
from rich.table import Table

from app import __version__
from app.bootstrap import Deskhand, build
from app.catalog.fit import estimate
from app.catalog.machine import machine_memory, processor_features
from app.catalog.tuning import tuning_of
from app.cli.console import cell, out, write_line
from app.cli.options import AllowWeakSandbox, AsJson, DataDir, ModelsDir
from app.errors import AppError
from app.worker.sandbox import SandboxReport

_LIBRARIES = ("llama-cpp-python", "llguidance", "kreuzberg", "liteparse", "rapidocr", "onnxruntime", "PySide6-Essentials", "apsw")
_CPU_FEATURES = ("avx", "avx2", "fma", "f16c", "bmi2", "avx512f", "avx512_vnni", "avx512_bf16", "avx_vnni", "amx_tile")


@dataclass(frozen=True)
class Finding:
    """`ok` is None for plain facts."""

    name: str
    detail: str
    ok: bool | None = None


def doctor(
    *,
    offline_proof: Annotated[
        bool, typer.Option("--offline-proof", help="Process samples with connections refused, and show that none was tried.")
    ] = False,
    model: Annotated[
        str, typer.Option("--model", metavar="ID|PATH", help="The model to test; the best one here when left out.")
    ] = "",
    data_dir: DataDir = None,
    models_dir: ModelsDir = None,
    allow_weak_sandbox: AllowWeakSandbox = False,
    as_json: AsJson = False,
) -> int:
    """Show versions, memory, models and protection, and test that reading and the model work."""
    with build(
        data_dir=data_dir, models_dir=models_dir, model=model, offline=offline_proof, allow_weak_sandbox=allow_weak_sandbox
    ) as deskhand:
        findings = []
        for finding in _examine(deskhand, offline_proof=offline_proof):
            findings.append(finding)
            if not as_json:
                _print(finding)
    if as_json:
        write_line(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False))
    return 1 if any(finding.ok is False for finding in findings) else 0


def _examine(deskhand: Deskhand, *, offline_proof: bool) -> Iterator[Finding]:
    yield from _program(deskhand)
    yield from _computer(deskhand)
    yield from _models(deskhand)
    yield from _checked("reader", lambda: _reader(deskhand))
    yield from _checked("model test", lambda: _model(deskhand))
    if offline_proof:
        yield from _checked(
            "offline proof", lambda: [Finding("offline proof", detail, ok=ok) for ok, detail in deskhand.prove_offline()]
        )


def _program(deskhand: Deskhand) -> Iterator[Finding]:
    yield Finding("deskhand", __version__)
    yield Finding("python", f"{platform.python_version()} on {platform.platform()}")
    yield Finding("libraries", ", ".join(f"{name} {_version_of(name)}" for name in _LIBRARIES))
    yield Finding("data folder", str(deskhand.paths.data))
    yield Finding("models folder", str(deskhand.paths.models))
    yield Finding("offline", "yes" if deskhand.settings.offline else "no")


def _computer(deskhand: Deskhand) -> Iterator[Finding]:
    features = processor_features()
    known = [name for name in _CPU_FEATURES if name in features]
    amx = " (AMX is there and not used: the engine fails with it)" if "amx_tile" in features else ""
    yield Finding("processor", f"{os.cpu_count()} cores; {' '.join(known) or platform.machine()}{amx}")
    memory = machine_memory()
    yield Finding("memory", f"{memory.total_bytes / 2**30:.1f} GB, {memory.available_bytes / 2**30:.1f} GB free")


def _models(deskhand: Deskhand) -> Iterator[Finding]:
    here = [spec for spec in deskhand.catalog.all() if deskhand.catalog.lies_here(spec)]
    for spec in here:
        fit = estimate(spec, machine_memory(), context_tokens=deskhand.settings.context_tokens)
        yield from _checked(
            f"model {spec.id}",
            lambda spec=spec, fit=fit: [  # type: ignore[misc]
                Finding(f"model {spec.id}", f"{deskhand.catalog.verify(spec)}, needs {fit.need_bytes / 2**30:.1f} GB", ok=True)
            ],
        )
    if not here:
        yield Finding("models", "none is on this computer; run: deskhand models download", ok=False)


def _reader(deskhand: Deskhand) -> list[Finding]:
    deskhand.reader.wait_ready()
    document = deskhand.reader.read(b"Deskhand reads this line.\n", "line.txt")
    return [
        _protection("reader protection", deskhand.reader.sandbox),
        Finding("reader", f"read {len(document.text)} characters", ok="reads this line" in document.text),
    ]


def _model(deskhand: Deskhand) -> list[Finding]:
    with deskhand.make_model() as model:
        model.wait_ready()
        seconds = float((model.start_info or {}).get("warm_up_s", 0))
        return [
            _protection("model protection", model.sandbox),
            Finding("model test", f"{model.info.id} loaded and answered in {seconds:.1f} s", ok=True),
            _engine(model.start_info or {}),
            *_graphics(deskhand, model.start_info or {}),
            *_eyes(deskhand),
            *_tuning(deskhand, model.info.sha256),
        ]


def _engine(start_info: dict[str, Any]) -> Finding:
    variant = start_info.get("handler", {}).get("variant")
    return Finding("engine", f"its variant {variant}, the fastest here" if variant else "compiled for this computer")


def _eyes(deskhand: Deskhand) -> Iterator[Finding]:
    projector = deskhand.projector_path()
    if projector is not None:
        yield Finding("pictures", f"the model looks at scans with {projector}")


def _graphics(deskhand: Deskhand, start_info: dict[str, Any]) -> Iterator[Finding]:
    if deskhand.settings.graphics_card:
        is_used = bool(start_info.get("handler", {}).get("graphics"))
        yield Finding(
            "graphics card", "computes" if is_used else "set to compute, but the engine here knows none; the processor does"
        )


def _tuning(deskhand: Deskhand, sha256: str) -> Iterator[Finding]:
    if deskhand.settings.threads:
        yield Finding("model speed", f"{deskhand.settings.threads} threads, as set; nothing is measured")
    elif (tuned := tuning_of(deskhand.paths.models, sha256)) is not None:
        speed = f"{tuned.prompt_tokens_per_s:.0f} tokens a second read, {tuned.steps_per_s:.0f} written"
        yield Finding("model speed", f"{tuned.threads} threads, measured at its first use: {speed}")


def _protection(name: str, report: SandboxReport | None) -> Finding:
    if report is None:
        return Finding(name, "not running", ok=False)
    missing = f"; missing: {', '.join(report.missing)}" if report.missing else ""
    relaxed = f"; weaker for the graphics card, as set: {', '.join(report.relaxed)}" if report.relaxed else ""
    return Finding(name, f"{', '.join(report.active) or 'none'}{relaxed}{missing}", ok=not report.missing)


def _checked(name: str, examine: Callable[[], list[Finding]]) -> list[Finding]:
    try:
        return examine()
    except AppError as error:
        return [Finding(name, f"{error.user_text} {error.hint}".strip(), ok=False)]


def _version_of(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "missing"


def _print(finding: Finding) -> None:
    mark, style = {True: ("ok", "green"), False: ("FAULT", "red"), None: ("", "")}[finding.ok]
    table = Table(show_header=False, box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(width=40)
    table.add_column(width=5)
    table.add_row(cell(finding.name), cell(mark, style), cell(finding.detail))
    out().print(table)

"""Measures handing on with a simulated pair: a small model here, a larger one behind a real server on this computer.

usage: python -m tests.quality.deferral DATA FOLDER --set NAME --local FILE.gguf (--larger FILE.gguf | --played SHARE)
           [--plain] [--every N]
What the models say is kept in FOLDER, so that the run can be ended at any time and goes on where it was. With --played the truth
stands in the place of the larger model and gives SHARE of the answers right; the answers of the model here are kept then, too:
after a change of the program take another FOLDER. With --plain an invoice is read by a task as a person writes one in a minute:
fields of other names, without labels, which no fitted weights know.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import tomli_w

from app.cli.deferral import deferral_as_json, print_deferral
from app.domain.task import FieldType, Task, TaskField, TaskKind
from app.evaluation.cases import Case, read_cases
from app.evaluation.deferral_run import asked_names
from app.settings import FrontierSettings, ProviderConfig, Settings, save_settings
from app.tasks.evidence.fitted import BY_FIELD
from tests.helpers.frontier_server import serving_model
from tests.quality.played import answered, handed_on
from tests.quality.truths import SETS, TASKS, case_of, rows_of, task_for

_PLAIN: Final = {
    "seller_name": TaskField(name="vendor", type=FieldType.NAME, description="company that sent the invoice"),
    "buyer_name": TaskField(name="customer", type=FieldType.NAME, description="company that has to pay"),
    "invoice_number": TaskField(name="document_code", type=FieldType.IDENTIFIER, description="number of this invoice"),
    "issue_date": TaskField(name="issued", type=FieldType.DATE, description="day on which the invoice was written"),
    "total_amount": TaskField(name="payable", type=FieldType.AMOUNT, description="whole sum that has to be paid"),
    "currency": TaskField(name="money", type=FieldType.CURRENCY, description="currency of the sums"),
}
_CONTEXT_TOKENS: Final = 8192


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--set", required=True, choices=sorted(SETS))
    parser.add_argument("--local", type=Path, required=True)
    pair = parser.add_mutually_exclusive_group(required=True)
    pair.add_argument("--larger", type=Path)
    pair.add_argument("--played", type=float, metavar="SHARE", help="of right answers, by the truth and errors by design")
    parser.add_argument("--fields", default="", help="the set's headline where left out")
    parser.add_argument("--plain", action="store_true")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--format", default="table", choices=("table", "json"))
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    task, cases = _written(options.data, options.folder, options.set, plain=options.plain)
    fields = options.fields or ",".join(
        _PLAIN[name].name if options.plain else name for name in SETS[options.set].headline if not options.plain or name in _PLAIN
    )
    if options.larger is None:
        _play(options, task, cases, tuple(fields.split(",")))
    else:
        sys.exit(_ask(options, task, cases, fields))


def _play(options: argparse.Namespace, task: str, cases: Path, fields: tuple[str, ...]) -> None:
    chosen = read_cases(cases)[:: options.every]
    local = answered(options.folder, options.local, task, chosen, cases.absolute().parent)
    examined = [replace(one, names=asked_names(one.outcome, fields)) for one in local]
    report = handed_on(examined, options.played)
    if options.format == "json":
        print(deferral_as_json(report))
    else:
        print_deferral(report)


def _ask(options: argparse.Namespace, task: str, cases: Path, fields: str) -> int:
    with serving_model(options.larger, n_ctx=_CONTEXT_TOKENS) as served:
        # The port is another one each time; replies are kept by host and bytes.
        config = ProviderConfig(
            id="pair",
            kind="openai_chat",
            base_url=served.base_url,
            model=served.model,
            thinking_tokens=0,
            input_price=Decimal(0),
            output_price=Decimal(0),
        )
        save_settings(
            Settings(offline=False, frontier=FrontierSettings(opted_in=True, provider=config)), options.folder / "settings.json"
        )
        command = [sys.executable, "-m", "app", "evaluate", "--task", task, "--cases", str(cases), "--model", str(options.local)]
        command += ["--fields", fields, "--every", str(options.every), "--frontier", "--yes", "--format", options.format]
        return subprocess.run([*command, "--data-dir", str(options.folder)], check=False).returncode


def _written(data: Path, folder: Path, name: str, *, plain: bool) -> tuple[str, Path]:
    """The task to name, and the file with the cases."""
    known = task_for(name, TASKS)
    task = Task(id=f"{name}_plain", kind=TaskKind.EXTRACT, fields=tuple(_PLAIN.values())) if plain else known
    cases = [case for row in rows_of(data, name) if (case := case_of(row, known, str(row.file.absolute()))) is not None]
    lines = list(_renamed(cases, task.id) if plain else (case.model_dump(exclude_none=True) for case in cases))
    path = folder / f"{task.id}.jsonl"
    path.write_text("".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines), encoding="utf-8")
    if not plain and SETS[name].task:
        return task.id, path
    assert not BY_FIELD.keys() & {field.name for field in task.fields}
    file = folder / f"{task.id}.toml"
    file.write_text(tomli_w.dumps(task.model_dump(mode="json", by_alias=True, exclude_defaults=True)), encoding="utf-8")
    return str(file), path


def _renamed(cases: list[Case], task: str) -> Iterator[Mapping[str, Any]]:
    for case in cases:
        expected = {_PLAIN[name].name: value for name, value in case.expected.items() if name in _PLAIN}
        if expected:
            yield case.model_copy(update={"task": task, "expected": expected}).model_dump(exclude_none=True)


if __name__ == "__main__":
    main()

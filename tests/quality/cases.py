"""Writes the truth of a public set as a case file, for ``deskhand evaluate --cases`` and ``deskhand bench --cases``.

usage: python -m tests.quality.cases DATA --set einvoice_pdf --output FILE.jsonl [--every N]
The files of the cases are named relative to the folder of the case file. Where no built-in task fits a set, a task file is written
beside it.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import tomli_w

from tests.quality.truths import SETS, TASKS, case_of, rows_of, task_for


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--set", required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--every", type=int, default=1)
    options = parser.parse_args()
    folder = options.output.absolute().parent
    known = options.set in SETS
    cases = list((_fields if known else _classes_and_summaries)(options.data, options.set, folder))[:: options.every]
    options.output.write_text("".join(f"{json.dumps(case, ensure_ascii=False)}\n" for case in cases), encoding="utf-8")
    print(f"{options.output}: {len(cases)} cases")
    if known and not SETS[options.set].task:
        task = task_for(options.set, TASKS).model_dump(mode="json", by_alias=True, exclude_defaults=True)
        path = options.output.with_suffix(".toml")
        path.write_text(tomli_w.dumps(task), encoding="utf-8")
        print(f"{path}: their task")


def _fields(data: Path, name: str, folder: Path) -> Iterator[dict[str, Any]]:
    task = task_for(name, TASKS)
    for row in rows_of(data, name):
        case = case_of(row, task, os.path.relpath(row.file.absolute(), folder))
        if case is not None:
            yield case.model_dump(exclude_none=True)


def _classes_and_summaries(data: Path, name: str, folder: Path) -> Iterator[dict[str, Any]]:
    for line in (data / name / "truth.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        expected = {key: row["expected"][key] for key in ("label", "summary", "summaries") if key in row["expected"]}
        if expected:
            source = (
                {"text": row["text"]}
                if "text" in row
                else {"file": os.path.relpath((data / name / row["file"]).absolute(), folder)}
            )
            yield source | {"expected": expected}


if __name__ == "__main__":
    main()

"""Measures extraction on real documents with truth: right values by field, invented values, how well confidence ranks.

usage: python -m tests.quality.extraction DATA --set einvoice_pdf [--limit N] [--model FILE.gguf] [--cache FOLDER] [--json FILE]
       [--wrong]
Without --model the document's own evidence decides alone.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from app.documents.reader import read_document
from app.domain.document import Document
from app.domain.result import Result, Value
from app.domain.task import FieldType, Task
from app.settings import ReadLimits
from app.tasks.engine import Engine
from app.tasks.extract import extract
from tests.quality.truths import SETS, Row, is_right, rows_of, task_for

TASKS = Path(__file__).resolve().parents[2] / "resources" / "tasks"


@dataclass(frozen=True)
class Answer:
    """One value that was asked for."""

    file: str
    field: str
    value: str | None
    expected: list[Any]
    right: bool
    confidence: float
    proof: str
    alternatives: tuple[str, ...] = ()

    @property
    def among_first(self) -> bool:
        return self.right or bool(self.alternatives)


def main() -> None:
    options = _parser().parse_args()
    task = task_for(options.set, TASKS)
    engine = _engine(options.model, options.context) if options.model else None
    answers: list[Answer] = []
    lists: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
    invented, seconds = 0, []
    rows = list(rows_of(options.data, options.set))
    for row in rows[options.skip : options.skip + options.limit if options.limit else None : options.every]:
        document = read(row.file, options.cache)
        started = time.perf_counter()
        if engine is not None:
            engine.reset_counts()
        result = extract(task, document, engine)
        seconds.append(time.perf_counter() - started)
        invented += _invented(result, document)
        answers += compare(task, row, result)
        compare_lists(task, row, result, lists)
    report = _report(options.set, answers, lists, invented, seconds)
    _print(report, answers if options.wrong else [])
    if options.json:
        options.json.write_text(
            json.dumps(report | {"answers": [asdict(answer) for answer in answers]}, indent=1), encoding="utf-8"
        )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--set", required=True, choices=sorted(SETS))
    parser.add_argument("--limit", type=int, default=0)
    parser.add_argument("--skip", type=int, default=0)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--context", type=int, default=8192)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--wrong", action="store_true", help="list the wrong answers")
    return parser


def _engine(path: Path, n_ctx: int) -> Engine:
    from app.worker.runtime import LlamaEngine

    return LlamaEngine(path, model_id=path.stem, sha256="", family="chatml", n_ctx=n_ctx, threads=2)


def read(path: Path, cache: Path | None) -> Document:
    """The document, read once and kept under `cache`."""
    data = path.read_bytes()
    kept = cache / f"{hashlib.sha256(data + path.name.encode()).hexdigest()}.json" if cache else None
    if kept and kept.is_file():
        return Document.model_validate_json(kept.read_text(encoding="utf-8"))
    document = read_document(data, path.name, ReadLimits())
    if kept:
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(document.model_dump_json(), encoding="utf-8")
    return document


def _all_values(result: Result) -> list[Value]:
    values = list(result.fields.values())
    for listed in result.lists.values():
        values += listed
    for records in result.rows.values():
        for record in records:
            values += record.values()
    return values


def _invented(result: Result, document: Document) -> int:
    """Values that do not stand in the document where they say they do."""
    count = 0
    for value in _all_values(result):
        if value.value is None:
            continue
        place = value.evidence
        count += place is None or document.text[place.start : place.end] != value.text
    return count


def compare(task: Task, row: Row, result: Result) -> list[Answer]:
    answers = []
    for field in task.fields:
        if field.many or field.name not in row.expected:
            continue
        value, expected = result.fields[field.name], row.expected[field.name]
        right = is_right(field.type, value.value, expected)
        others = tuple(choice.value for choice in value.alternatives if not right and is_right(field.type, choice.value, expected))
        answers.append(Answer(row.name, field.name, value.value, expected, right, value.confidence, value.proof.value, others))
    return answers


def compare_lists(task: Task, row: Row, result: Result, into: dict[str, list[tuple[int, int, int]]]) -> None:
    """For each list: values found and right, values given, values expected."""
    for field in task.fields:
        if field.many and row.expected.get(field.name):
            expected, given = row.expected[field.name], result.lists.get(field.name, ())
            found = sum(any(is_right(field.type, value.value, [right]) for value in given) for right in expected)
            into[field.name].append((found, len(given), len(expected)))
    for group in task.rows:
        if row.expected.get(group.name):
            _compare_rows(group.name, row.expected[group.name], result.rows.get(group.name, ()), into)


def _compare_rows(
    name: str, expected: list[dict[str, Any]], records: Sequence[dict[str, Value]], into: dict[str, list[tuple[int, int, int]]]
) -> None:
    """Rows are compared by quantity and amount: names of goods run over lines in too many ways."""
    wanted = [(item.get("quantity"), item.get("line_total")) for item in expected]
    left = [{key: record[key].value for key in ("quantity", "amount") if key in record} for record in records]
    found = 0
    for quantity, amount in wanted:
        for record in left:
            if _fits(record.get("quantity"), quantity) and _fits(record.get("amount"), amount):
                left.remove(record)
                found += 1
                break
    into[name].append((found, len(records), len(wanted)))


def _fits(value: str | None, right: float | None) -> bool:
    return right is None or is_right(FieldType.AMOUNT, value, [right])


def auroc(scores: Sequence[float], right: Sequence[bool]) -> float | None:
    """Probability that a right answer has a higher score than a wrong one; None without both kinds."""
    good = [score for score, ok in zip(scores, right, strict=True) if ok]
    bad = [score for score, ok in zip(scores, right, strict=True) if not ok]
    if not good or not bad:
        return None
    return sum((g > b) + 0.5 * (g == b) for g in good for b in bad) / (len(good) * len(bad))


def _report(
    name: str, answers: Sequence[Answer], lists: dict[str, list[tuple[int, int, int]]], invented: int, seconds: Sequence[float]
) -> dict[str, Any]:
    fields: dict[str, list[Answer]] = defaultdict(list)
    for answer in answers:
        fields[answer.field].append(answer)
    pooled = [answer for answer in answers if answer.field in SETS[name].headline]
    sure = sorted(pooled, key=lambda answer: -answer.confidence)[: round(0.8 * len(pooled))]
    return {
        "set": name,
        "documents": len(seconds),
        "fields": {
            field: {"right": sum(a.right for a in given), "asked": len(given), "or_alternative": sum(a.among_first for a in given)}
            for field, given in fields.items()
        },
        "lists": {
            field: {
                "recall": sum(f for f, _, _ in given) / max(1, sum(e for _, _, e in given)),
                "precision": sum(f for f, _, _ in given) / max(1, sum(g for _, g, _ in given)),
            }
            for field, given in lists.items()
        },
        "pooled": sum(a.right for a in pooled) / max(1, len(pooled)),
        "invented": invented,
        "auroc": auroc([a.confidence for a in pooled], [a.right for a in pooled]),
        "right_at_80_coverage": sum(a.right for a in sure) / max(1, len(sure)),
        "seconds_median": sorted(seconds)[len(seconds) // 2] if seconds else 0.0,
    }


def _print(report: dict[str, Any], wrong: Sequence[Answer]) -> None:
    for answer in wrong:
        if not answer.right:
            sureness = f"{answer.confidence:.2f} {answer.proof}"
            print(f"  {answer.file} {answer.field}: {answer.value!r} ({sureness}), right {answer.expected!r}")
    print(f"{report['set']}: {report['documents']} documents, median {report['seconds_median']:.1f} s")
    for field, figures in report["fields"].items():
        print(f"  {field:18} {figures['right']:3}/{figures['asked']:3}  with alternatives {figures['or_alternative']}")
    for field, figures in report["lists"].items():
        print(f"  {field:18} recall {figures['recall']:.2f}  precision {figures['precision']:.2f}")
    ranking = "-" if report["auroc"] is None else f"{report['auroc']:.3f}"
    print(
        f"  pooled {report['pooled']:.1%}  invented {report['invented']}  AUROC {ranking}"
        f"  right at 80 % coverage {report['right_at_80_coverage']:.1%}"
    )


if __name__ == "__main__":
    main()

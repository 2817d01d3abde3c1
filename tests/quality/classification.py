"""Measure classification on real texts: the head of a built-in task, heads fitted to half of a set, and the model without examples.

Usage: python -m tests.quality.classification DATA --set cls_doctype --task document_type
       python -m tests.quality.classification DATA --set cls_trec [--learn] [--model FILE --family chatml] [--limit N] [--json FILE]

`--task` asks a built-in task as it ships. `--learn` fits a head to every second text of a label and asks it for the others.
`--model` asks the model, with and without the correction of its liking for some labels.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from app.documents.reader import read_document
from app.domain.task import Task, TaskLabel
from app.paths import resources
from app.settings import ReadLimits
from app.tasks.classify import head_of, zero_shot
from app.tasks.library import TaskLibrary

_Answer = Callable[[str], Sequence[float]]


def main() -> None:
    options = _options()
    folder = options.data / options.set
    rows = [json.loads(line) for line in (folder / "truth.jsonl").read_text("utf-8").splitlines()]
    if options.limit:
        rows = rows[:: max(1, len(rows) // options.limit)][: options.limit]
    labels = json.loads((folder / "labels.json").read_text("utf-8"))
    report: dict[str, Any] = {"set": options.set, "labels": len(labels)}
    if options.task:
        task = TaskLibrary(resources() / "tasks", Path("none")).get(options.task)
        head = head_of(task)
        if head is None:
            raise SystemExit(f"the task {task.id} has no examples to fit a head to")
        report["head"] = _measure(rows, folder, [label.name for label in task.labels], lambda text: list(head.probabilities(text)))
    if options.learn:
        report["learnt"] = _learn(rows, folder, labels)
    if options.model:
        report |= _ask_model(rows, folder, labels, options)
    print(json.dumps(report, ensure_ascii=False, indent=1))
    if options.json:
        options.json.write_text(json.dumps(report, ensure_ascii=False, indent=1), "utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--set", required=True)
    parser.add_argument("--task", default="")
    parser.add_argument("--learn", action="store_true")
    parser.add_argument("--model", type=Path)
    parser.add_argument("--family", default="chatml")
    parser.add_argument("--limit", type=int, default=0)
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


def _text(row: dict[str, Any], folder: Path) -> str:
    if "text" in row:
        return str(row["text"])
    path = folder / row["file"]
    return read_document(path.read_bytes(), f"document{path.suffix}", ReadLimits()).text


def _measure(rows: Sequence[dict[str, Any]], folder: Path, names: Sequence[str], answer: _Answer) -> dict[str, Any]:
    right_of: dict[str, list[bool]] = defaultdict(list)
    confidences, mistakes = [], Counter[str]()
    for row in rows:
        probabilities = np.asarray(answer(_text(row, folder)))
        chosen, wanted = names[int(probabilities.argmax())], row["expected"]["label"]
        source = Path(row["file"]).parts[1] if "/" in row["file"] else ""
        right_of[source].append(chosen == wanted)
        confidences.append(float(probabilities.max()))
        if chosen != wanted:
            mistakes[f"{source}: {wanted} -> {chosen}"] += 1
    right = np.array([hit for hits in right_of.values() for hit in hits])
    report = {
        "texts": len(rows),
        "right": round(float(right.mean()), 4),
        "mean_confidence": round(float(np.mean(confidences)), 4),
        "mistakes": dict(mistakes.most_common(8)),
    }
    if len(right_of) > 1:
        report["right_by_source"] = {source: f"{sum(hits)}/{len(hits)}" for source, hits in sorted(right_of.items())}
    return report


def _learn(rows: Sequence[dict[str, Any]], folder: Path, labels: Sequence[str]) -> dict[str, Any]:
    examples: dict[str, list[str]] = {label: [] for label in labels}
    rest = []
    seen = Counter[str]()
    for row in rows:
        label = row["expected"]["label"]
        seen[label] += 1
        if seen[label] % 2:
            examples[label].append(_text(row, folder))
        else:
            rest.append(row)
    task = _task(labels, examples)
    head = head_of(task)
    if head is None:
        return {"error": "a label has too few texts"}
    return {
        "held_out_while_fitting": round(head.held_out_accuracy, 4),
        **_measure(rest, folder, labels, lambda text: list(head.probabilities(text))),
    }


def _ask_model(rows: Sequence[dict[str, Any]], folder: Path, labels: Sequence[str], options: argparse.Namespace) -> dict[str, Any]:
    from app.worker.runtime import LlamaEngine

    engine = LlamaEngine(options.model, model_id=options.model.stem, sha256="", family=options.family, n_ctx=4096, threads=2)
    task = _task(labels, {})
    return {
        name: _measure(
            rows, folder, labels, lambda text, correct=correct: list(zero_shot(task, text, engine, correct_bias=correct))
        )
        for name, correct in (("zero_shot", False), ("zero_shot_bias_corrected", True))
    }


def _task(labels: Sequence[str], examples: dict[str, list[str]]) -> Task:
    parts = tuple(TaskLabel(name=label, examples=tuple(examples.get(label, ()))) for label in labels)
    return Task(id="measured", kind="classify", labels=parts)


if __name__ == "__main__":
    main()

"""Measure classification on real texts: tasks as they ship, heads fitted to half of a set, the model with few or no examples.

Usage: python -m tests.quality.classification DATA --set cls_doctype --task document_type [--spoil WAY]
       python -m tests.quality.classification DATA --set cls_trec --learn
       python -m tests.quality.classification DATA --set cls_trec --model FILE [--family chatml] [--examples N]

`--task` asks a built-in task; `--spoil` shows it less or worse text than there is. `--learn` fits a head to every second text of a
label and asks it for the others. `--model` asks the model, with and without the correction of its liking for some labels; with
`--examples` it gets so many of each label, and each way of answering is measured, also the one that is chosen.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.documents.reader import read_document
from app.domain.metrics import auroc, expected_calibration_error
from app.domain.task import Task, TaskLabel
from app.paths import resources
from app.settings import ReadLimits
from app.tasks.classes.methods import ClassMethod, head_of, method_of
from app.tasks.classes.zero_shot import LabelScorer, scorer_of
from app.tasks.library import TaskLibrary

_Answer = Callable[[str], NDArray[np.float64]]
_Truth = dict[str, Any]
_Row = tuple[str, str, str]
"""Text, label, source."""


def main() -> None:
    options = _options()
    folder = options.data / options.set
    labels = json.loads((folder / "labels.json").read_text("utf-8"))
    truths = [json.loads(line) for line in (folder / "truth.jsonl").read_text("utf-8").splitlines()]
    report: dict[str, Any] = {"set": options.set, "labels": len(labels)}
    if options.model:
        report |= _ask_model(truths, folder, labels, options)
    elif options.learn:
        report["learnt"] = _learn(_rows(truths, folder), labels)
    else:
        report["head"] = _ask_task(_rows(_some(truths, options.limit), folder), options)
    print(json.dumps(report, ensure_ascii=False, indent=1))
    if options.json:
        options.json.write_text(json.dumps(report, ensure_ascii=False, indent=1), "utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--set", required=True)
    parser.add_argument("--task", default="document_type")
    parser.add_argument("--spoil", choices=sorted(_SPOILS), default="nothing")
    parser.add_argument("--learn", action="store_true")
    parser.add_argument("--model", type=Path)
    parser.add_argument("--family", default="chatml")
    parser.add_argument("--examples", type=int, default=0)
    parser.add_argument("--limit", type=int, default=0)
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


def _some(truths: Sequence[_Truth], limit: int) -> Sequence[_Truth]:
    """Texts spread evenly over a set."""
    return truths[:: max(1, len(truths) // limit)][:limit] if limit else truths


def _rows(truths: Sequence[_Truth], folder: Path) -> list[_Row]:
    rows = []
    for truth in truths:
        path = folder / truth["file"]
        text = truth.get("text") or read_document(path.read_bytes(), f"document{path.suffix}", ReadLimits()).text
        source = Path(truth["file"]).parts[1] if truth["file"].startswith("..") else ""
        rows.append((text, truth["expected"]["label"], source))
    return rows


def _measure(rows: Sequence[_Row], names: Sequence[str], answer: _Answer) -> dict[str, Any]:
    started = time.perf_counter()
    answers = [answer(text) for text, _, _ in rows]
    seconds = time.perf_counter() - started
    chosen = [names[int(probabilities.argmax())] for probabilities in answers]
    confidences = [float(probabilities.max()) for probabilities in answers]
    right = [name == wanted for name, (_, wanted, _) in zip(chosen, rows, strict=True)]
    by_source: dict[str, list[bool]] = defaultdict(list)
    mistakes = Counter[str]()
    for name, hit, (_, wanted, source) in zip(chosen, right, rows, strict=True):
        by_source[source].append(hit)
        if not hit:
            mistakes[f"{source}: {wanted} -> {name}"] += 1
    return {
        "texts": len(rows),
        "right": round(float(np.mean(right)), 4),
        "mean_confidence": round(float(np.mean(confidences)), 4),
        "auroc": auroc(confidences, right),
        "ece": expected_calibration_error(confidences, right),
        "seconds_per_text": round(seconds / len(rows), 3),
        "mistakes": dict(mistakes.most_common(8)),
        **({"right_by_source": {key: f"{sum(hits)}/{len(hits)}" for key, hits in by_source.items()}} if len(by_source) > 1 else {}),
    }


def _ask_task(rows: Sequence[_Row], options: argparse.Namespace) -> dict[str, Any]:
    task = TaskLibrary(resources() / "tasks", Path("none")).get(options.task)
    head = head_of(task)
    if head is None:
        raise SystemExit(f"the task {task.id} has no examples to fit a head to")
    dice = random.Random(7)
    spoilt = [(_SPOILS[options.spoil](text, dice), label, source) for text, label, source in rows]
    return _measure(spoilt, [label.name for label in task.labels], head.probabilities)


def _learn(rows: Sequence[_Row], labels: Sequence[str]) -> dict[str, Any]:
    examples: dict[str, list[str]] = {label: [] for label in labels}
    rest = []
    seen = Counter[str]()
    for row in rows:
        seen[row[1]] += 1
        if seen[row[1]] % 2:
            examples[row[1]].append(row[0])
        else:
            rest.append(row)
    known = [label for label in labels if examples[label]]
    head = head_of(_task(known, examples))
    if head is None:
        raise SystemExit("no label has a text")
    return {"held_out_while_fitting": round(head.held_out_accuracy, 4), **_measure(rest, known, head.probabilities)}


def _ask_model(truths: Sequence[_Truth], folder: Path, labels: Sequence[str], options: argparse.Namespace) -> dict[str, Any]:
    from app.worker.runtime import LlamaEngine

    engine = LlamaEngine(options.model, model_id=options.model.stem, sha256="", family=options.family, n_ctx=2048, threads=2)
    asked = _some(truths, options.limit)
    rows = _rows(asked, folder)
    if not options.examples:
        return _ask_without_examples(rows, labels, scorer_of(_task(labels, {}), engine))
    files = {truth["file"] for truth in asked}
    examples: dict[str, list[str]] = {label: [] for label in labels}
    for text, label, _ in _rows([truth for truth in truths if truth["file"] not in files], folder):
        if len(examples[label]) < options.examples:
            examples[label].append(text)
    task = _task(labels, examples)
    head, scorer = head_of(task), scorer_of(task, engine)
    ways = {"head": ClassMethod(head, None), "zero_shot": ClassMethod(None, scorer), "few_shot": ClassMethod(head, scorer)}
    return {"chosen": method_of(task, engine).kind} | {
        name: _measure(rows, labels, way.probabilities) for name, way in ways.items()
    }


def _ask_without_examples(rows: Sequence[_Row], labels: Sequence[str], scorer: LabelScorer) -> dict[str, Any]:
    """Both ways in one pass: what was read of a text is still in memory for the second."""
    scorer.probabilities("")
    uncorrected: dict[str, NDArray[np.float64]] = {}
    uncorrected_s = 0.0

    def both(text: str) -> NDArray[np.float64]:
        nonlocal uncorrected_s
        answer = scorer.probabilities(text)
        started = time.perf_counter()
        uncorrected[text] = scorer.probabilities(text, correct_bias=False)
        uncorrected_s += time.perf_counter() - started
        return answer

    corrected = _measure(rows, labels, both)
    corrected["seconds_per_text"] = round(corrected["seconds_per_text"] - uncorrected_s / len(rows), 3)
    return {"bias_corrected": corrected, "uncorrected": _measure(rows, labels, uncorrected.__getitem__)}


def _task(labels: Sequence[str], examples: Mapping[str, Sequence[str]]) -> Task:
    parts = tuple(TaskLabel(name=label, examples=tuple(examples.get(label, ()))) for label in labels)
    return Task(id="measured", kind="classify", labels=parts)


def _misread(text: str, dice: random.Random) -> str:
    """Every tenth character or so as poor recognition gives it: another one, or none."""
    alike = {"o": "0", "l": "1", "i": "l", "e": "c", "s": "5", "m": "rn", "a": "o", "n": "u", " ": ""}
    return "".join(alike.get(char, "") if dice.random() < 0.1 else char for char in text)


def _shuffle_lines(text: str, dice: random.Random) -> str:
    lines = text.split("\n")
    dice.shuffle(lines)
    return "\n".join(lines)


_SPOILS: Mapping[str, Callable[[str, random.Random], str]] = {
    "nothing": lambda text, _: text,
    "first_500": lambda text, _: text.strip()[:500],
    "middle_1500": lambda text, _: text[len(text) // 3 :][:1500],
    "misread": _misread,
    "shuffled": _shuffle_lines,
}


if __name__ == "__main__":
    main()

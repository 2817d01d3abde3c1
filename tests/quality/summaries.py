"""Measure summaries on real documents: overlap with written summaries, beside the first three sentences; facts and places.

Usage: python -m tests.quality.summaries DATA --set sum_ectsum [--style bullets] [--limit N] [--json FILE] [--model FILE]
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app.documents.reader import read_document
from app.domain.document import Document
from app.domain.result import Result
from app.domain.task import Task
from app.evaluation.rouge import rouge_l, words_of
from app.settings import ReadLimits
from app.tasks.asking.engine import Engine
from app.tasks.library import TaskLibrary
from app.tasks.summary.summarize import summarize
from app.tasks.text.sentences import split_sentences
from app.worker.fake import FakeEngine

RESOURCES = Path(__file__).parents[2] / "resources"
_NUMBER = re.compile(r"\d+(?:[.,:/]\d+)*")
_NAME = re.compile(r"(?<!^)(?<![.!?:] )\b[^\W\d_a-zà-öø-ÿ][\w'’-]+")


def main() -> None:
    options = _options()
    engine = _engine(options)
    task = TaskLibrary(RESOURCES / "tasks", RESOURCES / "none").get(options.style)
    rows = [json.loads(line) for line in (options.data / options.set / "truth.jsonl").read_text("utf-8").splitlines()]
    rows = [row for row in rows if row["task"] == "summarization"][: options.limit]
    cases = [_measure(options.data / options.set, row, task, engine, with_model=not options.no_model) for row in rows]
    report = {"set": options.set, "style": options.style, "model": not options.no_model, **_totals(cases)}
    print(json.dumps(report, indent=None))
    if options.json:
        options.json.write_text(json.dumps({"totals": report, "cases": cases}, ensure_ascii=False, indent=1), "utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--set", required=True)
    parser.add_argument("--style", default="bullets")
    parser.add_argument("--limit", type=int)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--no-model", action="store_true")
    parser.add_argument("--model", type=Path)
    parser.add_argument("--family", default="chatml")
    return parser.parse_args()


def _engine(options: argparse.Namespace) -> Engine:
    if options.no_model or options.model is None:
        options.no_model = True
        return _Undecided()
    from app.worker.runtime import LlamaEngine

    return LlamaEngine(options.model, model_id=options.model.stem, sha256="", family=options.family, n_ctx=8192, threads=1)


class _Undecided(FakeEngine):
    """Finds every answer equally likely: what is measured is the part that needs no model."""

    def score(self, continuations: Sequence[Sequence[int]]) -> list[float]:
        return [float(-len(continuation)) for continuation in continuations]


def _measure(folder: Path, row: dict[str, Any], task: Task, engine: Engine, *, with_model: bool) -> dict[str, Any]:
    document = _read(folder / row["file"])
    engine.reset_counts()
    started = time.perf_counter()
    result = summarize(task, document, engine, language="", on_progress=lambda _: None)
    seconds = time.perf_counter() - started
    expected = row["expected"]
    references = expected.get("summaries") or [expected["summary"]]
    prose = split_sentences(document.text)
    body = " ".join(sentence.text for sentence in prose.sentences[:3])
    titled = " ".join([heading.text for heading in prose.headings[:1]] + [sentence.text for sentence in prose.sentences[:2]])
    points = [point.text for point in result.points]
    return {
        "file": row["file"],
        "rouge_l": rouge_l("\n".join(points), references),
        "lead_3": rouge_l(body, references),
        "lead_3_with_title": rouge_l(titled, references),
        "votes": _votes(row, result, document),
        "invented": [fault for point in points for fault in invented(point, document.text)],
        "without_evidence": sum(not _rests_on_evidence(point.text, point.evidence, document.text) for point in result.points),
        "unread_pages": len(document.pages) - len(result.pages_read),
        "words": len(document.text.split()),
        "point_words": sum(len(point.split()) for point in points),
        "seconds": round(seconds, 2),
        "tokens": engine.counts.prompt - engine.counts.cached,
        "points": points,
        "questions": [point.question for point in result.points if point.question],
        "notices": list(result.notices),
        "reference": references,
    }


def _read(path: Path) -> Document:
    data = path.read_bytes()
    document = read_document(data, path.name, ReadLimits())
    if document.sha256 != hashlib.sha256(data).hexdigest():
        raise SystemExit(f"{path.name}: the reader changed the file")
    return document


def invented(point: str, text: str) -> list[str]:
    """Numbers and capitalised words of a point that the document does not hold."""
    numbers = set(_NUMBER.findall(text))
    known = set(words_of(text))
    faults = [number for number in _NUMBER.findall(point) if number not in numbers]
    return faults + [name for name in _NAME.findall(point) if not set(words_of(name)) <= known]


def _rests_on_evidence(point: str, evidence: tuple[Any, ...], text: str) -> bool:
    """Whether all words of a point stand in the passages it names."""
    places = " ".join(text[place.start : place.end] for place in evidence)
    return bool(evidence) and set(words_of(point)) <= set(words_of(places))


def _votes(row: dict[str, Any], result: Result, document: Document) -> float | None:
    """People's votes for the sentences that the points rest on, as a share of the best as many sentences could get."""
    voted = [sentence for sentence in row.get("sentences", []) if "votes" in sentence]
    if not voted or not result.points:
        return None
    passages = [" ".join(document.text[e.start : e.end].split()) for point in result.points for e in point.evidence]
    hit = [s["votes"] for s in voted if any(p in " ".join(s["text"].split()) or " ".join(s["text"].split()) in p for p in passages)]
    best = sorted((sentence["votes"] for sentence in voted), reverse=True)[: len(passages)]
    return sum(hit[: len(passages)]) / max(1, sum(best))


def _totals(cases: list[dict[str, Any]]) -> dict[str, Any]:
    def mean(key: str) -> float:
        values = [case[key] for case in cases if case[key] is not None]
        return round(sum(values) / len(values), 4) if values else 0.0

    return {
        "documents": len(cases),
        **{key: mean(key) for key in ("rouge_l", "lead_3", "lead_3_with_title", "votes", "point_words", "seconds", "tokens")},
        "slowest_s": max((case["seconds"] for case in cases), default=0.0),
        "points": sum(len(case["points"]) for case in cases),
        "documents_without_points": sum(not case["points"] for case in cases),
        "invented": sum(len(case["invented"]) for case in cases),
        "without_evidence": sum(case["without_evidence"] for case in cases),
        "unread_pages": sum(case["unread_pages"] for case in cases),
    }


if __name__ == "__main__":
    main()

"""Which model is the smallest that is sufficient, as a table for a person and as JSON for a program."""

from __future__ import annotations

import json
from dataclasses import asdict

from rich.table import Table

from app.cli.console import cell, out
from app.evaluation.sufficiency import Sufficiency, Verdict
from app.evaluation.tradeoff import CERTAINTY, Point

_MB = 1_000_000


def sufficiency_as_json(found: Sufficiency) -> str:
    """One line; `models` stand in order of their size."""
    return json.dumps(
        {
            "target": asdict(found.target) | {"certainty": CERTAINTY},
            "smallest_sufficient": found.smallest.candidate.run.model.id if found.smallest else None,
            "fastest_sufficient": found.fastest.candidate.run.model.id if found.fastest else None,
            "models": [
                {
                    "id": verdict.candidate.run.model.id,
                    "size_bytes": verdict.candidate.size_bytes,
                    "seconds_per_document": verdict.candidate.seconds_per_document,
                    "values": verdict.n,
                    "reached_with": asdict(verdict.promise.point) if verdict.promise.point else None,
                    "best": asdict(verdict.promise.best) if verdict.promise.best else None,
                    "more_values_needed": verdict.promise.more_needed,
                }
                for verdict in found.verdicts
            ],
        },
        ensure_ascii=False,
    )


def print_sufficiency(found: Sufficiency) -> None:
    console, target = out(), found.target
    what = ", ".join(target.names) or "all values"
    console.print()
    console.print(
        cell(f"Wanted: {target.accuracy:.1%} of {what} right, at most {target.most_reviewed:.0%} checked by a person", "bold")
    )
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("model")
    for title in ("MB", "s a document", "values", "threshold", "checked", "right of the rest", "surely over"):
        table.add_column(title, justify="right", no_wrap=True)
    for verdict in found.verdicts:
        table.add_row(cell(_name(verdict)), *_cells(verdict))
    console.print(table)
    for verdict in found.verdicts:
        if verdict.promise.point is None:
            console.print(cell(f"{_name(verdict)}: {_what_is_missing(verdict)}"))
    if found.smallest is None:
        console.print("No model reaches it.")
    else:
        console.print(cell(f"The smallest sufficient model: {_name(found.smallest)} ({CERTAINTY:.0%} certain)", "bold"))
        if found.fastest is not found.smallest and found.fastest is not None:
            console.print(cell(f"The fastest sufficient one: {_name(found.fastest)}"))


def _name(verdict: Verdict) -> str:
    return verdict.candidate.run.model.id or "no model"


def _cells(verdict: Verdict) -> list[str]:
    candidate = verdict.candidate
    shown = [f"{candidate.size_bytes / _MB:,.0f}", f"{candidate.seconds_per_document:.2f}", str(verdict.n)]
    return shown + _figures(verdict.promise.point or verdict.promise.best)


def _figures(point: Point | None) -> list[str]:
    if point is None or point.accuracy is None:
        return ["–"] * 4
    return [f"{point.threshold:.2f}", f"{point.reviewed:.0%}", f"{point.accuracy:.1%}", f"{point.at_least:.1%}"]


def _what_is_missing(verdict: Verdict) -> str:
    if verdict.n == 0:
        return "no case tells anything about it."
    if verdict.promise.more_needed is None:
        return "its answers are too often wrong where it is sure; more cases would not change that."
    return f"not shown yet; about {verdict.promise.more_needed} more values with known answers could show it."

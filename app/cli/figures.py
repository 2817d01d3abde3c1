"""The figures of an evaluation, as tables for a person and as JSON for a program."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict

from rich.console import Console
from rich.table import Table

from app.cli.console import cell, out
from app.evaluation.outcome import Run
from app.evaluation.report import Figures, Interval, ListFigures, Report, SummaryFigures
from app.evaluation.runs import Change, Comparison

_MEASURES = {
    "auroc": "AUROC",
    "aurc": "AURC",
    "augrc": "AUGRC",
    "ece": "ECE",
    "brier": "Brier",
}
_RATES = {
    "accuracy_at_80": "at 80 %",
    "accuracy_at_90": "at 90 %",
    "false_null": "false null",
    "false_value": "false value",
}


def report_as_json(report: Report, run: Run, comparison: Comparison | None) -> str:
    """One line: the figures, every case, and what changed."""
    whole = report.model_dump(mode="json") | {"outcomes": [case.model_dump(mode="json") for case in run.cases]}
    if comparison is not None:
        whole["compared"] = asdict(comparison)
    return json.dumps(whole, ensure_ascii=False)


def print_report(report: Report, run: Run, comparison: Comparison | None, *, wrong: bool) -> None:
    console = out()
    _print_head(console, report)
    if report.fields:
        console.print(_figures_table(report))
    if report.pooled is not None:
        intervals = {
            "accuracy": report.pooled.accuracy_by_document,
            "AUROC": report.pooled.auroc_by_document,
            "accuracy at 80 %": report.pooled.accuracy_at_80_by_document,
        }
        told = "   ".join(f"{name} {_interval(interval)}" for name, interval in intervals.items() if interval)
        console.print(f"95 % over documents drawn anew: {told}" if told else "")
        console.print(f"Documents with every answer right: {_percent(report.pooled.documents_all_right)}")
    for name, figures in report.lists.items():
        console.print(_list_line(name, figures))
    if report.summaries is not None:
        console.print(_summary_line(report.summaries))
        if report.summaries.judged is not None:
            console.print(_point_line(report.summaries.judged))
    if wrong:
        _print_wrong(console, run)
    if comparison is not None:
        _print_comparison(console, comparison)


def _print_head(console: Console, report: Report) -> None:
    model = report.model.id or "no model"
    failed = f", {report.failed} failed" if report.failed else ""
    console.print(cell(f"{report.task}   {model}   {report.cases} cases{failed}", "bold"))
    console.print(f"A document: {report.read_s:.1f} s to read, {report.answer_s:.1f} s to answer (medians)")
    if report.values:
        console.print(f"Values given: {report.values}, of which {report.invented} do not stand in the document")
    if report.not_asked:
        console.print(cell(f"Expected, but not asked by the task: {', '.join(report.not_asked)}", "yellow"))


def _figures_table(report: Report) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("field")
    for title in ("right", "accuracy", "95 %", *_MEASURES.values(), *_RATES.values()):
        table.add_column(title, justify="right")
    for name, figures in report.fields.items():
        table.add_row(*_row(name, figures))
    for name, figures in report.classes.items():
        table.add_row(*_row(f"  {name}", figures))
    if report.pooled is not None:
        table.add_section()
        table.add_row(*_row("pooled", report.pooled), style="bold")
    return table


def _row(name: str, figures: Figures) -> list[str]:
    return [
        cell(name).plain,
        f"{figures.right}/{figures.n}",
        _percent(figures.accuracy),
        _interval(figures.accuracy_interval),
        *(_measure(getattr(figures, key)) for key in _MEASURES),
        *(_percent(getattr(figures, key)) for key in _RATES),
    ]


def _list_line(name: str, figures: ListFigures) -> str:
    recall, precision = _percent(figures.recall), _percent(figures.precision)
    return f"{cell(name).plain}: recall {recall}, precision {precision} in {figures.documents} documents"


def _summary_line(figures: SummaryFigures) -> str:
    overlap = "" if figures.rouge_l is None else f", ROUGE-L {figures.rouge_l:.3f}"
    return (
        f"Summaries: {figures.documents} with {figures.points} points, {figures.without_points} without any;"
        f" {figures.unsupported_facts} facts that are not in the document,"
        f" {figures.points_without_evidence} points without evidence{overlap}"
    )


def _point_line(figures: Figures) -> str:
    return (
        f"Points that an expected summary has: {figures.right} of {figures.n}; the confidence tells them with AUROC"
        f" {_measure(figures.auroc)}, ECE {_measure(figures.ece)}, Brier {_measure(figures.brier)}"
    )


def _print_wrong(console: Console, run: Run) -> None:
    for case in run.cases:
        for answer in case.answers:
            if not answer.right:
                given = f"{answer.value!r} ({answer.confidence:.2f} {answer.proof})"
                console.print(cell(f"{case.shown} {answer.name}: {given}, expected {' or '.join(answer.expected) or 'nothing'}"))


def _print_comparison(console: Console, comparison: Comparison) -> None:
    _print_changes(console, "improved", comparison.improved)
    _print_changes(console, "regressed", comparison.regressed)
    console.print(
        f"{len(comparison.improved)} improved, {len(comparison.regressed)} regressed over {comparison.shared} cases in both runs"
        f" ({comparison.only_before} only before, {comparison.only_now} only now)"
    )


def _print_changes(console: Console, title: str, changes: Sequence[Change]) -> None:
    for line in _change_lines(changes):
        console.print(cell(f"{title}  {line}", "green" if title == "improved" else "red"))


def _change_lines(changes: Iterable[Change]) -> Iterable[str]:
    return (f"{change.case} {change.name}: {change.before} → {change.after}" for change in changes)


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.1f} %"


def _measure(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _interval(interval: Interval) -> str:
    return "–" if interval is None else f"{100 * interval[0]:.0f}–{100 * interval[1]:.0f} %"

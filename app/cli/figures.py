"""The figures of an evaluation, as tables for a person and as JSON for a program."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict

from rich.console import Console
from rich.table import Table

from app.cli.console import cell, out
from app.evaluation.outcome import Run
from app.evaluation.report import Figures, Interval, ListFigures, Pooled, Report, SummaryFigures
from app.evaluation.runs import Change, Comparison

_RANKING = {"auroc": "AUROC", "aurc": "AURC", "augrc": "AUGRC", "ece": "ECE", "brier": "Brier"}
_SUREST = {"accuracy_at_80": "best 80 %", "accuracy_at_90": "best 90 %"}


def report_as_json(report: Report, run: Run, comparison: Comparison | None) -> str:
    """One line: the figures, every case, and what changed."""
    whole = report.model_dump(mode="json") | {"outcomes": [case.model_dump(mode="json", exclude={"result"}) for case in run.cases]}
    if comparison is not None:
        whole["compared"] = asdict(comparison)
    return json.dumps(whole, ensure_ascii=False)


def print_report(report: Report, run: Run, comparison: Comparison | None, *, wrong: bool) -> None:
    console = out()
    _print_head(console, report)
    if report.pooled is not None:
        console.print()
        console.print(_table(report, ("right", "accuracy", "95 %", "false null", "false value"), _how_right))
        console.print(_table(report, (*_RANKING.values(), *_SUREST.values()), _how_sure))
        console.print(f"Documents with every answer right: {_percent(report.pooled.documents_all_right)}")
        _print_intervals(console, report.pooled)
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
    console.print(cell(f"{report.task}, {model}, {report.cases} cases{failed}", "bold"))
    console.print(f"A document: {report.read_s:.1f} s to read, {report.answer_s:.1f} s to answer (medians)")
    if report.values:
        console.print(f"Values given: {report.values}, of which {report.invented} do not stand in the document")
    if report.not_asked:
        console.print(cell(f"Expected, but not asked by the task: {', '.join(report.not_asked)}", "yellow"))


def _print_intervals(console: Console, pooled: Pooled) -> None:
    console.print("95 % of samples of the documents, drawn with replacement, lie at:")
    for name, interval in (
        ("accuracy", pooled.accuracy_by_document),
        ("AUROC", pooled.auroc_by_document),
        ("accuracy of the surest 80 %", pooled.accuracy_at_80_by_document),
    ):
        if interval is not None:
            console.print(f"  {name} {interval[0]:.3f}–{interval[1]:.3f}")


def _table(report: Report, titles: Sequence[str], row: Callable[[Figures], list[str]]) -> Table:
    """A line for each field, for each class, and for all answers together."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("field")
    for title in titles:
        table.add_column(title, justify="right", no_wrap=True)
    for name, figures in report.fields.items():
        table.add_row(cell(name), *row(figures))
    for name, figures in report.classes.items():
        table.add_row(cell(f"· {name}"), *row(figures))
    if report.pooled is not None:
        table.add_row("pooled", *row(report.pooled), style="bold")
    table.add_row()
    return table


def _how_right(figures: Figures) -> list[str]:
    return [
        f"{figures.right}/{figures.n}",
        _percent(figures.accuracy),
        _interval(figures.accuracy_interval),
        _percent(figures.false_null),
        _percent(figures.false_value),
    ]


def _how_sure(figures: Figures) -> list[str]:
    return [
        *(_measure(getattr(figures, key)) for key in _RANKING),
        *(_percent(getattr(figures, key)) for key in _SUREST),
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
    return (f"{change.case} {change.name}: {change.before or 'nothing'} → {change.after or 'nothing'}" for change in changes)


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.1f} %"


def _measure(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _interval(interval: Interval) -> str:
    return "–" if interval is None else f"{100 * interval[0]:.0f}–{100 * interval[1]:.0f} %"

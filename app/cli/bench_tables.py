"""A benchmark's figures as tables."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table

from app.cli.console import cell, out
from app.evaluation.bench.labelling import LabelTime
from app.evaluation.bench.limits import Limits
from app.evaluation.bench.linear import LinearRun
from app.evaluation.bench.outcome import Benchmark, Setting
from app.evaluation.bench.report import Comparison, SystemFigures
from app.evaluation.bench.second_task import SecondTaskTime
from app.evaluation.bench.statistics import Ratio

_MIB = 2**20
_GB = 1e9


def print_benchmark(benchmark: Benchmark) -> None:
    console = out()
    _print_setting(console, benchmark.setting)
    if benchmark.measurements:
        systems = benchmark.systems()
        console.print(_speed_table(systems))
        console.print(_answer_table(systems))
        if comparisons := benchmark.comparisons():
            console.print(_comparison_table(comparisons))
    if benchmark.limits is not None:
        console.print(_limits_line(benchmark.limits))
    if benchmark.second_tasks:
        console.print(_second_task_table(benchmark.second_tasks))
    if benchmark.labels:
        console.print(_labels_table(benchmark.labels))
    if benchmark.linear:
        console.print(_linear_table(benchmark.linear))


def _print_setting(console: Console, setting: Setting) -> None:
    console.print(cell(f"{setting.model_id}   {setting.task}: {', '.join(setting.fields)}", "bold"))
    versions = ", ".join(f"{name} {version or 'missing'}" for name, version in setting.versions.items())
    console.print(cell(f"{setting.processor}, {setting.threads} threads; deskhand {setting.deskhand}, {versions}"))


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for index, column in enumerate(columns):
        table.add_column(column, justify="left" if index == 0 else "right")
    return table


def _speed_table(systems: Sequence[SystemFigures]) -> Table:
    table = _table(
        "Seconds a document (medians)",
        *("system", "documents", "a minute", "seconds", "reading file", "prompt", "writing", "around", "processor", "memory MiB"),
    )
    for one in systems:
        peak = "-" if one.peak_bytes is None else f"{one.peak_bytes / _MIB:.0f}"
        seconds = (one.seconds, one.read_s, one.prompt_s, one.decode_s, one.around_s)
        processor = "-" if one.processor_s is None else _seconds(one.processor_s)
        table.add_row(
            one.system.value, str(one.documents), f"{one.documents_per_minute:.2f}", *map(_seconds, seconds), processor, peak
        )
    return table


def _answer_table(systems: Sequence[SystemFigures]) -> Table:
    table = _table(
        "Tokens a document (means), answers",
        *(
            "system",
            "prompt",
            "cached",
            "written",
            "steps",
            "of reading limit",
            "of writing limit",
            "right",
            "invented",
            "cut",
            "faults",
        ),
    )
    for one in systems:
        tokens = (one.prompt_tokens, one.cached_tokens, one.generated_tokens, one.steps)
        shares = (_percent(one.prompt_share), _percent(one.decode_share))
        right = "-" if one.accuracy is None else f"{one.right}/{one.asked} {one.accuracy:.1%}"
        counts = map(str, (one.invented, one.cut, one.faults))
        table.add_row(one.system.value, *(f"{count:.0f}" for count in tokens), *shares, right, *counts)
    return table


def _comparison_table(comparisons: Sequence[Comparison]) -> Table:
    table = _table(
        "Times as long",
        *("system", "than", "with reading", "95 %", "median", "without reading", "95 %", "median", "processor", "95 %", "median"),
    )
    for one in comparisons:
        ratios = (one.with_reading, one.answer_alone, one.processor_time)
        table.add_row(one.peer.value, one.ours.value, *(text for ratio in ratios for text in _ratio(ratio)))
    return table


def _ratio(ratio: Ratio | None) -> tuple[str, str, str]:
    if ratio is None:
        return "-", "", ""
    interval = f"{ratio.interval[0]:.2f}–{ratio.interval[1]:.2f}" if ratio.interval else ""
    return f"{ratio.of_totals:.2f}", interval, f"{ratio.median:.2f}"


def _limits_line(limits: Limits) -> str:
    line = f"Limits of this computer: memory {limits.bandwidth_bytes_per_s / _GB:.1f} GB/s"
    if limits.speeds is None or limits.written_tokens_per_s is None:
        return line
    speeds = limits.speeds
    return (
        f"{line}; weights {speeds.weights_bytes / _MIB:.0f} MiB a token, so at most {limits.written_tokens_per_s:.0f} tokens/s"
        f" one by one (measured {speeds.written_tokens_per_s:.1f}); prompt {speeds.prompt_tokens_per_s:.0f} tokens/s"
    )


def _second_task_table(times: Sequence[SecondTaskTime]) -> Table:
    table = _table(
        "A second task on the same document (seconds, means)",
        *("first task", "second task", "documents", "first", "second", "of the first", "both by the model", "first", "second"),
        *("of the first",),
    )
    for first, second in dict.fromkeys((one.first, one.second) for one in times):
        own = [one for one in times if (one.first, one.second) == (first, second)]
        table.add_row(first, second, *_pair_cells(own), *_pair_cells([one for one in own if one.was_read_twice]))
    return table


def _pair_cells(times: Sequence[SecondTaskTime]) -> tuple[str, str, str, str]:
    if not times:
        return "0", "-", "-", "-"
    first, second = (statistics.fmean(seconds) for seconds in zip(*((one.first_s, one.second_s) for one in times), strict=True))
    return str(len(times)), _seconds(first), _seconds(second), _percent(second / first)


def _labels_table(times: Sequence[LabelTime]) -> Table:
    table = _table("Classification of a short text, 10 labels", "way", "texts", "seconds (median)", "prompt tokens", "cached")
    for way in _in_order(one.way for one in times):
        own = [one for one in times if one.way == way]
        tokens = (statistics.fmean(one.prompt_tokens for one in own), statistics.fmean(one.cached_tokens for one in own))
        table.add_row(
            way, str(len(own)), _seconds(statistics.median(one.seconds for one in own)), *(f"{count:.0f}" for count in tokens)
        )
    return table


def _linear_table(runs: Sequence[LinearRun]) -> Table:
    table = _table(
        "More and more documents",
        *("documents", "seconds", "each", "median at first", "at last", "memory MiB at first", "at last"),
    )
    for one in runs:
        seconds = (one.seconds, one.seconds_each, one.first_quarter_s, one.last_quarter_s)
        memory = ("-" if held is None else f"{held / _MIB:.0f}" for held in (one.first_bytes, one.last_bytes))
        table.add_row(str(one.documents), *map(_seconds, seconds), *memory)
    return table


def _in_order(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _seconds(seconds: float) -> str:
    return f"{seconds:.2f}"


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.0%}"

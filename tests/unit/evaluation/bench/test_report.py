"""Figures and ratios from measurements."""

import json

import pytest

from app.domain.result import TokenCounts
from app.evaluation.bench.limits import Limits
from app.evaluation.bench.outcome import Benchmark, Setting
from app.evaluation.bench.peer_child import Speeds
from app.evaluation.bench.records import Measurement, SystemName
from app.evaluation.bench.report import compare, figures_of
from app.evaluation.bench.statistics import ratio

SETTING = Setting("0", "a processor", 2, "m", "00", 1, "", "bill", ("number",), 8192, {})
LIMITS = Limits(1e9, Speeds(prompt_tokens_per_s=100, written_tokens_per_s=10, weights_bytes=50_000_000))


def measured(system: SystemName, file: str, seconds: float, *, right: bool = True, fault: str = "") -> Measurement:
    tokens = TokenCounts(prompt=300, cached=200, generated=10, steps=11)
    return Measurement(system, file, 0, 0.5, seconds, 2.0, 1.0, tokens, {"number": "7"}, {"number": right}, invented=1, fault=fault)


MEASUREMENTS = [
    measured(SystemName.DESKHAND, "a", 3.5),
    measured(SystemName.DESKHAND, "b", 5.5),
    measured(SystemName.CHAT, "a", 7.5),
    measured(SystemName.CHAT, "b", 11.5, right=False),
    measured(SystemName.SERVER, "a", 15.5),
    measured(SystemName.SERVER, "b", 0.0, right=False, fault="it failed"),
]


def test_figures_of_a_system():
    figures = figures_of(SystemName.DESKHAND, MEASUREMENTS, LIMITS, 1000)
    assert figures is not None
    assert (figures.documents, figures.documents_per_minute, figures.seconds, figures.around_s) == (2, 12.0, 5.0, 1.5)
    assert (figures.prompt_tokens, figures.cached_tokens, figures.steps) == (300, 200, 11)
    assert (figures.right_by_field, figures.accuracy, figures.invented) == ({"number": 2}, 1.0, 2)
    assert figures.prompt_share == pytest.approx(100 / 2 / 100)
    assert figures.decode_share == pytest.approx(10 / 1 / 20)


def test_failed_document_counts_as_wrong_but_not_as_time():
    figures = figures_of(SystemName.SERVER, MEASUREMENTS, None, None)
    assert figures is not None
    assert (figures.documents, figures.faults, figures.right, figures.asked, figures.seconds) == (1, 1, 1, 2, 16.0)
    assert figures.prompt_share is None


def test_ratios_are_paired():
    chat, server = compare(MEASUREMENTS, SystemName.CHAT), compare(MEASUREMENTS, SystemName.SERVER)
    assert chat.with_reading is not None
    assert chat.with_reading.of_totals == pytest.approx(2.0)
    assert chat.with_reading.interval == pytest.approx((2.0, 2.0))
    assert server.with_reading is not None
    assert server.with_reading.of_totals == pytest.approx(4.0)
    assert server.answer_alone is not None
    assert server.answer_alone.median == pytest.approx(15.5 / 3.5)


def test_interval_holds_the_ratio():
    found = ratio([2.0, 9.0, 4.0, 8.0], [1.0, 3.0, 3.0, 2.0])
    assert found is not None
    assert found.interval is not None
    assert found.interval[0] < found.of_totals < found.interval[1]
    assert ratio([], []) is None


def test_benchmark_is_json_at_any_time():
    benchmark = Benchmark(SETTING)
    assert benchmark.is_empty
    assert json.loads(benchmark.to_json())["systems"] == []
    benchmark.measurements += MEASUREMENTS
    benchmark.limits = LIMITS
    whole = json.loads(benchmark.to_json())
    assert [system["system"] for system in whole["systems"]] == ["deskhand", "chat", "server"]
    assert [comparison["peer"] for comparison in whole["comparisons"]] == ["chat", "server"]
    assert whole["measurements"][0]["tokens"]["cached"] == 200
    assert whole["setting"]["fields"] == ["number"]


def test_without_deskhand_nothing_is_compared():
    assert Benchmark(SETTING, measurements=MEASUREMENTS[2:]).comparisons() == []

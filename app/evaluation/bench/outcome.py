"""All that one benchmark found out; this is what is printed and written."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field

from pydantic import TypeAdapter

from app.domain.result import TokenCounts
from app.evaluation.bench.labelling import LabelTime
from app.evaluation.bench.limits import Limits
from app.evaluation.bench.linear import LinearRun
from app.evaluation.bench.records import Measurement, SystemName
from app.evaluation.bench.report import Comparison, SystemFigures, compare, figures_of
from app.evaluation.bench.second_task import SecondTaskTime


@dataclass(frozen=True)
class Setting:
    """Under what conditions the figures were made."""

    deskhand: str
    processor: str
    threads: int
    model_id: str
    model_sha256: str
    model_bytes: int
    converted_id: str
    """The model of the system `converted`; empty without one."""
    task: str
    fields: tuple[str, ...]
    peer_context: int
    versions: dict[str, str]


@dataclass
class Benchmark:
    """Filled suite by suite, so that what was measured is there when the rest is not."""

    setting: Setting
    limits: Limits | None = None
    measurements: list[Measurement] = field(default_factory=list)
    peaks: dict[SystemName, int | None] = field(default_factory=dict)
    second_tasks: list[SecondTaskTime] = field(default_factory=list)
    labels: list[LabelTime] = field(default_factory=list)
    linear: list[LinearRun] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.measurements or self.second_tasks or self.labels or self.linear)

    def take_up(self, written: str) -> None:
        """Begin with the comparison of an earlier benchmark. Raises `ValueError` for one of another setting, or none at all."""
        earlier = _EARLIER.validate_json(written)
        if earlier.setting != self.setting:
            raise ValueError("it was made in another setting")
        self.limits, self.measurements, self.peaks = earlier.limits, earlier.measurements, earlier.peaks

    def systems(self) -> list[SystemFigures]:
        found = [figures_of(name, self.measurements, self.limits, self.peaks.get(name)) for name in SystemName]
        return [figures for figures in found if figures is not None]

    def comparisons(self) -> list[Comparison]:
        """Of every peer with every Deskhand that was measured beside it."""
        measured = {measurement.system for measurement in self.measurements}
        return [
            compare(self.measurements, peer, ours)
            for ours in SystemName
            for peer in SystemName
            if {ours, peer} <= measured and ours.is_ours and not peer.is_ours
        ]

    def to_json(self) -> str:
        figures = asdict(self) | {
            "systems": [asdict(figures) | {"accuracy": figures.accuracy} for figures in self.systems()],
            "comparisons": [asdict(comparison) for comparison in self.comparisons()],
        }
        return json.dumps(figures, ensure_ascii=False, indent=1, default=_plain)


@dataclass(frozen=True)
class _Earlier:
    """What is taken up of a written benchmark."""

    setting: Setting
    limits: Limits | None
    measurements: list[Measurement]
    peaks: dict[SystemName, int | None]


_EARLIER = TypeAdapter(_Earlier)


def _plain(value: object) -> object:
    if isinstance(value, TokenCounts):
        return value.model_dump()
    raise TypeError(type(value).__name__)

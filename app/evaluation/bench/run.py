"""Runs the suites of a benchmark: opens the systems, takes them through the documents, closes them."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from app.domain.document import Document
from app.domain.task import Task, TaskField
from app.errors import AppError, PeerError, PeerMissingError
from app.evaluation.bench.accounts import tree_bytes
from app.evaluation.bench.documents import BenchDocument
from app.evaluation.bench.extraction import measure
from app.evaluation.bench.labelling import measure_labelling, short_texts, ten_labels
from app.evaluation.bench.limits import Limits, memory_bandwidth
from app.evaluation.bench.linear import Answering, measure_linear, write_documents
from app.evaluation.bench.outcome import Benchmark
from app.evaluation.bench.peer_child import PeerSetup
from app.evaluation.bench.records import Measurement, SystemName
from app.evaluation.bench.second_task import measure_second_tasks, tasks_to_pair
from app.evaluation.bench.systems import DeskhandSystem, PeerSystem, System
from app.worker.services import ModelService

_MODULES = {SystemName.CHAT: "llama_cpp", SystemName.SERVER: "xllamacpp"}
_FEW = 6
"""Documents of the suites that need no more to show a ratio."""
_LINEAR_STEP = 10


@dataclass(frozen=True)
class BenchPlan:
    """What is asked of whom. `task` holds just `fields`; `whole_task` is the one it was taken from."""

    task: Task
    fields: Sequence[TaskField]
    whole_task: Task
    kinds: Task
    summary: Task
    systems: Sequence[SystemName]
    setup: PeerSetup
    warm_up: Document


class BenchRun:
    """One benchmark. `tell` gets a line for each thing that was measured, `complain` what went wrong on the way."""

    def __init__(
        self,
        plan: BenchPlan,
        benchmark: Benchmark,
        documents: Sequence[BenchDocument],
        make_models: Mapping[SystemName, Callable[[], ModelService]],
        *,
        tell: Callable[[str], None],
        complain: Callable[[AppError], None],
    ) -> None:
        self.plan = plan
        self.benchmark = benchmark
        self._documents = documents
        self._make_models = make_models
        self._tell = tell
        self._complain = complain

    def extract(self, rounds: int) -> None:
        """The comparison. Every round has fresh systems, so that nothing is remembered from the one before."""
        plan = self.plan
        known = {one.key for one in self.benchmark.measurements}
        for number in range(rounds):
            with self._open(plan.systems) as systems:
                self._find_limits(systems)
                for system in systems:
                    system.extract(plan.task, plan.fields, plan.warm_up)
                try:
                    for one in measure(systems, self._documents, plan.task, plan.fields, round_number=number, known=known):
                        self.benchmark.measurements.append(one)
                        self._tell_measurement(one, rounds)
                finally:
                    for system in systems:
                        self._note_peak(system)

    def second_task(self) -> None:
        """Deskhand alone."""
        plan = self.plan
        tasks = tasks_to_pair(plan.whole_task, plan.task, plan.kinds, plan.summary)
        with self._open([SystemName.DESKHAND]) as systems:
            for one in measure_second_tasks(systems[0], self._few(), plan.warm_up, tasks):
                self.benchmark.second_tasks.append(one)
                self._tell(f"{Path(one.file).name}: {one.first} {one.first_s:.2f} s, {one.second} {one.second_s:.2f} s")

    def classify(self) -> None:
        with self._open(self.plan.systems) as systems:
            for one in measure_labelling(systems, short_texts(self._few()), ten_labels(self.plan.kinds)):
                self.benchmark.labels.append(one)
                self._tell(f"{Path(one.file).name}: {one.way} {one.seconds:.2f} s, {one.label}")

    def linear(self, answer: Answering, most: int) -> None:
        """10, 100, 1,000 … documents, up to `most`."""
        count = _LINEAR_STEP
        while count <= most:
            with TemporaryDirectory(prefix="deskhand-bench-") as folder:
                paths = write_documents(Path(folder), self._documents, count)
                one = measure_linear(answer, paths, lambda: tree_bytes(os.getpid()), self._tell)
            self.benchmark.linear.append(one)
            self._tell(f"{one.documents} documents: {one.seconds_each:.2f} s each")
            count *= _LINEAR_STEP

    @contextmanager
    def _open(self, names: Sequence[SystemName]) -> Iterator[list[System]]:
        """The systems that can be opened; a peer that is missing or fails is told and left out. Raises when none is left."""
        with ExitStack() as stack:
            systems: list[System] = []
            for name in names:
                try:
                    system = self._open_one(name)
                except PeerError as error:
                    if not systems and name is names[-1]:
                        raise
                    self._complain(error)
                    continue
                stack.callback(system.close)
                systems.append(system)
            yield systems

    def _open_one(self, name: SystemName) -> System:
        if name.is_ours:
            return DeskhandSystem(name, self._make_models[name]())
        if importlib.util.find_spec(_MODULES[name]) is None:
            raise PeerMissingError(peer=name.value)
        return PeerSystem(name, self.plan.setup)

    def _few(self) -> Sequence[BenchDocument]:
        """Some from all over the documents, which often lie in order of their origin."""
        return self._documents[:: max(1, len(self._documents) // _FEW)][:_FEW]

    def _find_limits(self, systems: Sequence[System]) -> None:
        if self.benchmark.limits is None:
            speeds = next(filter(None, (system.speeds() for system in systems)), None)
            self.benchmark.limits = Limits(memory_bandwidth(self.plan.setup.threads), speeds)

    def _tell_measurement(self, one: Measurement, rounds: int) -> None:
        done = len({(each.file, each.round) for each in self.benchmark.measurements})
        right = f", {sum(one.right.values())} of {len(one.right)} right" if one.right else ""
        told = one.fault or f"{one.total_s:.1f} s{right}"
        self._tell(f"{done}/{rounds * len(self._documents)} {Path(one.file).name}: {one.system.value} {told}")

    def _note_peak(self, system: System) -> None:
        peaks = [peak for peak in (system.peak_bytes(), self.benchmark.peaks.get(system.name)) if peak is not None]
        self.benchmark.peaks[system.name] = max(peaks, default=None)

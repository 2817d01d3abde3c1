"""The composition root: builds the parts of the program once and passes them on. Each part is built when it is first used."""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from app.catalog.catalog import Catalog, ChosenModel, load_catalog
from app.errors import AppError, ModelCrashedError, StorageError
from app.network.gate import Gate
from app.paths import Paths, bundled_catalog, find_paths, resources, shared_models
from app.settings import Settings, load_settings, save_settings
from app.tasks.library import TaskLibrary

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from app.catalog.gguf import GgufHeader
    from app.catalog.machine import Machine
    from app.catalog.offers import Offer
    from app.catalog.speed import Speeds
    from app.domain.case import KeptCase
    from app.domain.pace import ModelPace
    from app.domain.recalibration import MapOf
    from app.domain.result import Result
    from app.domain.task import Task
    from app.evaluation.cases import Case
    from app.evaluation.contest import Contestant
    from app.evaluation.runner import EvaluationRun
    from app.frontier.client import Frontier
    from app.frontier.keys import KeyStore
    from app.jobs.policies import PolicyFile
    from app.jobs.runner import JobRunner
    from app.learning.calibration import Lesson
    from app.storage.store import Store
    from app.worker.ladder import Rung
    from app.worker.ports import TaskModel
    from app.worker.self_test import SelfTest
    from app.worker.services import ModelService, ReaderService
    from app.worker.vision_pages import PageShelf

_SHORT_CONTEXT = 2048
_MOST_REVIEWS = 500
"""Documents that confidence is learnt from, the newest: older ones tell of a model or of senders that are gone."""
_NO_GRAPHICS = "The graphics card could not be used for the model chosen"
_NO_EYES = "The model chosen could not be loaded together with its projector"
_log = logging.getLogger(__name__)
_worker_log = logging.getLogger("app.worker.child")


class Deskhand:
    """The parts of one program, shared by window and command line.

    A context manager: `close` stops what was started, users before what they use. No part is built by asking for another twice.
    """

    def __init__(self, paths: Paths, settings: Settings) -> None:
        self.paths = paths
        self.settings = settings
        self.gate = Gate(offline=settings.offline)

    @cached_property
    def catalog(self) -> Catalog:
        return load_catalog(
            bundled_catalog(),
            self.paths.models,
            own=self.paths.user_catalog,
            shared=shared_models(),
            header_reader=self._read_model_header,
        )

    @cached_property
    def tasks(self) -> TaskLibrary:
        return TaskLibrary(resources() / "tasks", self.paths.user_tasks)

    @cached_property
    def reader(self) -> ReaderService:
        from app.worker.services import ReaderService

        return ReaderService(
            self.settings.limits,
            allow_weak=self.settings.allow_weak_sandbox,
            use_attached_xml=self.settings.use_attached_xml,
            shelf=self.page_shelf,
            on_log=_worker_log.info,
        )

    @cached_property
    def page_shelf(self) -> PageShelf:
        """Pictures of scans on their way from the reader to a model that sees."""
        from app.worker.vision_pages import PageShelf

        return PageShelf(lambda: any(map(self.projector_path, ("", *self.settings.task_models))))

    @cached_property
    def store(self) -> Store:
        """Takes the data folder. Raises `DatabaseInUseError` while another Deskhand has it."""
        from app.storage.store import Store

        return Store(self.paths.database)

    @cached_property
    def policies(self) -> PolicyFile:
        from app.jobs.policies import PolicyFile

        return PolicyFile(self.paths.data / "policies.toml")

    @cached_property
    def keys(self) -> KeyStore:
        from app.frontier.keys import KeyStore

        return KeyStore()

    @cached_property
    def frontier(self) -> Frontier:
        """The one who asks larger models; follows the settings while it runs."""
        from app.frontier.client import Frontier

        return Frontier(self.gate, self.keys, self.store.ledger, lambda: self.settings.frontier)

    @property
    def has_store(self) -> bool:
        """Whether the data folder is this program's by now."""
        return "store" in self.__dict__

    @cached_property
    def runner(self) -> JobRunner:
        return self.make_runner(self.store, asks=True)

    def make_runner(self, store: Store, *, attachments: bool = True, asks: bool = False) -> JobRunner:
        """A runner on the program's own store, or on another one for runs that stand for themselves.

        It `asks` a larger model on the program's own store only, where ledger and consents are.
        """
        from app.jobs.runner import JobRunner

        return JobRunner(
            store,
            self.reader,
            self.make_ladder,
            self.tasks,
            self.settings,
            model_sha256=self.model_sha256,
            fits_beside=self.fits_beside,
            attachments=attachments,
            courier=self.frontier if asks else None,
            policies=self.policies.in_force,
        )

    def prove_offline(self) -> Iterator[tuple[bool, str]]:
        """Evidence that work needs no connection. Raises what keeps a sample from being processed."""
        from app.jobs.offline_proof import prove_offline

        return prove_offline(self.reader, self.make_model)

    def choose_model(self, task: str = "") -> ChosenModel:
        """The model that the settings name for a task, or for all, or the best one here. Raises `ModelError` kinds."""
        return self.catalog.choose(self.settings.model_of(task))

    def make_model(self, task: str = "") -> ModelService:
        """A service on the chosen model; it is loaded at its first use."""
        return self._service_of(self.choose_model(task), graphics=self.settings.graphics_card, projector=self.projector_path(task))

    def projector_path(self, task: str = "") -> Path | None:
        """The eyes of the model in use, where the person got it any and memory has room for them."""
        if self.settings.vision == "off":
            return None
        from app.catalog.fit import Verdict, estimate
        from app.catalog.machine import machine_memory

        try:
            # A converted copy sees with the eyes of its source.
            spec = self.catalog.get(self.choose_model(task).spec.id.partition(":")[0])
            if spec.eyes is None or not self.catalog.is_installed(spec.eyes):
                return None
            fit = estimate(spec, machine_memory(), context_tokens=self.settings.context_tokens, with_projector=True)
            return None if fit.verdict is Verdict.NO else self.catalog.verify(spec.eyes)
        except AppError:
            return None

    def make_ladder(self, task: str = "") -> TaskModel:
        """The chosen model, and what to go on with should it not fit: the processor, a shorter context, or, unless it was named,
        a smaller model.
        """
        from app.worker.ladder import ModelLadder

        # A driver can crash where a processor computes.
        more_faults = (ModelCrashedError,) if self.settings.graphics_card else ()
        model = self.make_model(task)
        # While the first document is being read.
        model.start()
        return ModelLadder(model, lambda: self._below_chosen_model(task), gives_way_to=more_faults)

    def _below_chosen_model(self, task: str) -> list[Rung]:
        from app.worker.ladder import Rung

        chosen = self.choose_model(task)
        file = frozenset({chosen.path.name})
        rungs = []
        if self.settings.graphics_card:
            rungs.append(Rung(f"{chosen.spec.id} on the processor", lambda: self._service_of(chosen), _NO_GRAPHICS, file))
        if self.projector_path(task) is not None:
            rungs.append(Rung(f"{chosen.spec.id} without its eyes", lambda: self._service_of(chosen), _NO_EYES, file))
        if self._context_of(chosen) > _SHORT_CONTEXT:
            short = f"{chosen.spec.id} with a shorter context"
            rungs.append(Rung(short, lambda: self._service_of(chosen, n_ctx=_SHORT_CONTEXT), files=file))
        smaller = None if self.settings.model_of(task) else self.catalog.smaller_than(chosen.spec)
        if smaller is not None:
            rungs.append(Rung(smaller.spec.id, lambda: self._service_of(smaller)))
        return rungs

    def _context_of(self, chosen: ChosenModel) -> int:
        return min(self.settings.context_tokens, chosen.spec.context_max)

    def offers(self) -> list[Offer]:
        """All known models as they fit this computer now."""
        from app.catalog.offers import make_offers

        machine = self.machine()
        return make_offers(self.catalog, machine, self.speeds(machine), context_tokens=self.settings.context_tokens)

    def speeds(self, machine: Machine) -> Speeds:
        """How fast each model is to be expected on this computer."""
        from app.catalog.speed import Speeds

        return Speeds(self.catalog.folder, self.catalog.all(), machine, self._paces())

    def machine(self) -> Machine:
        """This computer as it is now, with the graphics cards as they were before the engine last computed on them."""
        from app.catalog.machine import probe_machine
        from app.catalog.tuning import graphics_of

        return probe_machine(self.paths.models, graphics_of(self.paths.models) if self.settings.graphics_card else ())

    def _paces(self) -> dict[str, ModelPace]:
        """How fast models were with the documents of this data folder; nothing where another Deskhand has it."""
        if not self.has_store and not self.paths.database.exists():
            return {}
        try:
            return self.store.paces()
        except StorageError:
            return {}

    def test_model(self, chosen: ChosenModel, cancel: threading.Event | None = None) -> SelfTest:
        """Whether a model understands its prompts, remembered with the model. Raises `ModelError` kinds."""
        from app.worker.self_test import run_self_test

        with self._service_of(chosen) as model:
            test = run_self_test(model, cancel)
        self.catalog.note_test(chosen.spec, passed=test.passed)
        return test

    def contestant(self, model_id: str) -> Contestant:
        """An installed model that can be evaluated. Raises `ModelError` kinds."""
        from app.domain.result import ModelUsed
        from app.evaluation.contest import Contestant

        chosen = self.catalog.choose(model_id)
        used = ModelUsed(id=chosen.spec.id, sha256=chosen.sha256)
        return Contestant(used, chosen.spec.main_file.size_bytes, lambda: self._service_of(chosen))

    def learn_from_reviews(self, task: Task) -> Lesson:
        """Put the confidence of the model in use right by what was reviewed, if that does better on reviews not yet seen."""
        from app.evaluation.reviewed import reviews_for_learning
        from app.learning.calibration import Reviewed, learn

        reviews = [Reviewed(one.confidence, one.right, one.document) for one in reviews_for_learning(self.reviewed(task), task)]
        made_at = datetime.now(UTC).isoformat(timespec="seconds")
        return learn(task.id, reviews, self.store.recalibrations, model_sha256=self.model_sha256(task.id), made_at=made_at)

    def reviewed(self, task: Task) -> list[tuple[KeptCase, Result]]:
        """The newest documents that were reviewed in whole, with the first answer of the model in use; those of others tell nothing
        of it.
        """
        model = self.model_sha256(task.id)
        return [one for one in self.store.cases.whole(task.id, _MOST_REVIEWS) if one[1].answer.model.sha256 == model]

    def collect_cases(self) -> None:
        """Keep as cases what was reviewed since the last time, where the person lets it be kept."""
        from app.evaluation.collect import collect_cases

        if self.settings.keep_cases:
            collect_cases(self.store.cases, self.store.look_of)

    def evaluation_of(self, task: Task, cases: Sequence[Case], folder: Path = Path()) -> EvaluationRun:
        """A run over cases of a file that lies in `folder`, or over kept ones."""
        from app.evaluation.runner import EvaluationRun
        from app.jobs.plan import language_of_person

        return EvaluationRun(
            task,
            cases,
            folder,
            tasks=self.tasks,
            reader=self.reader,
            language=language_of_person(self.settings),
            kept=lambda case_id: self.store.cases.document(case_id),  # noqa: PLW0108  # The store is taken only when it is needed.
            map_of=self._map_of(),
        )

    def _map_of(self) -> MapOf:
        """What reviews made of confidence; nothing where another Deskhand has the data folder."""
        if self.has_store or self.paths.database.exists():
            try:
                return self.store.recalibrations.in_force
            except StorageError as error:
                _log.warning("Confidence is judged as shipped, without what reviews taught: %s", error.user_text)
        return lambda _task, _model: None

    def _service_of(
        self, chosen: ChosenModel, *, n_ctx: int = 0, graphics: bool = False, projector: Path | None = None
    ) -> ModelService:
        from app.catalog.fit import PICTURE_TOKENS, most_bytes
        from app.catalog.machine import machine_memory
        from app.catalog.tuning import take_facts, tuning_of
        from app.worker.services import ModelService

        tuned = tuning_of(self.paths.models, chosen.sha256)
        n_ctx = n_ctx or self._context_of(chosen)
        spec = chosen.spec if projector is None else self.catalog.get(chosen.spec.id.partition(":")[0])
        most = most_bytes(spec, machine_memory(), context_tokens=n_ctx, with_projector=projector is not None)
        return ModelService(
            chosen.path,
            model_id=chosen.spec.id,
            sha256=chosen.sha256,
            family=chosen.spec.prompt_family,
            n_ctx=n_ctx if projector is None else min(n_ctx + PICTURE_TOKENS, chosen.spec.context_max),
            threads=self.settings.threads or (tuned.threads if tuned else 0),
            tune=not self.settings.threads and tuned is None,
            on_ready=lambda untrusted: take_facts(self.paths.models, chosen.sha256, untrusted),
            memory_bytes=most,
            graphics=graphics,
            projector=projector,
            shelf=self.page_shelf,
            allow_weak=self.settings.allow_weak_sandbox,
            on_log=_worker_log.info,
        )

    def change_settings(self, settings: Settings) -> None:
        """Store what differs from before, and apply all. Limits of reading and the folders apply at the next start.

        What was given for this run alone is not stored, and what another Deskhand stored meanwhile stays.
        """
        stored = load_settings(self.paths.settings)
        save_settings(stored.with_changes(self.settings, settings), self.paths.settings)
        if settings.keep_cases and not self.settings.keep_cases:
            # What was reviewed while nothing was to be kept stays out for good.
            self.store.cases.pass_over_reviews()
        model_differs = _model_settings(settings) != _model_settings(self.settings)
        self.settings = settings
        self.gate.offline = settings.offline
        if "runner" in self.__dict__:
            self.runner.settings = settings
            if model_differs:
                self.runner.change_model(self.make_ladder)

    def close(self) -> None:
        """Stop the work and release the data folder; the parts can't be used afterwards."""
        parts = self.__dict__
        if "runner" in parts:
            self.runner.stop()
        if "reader" in parts:
            self.reader.close()
        if "store" in parts:
            self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _read_model_header(self, path: Path) -> GgufHeader:
        """Of a file of any origin, so it is read in a locked child."""
        from app.worker.header_service import HeaderService

        return HeaderService(allow_weak=self.settings.allow_weak_sandbox, on_log=_worker_log.info).read(path)

    def fits_beside(self, task: str, others: Sequence[str]) -> bool:
        """Whether memory holds the model of a task well while those of other tasks work, too."""
        from app.catalog.fit import estimate, need_bytes
        from app.catalog.machine import MachineMemory, machine_memory

        def need_of(task: str) -> int:
            spec, sees = self.choose_model(task).spec, self.projector_path(task) is not None
            return need_bytes(spec, context_tokens=self.settings.context_tokens, with_projector=sees)

        memory, taken = machine_memory(), sum(map(need_of, others))
        # What is free may count the weights of the others, since the system could drop them.
        left = MachineMemory(memory.total_bytes - taken, memory.available_bytes - taken)
        spec, sees = self.choose_model(task).spec, self.projector_path(task) is not None
        return estimate(spec, left, context_tokens=self.settings.context_tokens, with_projector=sees).fits

    def model_sha256(self, task: str) -> str:
        """Empty while there is no usable model: then stored answers stay as they are."""
        try:
            return self.choose_model(task).sha256
        except AppError:
            return ""


def build(
    *,
    data_dir: Path | None = None,
    models_dir: Path | None = None,
    model: str = "",
    offline: bool = False,
    allow_weak_sandbox: bool = False,
) -> Deskhand:
    """The parts for these folders. What is given here wins over the stored settings, which it does not change."""
    paths = find_paths(data_dir, models_dir)
    settings = load_settings(paths.settings)
    given = {"model": model, "offline": offline, "allow_weak_sandbox": allow_weak_sandbox}
    if model:
        settings = settings.model_copy(update={"task_models": {}})
    return Deskhand(paths, settings.model_copy(update={name: value for name, value in given.items() if value}))


def _model_settings(settings: Settings) -> tuple[object, ...]:
    return (
        *(settings.model, settings.task_models, settings.vision, settings.context_tokens, settings.threads),
        *(settings.allow_weak_sandbox, settings.graphics_card),
    )

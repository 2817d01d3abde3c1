"""One run of the jobs over some paths, told document by document. Knows the jobs, not how anything is printed."""

from __future__ import annotations

import queue
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from app.bootstrap import Deskhand
from app.cli.asking import Escalate, can_ask, say_if_closed
from app.cli.console import warn
from app.domain.consent import ConsentScope
from app.domain.job import Job, JobError, JobState
from app.domain.progress import Progress
from app.domain.proposal import ProposalState
from app.domain.sheet import Sheet
from app.errors import AppError, DatabaseInUseError
from app.export.items import ExportItem, field_types
from app.jobs.escalation import Escalation
from app.jobs.events import EscalationChanged, JobChanged, JobEvent, JobProgressed, QueueChanged
from app.jobs.intake import AddOutcome
from app.jobs.runner import JobRunner
from app.storage.store import Store

_POLL_S = 0.2
Agree = Callable[[Sheet], ConsentScope | None]


class RunStoppedError(Exception):
    """The queue paused by itself: no document is the cause, and none would fare better."""

    def __init__(self, problem: JobError) -> None:
        super().__init__(problem.message)
        self.problem = problem


class ProcessRun:
    """Files in, one finished item for each out, in the order in which they are finished.

    With a data folder of its own the run's answers are kept there: what is there is not computed again, and a run that was killed
    goes on. Without one, or while a window has it, the run stands for itself and leaves nothing.
    """

    def __init__(self, deskhand: Deskhand, task: str, *, store: Store, attachments: bool, escalate: Escalate = "never") -> None:
        self._deskhand = deskhand
        self._task = task
        self._store = store
        # Ledger and consents lie in the data folder: where it is not to be had, nothing is asked.
        asks = escalate != "never" and deskhand.has_store
        self._runner: JobRunner = deskhand.make_runner(store, attachments=attachments, asks=asks)
        self._escalation = self._runner.escalation
        self._asks_person = escalate == "ask"
        if self._escalation is not None:
            self._escalation.may_send_unasked = not self._asks_person
            say_if_closed(self._escalation)
        self._held: dict[int, list[str]] = {}
        """Answers that a larger model may still change, with the names under which they are told."""
        self._news: queue.SimpleQueue[JobEvent] = queue.SimpleQueue()
        self._names: dict[int, list[str]] = {}
        """The paths as given that a job answers: the same content may lie in several files."""
        self._paths: set[str] = set()
        self.total = 0
        self.progress: Progress | None = None
        self.at_work = ""

    def items(self, paths: Iterable[Path], password: str | None = None, agree: Agree = lambda _: None) -> Iterator[ExportItem]:
        """Finished documents. Raises `RunStoppedError` when the model or the protection is missing.

        Those about which a larger model is asked come last: `agree` shows the sheet and gives the person's word.
        """
        self._runner.subscribe(self._news.put)
        outcomes = self._runner.add(paths, self._task)
        self.total = len(outcomes)
        yield from self._items_known_at_once(outcomes, password)
        if not self._names and not self._held:
            return
        self._runner.start()
        try:
            yield from self._items_as_they_finish()
            if self._escalation is not None:
                yield from self._items_asked_about(self._escalation, agree)
        finally:
            self._runner.stop()

    def _items_known_at_once(self, outcomes: list[AddOutcome], password: str | None) -> Iterator[ExportItem]:
        """Refused files and answers that are there already; the others are noted as awaited."""
        for outcome in outcomes:
            job = outcome.job or outcome.already
            if outcome.error is not None or job is None:
                yield self._refused(outcome)
            elif job.state in {JobState.DONE, JobState.REVIEW} and self._could_be_asked(job):
                self._held.setdefault(job.id, []).append(str(outcome.path))
            elif job.state in {JobState.DONE, JobState.REVIEW}:
                yield self._finished(job, str(outcome.path))
            else:
                self._names.setdefault(job.id, []).append(str(outcome.path))
                self._paths.add(str(outcome.path.absolute()))
                if password is not None and len(self._names[job.id]) == 1:
                    self._runner.retry(job.id, password)

    def _items_as_they_finish(self) -> Iterator[ExportItem]:
        awaited = dict(self._names)
        while awaited:
            try:
                event = self._news.get(timeout=_POLL_S)
            except queue.Empty:
                continue
            match event:
                case JobChanged(job=job) if job.state.is_finished:
                    names = awaited.pop(job.id, None)
                    if names is None and job.part:
                        names = [self._name_of_attachment(job)]
                    if self._waits_for_more(job):
                        self._held[job.id] = names or []
                        continue
                    for name in names or []:
                        yield self._finished(job, name)
                case JobChanged(job=job) if job.part and job.state is JobState.WAITING and self._is_ours(job):
                    awaited.setdefault(job.id, [self._name_of_attachment(job)])
                case JobProgressed(job_id=job_id, progress=progress):
                    self.at_work, self.progress = Path(self._names.get(job_id, [""])[0]).name, progress
                case EscalationChanged(error=JobError() as error):
                    warn(f"{error.message} {error.hint}")
                case QueueChanged(problem=JobError() as problem):
                    raise RunStoppedError(problem)
                case _:
                    pass

    def _waits_for_more(self, job: Job) -> bool:
        """Whether a larger model, or the person's word, may still change a new answer."""
        if self._escalation is None:
            return False
        if not self._escalation.is_settled(job.id):
            return True
        proposal = self._store.proposals.of_job(job.id) if self._asks_person else None
        return proposal is not None and proposal.state is ProposalState.PROPOSED

    def _could_be_asked(self, job: Job) -> bool:
        """Whether an answer that is there already is to be asked about now."""
        return self._escalation is not None and self._asks_person and bool(self._escalation.targets_of(job))

    def _items_asked_about(self, escalation: Escalation, agree: Agree) -> Iterator[ExportItem]:
        """Wait for what is under way; then put the person's question, once for all documents."""
        escalation.wait_until_settled()
        if self._asks_person and self._held:
            self._ask(escalation, agree)
        escalation.wait_until_settled()
        self._tell_failures()
        for job_id, names in self._held.items():
            job = self._store.job(job_id)
            if job is not None:
                yield from (self._finished(job, name) for name in names)

    def _ask(self, escalation: Escalation, agree: Agree) -> None:
        if not can_ask():
            warn("Nothing was sent: a larger model can be asked from a terminal only, or with --escalate standing.")
            return
        sheet = escalation.sheet(self._held)
        scope = agree(sheet) if sheet.items else None
        if scope is not None:
            escalation.approve(sheet, scope)

    def _tell_failures(self) -> None:
        """What the larger model's side had to say meanwhile."""
        self._runner.flush()
        while not self._news.empty():
            event = self._news.get()
            if isinstance(event, EscalationChanged) and event.error is not None:
                warn(f"{event.error.message} {event.error.hint}")

    def _is_ours(self, job: Job) -> bool:
        return job.path in self._paths

    def _name_of_attachment(self, job: Job) -> str:
        return f"{job.path}/{job.part}"

    def _refused(self, outcome: AddOutcome) -> ExportItem:
        error = outcome.error or AppError(detail=str(outcome.path))
        told = JobError(code=error.code, message=error.user_text, hint=error.hint)
        # A name that is no text reaches no further than here.
        name = str(outcome.path).encode("utf-8", "backslashreplace").decode()
        return ExportItem(name, "", self._task_id, JobState.FAILED, error=told)

    def _finished(self, job: Job, name: str) -> ExportItem:
        result = self._store.result(job.id)
        types = {}
        if result is not None:
            answering = self._task if result.then is None else result.then.task
            types = field_types(self._deskhand.tasks.get(answering))
        return ExportItem(name, job.sha256, self._task_id, job.state, result, job.error, types)

    @property
    def _task_id(self) -> str:
        return self._deskhand.tasks.get(self._task).id


@contextmanager
def open_store(deskhand: Deskhand, *, keep: bool) -> Iterator[Store]:
    """The data folder's store, or one that is deleted afterwards."""
    if keep:
        try:
            yield deskhand.store
            return
        except DatabaseInUseError as error:
            warn(f"{error.user_text} The answers are printed, but not kept there.")
    with tempfile.TemporaryDirectory(prefix="deskhand-") as folder, Store(Path(folder) / "run.sqlite") as store:
        yield store

"""A larger model on cases that were answered here: about which it may be asked, what that takes, and what came of it.

Nothing leaves before `ask`, and `ask` sends what `quote` told. Replies that are known from before are not asked for again.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from pathlib import Path
from typing import Final

from app import __version__
from app.domain.enquiry import Enquiry, Excerpt
from app.domain.parcel import Parcel
from app.domain.policy import Policies, Policy, policy_at
from app.domain.privacy import strictest
from app.domain.redaction import NEVER_HIDDEN
from app.domain.result import ModelUsed
from app.domain.targets import LABEL, POINTS
from app.domain.task import Task, TaskKind
from app.errors import CancelledError, EvaluationError
from app.evaluation.deferral import Deferral, deferral
from app.evaluation.deferral_run import Examined, Trials, enquiries_of, enquiry_of, judged_targets, settled_with, trials_of
from app.evaluation.outcome import CaseOutcome, Run
from app.evaluation.quote import Estimate, Quote, Request
from app.evaluation.recorded_frontier import AgreedAsker, RecordedFrontier
from app.frontier.client import Errand, Frontier
from app.jobs.policies import policy_of
from app.tasks.enquiry.questions import question_of
from app.worker.ports import TaskModel

OnDone = Callable[[int, int], None]
"""Documents done, and all."""
_CHARS_OF_LINES: Final = 1_200
_NAMES_OF_KIND: Final = {TaskKind.CLASSIFY: (LABEL,), TaskKind.SUMMARIZE: (POINTS,)}


@dataclass(frozen=True)
class LargerAnswers:
    """`deferral` is None where no single field was judged."""

    run: Run
    deferral: Deferral | None


def estimate(task: Task, n_documents: int, chars: int, pack: Callable[[Enquiry], Parcel]) -> Estimate:
    """For documents of `chars` characters: each is sent whole, and the lines of each single field once more."""
    names = [field.name for field in task.fields if not field.many]
    everything = [field.name for field in task.fields] + [group.name for group in task.rows]
    everything = everything or [*_NAMES_OF_KIND.get(task.kind, ())]
    texts = [(everything, chars), *(([name], min(chars, _CHARS_OF_LINES)) for name in names)]
    costs = [pack(_blank_enquiry(task, asked, size)).max_cost for asked, size in texts]
    known = [cost for cost in costs if cost is not None]
    return Estimate(n_documents * len(texts), n_documents * sum(known, Decimal(0)) if len(known) == len(costs) else None)


def price_of_value(task: Task, pack: Callable[[Enquiry], Parcel]) -> Decimal | None:
    """The most that asking about a single value costs, on average over the fields of a task; None where that is not known."""
    names = [field.name for field in task.fields if not field.many] or [*_NAMES_OF_KIND.get(task.kind, ())]
    costs = [pack(_blank_enquiry(task, [name], _CHARS_OF_LINES)).max_cost for name in names]
    known = [cost for cost in costs if cost is not None]
    return sum(known, Decimal(0)) / len(known) if known and len(known) == len(costs) else None


def _blank_enquiry(task: Task, names: Sequence[str], chars: int) -> Enquiry:
    questions = tuple(question for name in names if (question := question_of(task, name)) is not None)
    text = Excerpt(page=1, start=0, end=chars, text="x" * chars)
    return Enquiry(
        task=task.id, kind=task.kind, instructions=task.instructions or task.description, questions=questions, excerpts=(text,)
    )


def may_leave(
    examined: Sequence[Examined], policies: Policies, refused: Collection[int] = ()
) -> tuple[list[Examined], list[Examined]]:
    """Those that a larger model may be asked about, and those that stay here. `refused` are kept cases that must not be sent."""
    parted: tuple[list[Examined], list[Examined]] = [], []
    for one in examined:
        parted[one.case.kept in refused or policy_of_case(one, policies).keeps_here].append(one)
    return parted


def policy_of_case(examined: Examined, policies: Policies) -> Policy:
    """By task and place. A kept case whose place is not known has what is strictest of all places."""
    policy = policy_of(examined.task, examined.path, policies)
    if examined.case.kept is None or examined.case.path:
        return policy
    places = (*policies.folders, *policies.files)
    return reduce(Policy.stricter, (policy_at(examined.task, [place]) for place in places), policy)


class LargerModel:
    """Asks about `examined`, which may all leave; replies are kept in `folder`, and what is sent counts as one batch.

    The `model` of `quote` and `ask` is the local one: it builds enquiries and settles answers behind its lock.
    """

    def __init__(
        self,
        examined: Sequence[Examined],
        frontier: Frontier,
        folder: Path,
        *,
        policies: Policies,
        language: str,
        cancel: threading.Event | None = None,
    ) -> None:
        self._examined = examined
        self._language = language
        self._cancel = cancel
        self._name = frontier.config.model if frontier.config is not None else ""
        self._privacy = strictest(*(policy_of_case(one, policies).privacy for one in examined))
        errand = Errand(
            consent="evaluation",
            task=examined[0].task.id,
            batch=uuid.uuid4().hex,
            accepts_unknown_price=True,
        )
        self._asker = AgreedAsker(frontier, errand, cancel)
        self._frontier = RecordedFrontier(self._asker, folder, lambda enquiry: strictest(self._privacy, enquiry.privacy).hides)

    def quote(self, model: TaskModel, on_done: OnDone = lambda *_: None) -> Quote:
        """Raises `ProviderMissingError`, `CancelledError`."""
        new: dict[str, Request] = {}
        for done, one in enumerate(self._examined, start=1):
            self._raise_if_cancelled(one)
            for enquiry in enquiries_of(one, model, self._language):
                parcel = self._frontier.parcel(enquiry)
                if parcel.sha256 not in new and not self._frontier.is_known(parcel):
                    new[parcel.sha256] = self._request(one, enquiry, parcel)
            on_done(done, len(self._examined))
        self._asker.agree(request.parcel for request in new.values())
        return Quote(tuple(new.values()), len(self._examined))

    def require_may_leave(self, policies: Policies, refused: Collection[int] = ()) -> None:
        """Raises `EvaluationError` where what was said of a document since the quote keeps it here, or hides more of it."""
        leaving, staying = may_leave(self._examined, policies, refused)
        if staying:
            raise EvaluationError(detail=f"{staying[0].outcome.shown} must not leave any more. Start again")
        hiding = (one for one in leaving if policy_of_case(one, policies).privacy.hides)
        if not self._privacy.hides and (shown_open := next(hiding, None)) is not None:
            raise EvaluationError(detail=f"{shown_open.outcome.shown} may now leave only with words hidden. Start again")

    def ask(
        self, model: TaskModel, on_done: OnDone = lambda *_: None, *, require_wanted: Callable[[], object] = lambda: None
    ) -> LargerAnswers:
        """Send what the last quote told, and nothing else. What was answered before an error is kept.

        `require_wanted` is asked before every try, and raises what ends it.
        Raises `FrontierError` kinds, `OfflineError`, `BudgetError`, `CancelledError`, `EvaluationError`.
        """
        self._asker.require_wanted = require_wanted
        found: list[Trials] = []
        outcomes: list[CaseOutcome] = []
        for done, one in enumerate(self._examined, start=1):
            self._raise_if_cancelled(one)
            self._asker.tell_of(one.outcome.shown, one.case.job_id)
            trials = trials_of(one, model, self._frontier, self._language)
            if trials is None:
                enquiry = enquiry_of(one, model, judged_targets(one), self._language, whole=True)
                outcomes.append(settled_with(one, model, self._frontier, enquiry))
            else:
                found.append(trials)
                outcomes.append(trials.outcome)
            on_done(done, len(self._examined))
        fields = [field for trials in found for field in trials.fields]
        return LargerAnswers(self._run(outcomes), deferral(fields, [trials.whole for trials in found]) if fields else None)

    def _run(self, outcomes: Sequence[CaseOutcome]) -> Run:
        task, used = self._examined[0].task, ModelUsed(id=self._name)
        return Run(task=task.id, task_version=task.version, model=used, engine_version=__version__, cases=tuple(outcomes))

    def _raise_if_cancelled(self, one: Examined) -> None:
        if self._cancel is not None and self._cancel.is_set():
            raise CancelledError(file=one.outcome.shown)

    def _request(self, one: Examined, enquiry: Enquiry, parcel: Parcel) -> Request:
        redacted = self._frontier.redacted(enquiry)
        return Request(
            document=one.outcome.shown,
            parcel=parcel,
            hidden=tuple(placeholder for placeholder, _ in redacted.replacements),
            sensitive=tuple(span.text for span in redacted.enquiry.sensitive),
            is_whole=enquiry.whole_document,
            tells_of_subjects=any(span.kind in NEVER_HIDDEN for span in enquiry.sensitive),
        )

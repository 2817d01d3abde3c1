"""Escalation: which answers a larger model could be asked about, what it would be told, and what the person said to that.

Decides by `app.domain.routing.decide`; nothing is built before it could be sent. `app.jobs.escalation_sender` sends.
"""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from app.domain.consent import Consent, ConsentScope
from app.domain.document import Document
from app.domain.job import Job
from app.domain.ledger import Caps, dollars_of
from app.domain.parcel import Shown
from app.domain.policy import Policies, Policy
from app.domain.privacy import PrivacyClass
from app.domain.proposal import Proposal, ProposalState
from app.domain.result import Result
from app.domain.review import expected_errors
from app.domain.routing import Decision, Standing, decide
from app.domain.sheet import Sheet, SheetItem, hides_all, make_item
from app.domain.signals import signals_of
from app.domain.task import Task, TaskKind
from app.errors import AppError, ProviderMissingError
from app.frontier.prices import price_of
from app.jobs.events import EscalationChanged, JobEvent
from app.jobs.failures import told
from app.jobs.page_cutouts import PageCutouts
from app.jobs.plan import answering_task, language_of_person
from app.jobs.policies import must_hide, policy_of, stands_for
from app.jobs.ports import Borrow, Courier, Tasks
from app.settings import ProviderConfig, Settings
from app.storage.store import Store
from app.worker.ports import TaskModel

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Weighed:
    """An answer with the reasons of its route, and what follows from them."""

    result: Result
    decision: Decision


class Escalation:
    """Thread safe. `policies` gives what the person set for folders; `borrow` lends the model; `post` tells the news."""

    def __init__(
        self,
        store: Store,
        tasks: Tasks,
        settings: Settings,
        *,
        courier: Courier,
        policies: Callable[[], Policies],
        borrow: Borrow,
        post: Callable[[JobEvent], None],
        cutouts: PageCutouts,
    ) -> None:
        self.settings = settings
        self.courier = courier
        self.store = store
        self.borrow = borrow
        self.may_send_unasked = True
        """Whether a standing consent is used; a run that asks for everything sets it to False."""
        self._tasks = tasks
        self._policies = policies
        self._post = post
        self._cutouts = cutouts
        self._unsettled: set[int] = set()
        self._surveyed: dict[int, tuple[str, ...]] = {}
        self._changed = threading.Condition()
        self.on_approved: Callable[[], None] = lambda: None

    # Deciding.

    @property
    def config(self) -> ProviderConfig | None:
        """The service that would be asked; None unless the person wants one asked."""
        return self.courier.config

    @property
    def caps(self) -> Caps:
        frontier = self.settings.frontier
        return Caps.of_dollars(frontier.monthly_cap, frontier.batch_cap)

    @property
    def is_open(self) -> bool:
        """Whether anything could be sent at all."""
        return not self.settings.offline and self.config is not None and self.courier.is_ready()

    def weigh(self, job: Job, task: Task, result: Result) -> Weighed:
        """Decide about a new answer. Its reasons are kept with it, whatever becomes of them."""
        decision = self.decide(job, task, result)
        if decision.kind != "local":
            with self._changed:
                self._unsettled.add(job.id)
        return Weighed(result.model_copy(update={"route": decision.route()}), decision)

    def decide(
        self, job: Job, task: Task, result: Result, found: PrivacyClass = PrivacyClass.ALLOWED, *, anew: bool = False
    ) -> Decision:
        """`task` is the one that made `result.answer`. With `anew` the person looks again at what they refused."""
        policy = self.policy_of(job, task)
        signals = signals_of(result, task, policy)
        # Most answers are good enough; the keyring need not be asked for them.
        return decide(policy, signals, self._standing(job, task, found, anew) if signals.failing else Standing())

    def policy_of(self, job: Job, task: Task) -> Policy:
        return policy_of(task, Path(job.path), self._policies())

    def is_refused(self, job: Job) -> bool:
        """Whether the person said that the document is never to be sent, for whatever task."""
        return self.store.refusals.cover(job)

    def _standing(self, job: Job, task: Task, found: PrivacyClass, anew: bool) -> Standing:
        is_refused = not anew and self.is_refused(job)
        config, is_open = self.config, self.is_open
        return Standing(
            offline=self.settings.offline,
            opted_in=self.settings.frontier.opted_in,
            provider_ready=is_open,
            privacy=PrivacyClass.NEVER if is_refused else PrivacyClass.ALLOWED,
            found=found,
            has_consent=is_open and self.may_send_unasked and self._consent_for(job, task) is not None,
            price_known=config is not None and price_of(config) is not None,
            budget_left=not is_open or self.store.ledger.left_micros(self.caps) != 0,
        )

    def _consent_for(self, job: Job, task: Task) -> Consent | None:
        if self.config is None:
            return None
        policy, covering = self.policy_of(job, task), self.store.consents.covering(job.path, task.id, self.config.destination)
        return next((consent for consent in covering if stands_for(consent, policy)), None)

    # Proposing.

    def propose(
        self, job: Job, task: Task, document: Document, result: Result, decision: Decision, model: Callable[[], TaskModel]
    ) -> None:
        """Build what would be sent and store it; where the person agreed beforehand, approve it at once.

        The job has its answer, so whatever goes wrong here is not its failure.
        """
        try:
            if decision.kind == "local":
                return
            proposal = self._build(job, task, document, result, decision, model())
            if proposal is None:
                return
            if proposal.decision.kind == "send" and (consent := self._consent_for(job, task)) is not None:
                self._approve_unasked(job, proposal, consent)
            else:
                self.tell(job.id, proposal.state)
        except AppError as error:
            _log.warning("What to ask about job %d could not be prepared: %s", job.id, error.user_text)
        finally:
            self.release(job.id)

    def _build(
        self,
        job: Job,
        task: Task,
        document: Document,
        result: Result,
        decision: Decision,
        model: TaskModel,
        *,
        anew: bool = False,
    ) -> Proposal | None:
        enquiry = model.enquire(
            task,
            document,
            result,
            targets=decision.targets,
            whole_document=decision.whole_document,
            language=language_of_person(self.settings),
        )
        if not enquiry.questions:
            return None
        final = self.decide(job, task, result, found=enquiry.privacy, anew=anew)
        return None if final.kind == "local" else self.store.proposals.propose(job.id, final, enquiry, anew=anew)

    def _approve_unasked(self, job: Job, proposal: Proposal, consent: Consent) -> None:
        if consent.redacted:
            hidden = {*proposal.hidden, *proposal.enquiry.sensitive}
            self.store.proposals.hide(job.id, hidden)
        approved = self.store.proposals.approve(job.id, consent_id=consent.id, batch=job.batch)
        if approved is not None:
            self.tell(job.id, approved.state)
            self.on_approved()

    # Asking the person.

    def offers(self) -> dict[int, tuple[str, ...]]:
        """What a person could have asked, by job; nothing while nothing could be sent."""
        if not self.is_open:
            return {}
        known = self.store.proposals.targets()
        waiting = {job_id: targets for job_id, (state, targets) in known.items() if state is ProposalState.PROPOSED}
        return {job_id: targets for job_id, targets in self._surveyed.items() if job_id not in known} | waiting

    def survey(self, jobs: Iterable[Job]) -> None:
        """Look through answers from before a larger model could be asked. Takes about a millisecond for each."""
        self._surveyed = {}
        if not self.is_open:
            return
        known = self.store.proposals.targets()
        self._surveyed = {job.id: targets for job in jobs if job.id not in known and (targets := self.targets_of(job))}

    def targets_of(self, job: Job, *, anew: bool = False) -> tuple[str, ...]:
        """What of a stored answer could be asked now; with `anew`, could be if the person took back their refusal."""
        result = self.store.result(job.id)
        task = self.answering_task(job, result) if result is not None else None
        if result is None or task is None:
            return ()
        decision = self.decide(job, task, result, anew=anew)
        return () if decision.kind == "local" else decision.targets

    def answering_task(self, job: Job, result: Result) -> Task | None:
        """The task that made a stored answer; None when it is not there any more."""
        try:
            task = self._tasks.get(job.task)
            return answering_task(task, self._tasks.followups() if task.kind is TaskKind.AUTO else {}, result)
        except AppError:
            return None

    def sheet(self, job_ids: Iterable[int], *, shows_pictures: bool = False) -> Sheet:
        """What would be sent for these jobs, made anew where the answer has changed. Waits for the model; for a click only.

        What the person refused stays refused unless they agree to it now. Where more can be expected to be wrong for the tokens
        comes first. A picture goes only where the person sees it before
        they say yes: never by a standing consent, or from a terminal.
        """
        config = self.config
        if config is None or not self.is_open:
            raise ProviderMissingError
        found = (self._item(job_id, shows_pictures=shows_pictures) for job_id in job_ids)
        items = tuple(sorted((item for item in found if item is not None), key=self._worth, reverse=True))
        left = self.store.ledger.left_micros(self.caps)
        return Sheet(config.destination, config.model, items, None if left is None else dollars_of(left))

    def _item(self, job_id: int, *, shows_pictures: bool) -> SheetItem | None:
        job, result, document = self.store.job(job_id), self.store.result(job_id), self.store.document(job_id)
        if job is None or result is None or document is None:
            return None
        task = self.answering_task(job, result)
        if task is None:
            return None
        proposal = self.store.proposals.of_job(job_id)
        if proposal is not None and proposal.state is ProposalState.FAILED:
            proposal = self.store.proposals.reopen(job_id)
        decision = self.decide(job, task, result, anew=True)
        if decision.kind == "local":
            return None
        if proposal is None or proposal.state is ProposalState.ANSWERED or proposal.decision.targets != decision.targets:
            proposal = self.borrow(lambda model: self._build(job, task, document, result, decision, model, anew=True)).result()
        if proposal is None or proposal.state not in {ProposalState.PROPOSED, ProposalState.REFUSED}:
            return None
        may_show = shows_pictures and self._may_show_pictures(job, task)
        cutouts = self._cutouts.of(job, document, proposal.enquiry) if may_show else ()
        if cutouts != proposal.enquiry.cutouts:
            redrawn = proposal.enquiry.model_copy(update={"cutouts": cutouts})
            proposal = self.store.proposals.redraw(job_id, redrawn) or proposal
        return make_item(job, proposal, self.courier.pack, must_hide=self._must_hide(job, task))

    def _worth(self, item: SheetItem) -> float:
        """Errors to expect in what is asked, for each token."""
        result = self.store.result(item.job.id)
        return expected_errors(result, item.parcel.targets) / item.parcel.input_tokens if result is not None else 0.0

    def _may_show_pictures(self, job: Job, task: Task) -> bool:
        return self.config is not None and self.config.sees_pictures and self.policy_of(job, task).routing.pictures

    def must_stay(self, job: Job, proposal: Proposal) -> bool:
        """Whether the policies of this very moment keep what was approved here, whatever was agreed to before.

        Unless a person saw the very bytes, nothing leaves that they refused, nor open what the policy would hide to begin with.
        """
        result = self.store.result(job.id)
        task = self.answering_task(job, result) if result is not None else None
        if task is None:
            return True
        policy, was_shown = self.policy_of(job, task), proposal.shown is not None
        if policy.keeps_here or not (was_shown or self._stands(proposal, policy)):
            return True
        if self.store.refusals.cover_bytes(job) or (self.is_refused(job) and not was_shown):
            return True
        if proposal.enquiry.cutouts and not (was_shown and self._may_show_pictures(job, task)):
            return True
        is_hiding = self._must_hide(job, task) or (policy.privacy.hides and not was_shown)
        return is_hiding and not hides_all(proposal)

    def _stands(self, proposal: Proposal, policy: Policy) -> bool:
        consent = self.store.consents.get(proposal.consent_id) if proposal.consent_id is not None else None
        return consent is not None and stands_for(consent, policy)

    def _must_hide(self, job: Job, task: Task) -> bool:
        return must_hide(task, Path(job.path), self._policies())

    def approve(self, sheet: Sheet, scope: ConsentScope) -> int:
        """The person's word for exactly these bytes, and for what its reach says later. Returns how many will be sent."""
        batch, n_approved = new_batch(), 0
        shows = {item.named_by(scope) for item in sheet.items if not hides_all(item.proposal)}
        consents = {
            subject: self.store.consents.grant(scope, subject, sheet.destination, redacted=subject not in shows)
            for subject in sheet.subjects(scope)
        }
        for item in sheet.items:
            self.store.proposals.hide(item.job.id, item.proposal.hidden)
            self.store.proposals.redraw(item.job.id, item.proposal.enquiry)
            consent = consents[item.named_by(scope)]
            approved = self.store.proposals.approve(item.job.id, consent_id=consent.id, batch=batch, shown=Shown.of(item.parcel))
            if approved is not None:
                n_approved += 1
                with self._changed:
                    self._unsettled.add(item.job.id)
                self.tell(item.job.id, approved.state)
        self.on_approved()
        return n_approved

    def refuse(self, job_ids: Iterable[int]) -> None:
        """The person said never; it is remembered of the documents, not of these answers alone."""
        for job_id in job_ids:
            for refused in self.store.proposals.refuse(job_id):
                self.settle(refused.job_id, refused.state)

    # News.

    def tell(self, job_id: int, state: ProposalState | None, error: AppError | None = None) -> None:
        self._post(EscalationChanged(job_id, state, None if error is None else told(error)))

    def settle(self, job_id: int, state: ProposalState | None, error: AppError | None = None) -> None:
        """Nothing more is to come for a job, until a person says otherwise."""
        self.tell(job_id, state, error)
        with self._changed:
            self._unsettled.discard(job_id)
            self._changed.notify_all()

    def release(self, job_id: int) -> None:
        """Nothing is being prepared for a job any more; what was approved goes on."""
        proposal = self.store.proposals.of_job(job_id)
        if proposal is None or proposal.state is not ProposalState.APPROVED:
            with self._changed:
                self._unsettled.discard(job_id)
                self._changed.notify_all()

    def is_settled(self, job_id: int) -> bool:
        with self._changed:
            return job_id not in self._unsettled

    def wait_until_settled(self, timeout_s: float | None = None) -> bool:
        """Wait until nothing is being prepared or sent. False when time ran out."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._unsettled, timeout_s)


def new_batch() -> str:
    """Names what is sent by one word, or was added together: the cap for one time holds for all of it."""
    return uuid.uuid4().hex[:12]

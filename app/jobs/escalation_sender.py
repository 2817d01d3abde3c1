"""The frontier thread: sends what was approved, one request after the other, and has the answers checked like local ones.

A request is never sent twice by itself: whatever fails is told, and waits for the person.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from app.domain.consent import Consent
from app.domain.enquiry import Answers
from app.domain.job import Job
from app.domain.parcel import Parcel
from app.domain.proposal import Proposal, ProposalState
from app.domain.redaction import restore
from app.domain.sheet import redacted_of
from app.errors import (
    AnswerUnusedError,
    AppError,
    AskingInterruptedError,
    CancelledError,
    ConsentMissingError,
    FrontierError,
    ShownOtherwiseError,
    StorageError,
)
from app.frontier.client import Errand
from app.jobs.escalation import Escalation
from app.jobs.events import JobChanged, JobEvent, ResultStored

_STOP_TIMEOUT_S = 10.0
_TRIES_TO_STORE = 5
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Received:
    answers: Answers
    """With the document's own words in the place of placeholders."""
    parcel: Parcel


class EscalationSender:
    """`start` also says what became of requests that an earlier run of the program left behind."""

    def __init__(self, escalation: Escalation, post: Callable[[JobEvent], None]) -> None:
        self._escalation = escalation
        self._store = escalation.store
        self._post = post
        self._changed = threading.Condition()
        self._is_due = False
        self._cancel = threading.Event()
        self._thread: threading.Thread | None = None
        escalation.on_approved = self._wake

    def start(self) -> None:
        self._cancel.clear()
        self._recover()
        self._thread = threading.Thread(target=self._send_all, name="frontier", daemon=True)
        self._thread.start()
        self._wake()

    def stop(self) -> None:
        """A request under way is given up; what it costs stays reserved."""
        with self._changed:
            self._cancel.set()
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join(_STOP_TIMEOUT_S)
            self._thread = None

    def _recover(self) -> None:
        host = self._escalation.config.host if self._escalation.config is not None else ""
        for proposal in self._store.proposals.recover():
            self._escalation.settle(proposal.job_id, proposal.state, AskingInterruptedError(host=host))
        for proposal in self._store.proposals.all((ProposalState.APPROVED,)):
            consent = self._store.consents.get(proposal.consent_id) if proposal.consent_id is not None else None
            if consent is None or not consent.is_standing:
                # The person's word was for that moment; they may have ended the program to take it back.
                reopened = self._store.proposals.reopen(proposal.job_id)
                self._escalation.settle(proposal.job_id, reopened.state if reopened is not None else None)

    def _wake(self) -> None:
        with self._changed:
            self._is_due = True
            self._changed.notify_all()

    def _send_all(self) -> None:
        while self._wait():
            for job_id in self._approved():
                if self._cancel.is_set():
                    return
                self._send_one(job_id)

    def _approved(self) -> list[int]:
        """What was approved waits for the next word or start where the database fails."""
        try:
            return [approved.job_id for approved in self._store.proposals.all((ProposalState.APPROVED,))]
        except StorageError as error:
            _log.warning("What was approved could not be looked up: %s", error.user_text)
            return []

    def _wait(self) -> bool:
        with self._changed:
            self._changed.wait_for(lambda: self._is_due or self._cancel.is_set())
            self._is_due = False
            return not self._cancel.is_set()

    def _send_one(self, job_id: int) -> None:
        """Whatever goes wrong ends in a state of the proposal and never ends the thread."""
        try:
            proposal = self._store.proposals.begin(job_id)
            job = self._store.job(job_id)
            if proposal is None or job is None:
                self._escalation.release(job_id)
                return
            self._escalation.tell(job_id, proposal.state)
            try:
                received = self._send(job, proposal)
                self._settle(job, proposal, received)
                answered = self._store.proposals.answered(job_id, self._request_of(job_id) or 0)
                self._escalation.settle(job_id, answered.state if answered is not None else None)
            except CancelledError:
                config = self._escalation.config
                self._fail(job_id, AskingInterruptedError(host=config.host if config is not None else ""))
            except AppError as error:
                self._fail(job_id, error)
            except Exception:  # noqa: BLE001 - the edge of a thread
                _log.exception("A fault in Deskhand while asking about job %d", job_id)
                self._fail(job_id, FrontierError(detail="there was a fault in Deskhand; the log file holds the details."))
        except AppError as error:
            _log.warning("Job %d could not be asked about: %s", job_id, error.user_text)
            self._escalation.settle(job_id, None, error)

    def _fail(self, job_id: int, error: AppError) -> None:
        request_id = None if isinstance(error, ShownOtherwiseError | ConsentMissingError) else self._request_of(job_id)
        failed = self._store.proposals.failed(job_id, error.code, request_id)
        self._escalation.settle(job_id, failed.state if failed is not None else None, error)

    def _send(self, job: Job, proposal: Proposal) -> _Received:
        courier, redacted = self._escalation.courier, redacted_of(proposal)
        was_refused = self._escalation.is_refused(job)

        def require_wanted() -> None:
            if self._escalation.is_refused(job) and not was_refused:
                raise ConsentMissingError(file=job.name)
            self._require_consent(job, proposal, courier.pack(redacted.enquiry))

        parcel = courier.pack(redacted.enquiry)
        consent = self._require_consent(job, proposal, parcel)
        reply = courier.send(parcel, redacted.enquiry, _errand(job, proposal, consent), self._cancel, require_wanted)
        answers = {target: restore(answer, redacted.replacements) for target, answer in reply.answers.items()}
        return _Received(answers, parcel)

    def _require_consent(self, job: Job, proposal: Proposal, parcel: Parcel) -> Consent:
        """The word under which a parcel may leave at this very moment. Raises `ConsentMissingError`, `ShownOtherwiseError`."""
        if self._escalation.must_stay(job, proposal):
            raise ConsentMissingError(file=job.name)
        if proposal.shown is not None and not proposal.shown.covers(parcel):
            raise ShownOtherwiseError(file=job.name)
        consent = self._store.consents.get(proposal.consent_id) if proposal.consent_id is not None else None
        if consent is None or consent.revoked_at or consent.destination != parcel.destination:
            raise ConsentMissingError(file=job.name)
        return consent

    def _request_of(self, job_id: int) -> int | None:
        """The ledger's row of the last try."""
        rows = self._store.ledger.rows(job_id=job_id, limit=1)
        return rows[0].id if rows else None

    def _settle(self, job: Job, proposal: Proposal, received: _Received) -> None:
        """Store what the answers change, unless the person has changed the answer meanwhile: then it is done on theirs."""
        host, source = received.parcel.host, received.parcel.model
        trust = self._store.trust_in(source)
        for _ in range(_TRIES_TO_STORE):
            before, document = self._store.result(job.id), self._store.document(job.id)
            task = self._escalation.answering_task(job, before) if before is not None else None
            if before is None or document is None or task is None or task.id != proposal.enquiry.task:
                raise AnswerUnusedError(host=host, detail="The document has another answer by now.")
            try:
                after = self._escalation.borrow(
                    lambda model, task=task, document=document, before=before: model.settle(  # type: ignore[misc]
                        task, document, before, received.answers, source=source, trust=trust
                    )
                ).result()
            except CancelledError:
                raise AskingInterruptedError(host=host) from None
            except AppError as error:
                raise AnswerUnusedError(host=host, detail=error.user_text) from error
            if self._store.settle(job.id, before, after) is not None:
                self._tell_stored(job.id)
                return
        raise AnswerUnusedError(host=host, detail="The answer kept changing meanwhile.")

    def _tell_stored(self, job_id: int) -> None:
        stored = self._store.job(job_id)
        if stored is not None:
            self._post(ResultStored(job_id))
            self._post(JobChanged(stored))


def _errand(job: Job, proposal: Proposal, consent: Consent) -> Errand:
    """Only a person who saw that the price is not known can accept that; who saw what it costs at most pays it once."""
    shown = proposal.shown
    return Errand(
        consent=consent.words,
        consent_id=consent.id,
        document=job.name,
        job_id=job.id,
        task=proposal.enquiry.task,
        batch=proposal.batch,
        accepts_unknown_price=shown is not None and shown.max_cost is None,
        may_pay_again=shown is None,
    )

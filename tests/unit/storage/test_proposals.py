"""Proposals and consents: each step once, a no is remembered, nothing that may have been paid is sent again."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from app.domain.consent import ConsentScope
from app.domain.enquiry import Enquiry, Excerpt, Question, Sensitive
from app.domain.ledger import LedgerEntry, Purpose
from app.domain.parcel import Shown
from app.domain.privacy import SensitiveKind
from app.domain.proposal import ProposalState, may_follow
from app.domain.routing import Decision, Reason
from app.domain.task import TaskKind
from app.storage.proposals import INTERRUPTED
from app.storage.queue import NewJob
from app.storage.store import Store

IBAN = Sensitive(6, 10, SensitiveKind.IBAN, "DE12")
NAME = Sensitive(0, 3, SensitiveKind.NAME, "Ada")
ENQUIRY = Enquiry(
    task="invoice",
    kind=TaskKind.EXTRACT,
    questions=(Question(target="total_amount", title="Total"),),
    excerpts=(Excerpt(1, 0, 10, "Ada €\n DE12"),),
    sensitive=(NAME, IBAN),
)
SHOWN = Shown(url="https://api.example/v1", sha256="ff", max_cost=Decimal("0.0123"))
DECISION = Decision(kind="ask", targets=("total_amount",), reasons=(Reason(code="confidence_below", target="total_amount"),))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "deskhand.sqlite") as opened:
        opened.queue.add(NewJob(f"/{number}", str(number), f"{number:02}", 1, "invoice") for number in range(3))
        yield opened


def consent_id(store: Store) -> int:
    return store.consents.grant(ConsentScope.DOCUMENT, "/0", "https://api.example").id


def bring_to(store: Store, state: ProposalState, job_id: int = 1) -> None:
    proposals = store.proposals
    assert proposals.propose(job_id, DECISION, ENQUIRY) is not None
    if state is ProposalState.REFUSED:
        proposals.refuse(job_id)
    elif state is not ProposalState.PROPOSED:
        proposals.approve(job_id, consent_id=consent_id(store), batch="b", shown=SHOWN)
        if state is not ProposalState.APPROVED:
            proposals.begin(job_id)
        if state is ProposalState.ANSWERED:
            proposals.answered(job_id, store.ledger.open(LedgerEntry(purpose=Purpose.FRONTIER, host="h")))
        elif state is ProposalState.FAILED:
            proposals.failed(job_id, "service_busy")
    found = proposals.of_job(job_id)
    assert found is not None
    assert found.state is state


def test_a_proposal_comes_back_as_it_was_made(store: Store) -> None:
    made = store.proposals.propose(1, DECISION, ENQUIRY)
    assert made is not None
    assert made == store.proposals.of_job(1)
    assert (made.decision, made.enquiry, made.hidden) == (DECISION, ENQUIRY, (NAME, IBAN))
    approved = store.proposals.approve(1, consent_id=consent_id(store), batch="b1", shown=SHOWN)
    assert approved is not None
    assert (approved.batch, approved.shown, approved.enquiry) == ("b1", SHOWN, ENQUIRY)
    assert store.proposals.of_job(2) is None


def test_what_is_hidden_can_be_changed_until_it_is_approved(store: Store) -> None:
    open_decision = DECISION.model_copy(update={"redact": False})
    shown = store.proposals.propose(1, open_decision, ENQUIRY)
    assert shown is not None
    assert shown.hidden == ()
    changed = store.proposals.hide(1, [IBAN])
    assert changed is not None
    assert changed.hidden == (IBAN,)
    store.proposals.approve(1, consent_id=consent_id(store), batch="")
    assert store.proposals.hide(1, []) is None
    kept = store.proposals.of_job(1)
    assert kept is not None
    assert kept.hidden == (IBAN,)


@pytest.mark.parametrize(("state", "following"), list(itertools.product(ProposalState, ProposalState)))
def test_only_steps_that_make_sense_are_taken(store: Store, state: ProposalState, following: ProposalState) -> None:
    bring_to(store, state)
    request = store.ledger.open(LedgerEntry(purpose=Purpose.FRONTIER, host="h"))
    proposals = store.proposals
    step = {
        ProposalState.PROPOSED: lambda: proposals.reopen(1),
        ProposalState.APPROVED: lambda: proposals.approve(1, consent_id=consent_id(store), batch="c"),
        ProposalState.SENDING: lambda: proposals.begin(1),
        ProposalState.ANSWERED: lambda: proposals.answered(1, request),
        ProposalState.REFUSED: lambda: next(iter(proposals.refuse(1)), None),
        ProposalState.FAILED: lambda: proposals.failed(1, "x"),
    }[following]
    taken = step()
    # A refusal is taken back by agreeing to the very bytes only.
    is_taken_back = state is ProposalState.REFUSED and following is ProposalState.PROPOSED
    assert (taken is not None) is (may_follow(state, following) and not is_taken_back)
    now = proposals.of_job(1)
    assert now is not None
    assert now.state is (following if taken else state)


@pytest.mark.parametrize("state", list(ProposalState))
def test_a_new_proposal_never_displaces_a_refusal_or_one_under_way(store: Store, state: ProposalState) -> None:
    bring_to(store, state)
    is_renewed = store.proposals.propose(1, DECISION, ENQUIRY) is not None
    assert is_renewed is (state in {ProposalState.PROPOSED, ProposalState.ANSWERED, ProposalState.FAILED})


def test_a_refusal_is_taken_back_by_agreeing_to_the_very_bytes_only(store: Store) -> None:
    bring_to(store, ProposalState.REFUSED)
    job = store.job(1)
    assert job is not None
    assert store.proposals.approve(1, consent_id=consent_id(store), batch="b") is None
    assert store.proposals.reopen(1) is None
    looked = store.proposals.propose(1, DECISION, ENQUIRY, anew=True)
    assert looked is not None
    assert looked.state is ProposalState.REFUSED
    hidden = store.proposals.hide(1, [IBAN])
    assert hidden is not None
    assert hidden.hidden == (IBAN,)
    assert store.refusals.cover(job)
    approved = store.proposals.approve(1, consent_id=consent_id(store), batch="b", shown=SHOWN)
    assert approved is not None
    assert approved.state is ProposalState.APPROVED
    assert not store.refusals.cover(job)


def test_a_refusal_holds_for_bytes_and_place_until_these_bytes_are_agreed_to(store: Store) -> None:
    ((same_bytes, _), (same_place, _), (other_part, _), (other, _)) = store.queue.add(
        [
            NewJob("/elsewhere", "1", "00", 1, "receipt"),
            NewJob("/0", "0", "aa", 1, "invoice"),
            NewJob("/0", "x.pdf", "bb", 1, "invoice", part="x.pdf"),
            NewJob("/3", "3", "cc", 1, "invoice"),
        ]
    )
    for job in (same_bytes, same_place, other_part, other):
        bring_to(store, ProposalState.PROPOSED, job.id)
    bring_to(store, ProposalState.PROPOSED)
    assert {proposal.job_id for proposal in store.proposals.refuse(1)} == {1, same_bytes.id, same_place.id}
    store.queue.remove(1)
    assert [store.refusals.cover(job) for job in (same_bytes, same_place, other_part, other)] == [True, True, False, False]
    agreed = store.proposals.approve(same_place.id, consent_id=consent_id(store), batch="b", shown=SHOWN)
    assert agreed is not None
    assert store.refusals.cover(same_place), "other bytes were refused there"
    store.proposals.approve(same_bytes.id, consent_id=consent_id(store), batch="b", shown=SHOWN)
    assert not store.refusals.cover(same_bytes)
    assert not store.refusals.cover(same_place)


def test_what_failed_is_refused_when_it_is_opened_again_after_a_no(store: Store) -> None:
    ((same_bytes, _),) = store.queue.add([NewJob("/0", "0", "00", 1, "receipt")])
    bring_to(store, ProposalState.SENDING, same_bytes.id)
    bring_to(store, ProposalState.REFUSED)
    store.proposals.failed(same_bytes.id, "service_busy")
    opened = store.proposals.reopen(same_bytes.id)
    assert opened is not None
    assert opened.state is ProposalState.REFUSED


def test_one_of_many_callers_gets_to_send(store: Store) -> None:
    bring_to(store, ProposalState.APPROVED)
    taken = []
    ready = threading.Barrier(8)

    def send() -> None:
        ready.wait()
        taken.append(store.proposals.begin(1))

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(one is not None for one in taken) == 1


def test_what_was_being_sent_at_a_crash_has_failed(tmp_path: Path) -> None:
    path = tmp_path / "deskhand.sqlite"
    with Store(path) as store:
        store.queue.add(NewJob(f"/{number}", str(number), f"{number:02}", 1, "invoice") for number in range(2))
        bring_to(store, ProposalState.SENDING, 1)
        bring_to(store, ProposalState.APPROVED, 2)
    with Store(path) as store:
        assert [(one.job_id, one.state, one.error) for one in store.proposals.recover()] == [(1, ProposalState.FAILED, INTERRUPTED)]
        assert store.proposals.begin(1) is None
        assert [one.job_id for one in store.proposals.all([ProposalState.APPROVED])] == [2]
        assert store.proposals.counts()[ProposalState.FAILED] == 1


def test_a_proposal_goes_with_its_job_and_the_ledger_stays(store: Store) -> None:
    bring_to(store, ProposalState.ANSWERED)
    rows = store.ledger.rows()
    store.queue.remove(1)
    assert store.proposals.all() == []
    assert store.ledger.rows() == rows


def test_consents_stand_until_revoked(store: Store) -> None:
    plain = store.consents.grant(ConsentScope.ALWAYS, "", "https://api.example", redacted=False)
    folder = store.consents.grant(ConsentScope.FOLDER, "/bills", "https://api.example")
    once = store.consents.grant(ConsentScope.DOCUMENT, "/x.pdf", "https://api.example")
    assert store.consents.standing() == [folder, plain]
    assert store.consents.covering("/bills/1.pdf", "invoice", "https://api.example") == [folder, plain], "the one that hides more"
    assert store.consents.covering("/x.pdf", "invoice", "https://api.example") == [plain]
    store.consents.revoke(plain.id)
    assert store.consents.covering("/x.pdf", "invoice", "https://api.example") == []
    first = store.consents.get(plain.id)
    assert first is not None
    assert first.revoked_at
    store.consents.revoke(plain.id)
    assert store.consents.get(plain.id) == first, "taken back once"
    assert store.consents.get(once.id) == once
    assert store.consents.get(99) is None

"""A proposal: that something of one document be sent, from the decision to the answer. There is one for each job."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from pydantic import BaseModel, ConfigDict

from app.domain.enquiry import Enquiry, Sensitive
from app.domain.parcel import Shown
from app.domain.routing import Decision


class ProposalState(StrEnum):
    PROPOSED = "proposed"
    """Waits for a person."""
    APPROVED = "approved"
    """A person, or their standing consent, allowed it; nothing has been sent yet."""
    SENDING = "sending"
    ANSWERED = "answered"
    REFUSED = "refused"
    """The person said no. It is remembered: the document is not proposed again by itself."""
    FAILED = "failed"
    """Was sent, or was about to be. It is never sent again without the person, for it may have been paid."""


_NEXT: Final = {
    ProposalState.PROPOSED: frozenset({ProposalState.APPROVED, ProposalState.REFUSED}),
    ProposalState.APPROVED: frozenset({ProposalState.SENDING, ProposalState.PROPOSED, ProposalState.REFUSED, ProposalState.FAILED}),
    ProposalState.SENDING: frozenset({ProposalState.ANSWERED, ProposalState.FAILED}),
    ProposalState.ANSWERED: frozenset(),
    ProposalState.REFUSED: frozenset({ProposalState.PROPOSED}),
    ProposalState.FAILED: frozenset({ProposalState.PROPOSED, ProposalState.REFUSED}),
}


class Proposal(BaseModel):
    model_config = ConfigDict(frozen=True)
    job_id: int
    state: ProposalState = ProposalState.PROPOSED
    decision: Decision
    enquiry: Enquiry
    hidden: tuple[Sensitive, ...] = ()
    """Spans that are sent as placeholders, as the person left them."""
    batch: str = ""
    consent_id: int | None = None
    shown: Shown | None = None
    """What the person saw and agreed to; None under a standing consent."""
    request_id: int | None = None
    """The ledger's row."""
    error: str = ""
    """Code of the error."""
    made_at: str = ""
    changed_at: str = ""


def may_follow(state: ProposalState, following: ProposalState) -> bool:
    return following in _NEXT[state]

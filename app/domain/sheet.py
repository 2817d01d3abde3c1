"""The send sheet: everything a person has to see before something leaves, with the very bytes. Pure functions over proposals."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from app.domain.consent import ConsentScope
from app.domain.enquiry import Enquiry, Sensitive
from app.domain.job import Job
from app.domain.parcel import Parcel
from app.domain.privacy import SensitiveKind
from app.domain.proposal import Proposal
from app.domain.redaction import NEVER_HIDDEN, Redacted, redact

Pack = Callable[[Enquiry], Parcel]


@dataclass(frozen=True)
class SheetItem:
    """One document of the sheet. `parcel` is what is sent if the person agrees; `redacted` says what stands for what."""

    job: Job
    proposal: Proposal
    redacted: Redacted
    parcel: Parcel
    must_hide: bool = False
    """The policy lets these documents leave only with what is sensitive hidden."""

    @property
    def folder(self) -> str:
        return str(Path(self.job.path).parent)

    @property
    def spans(self) -> tuple[Sensitive, ...]:
        """All that could be hidden, in the order of the document."""
        return _hideable(self.proposal)

    @property
    def subjects(self) -> tuple[Sensitive, ...]:
        """Words about health or the law: no placeholder can hide what they tell."""
        return tuple(span for span in self.proposal.enquiry.sensitive if span.kind in NEVER_HIDDEN)

    def named_by(self, scope: ConsentScope) -> str:
        """What of it a consent of this reach names."""
        match scope:
            case ConsentScope.DOCUMENT:
                return self.job.path
            case ConsentScope.FOLDER:
                return self.folder
            case ConsentScope.TASK:
                return self.proposal.enquiry.task
            case ConsentScope.ALWAYS:
                return ""

    def occurrences(self, words: str) -> tuple[Sensitive, ...]:
        """Places of words the person chose, in whatever way their blanks were sent."""
        parts = words.split()
        if not parts:
            return ()
        pattern = re.compile(r"\s+".join(re.escape(part) for part in parts))
        return tuple(
            Sensitive(excerpt.start + match.start(), excerpt.start + match.end(), SensitiveKind.NAME, match.group())
            for excerpt in self.proposal.enquiry.excerpts
            for match in pattern.finditer(excerpt.text)
        )


@dataclass(frozen=True)
class Sheet:
    """Documents that would be sent together to one destination: scheme, host and port."""

    destination: str
    model: str
    items: tuple[SheetItem, ...]
    left: Decimal | None = None
    """US dollars that the caps leave; None without a cap."""

    @property
    def host(self) -> str:
        """The destination as a person reads it, without the scheme that goes without saying."""
        return self.destination.removeprefix("https://")

    @property
    def max_cost(self) -> Decimal | None:
        """The most that all of it can cost; None where a price is not known."""
        costs = [item.parcel.max_cost for item in self.items]
        return None if None in costs else sum((cost for cost in costs if cost is not None), Decimal(0))

    @property
    def sent_bytes(self) -> int:
        return sum(len(item.parcel.body) for item in self.items)

    @property
    def is_affordable(self) -> bool:
        """By what is known now; the ledger decides again for every request."""
        return self.left is None or self.max_cost is None or self.max_cost <= self.left

    def item(self, job_id: int) -> SheetItem | None:
        return next((item for item in self.items if item.job.id == job_id), None)

    def only(self, job_ids: Iterable[int]) -> Sheet:
        wanted = set(job_ids)
        return replace(self, items=tuple(item for item in self.items if item.job.id in wanted))

    def with_hidden(self, job_id: int, hidden: Iterable[Sensitive], pack: Pack) -> Sheet:
        """The sheet after the person changed what is hidden in one document: its bytes are other ones now."""
        return self._with_changed(job_id, {"hidden": tuple(sorted(set(hidden)))}, pack)

    def without_pictures(self, job_id: int, pack: Pack) -> Sheet:
        """The sheet after the person left the pictures of one document out."""
        item = self.item(job_id)
        if item is None:
            return self
        return self._with_changed(job_id, {"enquiry": item.proposal.enquiry.model_copy(update={"cutouts": ()})}, pack)

    def _with_changed(self, job_id: int, update: dict[str, object], pack: Pack) -> Sheet:
        def changed(item: SheetItem) -> SheetItem:
            if item.job.id != job_id:
                return item
            return make_item(item.job, item.proposal.model_copy(update=update), pack, must_hide=item.must_hide)

        return replace(self, items=tuple(changed(item) for item in self.items))

    def subjects(self, scope: ConsentScope) -> Iterator[str]:
        """What a consent of this reach would name, each once."""
        yield from dict.fromkeys(item.named_by(scope) for item in self.items)


def hides_all(proposal: Proposal) -> bool:
    """Whether everything that could be hidden is."""
    return set(_hideable(proposal)) <= set(proposal.hidden)


def _hideable(proposal: Proposal) -> tuple[Sensitive, ...]:
    return tuple(span for span in whole_enquiry(proposal).sensitive if span.kind not in NEVER_HIDDEN)


def whole_enquiry(proposal: Proposal) -> Enquiry:
    """The enquiry with spans that the person added to what stood out by itself."""
    added = set(proposal.hidden) - set(proposal.enquiry.sensitive)
    if not added:
        return proposal.enquiry
    return proposal.enquiry.model_copy(update={"sensitive": tuple(sorted({*proposal.enquiry.sensitive, *added}))})


def redacted_of(proposal: Proposal) -> Redacted:
    hidden = [span for span in proposal.hidden if span.kind not in NEVER_HIDDEN]
    return redact(whole_enquiry(proposal), hidden)


def make_item(job: Job, proposal: Proposal, pack: Pack, *, must_hide: bool = False) -> SheetItem:
    if must_hide:
        everything = {*proposal.hidden, *proposal.enquiry.sensitive}
        proposal = proposal.model_copy(update={"hidden": tuple(sorted(everything))})
    redacted = redacted_of(proposal)
    return SheetItem(job, proposal, redacted, pack(redacted.enquiry), must_hide)

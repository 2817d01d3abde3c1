"""A larger model that is asked once: its replies are kept by the bytes of the request and given again for nothing.

What must be hidden is hidden here, and kept replies hold placeholders: documents that differ in hidden words alone share a request.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Final, Protocol

from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from app.domain.enquiry import Enquiry
from app.domain.parcel import Parcel, Reply, Shown
from app.domain.redaction import Redacted, redact, restore
from app.errors import AnswerCutError, AnswerFormError, AnswerRefusedError, EvaluationError
from app.export.atomic import write_atomically
from app.frontier.client import Errand, Frontier

REPLIES: Final = "replies"
"""The folder's name beside saved runs."""
_UNUSABLE = (AnswerRefusedError, AnswerCutError, AnswerFormError)
"""Answers that say nothing. They are kept like others: they have to be paid, and asking again would be paid again."""


class Asker(Protocol):
    """Packs and sends what is redacted already; the ledger, the caps and the gate are behind it."""

    def pack(self, enquiry: Enquiry) -> Parcel: ...

    def ask(self, parcel: Parcel, enquiry: Enquiry) -> Reply: ...


class AgreedAsker:
    """Asks with a person's word for all requests of an evaluation."""

    def __init__(self, frontier: Frontier, errand: Errand, cancel: threading.Event | None = None) -> None:
        self._frontier = frontier
        self._errand = errand
        self._cancel = cancel
        self._agreed: dict[str, Shown] = {}
        self.require_wanted: Callable[[], object] = lambda: None

    def agree(self, parcels: Iterable[Parcel]) -> None:
        """The person has seen these parcels: none else may be sent, and these nowhere else."""
        self._agreed = {parcel.sha256: Shown.of(parcel) for parcel in parcels}

    def tell_of(self, document: str, job_id: int | None) -> None:
        """Whose requests the next ones are, as the ledger names it."""
        self._errand = replace(self._errand, document=document, job_id=job_id)

    def pack(self, enquiry: Enquiry) -> Parcel:
        return self._frontier.pack(enquiry)

    def ask(self, parcel: Parcel, enquiry: Enquiry) -> Reply:
        shown = self._agreed.get(parcel.sha256)
        if shown is None or not shown.covers(parcel):
            raise EvaluationError(detail="what would be sent is not what was agreed to. Start again")
        return self._frontier.send(parcel, enquiry, self._errand, self._cancel, self.require_wanted)


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True)
    answers: dict[str, JsonValue]
    """As they came, with placeholders."""
    input_tokens: int = 0
    output_tokens: int = 0
    cost: Decimal | None = None


class RecordedFrontier:
    """Replies are in `folder`, which stays on this computer: they hold words of documents. `hides` says of which enquiries what
    is sensitive is hidden; it comes back into the answers.
    """

    def __init__(self, asker: Asker, folder: Path, hides: Callable[[Enquiry], bool] = lambda _: False) -> None:
        self._asker = asker
        self._folder = folder
        self._hides = hides

    def redacted(self, enquiry: Enquiry) -> Redacted:
        """The enquiry as it is packed, and what its placeholders stand for."""
        return redact(enquiry) if self._hides(enquiry) else Redacted(enquiry=enquiry)

    def parcel(self, enquiry: Enquiry) -> Parcel:
        return self._asker.pack(self.redacted(enquiry).enquiry)

    def is_known(self, parcel: Parcel) -> bool:
        return self._read(parcel) is not None

    def ask(self, enquiry: Enquiry) -> Reply:
        """Raises `FrontierError` kinds, `OfflineError`, `BudgetError`."""
        redacted = self.redacted(enquiry)
        parcel = self._asker.pack(redacted.enquiry)
        kept = self._read(parcel) or self._asked(parcel, redacted.enquiry)
        answers = {target: restore(answer, redacted.replacements) for target, answer in kept.answers.items()}
        return Reply(answers, kept.input_tokens, kept.output_tokens, kept.cost)

    def _asked(self, parcel: Parcel, enquiry: Enquiry) -> _Kept:
        try:
            reply = self._asker.ask(parcel, enquiry)
        except _UNUSABLE:
            reply = Reply({})
        kept = _Kept(answers=reply.answers, input_tokens=reply.input_tokens, output_tokens=reply.output_tokens, cost=reply.cost)
        path = self._path(parcel)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, kept.model_dump_json().encode())
        return kept

    def _read(self, parcel: Parcel) -> _Kept | None:
        try:
            return _Kept.model_validate_json(self._path(parcel).read_bytes())
        except (OSError, ValidationError):
            return None

    def _path(self, parcel: Parcel) -> Path:
        """The request's hash tells model and bytes; the host is not in the bytes."""
        name = "".join(letter if letter.isalnum() else "-" for letter in parcel.host)
        return self._folder / name / f"{parcel.sha256}.json"

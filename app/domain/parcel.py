"""A parcel: the very bytes that would be sent to a larger model, and the reply. What a person sees is the object that is sent."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from decimal import Decimal

from app.domain.enquiry import Answers


@dataclass(frozen=True)
class Parcel:
    """One request without its key. The same enquiry and provider give the same bytes."""

    provider: str
    kind: str
    """The protocol, a `ProviderKind`."""
    model: str
    host: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes = field(repr=False)
    targets: tuple[str, ...]
    input_tokens: int
    """Upper bound: a tokenizer makes at most one token of a byte."""
    max_output_tokens: int
    max_cost: Decimal | None
    """US dollars; None where the price is not known."""

    @property
    def text(self) -> str:
        """The bytes as they can be read."""
        return self.body.decode("utf-8")

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.body).hexdigest()


@dataclass(frozen=True)
class Reply:
    """What a larger model answered. `cost` is in US dollars; None where price or tokens are not known."""

    answers: Answers
    input_tokens: int = 0
    output_tokens: int = 0
    cost: Decimal | None = None

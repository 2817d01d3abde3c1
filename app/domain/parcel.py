"""A parcel: the very bytes that would be sent to a larger model, and the reply. What a person sees is the object that is sent."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from pydantic import BaseModel, ConfigDict

from app.domain.enquiry import Answers
from app.settings import destination_of

_PICTURE: Final = re.compile(rb'(?:"|data:image/png;base64,)(iVBORw0KGgo[A-Za-z0-9+/]+={0,2})"')
"""How a PNG begins in base64, as all protocols carry it."""


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
    def destination(self) -> str:
        return destination_of(self.url)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.body).hexdigest()


class Shown(BaseModel):
    """What a person saw of a parcel when they said yes: others must not be sent in its place."""

    model_config = ConfigDict(frozen=True)
    url: str
    sha256: str
    max_cost: Decimal | None
    """US dollars; None where they saw that the price is not known."""

    @classmethod
    def of(cls, parcel: Parcel) -> Shown:
        return cls(url=parcel.url, sha256=parcel.sha256, max_cost=parcel.max_cost)

    def covers(self, parcel: Parcel) -> bool:
        """Whether the same bytes go to the same address for no more."""
        if (parcel.url, parcel.sha256) != (self.url, self.sha256):
            return False
        return self.max_cost is None or (parcel.max_cost is not None and parcel.max_cost <= self.max_cost)


@dataclass(frozen=True)
class Reply:
    """What a larger model answered. `cost` is in US dollars; None where price or tokens are not known."""

    answers: Answers
    input_tokens: int = 0
    output_tokens: int = 0
    cost: Decimal | None = None


def pictures_in(payload: bytes) -> tuple[bytes, ...]:
    """The pictures that stand in the bytes of a request, as PNG files, in their order."""
    return tuple(base64.b64decode(found) for found in _PICTURE.findall(payload))

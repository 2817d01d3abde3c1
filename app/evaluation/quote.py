"""What asking a larger model about cases would send and cost."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from app.domain.parcel import Parcel


@dataclass(frozen=True)
class Request:
    """One request as it would leave, and the document it tells of."""

    document: str
    parcel: Parcel
    hidden: tuple[str, ...]
    """Placeholders in it."""
    sensitive: tuple[str, ...]
    """Words that stand out and are not hidden."""
    is_whole: bool
    """Whether the whole document goes."""
    tells_of_subjects: bool
    """It holds words about health or the law."""


@dataclass(frozen=True)
class Quote:
    """All that would be sent, and what it can cost. Nothing where every reply is known."""

    requests: tuple[Request, ...]
    n_documents: int

    @property
    def max_cost(self) -> Decimal | None:
        """US dollars; None where a price is not known."""
        costs = [request.parcel.max_cost for request in self.requests]
        return None if None in costs else sum((cost for cost in costs if cost is not None), Decimal(0))

    def fits(self, room: Decimal | None) -> bool:
        """Whether what the limits leave is enough; `room` is None without limits."""
        return room is None or self.max_cost is None or self.max_cost <= room

    @property
    def tells_of_subjects(self) -> bool:
        """Whether any of it holds words about health or the law."""
        return any(request.tells_of_subjects for request in self.requests)

    @property
    def sent_bytes(self) -> int:
        return sum(len(request.parcel.body) for request in self.requests)


@dataclass(frozen=True)
class Estimate:
    """What asking about so many documents takes, before any of them was looked at."""

    n_requests: int
    max_cost: Decimal | None

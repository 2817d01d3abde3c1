"""A kept case: a document with the answers that a person let stand, or that came with an imported file."""

from __future__ import annotations

import hashlib
from enum import StrEnum
from typing import Any, Final

from pydantic import BaseModel, ConfigDict

_HELD_OUT_OF: Final = 3
"""One group of look-alikes in so many is kept out of everything that learns."""


class CaseSource(StrEnum):
    REVIEW = "review"
    IMPORT = "import"


class KeptCase(BaseModel):
    """`expected` as in a case file: only what a person looked at is named in it."""

    model_config = ConfigDict(frozen=True)
    id: int = 0
    task: str
    key: str
    """The same document has the same key: its hash, and the part of a message it was."""
    name: str
    group: str
    """Documents that look alike have the same group."""
    held_out: bool
    expected: dict[str, Any]
    whole: bool = False
    """Every answer was looked at, not only the doubtful ones."""
    source: CaseSource = CaseSource.REVIEW
    job_id: int | None = None
    """None where the case was imported, or its document was taken off the list."""
    kept_at: str = ""
    edited: bool = False
    """A person changed what is expected; later reviews leave it alone."""


def is_held_out(group: str) -> bool:
    """Decided by the group's name alone: for ever the same, and for all documents that look alike."""
    return int(hashlib.sha256(group.encode()).hexdigest()[:8], 16) % _HELD_OUT_OF == 0

"""A kept case: a document with the answers that a person let stand, or that came with an imported file."""

from __future__ import annotations

import hashlib
from enum import StrEnum
from typing import Any, Final

from pydantic import BaseModel, ConfigDict

_GROUP_OF: Final = 5
_DAY_OF: Final = 6
"""One group of look-alikes in so many, and one day in so many, are kept out of everything that learns: about a third."""


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
    path: str = ""
    """Where the document lay, for what was said about folders and files; empty where that is not known."""
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


def is_held_out(group: str, day: str) -> bool:
    """Decided by the names of group and day alone, so for ever the same: all of a drawn group, and all that came on a drawn day.

    What came on a drawn day may look like what was learnt on others, as what comes tomorrow does.

    `day` is the one on which the document came, or a moment of it, ISO 8601.
    """
    return _is_drawn(group, _GROUP_OF) or _is_drawn(day[:10], _DAY_OF)


def _is_drawn(name: str, one_of: int) -> bool:
    return int(hashlib.sha256(name.encode()).hexdigest()[:8], 16) % one_of == 0

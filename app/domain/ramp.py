"""How much of a task's work a person looks at: everything at first, then what is doubtful, at last a random sample alone.

A sample is drawn in the second stage too: only documents that were reviewed in whole tell whether the threshold is still right.
The document's hash decides, so the same document is always in it or never.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

EVERYTHING: Final = 1.01
"""No confidence reaches it."""
_HASH_DIGITS: Final = 8


class Stage(StrEnum):
    EVERYTHING = "everything"
    """Every answer is reviewed: nothing is known of this task yet."""
    DOUBTFUL = "doubtful"
    """What is less sure than a threshold is reviewed, and a random sample of the documents in whole."""
    SAMPLE = "sample"
    """The sample, and what a check contradicts."""


class Ramp(BaseModel):
    """The stage of a task. Only the second stage uses `threshold`."""

    model_config = ConfigDict(frozen=True)
    stage: Stage = Stage.DOUBTFUL
    threshold: float = Field(default=0.75, ge=0, le=1)
    sample: float = Field(default=0.05, ge=0, le=1)
    """Share of the documents that are drawn."""

    def review_below(self, document_sha256: str) -> float:
        """The confidence below which this document's values go to a person."""
        if self.stage is Stage.EVERYTHING or _is_drawn(document_sha256, self.sample):
            return EVERYTHING
        return self.threshold if self.stage is Stage.DOUBTFUL else 0.0


def _is_drawn(sha256: str, share: float) -> bool:
    return int(sha256[-_HASH_DIGITS:] or "0", 16) < share * 16**_HASH_DIGITS

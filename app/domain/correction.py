"""A correction: a person's edit of an answer. Only the corrected pair is kept, never the wrong answer as an example."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from app.domain.result import Evidence


class Correction(BaseModel):
    """`target` names what was changed: ``total_amount``, ``line_items[2].amount``, ``label``."""

    model_config = ConfigDict(frozen=True)
    id: int = 0
    job_id: int
    target: str
    before: str | None
    after: str | None
    text: str | None = None
    evidence: Evidence | None = None
    """Where the person found the value; None when it was typed and does not stand in the document."""
    made_at: str = ""
    undone: bool = False

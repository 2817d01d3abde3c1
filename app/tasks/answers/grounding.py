"""Evidence: the place of a value in the document."""

from __future__ import annotations

from app.domain.document import Document
from app.domain.result import Evidence
from app.tasks.candidates.options import Option


def evidence_at(document: Document, start: int, end: int) -> Evidence:
    """The evidence for ``document.text[start:end]``, with its boxes where the format has geometry."""
    return Evidence(page=document.page_of(start).number, start=start, end=end, boxes=document.boxes_of(start, end))


def evidence_of(document: Document, option: Option) -> Evidence:
    """The place of an option; of one in several pieces only their boxes."""
    whole = evidence_at(document, option.start, option.end)
    boxes = tuple(box for start, end in option.parts for box in document.boxes_of(start, end))
    return whole.model_copy(update={"boxes": boxes}) if option.parts else whole

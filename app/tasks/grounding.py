"""Evidence: the place of a value in the document."""

from __future__ import annotations

from app.domain.document import Document
from app.domain.result import Evidence


def evidence_at(document: Document, start: int, end: int) -> Evidence:
    """The evidence for ``document.text[start:end]``, with its boxes where the format has geometry."""
    return Evidence(page=document.page_of(start).number, start=start, end=end, boxes=document.boxes_of(start, end))

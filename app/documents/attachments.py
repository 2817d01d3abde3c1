"""Reads the files attached to a document, within bounds on their number, depth and scanned pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.documents.cleaning import clean_inline
from app.documents.request import ReadChild, ReadRequest
from app.domain.document import Document
from app.errors import DocumentError
from app.settings import ReadLimits

_MAX_DEPTH = 1
_MAX_NAME_CHARS = 120


@dataclass(frozen=True)
class Attachment:
    """A file inside another one; `inline` pictures belong to the body (logos, signatures)."""

    name: str
    data: bytes
    inline: bool = False


def attachment_name(untrusted_name: str | None, fallback: str) -> str:
    """A name that is safe to show: no folders, no control characters."""
    name = clean_inline(untrusted_name or "").replace("\\", "/").rpartition("/")[2]
    return name[:_MAX_NAME_CHARS] or fallback


def read_attachments(
    request: ReadRequest, attached: Sequence[Attachment], read_child: ReadChild
) -> tuple[list[Document], list[str]]:
    """The attachments that can be read, and a notice for each that is left out."""
    documents: list[Document] = []
    notices: list[str] = []
    files = [item for item in attached if not item.inline]
    if request.depth >= _MAX_DEPTH:
        return [], [f"Its own attachments were not read: {', '.join(item.name for item in files)}."] if files else []
    most = request.limits.max_attachments
    if len(files) > most:
        notices.append(f"Only the first {most} of {len(files)} attachments were read.")
    limits = request.limits
    for item in files[:most]:
        try:
            child = read_child(request.attached(item.data, item.name, limits))
        except DocumentError as error:
            notices.append(f"Attachment left out: {error.user_text}")
            continue
        documents.append(child)
        limits = _less(limits, child)
    return documents, notices


def _less(limits: ReadLimits, child: Document) -> ReadLimits:
    """What is left of the bounds on scanned pages and characters, which all attachments share."""
    scanned = sum(page.ocr for page in child.pages)
    return limits.model_copy(
        update={
            "max_ocr_pages": max(0, limits.max_ocr_pages - scanned),
            "max_chars": max(10_000, limits.max_chars - len(child.text)),
        }
    )

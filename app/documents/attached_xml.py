"""Finds the invoice data (ZUGFeRD, Factur-X, XRechnung) attached to a PDF. Used only where the person asked for it."""

from __future__ import annotations

from pypdfium2 import PdfDocument, PdfiumError  # type: ignore[import-untyped]

from app.documents.attachments import Attachment, attachment_name

_MAX_BYTES = 10 << 20
_MAX_FILES = 50


def attached_xml(data: bytes, password: str | None) -> list[Attachment]:
    """The XML files attached to a PDF; none when the attachments can't be read."""
    found: list[Attachment] = []
    try:
        document = PdfDocument(data, password=password)
        try:
            for index in range(min(_MAX_FILES, document.count_attachments())):
                attached = document.get_attachment(index)
                name = attachment_name(attached.get_name(), f"attachment-{index + 1}.xml")
                if name.lower().endswith(".xml"):
                    content = bytes(attached.get_data())
                    found.extend([Attachment(name, content)] if len(content) <= _MAX_BYTES else [])
        finally:
            document.close()
    except (PdfiumError, ValueError):
        return found
    return found

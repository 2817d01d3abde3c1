"""RTF, older binary Office files and e-books, through kreuzberg. Its OCR and cache stay off."""

from __future__ import annotations

import re

from kreuzberg import ExtractionConfig, KreuzbergError, extract_bytes_sync

from app.documents.assembly import Draft
from app.documents.html import html_to_text
from app.documents.request import ReadRequest
from app.documents.sniff import Format
from app.errors import DamagedDocumentError, PasswordNeededError

_TYPES = {
    Format.RTF: "application/rtf",
    Format.DOC: "application/msword",
    Format.XLS: "application/vnd.ms-excel",
    Format.PPT: "application/vnd.ms-powerpoint",
    Format.EPUB: "application/epub+zip",
}
_PASSWORD = re.compile(r"password|encrypt", re.IGNORECASE)
_MAX_METADATA_CHARS = 300


def read_legacy(request: ReadRequest, kind: Format) -> Draft:
    """Read a format that has no reader of its own."""
    config = ExtractionConfig(use_cache=False, enable_quality_processing=False, ocr=None, output_format="html")
    try:
        result = extract_bytes_sync(request.data, _TYPES[kind], config)
    except (KreuzbergError, RuntimeError, OSError, ValueError) as error:
        if _PASSWORD.search(str(error)):
            raise PasswordNeededError(file=request.name) from error
        raise DamagedDocumentError(file=request.name, detail="its content can't be understood.") from error
    metadata = {
        key: value for key, value in dict(result.metadata).items() if isinstance(value, str) and key in {"title", "created_by"}
    }
    return Draft.of_text(kind, html_to_text(result.content), {key: value[:_MAX_METADATA_CHARS] for key, value in metadata.items()})

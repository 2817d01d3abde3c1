"""Reads any supported file: decides the format from the bytes, applies the limits, turns library failures into typed errors.

Works on bytes in memory. `warm_up` loads everything that would otherwise be opened later, since the worker that calls this
has no file system afterwards.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from app.documents import drawing, image, ocr, pdf
from app.documents.archive import guard_zip
from app.documents.assembly import Draft, assemble
from app.documents.docx import read_docx
from app.documents.email import read_email
from app.documents.embedded import read_embedded_pictures
from app.documents.html import read_html
from app.documents.legacy import read_legacy
from app.documents.opendocument import read_opendocument
from app.documents.outlook import read_outlook
from app.documents.pptx import read_pptx
from app.documents.protection import load_ciphers, opened
from app.documents.request import ReadRequest
from app.documents.sniff import Format, foreign_kind, sniff
from app.documents.text import read_csv, read_json, read_text
from app.documents.warmup import canaries, load_codecs
from app.documents.xlsx import read_xlsx
from app.documents.xml import read_xml
from app.domain.document import Document
from app.errors import (
    DamagedDocumentError,
    DocumentError,
    DocumentTooLargeError,
    EmptyDocumentError,
    UnsupportedFormatError,
)
from app.settings import ReadLimits

_ZIPPED = frozenset([Format.DOCX, Format.PPTX, Format.XLSX, Format.ODT, Format.ODS, Format.ODP, Format.EPUB])


def read_document(
    data: bytes,
    name: str,
    limits: ReadLimits,
    *,
    password: str | None = None,
    use_attached_xml: bool = False,
    on_page: Callable[[int, int], None] | None = None,
) -> Document:
    """Read a file to text, pages, words and attachments. `on_page` hears (page, pages) before each page that takes time.

    Raises the `DocumentError` that says what is wrong with the file.
    """
    return _read_child(ReadRequest(data, name, limits, password, use_attached_xml, on_page))


def warm_up() -> None:
    """Load every library, codec and model file; afterwards reading needs no file system."""
    load_codecs()
    load_ciphers()
    ocr.engine()
    drawing.warm_up()
    for name, data in canaries():
        with suppress(DocumentError):
            read_document(data, name, ReadLimits(), use_attached_xml=True)


def _read_child(request: ReadRequest) -> Document:
    request.check_size()
    kind = sniff(request.data, request.name)
    if kind in _ZIPPED:
        guard_zip(request.data, request.name)
    try:
        draft = _read_opened(kind, request)
    except RecursionError as error:
        raise DamagedDocumentError(file=request.name, detail="its parts are nested too deeply.") from error
    except MemoryError as error:
        raise DocumentTooLargeError(file=request.name, detail="it needs more memory than reading may take.") from error
    except BaseException as error:
        # A panic of a Rust library derives from BaseException and has no class that could be imported.
        if type(error).__name__ != "PanicException":
            raise
        raise DamagedDocumentError(file=request.name, detail="its content can't be understood.") from error
    document = assemble(draft, request.data, request.name, request.limits.max_chars)
    if not document.text.strip() and not document.children:
        raise EmptyDocumentError(file=request.name, detail="It has no readable content.")
    return document


def _read_opened(kind: Format, request: ReadRequest) -> Draft:
    data, kind = opened(request, kind)
    if data is not request.data:
        request = replace(request, data=data)
        if kind in _ZIPPED:
            guard_zip(data, request.name)
    draft = _read(kind, request)
    if kind in _ZIPPED and not any(page.text.strip() for page in draft.pages):
        read_embedded_pictures(request, draft)
    return draft


def _read(kind: Format, request: ReadRequest) -> Draft:
    match kind:
        case Format.PDF:
            return pdf.read_pdf(request, _read_child)
        case Format.IMAGE:
            return image.read_image(request)
        case Format.EML:
            return read_email(request, _read_child)
        case Format.MSG:
            return read_outlook(request, _read_child)
        case Format.DOCX:
            return read_docx(request)
        case Format.XLSX:
            return read_xlsx(request)
        case Format.PPTX:
            return read_pptx(request)
        case Format.ODT | Format.ODS | Format.ODP:
            return read_opendocument(request, kind)
        case Format.RTF | Format.DOC | Format.XLS | Format.PPT | Format.EPUB:
            return read_legacy(request, kind)
        case Format.HTML:
            return read_html(request.data)
        case Format.XML:
            return read_xml(request.data, request.name)
        case Format.JSON:
            return read_json(request.data)
        case Format.CSV:
            return read_csv(request.data)
        case Format.TEXT | Format.MARKDOWN:
            return read_text(request.data, kind)
        case Format.ENCRYPTED | Format.UNSUPPORTED:
            raise UnsupportedFormatError(file=request.name, kind=foreign_kind(request.data) or "a file of an unknown format")

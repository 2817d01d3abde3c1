"""Reads any supported file: decides the format from the bytes, applies the limits, turns library failures into typed errors.

Works on bytes in memory. `warm_up` loads everything that would otherwise be opened later, since the worker that calls this
has no file system afterwards.
"""

from __future__ import annotations

from collections.abc import Callable

from app.documents import image, pdf
from app.documents.assembly import Draft, assemble
from app.documents.html import read_html
from app.documents.sniff import Format, foreign_kind, sniff
from app.documents.text import read_csv, read_json, read_text
from app.documents.xml import read_xml
from app.domain.document import Document
from app.domain.picture import PagePicture
from app.errors import (
    DamagedDocumentError,
    DocumentTooLargeError,
    EmptyDocumentError,
    PasswordNeededError,
    UnsupportedFormatError,
)
from app.settings import ReadLimits

OnPage = Callable[[int, int], None]


def read_document(
    data: bytes,
    name: str,
    limits: ReadLimits,
    *,
    password: str | None = None,
    use_attached_xml: bool = False,
    on_page: OnPage | None = None,
) -> Document:
    """Read a file to text, pages, words and attachments. `on_page` hears (page, pages) before each page that takes time.

    Raises the `DocumentError` that says what is wrong with the file.
    """
    _check_size(data, name, limits)
    kind = sniff(data, name)
    draft = _read(kind, data, name, limits, password, on_page)
    document = assemble(draft, data, name, limits.max_chars)
    if not document.text.strip() and not document.children:
        raise EmptyDocumentError(file=name, detail="It has no readable content.")
    return document


def render_page(data: bytes, name: str, page: int, *, dpi: float, limits: ReadLimits, password: str | None = None) -> PagePicture:
    """The picture of one page (from 1) of a PDF or picture file; other formats have no pages to show."""
    _check_size(data, name, limits)
    kind = sniff(data, name)
    if kind is Format.PDF:
        return pdf.render_pdf(data, name, page, dpi, limits, password)
    if kind is Format.IMAGE:
        return image.render_image(data, name, page, dpi, limits)
    raise UnsupportedFormatError(file=name, kind="a format without pages")


def _check_size(data: bytes, name: str, limits: ReadLimits) -> None:
    if not data.strip(b"\0 \t\r\n"):
        raise EmptyDocumentError(file=name, detail="The file is empty.")
    if len(data) > limits.max_bytes:
        raise DocumentTooLargeError(file=name, detail=f"it has {len(data) // 2**20} MiB.")


def _read(kind: Format, data: bytes, name: str, limits: ReadLimits, password: str | None, on_page: OnPage | None) -> Draft:
    match kind:
        case Format.PDF:
            return pdf.read_pdf(data, name, limits, password, on_page)
        case Format.IMAGE:
            return image.read_image(data, name, limits, on_page)
        case Format.HTML:
            return read_html(data)
        case Format.XML:
            return read_xml(data, name)
        case Format.JSON:
            return read_json(data)
        case Format.CSV:
            return read_csv(data)
        case Format.TEXT | Format.MARKDOWN:
            return read_text(data, kind)
        case Format.ENCRYPTED:
            raise PasswordNeededError(file=name)
        case _:
            raise UnsupportedFormatError(file=name, kind=foreign_kind(data) or "a file of an unknown format")

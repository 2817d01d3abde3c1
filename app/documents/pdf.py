"""PDF: the text layer as spatial text with word boxes; pages without usable text are rendered and recognised."""

from __future__ import annotations

import re

import numpy as np
from liteparse import ParsedPage, ParseResult

from app.documents.alignment import PrintedWord, align_words
from app.documents.assembly import Draft, DraftPage
from app.documents.attached_xml import attached_xml
from app.documents.attachments import read_attachments
from app.documents.cleaning import clean_inline, clean_text, squeeze_columns
from app.documents.form_fields import filled_in, printed_pieces
from app.documents.image import recognized_page
from app.documents.layout import lay_out_pieces
from app.documents.pdf_pages import drawn_page, parse_pdf
from app.documents.request import ReadChild, ReadRequest
from app.errors import DamagedDocumentError, EmptyDocumentError

_OCR_DPI = 200.0
_OCR_SIDE_PIXELS = 2000
_FEW_CHARS = 25
_STAMP_CHARS = 250
_SCAN_COVERAGE = 0.5
_TRUSTED_QUALITY = 0.7
# Letters of scripts from Hebrew to Thai, which the recognition models do not know.
_UNREADABLE_SCRIPTS = re.compile("[\u0590-\u0eff]")
_MIN_IMAGE_COVERAGE = 0.05


def read_pdf(request: ReadRequest, read_child: ReadChild) -> Draft:
    """Read a PDF. Damaged pages are left out with a notice; a document of which nothing can be read is an error."""
    limits = request.limits
    result = parse_pdf(request, max_pages=limits.max_pages, emit_word_boxes=True, include_complexity=True, extract_form_fields=True)
    draft = Draft("pdf", [], _metadata(result))
    to_recognize = [page.page_num for page in result.pages if _needs_ocr(page)]
    for number, page in enumerate(result.pages, start=1):
        request.report_page(number, len(result.pages))
        if page.page_num in to_recognize[: limits.max_ocr_pages]:
            draft.pages.append(_recognized(request, page, draft.notices))
        else:
            draft.pages.append(_stored(page))
    _note_gaps(draft, result, request, len(to_recognize))
    if request.use_attached_xml:
        draft.children, notices = read_attachments(request, attached_xml(request.data, request.password), read_child)
        draft.notices.extend(notices)
    if not any(page.text for page in draft.pages) and not draft.children:
        raise EmptyDocumentError(file=request.name, detail="No writing was found on its pages.")
    return draft


def _needs_ocr(page: ParsedPage) -> bool:
    """Whether the page's writing is missing from its text layer, or is garbled there."""
    letters: int = sum(character.isalnum() for character in page.text)
    signals = page.complexity
    if signals is None:
        return letters < _FEW_CHARS
    if letters >= _FEW_CHARS and signals.is_garbled:
        return len(_UNREADABLE_SCRIPTS.findall(page.text)) < letters / 2
    is_scan = signals.full_page_image or signals.image_coverage >= _SCAN_COVERAGE
    if letters >= _FEW_CHARS:
        # A stamp or footer over a scan is not the page's text.
        return is_scan and letters < _STAMP_CHARS
    return is_scan or signals.image_coverage >= _MIN_IMAGE_COVERAGE or signals.needs_ocr or letters == 0


def _stored(page: ParsedPage) -> DraftPage:
    width, height = round(page.width, 2), round(page.height, 2)
    values = filled_in(page)
    if values:
        filled_text, filled_words = lay_out_pieces([*printed_pieces(page), *values])
        return DraftPage(page.page_num, filled_text, width, height, filled_words)
    text = squeeze_columns(clean_text(page.text))
    words = [
        PrintedWord(part, word.x, word.y, word.x + word.width, word.y + word.height)
        for item in page.text_items
        for word in item.words
        for part in clean_inline(word.text).split()[:1]
    ]
    return DraftPage(page.page_num, text, width, height, align_words(text, words))


def _recognized(request: ReadRequest, page: ParsedPage, notices: list[str]) -> DraftPage:
    """The page by OCR; what its text layer holds stays if nothing is recognised."""
    longest = max(page.width, page.height, 1.0)
    dpi = min(_OCR_DPI, 72.0 * _OCR_SIDE_PIXELS / longest)
    try:
        image = drawn_page(request, page.page_num, dpi)
    except DamagedDocumentError:
        notices.append(f"Page {page.page_num} could not be drawn, so its pictures were not read.")
        return _stored(page)
    picture = np.ascontiguousarray(np.asarray(image)[:, :, ::-1])
    recognized = recognized_page(picture, page.page_num, dpi, notices)
    stored = _stored(page)
    return recognized if _is_better(recognized, stored) else stored


def _is_better(recognized: DraftPage, stored: DraftPage) -> bool:
    """Whether to trust the recognition more than a text layer that is short or looks garbled."""
    if not recognized.text or not stored.text:
        return bool(recognized.text)
    return (recognized.quality or 0.0) >= _TRUSTED_QUALITY and len(recognized.words) >= len(stored.words)


def _note_gaps(draft: Draft, result: ParseResult, request: ReadRequest, scanned: int) -> None:
    most = request.limits
    draft.notices.extend(f"Page {error.page_num} could not be read." for error in result.page_errors)
    if result.total_pages > most.max_pages:
        draft.notices.append(f"Only the first {most.max_pages} of {result.total_pages} pages were read.")
    if scanned > most.max_ocr_pages:
        draft.notices.append(
            f"{scanned - most.max_ocr_pages} scanned pages were not recognised; the limit is {most.max_ocr_pages}."
        )


def _metadata(result: ParseResult) -> dict[str, str]:
    found = {"creator": result.creator or "", "producer": result.producer or "", "pages": str(result.total_pages)}
    return {key: value for key, value in found.items() if value}

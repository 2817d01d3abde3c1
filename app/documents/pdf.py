"""PDF: the text layer as spatial text with word boxes; pages without usable text are rendered and recognised."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
from liteparse import LiteParse, ParsedPage, ParseError, ParseResult
from PIL import Image

from app.documents.alignment import PrintedWord, align_words
from app.documents.assembly import Draft, DraftPage
from app.documents.cleaning import clean_inline, clean_text, squeeze_columns
from app.documents.image import recognized_page
from app.documents.picture import check_pixels
from app.domain.picture import PagePicture
from app.errors import AppError, DamagedDocumentError, EmptyDocumentError, PasswordNeededError, WrongPasswordError
from app.settings import ReadLimits

_OCR_DPI = 200.0
_OCR_SIDE_PIXELS = 2000
_FEW_CHARS = 25
_MIN_IMAGE_COVERAGE = 0.05
OnPage = Callable[[int, int], None]


def read_pdf(data: bytes, name: str, limits: ReadLimits, password: str | None = None, on_page: OnPage | None = None) -> Draft:
    """Read a PDF. Damaged pages are left out with a notice; a document of which nothing can be read is an error."""
    result = _parse(data, name, password, max_pages=limits.max_pages, emit_word_boxes=True, include_complexity=True)
    draft = Draft("pdf", [], _metadata(result))
    total = len(result.pages)
    to_recognize = [page.page_num for page in result.pages if _needs_ocr(page)]
    for number, page in enumerate(result.pages, start=1):
        if on_page:
            on_page(number, total)
        if page.page_num in to_recognize[: limits.max_ocr_pages]:
            draft.pages.append(_recognized(data, name, limits, password, page, draft.notices))
        else:
            draft.pages.append(_stored(page))
    _note_gaps(draft, result, limits, to_recognize)
    if not any(page.text for page in draft.pages):
        raise EmptyDocumentError(file=name, detail="No writing was found on its pages.")
    return draft


def render_pdf(data: bytes, name: str, page: int, dpi: float, limits: ReadLimits, password: str | None = None) -> PagePicture:
    """The picture of one page."""
    image = _rendered(data, name, page, dpi, limits, password)
    return PagePicture(image.width, image.height, image.width * 3, image.tobytes())


def _parse(data: bytes, name: str, password: str | None, **options: object) -> ParseResult:
    parser = LiteParse(quiet=True, ocr_enabled=False, continue_on_page_error=True, password=password, **options)
    try:
        return parser.parse(data)
    except ParseError as error:
        raise _reason(str(error), name, password) from error


def _reason(message: str, name: str, password: str | None) -> AppError:
    if "password" in message.lower():
        return WrongPasswordError(file=name) if password else PasswordNeededError(file=name)
    return DamagedDocumentError(file=name, detail="it is not a complete PDF.")


def _needs_ocr(page: ParsedPage) -> bool:
    letters = sum(character.isalnum() for character in page.text)
    signals = page.complexity
    if signals is None:
        return letters < _FEW_CHARS
    if letters >= _FEW_CHARS:
        return bool(signals.is_garbled)
    drawn = signals.image_coverage >= _MIN_IMAGE_COVERAGE or signals.full_page_image or signals.needs_ocr
    return bool(drawn or letters == 0)


def _stored(page: ParsedPage) -> DraftPage:
    text = squeeze_columns(clean_text(page.text))
    words = [
        PrintedWord(part, word.x, word.y, word.x + word.width, word.y + word.height)
        for item in page.text_items
        for word in item.words
        for part in clean_inline(word.text).split()[:1]
    ]
    return DraftPage(page.page_num, text, round(page.width, 2), round(page.height, 2), align_words(text, words))


def _recognized(
    data: bytes, name: str, limits: ReadLimits, password: str | None, page: ParsedPage, notices: list[str]
) -> DraftPage:
    """The page by OCR; what its text layer holds stays if nothing is recognised."""
    longest = max(page.width, page.height, 1.0)
    dpi = min(_OCR_DPI, 72.0 * _OCR_SIDE_PIXELS / longest)
    try:
        image = _rendered(data, name, page.page_num, dpi, limits, password)
    except DamagedDocumentError:
        notices.append(f"Page {page.page_num} could not be drawn, so its pictures were not read.")
        return _stored(page)
    picture = np.ascontiguousarray(np.asarray(image)[:, :, ::-1])
    recognized = recognized_page(picture, page.page_num, dpi, notices)
    return recognized if recognized.text else _stored(page)


def _rendered(data: bytes, name: str, page: int, dpi: float, limits: ReadLimits, password: str | None) -> Image.Image:
    size = _parse(data, name, password, target_pages=str(page))
    if not size.pages:
        raise DamagedDocumentError(file=name, detail=f"there is no page {page}.")
    width, height = size.pages[0].width * dpi / 72, size.pages[0].height * dpi / 72
    check_pixels(round(width), round(height), name, limits)
    result = _parse(data, name, password, target_pages=str(page), extract_screenshots=True, dpi=dpi)
    if not result.screenshots:
        raise DamagedDocumentError(file=name, detail=f"page {page} can't be drawn.")
    shot = result.screenshots[0]
    check_pixels(shot.width, shot.height, name, limits)
    with Image.open(io.BytesIO(shot.image_bytes), formats=("PNG",)) as image:
        return image.convert("RGB")


def _note_gaps(draft: Draft, result: ParseResult, limits: ReadLimits, to_recognize: list[int]) -> None:
    draft.notices.extend(f"Page {error.page_num} could not be read." for error in result.page_errors)
    if result.total_pages > limits.max_pages:
        draft.notices.append(f"Only the first {limits.max_pages} of {result.total_pages} pages were read.")
    if len(to_recognize) > limits.max_ocr_pages:
        left = len(to_recognize) - limits.max_ocr_pages
        draft.notices.append(f"{left} scanned pages were not recognised; the limit is {limits.max_ocr_pages}.")


def _metadata(result: ParseResult) -> dict[str, str]:
    found = {"creator": result.creator or "", "producer": result.producer or "", "pages": str(result.total_pages)}
    return {key: value for key, value in found.items() if value}

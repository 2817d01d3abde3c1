"""PDF files opened, and their pages drawn. Reads no text from pictures."""

from __future__ import annotations

import io

from liteparse import LiteParse, ParseError, ParseResult
from PIL import Image

from app.documents.picture import check_pixels
from app.documents.request import ReadRequest
from app.errors import AppError, DamagedDocumentError, PasswordNeededError, WrongPasswordError


def parse_pdf(request: ReadRequest, **options: object) -> ParseResult:
    parser = LiteParse(quiet=True, ocr_enabled=False, continue_on_page_error=True, password=request.password, **options)
    try:
        result: ParseResult = parser.parse(request.data)
    except ParseError as error:
        raise _reason(str(error), request) from error
    return result


def _reason(message: str, request: ReadRequest) -> AppError:
    if "password" in message.lower():
        return WrongPasswordError(file=request.name) if request.password else PasswordNeededError(file=request.name)
    return DamagedDocumentError(file=request.name, detail="it is not a complete PDF.")


def drawn_page(request: ReadRequest, page: int, dpi: float) -> Image.Image:
    size = parse_pdf(request, target_pages=str(page))
    if not size.pages:
        raise DamagedDocumentError(file=request.name, detail=f"there is no page {page}.")
    width, height = size.pages[0].width * dpi / 72, size.pages[0].height * dpi / 72
    check_pixels(round(width), round(height), request.name, request.limits)
    result = parse_pdf(request, target_pages=str(page), extract_screenshots=True, dpi=dpi)
    if not result.screenshots:
        raise DamagedDocumentError(file=request.name, detail=f"page {page} can't be drawn.")
    shot = result.screenshots[0]
    check_pixels(shot.width, shot.height, request.name, request.limits)
    with Image.open(io.BytesIO(shot.image_bytes), formats=("PNG",)) as image:
        return image.convert("RGB")

"""Pictures and scans: PNG, JPEG, TIFF with several pages, WebP, BMP, GIF, AVIF and HEIC, read by OCR."""

from __future__ import annotations

from app.documents.assembly import Draft, DraftPage
from app.documents.frames import frame, frame_count, opened_picture
from app.documents.layout import Piece, lay_out_pieces
from app.documents.ocr import engine
from app.documents.picture import Pixels
from app.documents.request import ReadRequest
from app.errors import EmptyDocumentError

_DOUBTFUL_QUALITY = 0.8


def read_image(request: ReadRequest) -> Draft:
    """Recognise every page of a picture file."""
    draft = Draft("image", [])
    limits = request.limits
    with opened_picture(request) as image:
        count = frame_count(image)
        if count > limits.max_ocr_pages:
            draft.notices.append(f"Only the first {limits.max_ocr_pages} of {count} pages were recognised.")
        total = min(count, limits.max_ocr_pages)
        for number in range(1, total + 1):
            request.report_page(number, total)
            picture, dpi, complete = frame(image, number - 1, request)
            if not complete:
                draft.notices.append(f"Page {number} is incomplete: the file ends too early.")
            draft.pages.append(recognized_page(picture, number, dpi, draft.notices))
    if not any(page.text for page in draft.pages):
        raise EmptyDocumentError(file=request.name, detail="No writing was recognised in the picture.")
    return draft


def recognized_page(picture: Pixels, number: int, dpi: float, notices: list[str]) -> DraftPage:
    """Read one picture (BGR) as a page; boxes come in points of the page as it stands in the file."""
    found = engine().recognize(picture)
    height, width = picture.shape[:2]
    scale = 72.0 / dpi
    text, words = lay_out_pieces(
        [Piece(p.text, p.x0 * scale, p.y0 * scale, p.x1 * scale, p.y1 * scale, p.slope) for p in found.pieces]
    )
    page_width, page_height = width * scale, height * scale
    for word in words:
        box = turn_back((word.x0, word.y0, word.x1, word.y1), found.turns, page_width, page_height)
        word.x0, word.y0, word.x1, word.y1 = box
    if found.turns:
        notices.append(f"Page {number} was turned to be read.")
    if found.quality is not None and found.quality < _DOUBTFUL_QUALITY:
        notices.append(f"Page {number} is hard to read; some of its text may be wrong.")
    return DraftPage(number, text, round(page_width, 2), round(page_height, 2), words, ocr=True, quality=found.quality)


def turn_back(box: tuple[float, float, float, float], turns: int, width: float, height: float) -> tuple[float, float, float, float]:
    """A box of the page turned clockwise by `turns` quarters, in coordinates of the unturned page (`width` × `height`)."""
    x0, y0, x1, y1 = box
    if turns == 1:
        return y0, height - x1, y1, height - x0
    if turns == 2:
        return width - x1, height - y1, width - x0, height - y0
    if turns == 3:
        return width - y1, x0, width - y0, x1
    return box

"""Pictures and scans: PNG, JPEG, TIFF with several pages, WebP, BMP, GIF, AVIF and HEIC, read by OCR."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pi_heif
from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from app.documents.assembly import Draft, DraftPage
from app.documents.layout import Piece, lay_out_pieces
from app.documents.ocr import Pixels, engine
from app.documents.picture import check_pixels
from app.documents.request import ReadRequest
from app.domain.picture import PagePicture
from app.errors import DamagedDocumentError, EmptyDocumentError

_FORMATS = ("PNG", "JPEG", "TIFF", "WEBP", "BMP", "GIF", "AVIF", "HEIF")
_USUAL_DPI = 150.0
_DOUBTFUL_QUALITY = 0.8
_DECODE_ERRORS = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    IndexError,
    KeyError,
    TypeError,
    OverflowError,
    MemoryError,
    RuntimeError,
)

pi_heif.register_heif_opener(thumbnails=False)


def read_image(request: ReadRequest) -> Draft:
    """Recognise every page of a picture file."""
    draft = Draft("image", [])
    limits = request.limits
    with _opened(request) as image:
        count = _frame_count(image)
        if count > limits.max_ocr_pages:
            draft.notices.append(f"Only the first {limits.max_ocr_pages} of {count} pages were recognised.")
        total = min(count, limits.max_ocr_pages)
        for number in range(1, total + 1):
            request.report_page(number, total)
            picture, dpi, complete = _frame(image, number - 1, request)
            if not complete:
                draft.notices.append(f"Page {number} is incomplete: the file ends too early.")
            draft.pages.append(recognized_page(picture, number, dpi, draft.notices))
    if not any(page.text for page in draft.pages):
        raise EmptyDocumentError(file=request.name, detail="No writing was recognised in the picture.")
    return draft


def render_image(request: ReadRequest, page: int, dpi: float) -> PagePicture:
    """One page of a picture file, scaled so that a point of the page is `dpi`/72 pixels."""
    with _opened(request) as image:
        if page > _frame_count(image):
            raise DamagedDocumentError(file=request.name, detail=f"there is no page {page}.")
        picture, own_dpi, _ = _frame(image, page - 1, request)
        scale = dpi / own_dpi
        width, height = max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale))
        check_pixels(width, height, request.name, request.limits)
        scaled = Image.fromarray(picture[:, :, ::-1]).resize((width, height), Image.Resampling.LANCZOS)
        return PagePicture(width, height, width * 3, scaled.tobytes())


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


@contextmanager
def _opened(request: ReadRequest) -> Iterator[Image.Image]:
    Image.MAX_IMAGE_PIXELS = None  # `check_pixels` decides, before anything is decoded.
    try:
        image = Image.open(io.BytesIO(request.data), formats=_FORMATS)
    except UnidentifiedImageError as error:
        raise DamagedDocumentError(file=request.name, detail="its picture data can't be understood.") from error
    except _DECODE_ERRORS as error:
        raise DamagedDocumentError(file=request.name, detail="its picture data is broken.") from error
    with image:
        yield image


def _frame_count(image: Image.Image) -> int:
    """Pages of a TIFF; moving pictures count as their first frame."""
    if image.format != "TIFF":
        return 1
    try:
        return max(1, int(getattr(image, "n_frames", 1)))
    except _DECODE_ERRORS:
        return 1


def _frame(image: Image.Image, index: int, request: ReadRequest) -> tuple[Pixels, float, bool]:
    """The pixels of a frame (BGR, upright by EXIF, on white), its resolution, and whether it was complete."""
    complete = True
    try:
        if index:
            image.seek(index)
        check_pixels(image.width, image.height, request.name, request.limits)
        dpi = _resolution(image)
        try:
            image.load()
        except OSError:
            complete = False
            ImageFile.LOAD_TRUNCATED_IMAGES = True
            try:
                image.load()
            finally:
                ImageFile.LOAD_TRUNCATED_IMAGES = False
        upright = ImageOps.exif_transpose(image)
        pixels = np.asarray(_on_white(upright), dtype=np.uint8)
    except _DECODE_ERRORS as error:
        raise DamagedDocumentError(file=request.name, detail="its picture data is broken.") from error
    return np.ascontiguousarray(pixels[:, :, ::-1]), dpi, complete


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode.startswith(("I", "F")):
        levels = np.asarray(image, dtype=np.float64)
        top = float(levels.max()) or 1.0
        return Image.fromarray((levels * (255.0 / top)).clip(0, 255).astype(np.uint8)).convert("RGB")
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        layered = image.convert("RGBA")
        white = Image.new("RGBA", layered.size, "white")
        return Image.alpha_composite(white, layered).convert("RGB")
    return image.convert("RGB")


def _resolution(image: Image.Image) -> float:
    try:
        dpi = float(image.info.get("dpi", (0, 0))[0])
    except (TypeError, ValueError, IndexError, ZeroDivisionError):
        return _USUAL_DPI
    return dpi if 90 <= dpi <= 1200 else _USUAL_DPI

"""Draws pages of PDF and picture files. Loads none of the libraries that read them."""

from __future__ import annotations

from PIL import Image

from app.documents.frames import frame, frame_count, opened_picture
from app.documents.pdf_pages import drawn_page
from app.documents.picture import check_pixels
from app.documents.request import ReadRequest
from app.documents.sniff import Format, sniff
from app.documents.warmup import drawable_canaries
from app.domain.picture import PagePicture
from app.errors import DamagedDocumentError, UnsupportedFormatError
from app.settings import ReadLimits


def render_page(data: bytes, name: str, page: int, *, dpi: float, limits: ReadLimits, password: str | None = None) -> PagePicture:
    """The picture of one page (from 1) of a PDF or picture file; other formats have no pages to show."""
    request = ReadRequest(data, name, limits, password)
    request.check_size()
    match sniff(data, name):
        case Format.PDF:
            return _raw(drawn_page(request, page, dpi))
        case Format.IMAGE:
            return _raw(_scaled_frame(request, page, dpi))
        case _:
            raise UnsupportedFormatError(file=name, kind="of a format without pages")


def warm_up() -> None:
    """Load every codec and library that draws; afterwards drawing needs no file system."""
    for name, data in drawable_canaries():
        render_page(data, name, 1, dpi=72, limits=ReadLimits())


def _scaled_frame(request: ReadRequest, page: int, dpi: float) -> Image.Image:
    """One page of a picture file, scaled so that a point of the page is `dpi`/72 pixels."""
    with opened_picture(request) as image:
        if page > frame_count(image):
            raise DamagedDocumentError(file=request.name, detail=f"there is no page {page}.")
        picture, own_dpi, _ = frame(image, page - 1, request)
        scale = dpi / own_dpi
        width, height = max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale))
        check_pixels(width, height, request.name, request.limits)
        return Image.fromarray(picture[:, :, ::-1]).resize((width, height), Image.Resampling.LANCZOS)


def _raw(image: Image.Image) -> PagePicture:
    return PagePicture(image.width, image.height, image.width * 3, image.tobytes())

"""The frames of picture files as pixels: upright, on white, within the bound. Recognizes nothing."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pi_heif
from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from app.documents.picture import Pixels, check_pixels
from app.documents.request import ReadRequest
from app.errors import DamagedDocumentError

_FORMATS = ("PNG", "JPEG", "TIFF", "WEBP", "BMP", "GIF", "AVIF", "HEIF")
_USUAL_DPI = 150.0
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


@contextmanager
def opened_picture(request: ReadRequest) -> Iterator[Image.Image]:
    Image.MAX_IMAGE_PIXELS = None  # `check_pixels` decides, before anything is decoded.
    try:
        image = Image.open(io.BytesIO(request.data), formats=_FORMATS)
    except UnidentifiedImageError as error:
        raise DamagedDocumentError(file=request.name, detail="its picture data can't be understood.") from error
    except _DECODE_ERRORS as error:
        raise DamagedDocumentError(file=request.name, detail="its picture data is broken.") from error
    with image:
        yield image


def frame_count(image: Image.Image) -> int:
    """Pages of a TIFF; moving pictures count as their first frame."""
    if image.format != "TIFF":
        return 1
    try:
        return max(1, int(getattr(image, "n_frames", 1)))
    except _DECODE_ERRORS:
        return 1


def frame(image: Image.Image, index: int, request: ReadRequest) -> tuple[Pixels, float, bool]:
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

"""Office files that hold nothing but pictures, such as scans pasted into a letter: the pictures are read instead."""

from __future__ import annotations

import re
from dataclasses import replace

from app.documents.archive import member_names, read_member
from app.documents.assembly import Draft, DraftPage
from app.documents.image import read_image
from app.documents.request import ReadRequest
from app.errors import DocumentError

_PICTURE = re.compile(r"(?:word/media|ppt/media|xl/media|Pictures)/[^/]+\.(?:png|jpe?g|tiff?|bmp|webp)", re.IGNORECASE)
_MIN_BYTES = 4096
_MAX_BYTES = 64 << 20


def read_embedded_pictures(request: ReadRequest, draft: Draft) -> None:
    """Add the writing found in the file's pictures to a draft without text. Boxes would point nowhere, so there are none."""
    names = sorted({name for name in member_names(request.data) if _PICTURE.fullmatch(name)})
    pages: list[DraftPage] = []
    for name in names[: request.limits.max_ocr_pages]:
        data = read_member(request.data, name, _MAX_BYTES)
        if not _MIN_BYTES <= len(data) < _MAX_BYTES:
            continue
        try:
            found = read_image(request.attached(data, name.rpartition("/")[2], request.limits))
        except DocumentError:
            continue
        pages.extend(replace(page, words=[], width=0.0, height=0.0) for page in found.pages if page.text)
    if pages:
        draft.pages[:] = [replace(page, number=number) for number, page in enumerate(pages, start=1)]
        draft.notices.append("The file holds pictures only; their writing was recognised.")

"""What the reader child does: bytes of one file in, a document or the pixels of a page out. No paths, no folders, no network."""

from __future__ import annotations

import time

from app.settings import ReadLimits
from app.worker.main import Call
from app.worker.pages import render
from app.worker.protocol import Json

_RECOGNISED_AFTER_S = 0.3
"""A page that takes longer was recognised from its picture; stored text takes milliseconds."""


class ReaderHandler:
    """Ops ``read`` (blob: the file; answer: the document as JSON in the blob) and ``render`` (answer: raw RGB rows)."""

    def warm_up(self, args: Json) -> Json:
        """Import and try every path of reading that loads code or files lazily: later nothing can be opened."""
        from app.documents.reader import warm_up

        warm_up()
        return {}

    def handle(self, op: str, args: Json, blob: bytes, call: Call) -> tuple[Json, bytes]:
        limits = ReadLimits.model_validate(args["limits"])
        match op:
            case "read":
                return self._read(args, blob, limits, call)
            case "render":
                return render(args, blob, limits)
        raise ValueError(op)

    def _read(self, args: Json, data: bytes, limits: ReadLimits, call: Call) -> tuple[Json, bytes]:
        from app.documents.reader import read_document

        document = read_document(
            data,
            args["name"],
            limits,
            password=args["password"],
            use_attached_xml=args["use_attached_xml"],
            on_page=_PageNews(call).tell,
        )
        return {}, document.model_dump_json().encode("utf-8", "backslashreplace")


class _PageNews:
    """Progress by page, with the count of pages that had to be recognised: the parent grants time for those."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._recognised = 0
        self._page_began: float | None = None

    def tell(self, page: int, pages: int) -> None:
        self._call.check_cancelled()
        now = time.monotonic()
        slow = self._page_began is not None and now - self._page_began > _RECOGNISED_AFTER_S
        self._page_began = now
        self._recognised += slow
        self._call.progress({"page": page, "pages": pages, "recognised": self._recognised}, urgent=slow)

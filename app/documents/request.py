"""What a format's reader is asked: the bytes, the name for messages, and the bounds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from app.domain.document import Document
from app.errors import DocumentTooLargeError, EmptyDocumentError
from app.settings import ReadLimits

ReadChild = Callable[["ReadRequest"], Document]
"""Reads an attachment as a document of its own; raises like the reader of any file."""


@dataclass(frozen=True)
class ReadRequest:
    """One file to read. `depth` counts how many files it is attached within."""

    data: bytes = field(repr=False)
    name: str
    limits: ReadLimits
    password: str | None = field(default=None, repr=False)
    use_attached_xml: bool = False
    on_page: Callable[[int, int], None] | None = None
    depth: int = 0

    def check_size(self) -> None:
        """Raises an error for a file with nothing in it, or with more than the limit."""
        if not self.data.strip(b"\0 \t\r\n"):
            raise EmptyDocumentError(file=self.name, detail="The file is empty.")
        if len(self.data) > self.limits.max_bytes:
            raise DocumentTooLargeError(file=self.name, detail=f"it has {len(self.data) // 2**20} MiB.")

    def report_page(self, page: int, pages: int) -> None:
        """Tell the caller that a page is about to be read."""
        if self.on_page:
            self.on_page(page, pages)

    def attached(self, data: bytes, name: str, limits: ReadLimits) -> ReadRequest:
        """The request for a file attached to this one."""
        return replace(self, data=data, name=name, limits=limits, depth=self.depth + 1, on_page=None)

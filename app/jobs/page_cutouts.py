"""Pictures of the lines that would be sent, drawn anew in the locked reader when a person opens the sheet."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Final

from app.domain.cutout import Cutout, cut_out
from app.domain.document import Document
from app.domain.enquiry import Enquiry
from app.domain.job import Job
from app.errors import AppError
from app.jobs.intake import load
from app.worker.ports import Pages

_MOST_PAGES: Final = 2
_DPI: Final = 120.0
_log = logging.getLogger(__name__)


class PageCutouts:
    """Draws with `pages`. `password_of` gives the password of a job's file, `most_bytes` the largest file that is read."""

    def __init__(self, pages: Pages, password_of: Callable[[int], str | None], most_bytes: Callable[[], int]) -> None:
        self._pages = pages
        self._password_of = password_of
        self._most_bytes = most_bytes

    def of(self, job: Job, document: Document, enquiry: Enquiry) -> tuple[Cutout, ...]:
        """Of the first pages with lines. None of an attachment, or where the file is another one by now: the text goes alone."""
        lines: dict[int, list[tuple[int, int, str]]] = defaultdict(list)
        for excerpt in enquiry.excerpts:
            lines[excerpt.page].append((excerpt.start, excerpt.end, excerpt.text))
        sheets = [page for page in document.pages if page.number in lines and page.width and page.height][:_MOST_PAGES]
        if job.part or not sheets or not document.words:
            return ()
        try:
            data, password = load(Path(job.path), job.sha256, self._most_bytes()), self._password_of(job.id)
            drawn = [(page, self._pages.render(data, job.name, page.number, dpi=_DPI, password=password)) for page in sheets]
        except AppError as error:
            _log.warning("Job %d is asked about without pictures: %s", job.id, error.user_text)
            return ()
        found = (cut_out(picture, page, document.words, lines[page.number]) for page, picture in drawn)
        return tuple(cutout for cutout in found if cutout is not None)

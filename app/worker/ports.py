"""What others may expect of whoever reads documents and runs tasks: the services here, and their stand-ins."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from pydantic import JsonValue

from app.domain.document import Document
from app.domain.enquiry import Enquiry
from app.domain.picture import PagePicture
from app.domain.progress import Progress
from app.domain.result import Result
from app.domain.task import Task
from app.domain.trust import UNJUDGED, Trust

OnProgress = Callable[[Progress], None]


class DocumentReader(Protocol):
    """Reads documents. Thread safe; calls wait for one another."""

    def read(
        self,
        data: bytes,
        name: str,
        *,
        password: str | None = None,
        cancel: threading.Event | None = None,
        on_progress: OnProgress | None = None,
    ) -> Document: ...


class Pages(Protocol):
    """Draws the pages of documents. Thread safe; calls wait for one another."""

    def render(self, data: bytes, name: str, page: int, *, dpi: float, password: str | None = None) -> PagePicture: ...

    def close(self) -> None: ...


class Reader(DocumentReader, Pages, Protocol):
    """Draws their pages as well."""


class TaskRunner(Protocol):
    """Runs tasks. Thread safe; calls wait for one another."""

    def run(
        self,
        task: Task,
        document: Document,
        *,
        followups: Mapping[str, Task],
        language: str,
        cancel: threading.Event | None = None,
        on_progress: OnProgress | None = None,
    ) -> Result: ...


class TaskModel(TaskRunner, Protocol):
    """Prepares questions to a larger model as well, and judges what that one answers."""

    def enquire(
        self,
        task: Task,
        document: Document,
        result: Result,
        *,
        targets: Sequence[str],
        whole_document: bool = False,
        language: str = "",
        cancel: threading.Event | None = None,
    ) -> Enquiry:
        """What a larger model would be asked. `task` is the one that made `result.answer`."""
        ...

    def settle(
        self,
        task: Task,
        document: Document,
        result: Result,
        answers: Mapping[str, JsonValue],
        *,
        source: str,
        trust: Trust = UNJUDGED,
        cancel: threading.Event | None = None,
    ) -> Result:
        """The result with a larger model's answers, each grounded, checked, and taken or kept as an opinion."""
        ...

    def close(self) -> None: ...

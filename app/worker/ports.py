"""What others may expect of whoever reads documents and runs tasks: the services here, and their stand-ins."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Protocol

from app.domain.document import Document
from app.domain.picture import PagePicture
from app.domain.progress import Progress
from app.domain.result import ModelUsed, Result
from app.domain.task import Task

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


class Reader(DocumentReader, Protocol):
    """Draws their pages as well."""

    def render(self, data: bytes, name: str, page: int, *, dpi: float, password: str | None = None) -> PagePicture: ...

    def close(self) -> None: ...


class TaskModel(Protocol):
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

    def close(self) -> None: ...


class Model(TaskModel, Protocol):
    """Tells which model it is."""

    @property
    def info(self) -> ModelUsed: ...

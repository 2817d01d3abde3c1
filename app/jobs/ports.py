"""What the jobs need from others: someone who reads, someone who answers, someone who knows the tasks."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Protocol

from app.domain.document import Document
from app.domain.progress import Progress
from app.domain.result import Result
from app.domain.task import Task

OnProgress = Callable[[Progress], None]


class Reader(Protocol):
    def read(
        self,
        data: bytes,
        name: str,
        *,
        password: str | None = None,
        cancel: threading.Event | None = None,
        on_progress: OnProgress | None = None,
    ) -> Document: ...


class Model(Protocol):
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


class Tasks(Protocol):
    def get(self, id_or_path: str) -> Task:
        """Raises `app.errors.TaskError`."""
        ...

    def followups(self) -> Mapping[str, Task]:
        """The task to run after `auto` for each label."""
        ...

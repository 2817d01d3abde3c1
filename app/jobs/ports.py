"""What the jobs need besides the workers: someone who knows the tasks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from app.domain.task import Task


class Tasks(Protocol):
    def get(self, id_or_path: str) -> Task:
        """Raises `app.errors.TaskError`."""
        ...

    def followups(self) -> Mapping[str, Task]:
        """The task to run after `auto` for each label."""
        ...

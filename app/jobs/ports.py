"""What the jobs need besides the workers: someone who knows the tasks, the person's policies, and the way to a larger model."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Protocol, TypeVar

from app.domain.enquiry import Enquiry
from app.domain.parcel import Parcel, Reply
from app.domain.task import Task
from app.frontier.client import Errand
from app.settings import ProviderConfig
from app.worker.ports import TaskModel

_T = TypeVar("_T")


class Tasks(Protocol):
    def get(self, id_or_path: str) -> Task:
        """Raises `app.errors.TaskError`."""
        ...

    def followups(self) -> Mapping[str, Task]:
        """The task to run after `auto` for each label."""
        ...


class Borrow(Protocol):
    """Lends the loaded model for one call, between documents."""

    def __call__(self, op: Callable[[TaskModel], _T]) -> Future[_T]: ...


class Courier(Protocol):
    """Packs what a larger model would be asked, and sends it; `app.frontier.client.Frontier` is one."""

    @property
    def config(self) -> ProviderConfig | None:
        """The service to ask; None unless the person set one up and wants it asked."""
        ...

    def is_ready(self) -> bool:
        """Whether it has its key, or needs none. Asks nobody."""
        ...

    def pack(self, enquiry: Enquiry) -> Parcel: ...

    def send(
        self,
        parcel: Parcel,
        enquiry: Enquiry,
        errand: Errand,
        cancel: threading.Event | None = None,
        require_wanted: Callable[[], object] = lambda: None,
    ) -> Reply:
        """`require_wanted` raises before a try that nobody wants any longer. Raises `AppError` kinds."""
        ...

"""Policy: when an answer is handed on and what may leave, as the task says it and as folders and files change it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from app.domain.privacy import PrivacyClass
from app.domain.task import Routing, Task


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RoutingChange(_Part):
    """What a folder changes of a task's routing; None leaves it as it is."""

    primary: Literal["local", "frontier"] | None = None
    escalate_to: Literal["frontier", "none"] | None = None
    send: Literal["fields", "document"] | None = None
    confidence_below: float | None = Field(default=None, ge=0, le=1)
    schema_invalid: bool | None = None
    check_failed: bool | None = None
    complexity_above: float | None = Field(default=None, ge=0, le=1)


class PlacePolicy(_Part):
    """What holds for a folder with everything in it, or for one file."""

    path: str
    """Absolute."""
    privacy: PrivacyClass | None = None
    routing: RoutingChange = RoutingChange()


class Policies(_Part):
    """All that a person has set for folders and files."""

    folders: tuple[PlacePolicy, ...] = ()
    files: tuple[PlacePolicy, ...] = ()


class Policy(_Part):
    """What holds for one document and one task. `decided_by` names who set the privacy class."""

    routing: Routing = Routing()
    privacy: PrivacyClass = PrivacyClass.ASK
    decided_by: Literal["task", "folder", "file"] = "task"
    folder: str = ""
    """The folder whose class it is, if a folder decided."""


def policy_for(task: Task, path: PurePath | str, policies: Policies) -> Policy:
    """The strictest privacy class of task, folders and file; the routing of the task with the changes of the innermost folder."""
    raise NotImplementedError


def places_of(path: PurePath | str, places: Sequence[PlacePolicy]) -> tuple[PlacePolicy, ...]:
    """Those folders that hold a file, the outermost first."""
    raise NotImplementedError

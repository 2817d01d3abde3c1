"""A person's word that something may be sent. It names how far it reaches and where to, and can be taken back."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import PurePath

from pydantic import BaseModel, ConfigDict


class ConsentScope(StrEnum):
    DOCUMENT = "document"
    """Once, for the very bytes that were shown. It stands for nothing later."""
    FOLDER = "folder"
    """The folder and what lies below it."""
    TASK = "task"
    ALWAYS = "always"


class Consent(BaseModel):
    """`subject` is the document's path, the folder or the task; empty for ALWAYS. It holds for one destination only."""

    model_config = ConfigDict(frozen=True)
    id: int = 0
    scope: ConsentScope
    subject: str = ""
    destination: str
    """Scheme, host and port that may receive it, as `destination_of` tells them: another service needs another word."""
    redacted: bool = True
    """Only with sensitive words replaced. False is given where the person saw and allowed them."""
    granted_at: str = ""
    """ISO 8601, UTC."""
    revoked_at: str = ""

    @property
    def is_standing(self) -> bool:
        return not self.revoked_at and self.scope is not ConsentScope.DOCUMENT

    @property
    def words(self) -> str:
        """As the ledger tells it: the scope and what it is for, such as a folder's full path."""
        return f"{self.scope} {self.subject}".strip()

    def covers(self, path: str, task: str, destination: str) -> bool:
        """Whether it stands for documents like this one."""
        if not self.is_standing or destination != self.destination:
            return False
        match self.scope:
            case ConsentScope.FOLDER:
                return _plain(path).is_relative_to(_plain(self.subject))
            case ConsentScope.TASK:
                return task == self.subject
            case _:
                return self.scope is ConsentScope.ALWAYS


def _plain(path: str) -> PurePath:
    """Without ``..``, which would step out of the folder, and as the system compares names."""
    return PurePath(os.path.normcase(os.path.normpath(path)))

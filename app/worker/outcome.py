"""How a worker can fail, and the typed error a person gets for it."""

from __future__ import annotations

import re
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.errors import (
    AppError,
    CancelledError,
    DocumentError,
    DocumentTooLargeError,
    ModelCrashedError,
    ModelError,
    ModelLoadError,
    ModelMemoryError,
    ModelTimeoutError,
    OutOfMemoryError,
    ReaderCrashedError,
    ReaderStartError,
    ReadTimeoutError,
    SandboxError,
    TaskError,
    from_wire,
)
from app.worker.protocol import Json

_MEMORY_WORDS = re.compile(
    r"bad_alloc|memory allocation of \d+ bytes failed|MemoryError|cannot allocate memory"
    r"|out of memory|insufficient memory|failed to allocate|memory allocation still failed|thread creation failed"
    r"|GGML_ASSERT\(.*(alloc|buffer).* != (NULL|nullptr)\) failed",
    re.IGNORECASE,
)
_KILL = getattr(signal, "SIGKILL", 9)


class Role(StrEnum):
    """Whose words an outcome is told in: the reader's (about the file) or the model's."""

    READER = "reader"
    MODEL = "model"


@dataclass(frozen=True)
class Death:
    """What is known of a child that ended without being asked to."""

    returncode: int
    fault: str
    log: Sequence[str]
    system_short_of_memory: bool

    @property
    def is_out_of_memory(self) -> bool:
        if self.fault:
            return False
        killed = self.returncode == -_KILL
        return (killed and self.system_short_of_memory) or any(_MEMORY_WORDS.search(line) for line in self.log)

    @property
    def detail(self) -> str:
        if self.fault:
            return f"it answered with {self.fault}"
        if self.returncode == -_KILL:
            return "the system, or another program, ended it"
        if self.returncode < 0:
            try:
                return f"it crashed with {signal.Signals(-self.returncode).name}"
            except ValueError:
                return f"it crashed with signal {-self.returncode}"
        return f"it ended with code {self.returncode}"


def crashed(role: Role, detail: str, known: dict[str, str]) -> AppError:
    return (ReaderCrashedError if role is Role.READER else ModelCrashedError)(**_plain(known), detail=detail)


def died(role: Role, death: Death, known: dict[str, str], memory_bytes: int) -> AppError:
    if death.is_out_of_memory:
        return out_of_memory(role, known, memory_bytes)
    return crashed(role, death.detail, known)


def not_started(role: Role, detail: str, known: dict[str, str]) -> AppError:
    """What goes wrong before a child is ready can't be a document's fault."""
    if role is Role.READER:
        return ReaderStartError(detail=detail)
    return ModelLoadError(**_plain(known), detail=f"{detail}.")


def timed_out(role: Role, seconds: float, known: dict[str, str]) -> AppError:
    return (ReadTimeoutError if role is Role.READER else ModelTimeoutError)(**_plain(known), seconds=round(seconds))


def out_of_memory(role: Role, known: dict[str, str], memory_bytes: int) -> AppError:
    """The reader's memory is bounded per document, so there it is the document that is too large."""
    if role is Role.READER:
        return DocumentTooLargeError(**_plain(known), detail=f"reading it takes more than {memory_bytes / 2**30:.1f} GB of memory.")
    return OutOfMemoryError(**_plain(known))


def reported(role: Role, untrusted_error: Json, known: dict[str, str], memory_bytes: int) -> AppError:
    """The error a child sent. A child may only report what its role can know; anything else counts as a crash."""
    code = str(untrusted_error.get("code"))
    if code == OutOfMemoryError.code:
        return out_of_memory(role, known, memory_bytes)
    error = from_wire(untrusted_error, **known)
    if isinstance(error, (CancelledError, *((DocumentError,) if role is Role.READER else (ModelError, TaskError)))):
        return error
    return crashed(role, _failure(error), known)


def no_memory_to_start(role: Role, known: dict[str, str], memory_bytes: int) -> AppError:
    """It needs more than it may take, or than there is."""
    if role is Role.READER:
        return ReaderStartError(detail="there is not enough memory")
    return ModelMemoryError(**_plain(known), limit=f"{memory_bytes / 2**30:.1f} GB")


def reported_at_start(role: Role, untrusted_error: Json, known: dict[str, str], memory_bytes: int) -> AppError:
    """The error a child sent instead of being ready."""
    if untrusted_error.get("code") in {OutOfMemoryError.code, ModelMemoryError.code}:
        return no_memory_to_start(role, known, memory_bytes)
    error = from_wire(untrusted_error, **known)
    if isinstance(error, SandboxError) or (role is Role.MODEL and isinstance(error, ModelError)):
        return error
    return not_started(role, _failure(error), known)


def _failure(error: AppError) -> str:
    return f"it failed with {error.params.get('detail') or 'an unknown error'}"


def _plain(known: dict[str, str]) -> dict[str, object]:
    return dict(known)

"""One file on its way: the partial file that survives an interruption, the progress told, and the wish to stop."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.catalog.spec import ModelFile
from app.errors import CancelledError

TransferProgress = Callable[[int, int, str], None]
"""Called with bytes done, bytes in all, and the name of the source."""


class SourceFailedError(Exception):
    """This source can't give the file; the text says why, for the list of sources tried."""


@dataclass(frozen=True)
class Transfer:
    """What a source needs: where to put the bytes of which file, and whom to tell. `partial` is this source's alone."""

    file: ModelFile
    partial: Path
    source: str
    progress: TransferProgress | None = None
    cancel: threading.Event | None = None

    def tell(self, done: int) -> None:
        """Report progress; raises `CancelledError` when the person asked to stop. The partial file stays for the next try."""
        if self.cancel is not None and self.cancel.is_set():
            raise CancelledError(file=self.file.filename)
        if self.progress is not None:
            self.progress(min(done, self.file.size_bytes), self.file.size_bytes, self.source)

    @property
    def done_bytes(self) -> int:
        return self.partial.stat().st_size if self.partial.exists() else 0

"""How far the work on one model file is: fetched, copied, checked or tried out. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.ui.formats import shown_size, shown_time_left
from app.ui.messages import tr

TransferKind = Literal["download", "import", "check", "test"]


@dataclass(frozen=True)
class TransferNews:
    """`total` is 0 where nobody knows how much is left."""

    id: str
    kind: TransferKind
    done: int = 0
    total: int = 0
    bytes_per_s: float = 0.0
    left_s: float | None = None
    source: str = ""
    name: str = ""
    """Of the file or model, where no card shows it."""

    @property
    def share(self) -> float:
        return self.done / self.total if self.total else 0.0

    @property
    def words(self) -> str:
        """One line: how much, how fast, how long, from where."""
        if self.kind == "test":
            return tr("Trying it out on four short texts …")
        if self.kind == "check":
            return self._joined(tr("Checking {done} of {total}", done=shown_size(self.done), total=shown_size(self.total)))
        words = tr("{done} of {total}", done=shown_size(self.done), total=shown_size(self.total))
        if not self.done and not self.bytes_per_s:
            words = tr("Connecting …") if self.kind == "download" else tr("Beginning …")
        return self._joined(words)

    def _joined(self, words: str) -> str:
        parts = [words]
        if self.bytes_per_s > 0:
            parts.append(tr("{size} a second", size=shown_size(round(self.bytes_per_s))))
        if self.left_s is not None and self.total > self.done:
            parts.append(shown_time_left(self.left_s))
        if self.source and self.kind == "download":
            parts.append(tr("from {source}", source=self.source))
        return "  ·  ".join(parts)

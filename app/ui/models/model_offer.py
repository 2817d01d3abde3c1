"""What the Models page shows of one model. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.ui.formats import locale, shown_size
from app.ui.messages import tr

Fit = Literal["fits", "tight"]


@dataclass(frozen=True)
class ModelOffer:
    """`need_bytes` is the memory the model takes while it works."""

    id: str
    name: str
    publisher: str
    size_bytes: int
    need_bytes: int
    parameters_b: float
    license_id: str
    license_url: str
    must_accept: bool
    turkish: str
    is_installed: bool
    is_in_use: bool
    is_starter: bool
    fits: bool

    @property
    def facts(self) -> str:
        """One line: maker, size, memory, licence."""
        parts = [self.publisher]
        if self.parameters_b:
            parts.append(tr("{n} billion parameters", n=locale().toString(self.parameters_b, "g", 3)))
        parts.append(tr("{size} on disk", size=shown_size(self.size_bytes)))
        parts.append(tr("about {size} of memory", size=shown_size(self.need_bytes)))
        parts.append(self.license_id)
        return "  ·  ".join(part for part in parts if part)

    @property
    def remark(self) -> str:
        start = tr("Small enough for any laptop.") if self.is_starter else ""
        turkish = {"broad": tr("Good Turkish."), "base-only": tr("Basic Turkish."), "no": tr("No Turkish.")}
        return f"{start} {turkish.get(self.turkish, '')}".strip()

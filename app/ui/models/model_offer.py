"""What the Models page shows of one model. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.ui.formats import locale, shown_size
from app.ui.messages import tr

Fit = Literal["fits", "tight"]

_EXACT_BELOW = 10


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
    per_minute: float = 0.0
    """Documents like an invoice of one page; 0 where it was not looked at yet."""
    is_measured: bool = False
    """Whether a model has run on this computer; else its speed is taken from the hardware."""
    recommended_for: tuple[str, ...] = ()
    measured: str = ""
    """What was measured of this very model here, in words."""

    @property
    def facts(self) -> str:
        """One line: maker, size, memory, licence."""
        parts = [self.publisher]
        if self.parameters_b:
            parts.append(tr("{n} billion parameters", n=locale().toString(self.parameters_b, "g", 3)))
        parts.append(tr("{size} on disk", size=shown_size(self.size_bytes)))
        parts.append(tr("about {size} of memory", size=shown_size(self.need_bytes)))
        if self.per_minute:
            parts.append(self._speed())
        parts.append(self.license_id)
        return "  ·  ".join(part for part in parts if part)

    @property
    def remark(self) -> str:
        turkish = {"broad": tr("Good Turkish."), "base-only": tr("Basic Turkish."), "no": tr("No Turkish.")}
        parts = [tr("Small enough for any laptop.") if self.is_starter else "", turkish.get(self.turkish, "")]
        if self.recommended_for:
            names = {
                "extract": tr("finding values"),
                "classify": tr("sorting into classes"),
                "summarize": tr("summing up"),
                "vision": tr("reading pictures"),
            }
            uses = ", ".join(names[purpose] for purpose in self.recommended_for if purpose in names)
            parts.append(tr("On this computer the best choice for {uses}.", uses=uses))
        return " ".join(part for part in [*parts, self.measured] if part)

    def _speed(self) -> str:
        shown = locale().toString(self.per_minute, "f", 0 if self.per_minute >= _EXACT_BELOW else 1)
        if self.is_measured:
            return tr("{n} pages a minute", n=shown)
        return tr("about {n} pages a minute", n=shown)

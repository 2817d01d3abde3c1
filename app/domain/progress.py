"""What a running job tells about itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.domain.result import Value


@dataclass(frozen=True)
class Progress:
    """One piece of news about a running job; `fraction` is of the whole job, 0–1.

    `field` carries each value as soon as it is decided; `page` tells which page is being read or recognised.
    """

    phase: Literal["reading", "page", "loading", "thinking", "field", "storing"]
    fraction: float = 0.0
    name: str = ""
    page: int = 0
    pages: int = 0
    value: Value | None = None

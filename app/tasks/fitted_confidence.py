"""What each fact about an answer counts for its confidence: written by `tests/quality/fit_confidence.py`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

GIVEN: Final[Mapping[str, float]] = {
    "share": 0.85,
    "confirmed": 1.0,
    "contradicted": 2.0,
}
ABSENT: Final[Mapping[str, float]] = {
    "bias": 0.5,
    "nothing": 2.5,
    "absent": 0.6,
    "likeliest": 2.0,
}
LISTED: Final[Mapping[str, float]] = {
    "share": 0.85,
}
COUNTS: Final[Mapping[str, int]] = {
    "bias": 0,
}

"""Pictures as numbers, and the bound that is checked before they are decoded."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from app.errors import DocumentTooLargeError
from app.settings import ReadLimits

Pixels = npt.NDArray[np.uint8]


def check_pixels(width: int, height: int, name: str, limits: ReadLimits) -> None:
    """Refuse a picture that is larger than the limit."""
    if width * height > limits.max_pixels:
        raise DocumentTooLargeError(file=name, detail=f"its picture has {width} × {height} pixels.")

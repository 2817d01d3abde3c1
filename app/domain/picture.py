"""A page as raw pixels: the only form in which pictures leave the reader."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PagePicture:
    """Rows of 24-bit RGB, `stride` bytes apart, top row first."""

    width: int
    height: int
    stride: int
    pixels: bytes

"""Offsets of a document's text and positions in the text that Qt shows: other units, and very long lines broken."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

_LONGEST_LINE_CHARS = 2_000
"""Qt lays out a line as a whole: one of 100,000 characters would hold up the window for a second."""
_LONG_LINE = re.compile(rf"^[^\n]{{{_LONGEST_LINE_CHARS + 1},}}", re.MULTILINE)
_WIDE = re.compile("[\U00010000-\U0010ffff]")


class Offsets:
    """Qt counts UTF-16 units, and `shown` holds line breaks that the text does not."""

    def __init__(self, text: str) -> None:
        self._breaks = list(_breaks(text))
        wide = [] if text.isascii() else [found.start() for found in _WIDE.finditer(text)]
        self._extra = sorted([*wide, *(place - 1 for place in self._breaks)])
        self._extra_qt = [index + nth for nth, index in enumerate(self._extra)]

    def shown(self, text: str) -> str:
        """The text as it is shown: line ends as Qt keeps them, and no very long line."""
        plain = text.replace("\r\n", " \n").replace("\r", "\n").replace("\0", " ")
        starts = [0, *self._breaks]
        return "\n".join(plain[start:end] for start, end in zip(starts, [*self._breaks, None], strict=True))

    def to_qt(self, offset: int) -> int:
        return offset + bisect_left(self._extra, offset)

    def from_qt(self, position: int) -> int:
        return position - bisect_right(self._extra_qt, position - 1)


def _breaks(text: str) -> Iterator[int]:
    """Where a line is broken that is too long: after a blank near the limit, else at the limit."""
    for line in _LONG_LINE.finditer(text):
        start = line.start()
        while line.end() - start > _LONGEST_LINE_CHARS:
            blank = text.rfind(" ", start + _LONGEST_LINE_CHARS // 2, start + _LONGEST_LINE_CHARS)
            start = blank + 1 if blank >= 0 else start + _LONGEST_LINE_CHARS
            yield start

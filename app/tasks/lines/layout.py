"""How a document's text is laid out: lines, and the segments in which columns stand side by side."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

_LINE = re.compile(r"[^\n\f\r\v\x85\u2028\u2029]*")
_SEGMENT = re.compile(r"[^\s|\u00a0](?:[^\n\t|]*?[^\s|\u00a0])??(?=[ \u00a0]{2,}|\s*[\t|]|\s*$)")
_RULE = re.compile(r"[\s|:=_*+·.\-—–#]*")


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of text without a wide gap; `line` is its line's index in the layout, `first` and `last` its columns on the line."""

    start: int
    end: int
    line: int
    first: int
    last: int

    def overlaps(self, first: int, last: int, slack: int = 1) -> bool:
        """Whether the columns meet those given."""
        return self.first <= last + slack and first <= self.last + slack


@dataclass(frozen=True)
class Line:
    index: int
    start: int
    end: int
    segments: tuple[Segment, ...] = field(default=())


class Layout:
    """The lines of a text that hold words, in order. Lines of rules only are left out."""

    def __init__(self, text: str, start: int = 0, end: int | None = None) -> None:
        self.text = text
        self.lines: list[Line] = []
        limit = len(text) if end is None else end
        position = start
        while position < limit:
            match = _LINE.match(text, position, limit)
            line_end = match.end() if match else limit
            self._add(position, line_end)
            position = line_end + 1

    def _add(self, start: int, end: int) -> None:
        content = self.text[start:end]
        if _RULE.fullmatch(content):
            return
        index = len(self.lines)
        segments = tuple(
            Segment(start + match.start(), start + match.end(), index, match.start(), match.end())
            for match in _SEGMENT.finditer(content)
            if not _RULE.fullmatch(match.group())
        )
        self.lines.append(Line(index, start, end, segments))

    @cached_property
    def _starts(self) -> list[int]:
        return [line.start for line in self.lines]

    def line_of(self, offset: int) -> Line | None:
        """The line that holds an offset, or the one before it."""
        index = bisect_right(self._starts, offset) - 1
        return self.lines[index] if index >= 0 else None

    def segment_of(self, offset: int) -> Segment | None:
        """The segment that holds an offset."""
        line = self.line_of(offset)
        if line is None:
            return None
        return next((segment for segment in line.segments if segment.start <= offset < segment.end), None)

    def segments(self) -> Iterator[Segment]:
        for line in self.lines:
            yield from line.segments

    def above(self, line: int, first: int, last: int, reach: int) -> Iterator[tuple[int, Segment]]:
        """Segments over the given columns on the lines before, nearest first, each with its distance in lines."""
        for distance in range(1, min(reach, line) + 1):
            for segment in self.lines[line - distance].segments:
                if segment.overlaps(first, last):
                    yield distance, segment

    def below(self, line: int, first: int, last: int, reach: int) -> Iterator[tuple[int, Segment]]:
        """Segments under the given columns on the lines after, nearest first."""
        for distance in range(1, min(reach, len(self.lines) - 1 - line) + 1):
            for segment in self.lines[line + distance].segments:
                if segment.overlaps(first, last):
                    yield distance, segment

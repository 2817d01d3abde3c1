"""The order in which a person reads the lines of a text: side-by-side columns of prose one after the other."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

Span = tuple[int, int]

_LINE = re.compile(r"[^\n\f\r\v\x85\u2028\u2029]*")
_GUTTER = re.compile(r"(?<=\S)[ \u00a0]{2,}(?=\S)")
_LEAST_LINES: Final = 8
_LEAST_SHARE: Final = 0.5
_SIDE_WORDS: Final = 3
_SIDE_CHARS: Final = 18


def reading_lines(text: str, start: int, end: int) -> Iterator[Span]:
    """Places of the lines, blank ones too, in reading order. Pages are parted by form feeds or by the caller."""
    lines = list(_lines(text, start, end))
    gutter = _gutter(text, lines)
    if gutter is None:
        yield from lines
        return
    left: list[Span] = []
    right: list[Span] = []
    for line in lines:
        halves = _split(text, line, gutter)
        if len(halves) == 2:
            left.append(halves[0])
            right.append(halves[1])
        elif text[line[0] : line[1]].strip() and line[1] - line[0] > gutter and text[line[0] + gutter : line[1]].strip():
            if text[line[0] : line[0] + gutter].strip():
                yield from (*left, *right, line)
                left, right = [], []
            else:
                right.append(line)
        else:
            left.append(line)
    yield from (*left, *right)


def _lines(text: str, start: int, end: int) -> Iterator[Span]:
    position = start
    end = min(end, len(text))
    while position < end:
        match = _LINE.match(text, position, end)
        stop = match.end() if match else end
        yield position, stop
        position = stop + 1


def _gutter(text: str, lines: Sequence[Span]) -> int | None:
    """The character column between two columns of prose, if most lines have a gap there."""
    counts: Counter[int] = Counter()
    filled = with_gap = 0
    for start, end in lines:
        content = text[start:end]
        filled += len(content.split()) > 1
        columns = [column for gap in _GUTTER.finditer(content) if _is_prose(content, gap) for column in range(*gap.span())]
        with_gap += bool(columns)
        counts.update(columns)
    if with_gap < _LEAST_LINES or with_gap < _LEAST_SHARE * filled:
        return None
    column, count = max(counts.items(), key=lambda item: (item[1], item[0]))
    return column if count >= 0.7 * with_gap else None


def _is_prose(content: str, gap: re.Match[str]) -> bool:
    """Whether both sides of a gap look like lines of running text."""
    sides = (content[: gap.start()].strip(), content[gap.end() :].strip())
    return all(
        len(side.split()) >= _SIDE_WORDS and len(side) >= _SIDE_CHARS and sum(map(str.isalpha, side)) > 0.6 * len(side)
        for side in sides
    )


def _split(text: str, line: Span, gutter: int) -> list[Span]:
    content = text[line[0] : line[1]]
    gap = next((gap for gap in _GUTTER.finditer(content) if gap.start() - 1 <= gutter <= gap.end()), None)
    if gap is None:
        return [line]
    return [(line[0], line[0] + gap.start()), (line[0] + gap.end(), line[1])]

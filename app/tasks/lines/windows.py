"""What of a document the model reads: all of it when it is short, else the lines that its answer depends on."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from app.domain.document import Document
from app.tasks.lines.layout import Layout

_WIDE_BLANK = re.compile(r"[ \u00a0\t]{4,}")
_MANY_BLANK_LINES = re.compile(r"\n\s*\n(?:\s*\n)+")
_RULE_LINE = re.compile(r"^[ \t|:]*[-=_*.·•|:+#~\s]{4,}$", re.MULTILINE)
_ROW_CHARS = 240
_FARTHEST_ROW = 8
_GAP_MARK = "[...]"


@dataclass(frozen=True)
class Excerpt:
    """Text for the prompt and where it was taken from: spans of the document, in order."""

    text: str
    spans: tuple[tuple[int, int], ...]
    is_whole: bool

    def shows(self, offset: int) -> bool:
        """Whether the place of the document is in the text."""
        return any(start <= offset < end for start, end in self.spans)


@dataclass(frozen=True)
class _Row:
    """A line, or a part of a long one."""

    start: int
    end: int
    line: int


def compact(text: str) -> str:
    """The text with wide gaps, rules and empty lines narrowed; words and their order stay."""
    text = _RULE_LINE.sub("", text)
    return _MANY_BLANK_LINES.sub("\n\n", _WIDE_BLANK.sub("   ", text)).strip("\n")


def excerpt(
    layout: Layout, places: Sequence[tuple[float, int]], count_tokens: Callable[[str], int], *, budget_tokens: int, most_tokens: int
) -> Excerpt:
    """The document if it fits the budget; else the lines of the places and as many of their neighbours as fit it.

    `places` are weighted character offsets; their own lines are shown even beyond the budget, up to `most_tokens`. Neighbours come
    from near to far, those of weighty places first. The parts keep the document's order.
    """
    whole = compact(layout.text)
    if len(whole) < budget_tokens or count_tokens(whole) <= budget_tokens:
        return Excerpt(whole, ((0, len(layout.text)),), is_whole=True)
    rows = list(_rows(layout))
    used = 0
    chosen: set[int] = set()
    centres = _rows_of(rows, places)
    for index in (*centres, *_neighbours(centres, len(rows))):
        if index in chosen or used >= most_tokens or (used >= budget_tokens and index not in centres):
            continue
        cost = count_tokens(compact(layout.text[rows[index].start : rows[index].end])) + 1
        if used + cost <= (most_tokens if index in centres else budget_tokens):
            chosen.add(index)
            used += cost
    return _join(layout, rows, sorted(chosen))


def _rows(layout: Layout) -> Iterator[_Row]:
    for line in layout.lines:
        start = line.start
        while line.end - start > _ROW_CHARS:
            blank = layout.text.rfind(" ", start + 1, start + _ROW_CHARS)
            end = blank + 1 if blank > 0 else start + _ROW_CHARS
            yield _Row(start, end, line.index)
            start = end
        yield _Row(start, line.end, line.index)


def _rows_of(rows: Sequence[_Row], places: Sequence[tuple[float, int]]) -> dict[int, None]:
    """Indices of the rows of the places, the weightiest first."""
    starts = [row.start for row in rows]
    order = sorted(places, key=lambda place: (-place[0], place[1]))
    return {index: None for _, offset in order if (index := bisect_right(starts, offset) - 1) >= 0}


def _neighbours(centres: Iterable[int], count: int) -> Iterator[int]:
    for distance in range(1, _FARTHEST_ROW + 1):
        for centre in centres:
            yield from (index for index in (centre - distance, centre + distance) if 0 <= index < count)


def _join(layout: Layout, rows: Sequence[_Row], chosen: Sequence[int]) -> Excerpt:
    parts: list[str] = []
    spans: list[tuple[int, int]] = []
    previous = -1
    for index in chosen:
        row = rows[index]
        if index == previous + 1 and spans:
            spans[-1] = (spans[-1][0], row.end)
            parts.append("" if row.line == rows[previous].line else "\n")
        else:
            if index > 0:
                parts.append(f"\n{_GAP_MARK}\n" if parts else f"{_GAP_MARK}\n")
            spans.append((row.start, row.end))
        parts.append(compact(layout.text[row.start : row.end]))
        previous = index
    if previous < len(rows) - 1:
        parts.append(f"\n{_GAP_MARK}")
    return Excerpt("".join(parts), tuple(spans), is_whole=False)


def pages_of(document: Document, spans: Iterable[tuple[int, int]]) -> tuple[int, ...]:
    """Numbers of the pages that hold any part of the spans."""
    numbers = set()
    for start, end in spans:
        for page in document.pages:
            if page.start < end and start < max(page.end, page.start + 1):
                numbers.add(page.number)
    return tuple(sorted(numbers))

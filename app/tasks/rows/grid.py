"""Where the words of a line stand across the page: in points where the document has boxes, else in characters of the text."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Final

from app.domain.document import Document, Word
from app.tasks.lines.layout import Layout, Line

_WIDE_GAP_CHARS: Final = 1.6
"""A gap wider than this parts two cells; fonts of one width have gaps of one character."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A run of words on a line without a wide gap; `x0` and `x1` are its edges in units of the grid."""

    start: int
    end: int
    x0: float
    x1: float
    line: int

    def overlap(self, x0: float, x1: float) -> float:
        return min(self.x1, x1) - max(self.x0, x0)


class Grid:
    """A layout with positions. `unit` is the width of a usual character."""

    def __init__(self, layout: Layout, document: Document) -> None:
        self.layout = layout
        self.text = layout.text
        self._words = document.words
        self._starts = [word.start for word in document.words]
        widths = [(word.x1 - word.x0) / (word.end - word.start) for word in document.words if word.end > word.start]
        self.unit = max(0.1, median(widths)) if widths else 1.0
        self._pages = [page.end for page in document.pages]
        self._by_line: dict[int, list[Word]] = {}
        self._cells: dict[int, list[Cell]] = {}

    def cells(self, line: Line) -> list[Cell]:
        if line.index not in self._cells:
            self._cells[line.index] = self._cells_of(line)
        return self._cells[line.index]

    def span(self, line: Line, start: int, end: int) -> tuple[float, float]:
        """The edges of characters on a line."""
        words = [word for word in self.words(line) if word.start < end and start < word.end]
        if not words:
            return float(start - line.start), float(end - line.start)
        first, last = words[0], words[-1]
        return _within(first, max(start, first.start)), _within(last, min(end, last.end))

    def words(self, line: Line) -> list[Word]:
        """The words on a line, left to right as printed."""
        if line.index not in self._by_line:
            first, last = bisect_left(self._starts, line.start), bisect_left(self._starts, line.end)
            self._by_line[line.index] = _untangled(self.text, self._words[first:last])
        return self._by_line[line.index]

    def drop(self, line: Line, previous: Line) -> float:
        """How far a line stands below the one before it, in lines of text or in points; endless across pages."""
        if bisect_right(self._pages, line.start) != bisect_right(self._pages, previous.start):
            return float("inf")
        upper, lower = self.words(previous), self.words(line)
        if not upper or not lower:
            return float(self.text.count("\n", previous.end, line.start + 1) or 1)
        return max(0.0, min(word.y0 for word in lower) - min(word.y0 for word in upper))

    def _cells_of(self, line: Line) -> list[Cell]:
        cells: list[Cell] = [
            Cell(word.start, word.end, word.x0, word.x1, line.index)
            for word in self.words(line)
            if "#" in self.text[word.start : word.end] and not any(s.start <= word.start < s.end for s in line.segments)
        ]
        for segment in line.segments:
            words = [word for word in self.words(line) if segment.start <= word.start and word.end <= segment.end]
            if not words:
                cells.append(Cell(segment.start, segment.end, float(segment.first), float(segment.last), line.index))
                continue
            run = Cell(words[0].start, words[0].end, words[0].x0, words[0].x1, line.index)
            for word in words[1:]:
                if word.x0 - run.x1 > _WIDE_GAP_CHARS * self.unit:
                    cells.append(run)
                    run = Cell(word.start, word.end, word.x0, word.x1, line.index)
                else:
                    run = replace(run, end=word.end, x1=max(run.x1, word.x1))
            cells.append(run)
        return sorted(cells, key=lambda cell: cell.start)


def _within(word: Word, offset: int) -> float:
    """The place of a character inside a word, its characters taken as equally wide."""
    share = (offset - word.start) / max(1, word.end - word.start)
    return word.x0 + share * (word.x1 - word.x0)


def _untangled(text: str, words: Sequence[Word]) -> list[Word]:
    """Words that are printed alike on one line, such as currency signs, in the order of the text."""
    alike: dict[str, list[int]] = defaultdict(list)
    for index, word in enumerate(words):
        alike[text[word.start : word.end]].append(index)
    result = list(words)
    for indexes in alike.values():
        boxes = sorted((words[index] for index in indexes), key=lambda word: word.x0)
        for index, box in zip(indexes, boxes, strict=True):
            result[index] = words[index]._replace(x0=box.x0, x1=box.x1)
    return result

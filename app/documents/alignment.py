"""Finds the place of printed words (with boxes) in a page's spatial text. Pure; knows no file format."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from app.documents.assembly import DraftWord
from app.documents.reading_order import common_places, in_rows

_TOKEN = re.compile(r"\S+")
_LINE_WEIGHT = 4.0
_FEW = 3
_TOUCHING = 0.12


@dataclass(frozen=True)
class PrintedWord:
    """A word as it stands on the page; `text` is cleaned and holds no blanks."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float


@dataclass
class _Token:
    """A run of non-blank characters of the page's text."""

    text: str
    start: int
    line: int
    column: int


def align_words(text: str, words: Sequence[PrintedWord]) -> list[DraftWord]:
    """Give each word its offsets in `text`.

    Words and text are told in the same order for the most part, so what follows that order is placed first. The rest is placed
    by geometry: whole tokens, then parts of tokens nearby.
    """
    tokens = _tokens(text)
    units = list(_units(words, {token.text for token in tokens}))
    told = ["".join(words[index].text for index in unit) for unit in units]
    in_order = [
        pair
        for number, place in common_places(told, [token.text for token in tokens])
        for pair in _shared_out(units[number], tokens[place], words)
    ]
    sure = _without_strays(in_order, words)
    geometry = _Geometry([(words[index], token) for index, token in sure], words)
    placed = {index: token.start for index, token in sure}
    taken = set(placed.values())
    open_tokens: dict[str, list[_Token]] = defaultdict(list)
    for token in tokens:
        if token.start not in taken:
            open_tokens[token.text].append(token)
    open_words: dict[str, list[int]] = defaultdict(list)
    for index, word in enumerate(words):
        if index not in placed:
            open_words[word.text].append(index)
    for key, indexes in open_words.items():
        for index, token in _pairs(indexes, open_tokens.get(key, []), words, geometry):
            placed[index] = token.start
            taken.add(token.start)
    free = [token for token in tokens if token.start not in taken]
    _place_parts([index for index in range(len(words)) if index not in placed], free, words, geometry, placed)
    return [
        DraftWord(start, start + len(words[index].text), words[index].x0, words[index].y0, words[index].x1, words[index].y1)
        for index, start in placed.items()
    ]


def _units(words: Sequence[PrintedWord], known: Collection[str]) -> Iterator[list[int]]:
    """The words in rows; those that touch are one where the text has them as one."""
    run: list[int] = []
    for index in [*in_rows(words), None]:
        if run and (index is None or not _touch(words[run[-1]], words[index])):
            if "".join(words[number].text for number in run) in known:
                yield run
            else:
                yield from ([number] for number in run)
            run = []
        if index is not None:
            run.append(index)


def _touch(left: PrintedWord, right: PrintedWord) -> bool:
    height = min(left.y1 - left.y0, right.y1 - right.y0)
    shared = min(left.y1, right.y1) - max(left.y0, right.y0)
    return abs(right.x0 - left.x1) < _TOUCHING * height and shared > height / 2


def _shared_out(unit: list[int], token: _Token, words: Sequence[PrintedWord]) -> Iterator[tuple[int, _Token]]:
    """A token's characters among the words that make it up."""
    at = 0
    for index in unit:
        text = words[index].text
        yield index, _Token(text, token.start + at, token.line, token.column + at)
        at += len(text)


def _without_strays(pairs: Sequence[tuple[int, _Token]], words: Sequence[PrintedWord]) -> list[tuple[int, _Token]]:
    """Without words that stand in another row of the page than most words of their line."""
    lines: dict[int, list[float]] = defaultdict(list)
    for index, token in pairs:
        lines[token.line].append((words[index].y0 + words[index].y1) / 2)
    centres = {line: median(found) for line, found in lines.items()}
    return [
        (index, token)
        for index, token in pairs
        if words[index].y0 <= centres[token.line] <= words[index].y1 or len(lines[token.line]) < _FEW
    ]


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    start = 0
    for number, line in enumerate(text.split("\n")):
        tokens.extend(_Token(match.group(), start + match.start(), number, match.start()) for match in _TOKEN.finditer(line))
        start += len(line) + 1
    return tokens


class _Geometry:
    """Where a token should stand on the page, learnt from the words that are placed already."""

    def __init__(self, sure: Sequence[tuple[PrintedWord, _Token]], words: Sequence[PrintedWord]) -> None:
        heights = [word.y1 - word.y0 for word in words if word.y1 > word.y0]
        self._height = median(heights) if heights else 10.0
        at: dict[int, list[tuple[int, float, float]]] = defaultdict(list)
        for word, token in sure:
            at[token.line].append((token.column, word.x0, (word.y0 + word.y1) / 2))
        self._lines = sorted(at)
        self._centres = [median(centre for _, _, centre in at[line]) for line in self._lines]
        self._columns = {line: sorted((column, x0) for column, x0, _ in found) for line, found in at.items()}
        ratios = sorted(word.x0 / token.column for word, token in sure if token.column > 10)
        self._column_width = ratios[len(ratios) // 2] if ratios else self._height / 2

    def cost(self, word: PrintedWord, token: _Token, shift: int = 0) -> float:
        """Distance in line heights; a wrong line costs more than a wrong column."""
        dy = abs((word.y0 + word.y1) / 2 - self._centre(token.line))
        dx = abs(word.x0 - self._left(token.line, token.column + shift))
        return (_LINE_WEIGHT * dy + dx) / self._height

    def _left(self, line: int, column: int) -> float:
        """Between the nearest placed words of the line."""
        known = self._columns.get(line)
        if not known:
            return column * self._column_width
        after = bisect_left(known, (column, 0.0))
        if after == 0:
            return known[0][1] - (known[0][0] - column) * self._column_width
        if after == len(known):
            return known[-1][1] + (column - known[-1][0]) * self._column_width
        (column_0, x_0), (column_1, x_1) = known[after - 1], known[after]
        return x_0 + (x_1 - x_0) * (column - column_0) / max(1, column_1 - column_0)

    def _centre(self, line: int) -> float:
        if not self._lines:
            return line * self._height
        index = bisect_left(self._lines, line)
        if index < len(self._lines) and self._lines[index] == line:
            return self._centres[index]
        before, after = max(0, index - 1), min(index, len(self._lines) - 1)
        if before == after:
            return self._centres[before] + (line - self._lines[before]) * self._height
        share = (line - self._lines[before]) / (self._lines[after] - self._lines[before])
        return self._centres[before] + share * (self._centres[after] - self._centres[before])


def _pairs(indexes: list[int], tokens: list[_Token], words: Sequence[PrintedWord], geometry: _Geometry) -> list[tuple[int, _Token]]:
    """Match words and tokens of the same text, cheapest pair first."""
    if len(indexes) == 1 and len(tokens) == 1:
        return [(indexes[0], tokens[0])]
    if len(indexes) * len(tokens) > 40_000:
        in_order = sorted(indexes, key=lambda index: (words[index].y0, words[index].x0))
        return list(zip(in_order, tokens, strict=False))
    costs = sorted((geometry.cost(words[index], token), index, number) for index in indexes for number, token in enumerate(tokens))
    pairs: list[tuple[int, _Token]] = []
    used_words: set[int] = set()
    used_tokens: set[int] = set()
    for _, index, number in costs:
        if index not in used_words and number not in used_tokens:
            used_words.add(index)
            used_tokens.add(number)
            pairs.append((index, tokens[number]))
    return pairs


def _place_parts(
    left: list[int], free: list[_Token], words: Sequence[PrintedWord], geometry: _Geometry, placed: dict[int, int]
) -> None:
    """Place words that are only part of a token (glued neighbours), longest first, never twice on the same characters."""
    used = {token.start: bytearray(len(token.text)) for token in free}
    for index in sorted(left, key=lambda index: -len(words[index].text)):
        word = words[index]
        best: tuple[float, int, int] | None = None
        for number, token in enumerate(free):
            at = _free_place(word.text, token, used[token.start])
            if at >= 0:
                cost = geometry.cost(word, token, at)
                if best is None or cost < best[0]:
                    best = (cost, number, at)
        if best is not None:
            token = free[best[1]]
            used[token.start][best[2] : best[2] + len(word.text)] = b"\x01" * len(word.text)
            placed[index] = token.start + best[2]


def _free_place(text: str, token: _Token, used: bytearray) -> int:
    at = token.text.find(text)
    while at >= 0 and any(used[at : at + len(text)]):
        at = token.text.find(text, at + 1)
    return at

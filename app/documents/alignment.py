"""Finds the place of printed words (with boxes) in a page's spatial text. Pure; knows no file format."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from app.documents.assembly import DraftWord

_TOKEN = re.compile(r"\S+")
_LINE_WEIGHT = 4.0


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
    """Give each word its offsets in `text`. Whole tokens are matched first, the rest as parts of tokens nearby."""
    tokens = _tokens(text)
    by_text: dict[str, list[_Token]] = defaultdict(list)
    for token in tokens:
        by_text[token.text].append(token)
    words_by_text: dict[str, list[int]] = defaultdict(list)
    for index, word in enumerate(words):
        words_by_text[word.text].append(index)
    sure = [
        (words[indexes[0]], by_text[key][0])
        for key, indexes in words_by_text.items()
        if len(indexes) == 1 and len(by_text.get(key, ())) == 1
    ]
    geometry = _Geometry(sure, words)
    placed: dict[int, int] = {}
    taken: set[int] = set()
    for key, indexes in words_by_text.items():
        for index, token in _pairs(indexes, by_text.get(key, []), words, geometry):
            placed[index] = token.start
            taken.add(token.start)
    free = [token for token in tokens if token.start not in taken]
    _place_parts([index for index in range(len(words)) if index not in placed], free, words, geometry, placed)
    return [
        DraftWord(start, start + len(words[index].text), words[index].x0, words[index].y0, words[index].x1, words[index].y1)
        for index, start in placed.items()
    ]


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    start = 0
    for number, line in enumerate(text.split("\n")):
        tokens.extend(_Token(match.group(), start + match.start(), number, match.start()) for match in _TOKEN.finditer(line))
        start += len(line) + 1
    return tokens


class _Geometry:
    """Where a token should stand on the page, learnt from the words that occur once in both."""

    def __init__(self, sure: Sequence[tuple[PrintedWord, _Token]], words: Sequence[PrintedWord]) -> None:
        heights = [word.y1 - word.y0 for word in words if word.y1 > word.y0]
        self._height = median(heights) if heights else 10.0
        at: dict[int, list[float]] = defaultdict(list)
        for word, token in sure:
            at[token.line].append((word.y0 + word.y1) / 2)
        self._lines = sorted(at)
        self._centres = [median(at[line]) for line in self._lines]
        ratios = sorted(word.x0 / token.column for word, token in sure if token.column > 10)
        self._column_width = ratios[len(ratios) // 2] if ratios else self._height / 2

    def cost(self, word: PrintedWord, token: _Token, shift: int = 0) -> float:
        """Distance in line heights; a wrong line costs more than a wrong column."""
        dy = abs((word.y0 + word.y1) / 2 - self._centre(token.line))
        dx = abs(word.x0 - (token.column + shift) * self._column_width)
        return (_LINE_WEIGHT * dy + dx) / self._height

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

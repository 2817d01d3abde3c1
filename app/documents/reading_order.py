"""Two tellings of one page, its words in printed rows and the tokens of its text, paired without crossing. Pure."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Protocol

_SAME_ROW = 0.45
_MAX_COMPARISONS = 300_000
_FROM_THE_RIGHT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")


class Printed(Protocol):
    """A word in a box on the page."""

    @property
    def text(self) -> str: ...

    @property
    def x0(self) -> float: ...

    @property
    def y0(self) -> float: ...

    @property
    def y1(self) -> float: ...


def in_rows(words: Sequence[Printed]) -> list[int]:
    """Indexes of the words, row by row from the top, each from the side where its script begins."""
    rows: list[list[int]] = []
    centre = height = 0.0
    for index in sorted(range(len(words)), key=lambda index: words[index].y0 + words[index].y1):
        word = words[index]
        own_centre, own_height = (word.y0 + word.y1) / 2, word.y1 - word.y0
        if rows and own_centre - centre <= _SAME_ROW * min(height, own_height):
            rows[-1].append(index)
            centre += (own_centre - centre) / len(rows[-1])
            height = min(height, own_height)
        else:
            rows.append([index])
            centre, height = own_centre, own_height
    return [index for row in rows for index in _along(row, words)]


def _along(row: list[int], words: Sequence[Printed]) -> list[int]:
    backwards = sum(bool(_FROM_THE_RIGHT.search(words[index].text)) for index in row) > len(row) / 2
    return sorted(row, key=lambda index: words[index].x0, reverse=backwards)


def common_places(left: Sequence[str], right: Sequence[str]) -> list[tuple[int, int]]:
    """Places of equal texts in both sequences, rising in both. What occurs once in both parts the work in pieces."""
    pairs: list[tuple[int, int]] = []
    done_left = done_right = 0
    for at_left, at_right in [*_unique_places(left, right), (len(left), len(right))]:
        pairs.extend(_common(left, right, (done_left, at_left), (done_right, at_right)))
        if at_left < len(left):
            pairs.append((at_left, at_right))
        done_left, done_right = at_left + 1, at_right + 1
    return pairs


def _unique_places(left: Sequence[str], right: Sequence[str]) -> list[tuple[int, int]]:
    """The longest rising run of texts that occur once on either side."""
    once = {text for text, count in Counter(left).items() if count == 1} & {
        text for text, count in Counter(right).items() if count == 1
    }
    places = {text: number for number, text in enumerate(right) if text in once}
    candidates = [(number, places[text]) for number, text in enumerate(left) if text in once]
    tails: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for number, (_, place) in enumerate(candidates):
        length = bisect_left(tails, place)
        before.append(last[length - 1] if length else -1)
        if length == len(tails):
            tails.append(place)
            last.append(number)
        else:
            tails[length], last[length] = place, number
    run: list[tuple[int, int]] = []
    number = last[-1] if last else -1
    while number >= 0:
        run.append(candidates[number])
        number = before[number]
    return run[::-1]


def _common(
    left: Sequence[str], right: Sequence[str], of_left: tuple[int, int], of_right: tuple[int, int]
) -> Iterator[tuple[int, int]]:
    part_left, part_right = left[slice(*of_left)], right[slice(*of_right)]
    counts = Counter(part_right)
    if not part_left or sum(counts[text] for text in part_left) > _MAX_COMPARISONS:
        return
    for block in SequenceMatcher(None, part_left, part_right, autojunk=False).get_matching_blocks():
        for offset in range(block.size):
            yield of_left[0] + block.a + offset, of_right[0] + block.b + offset

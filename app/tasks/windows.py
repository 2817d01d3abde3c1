"""What of a document the model reads: all of it when it fits, else the parts that matter for the fields asked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from app.domain.document import Document
from app.tasks.layout import Layout, Line

_WIDE_BLANK = re.compile(r"[ \u00a0\t]{4,}")
_MANY_BLANK_LINES = re.compile(r"\n\s*\n(?:\s*\n)+")
_RULE_LINE = re.compile(r"^[ \t|:]*[-=_*.·•|:+#~\s]{4,}$", re.MULTILINE)
_AROUND_LINES = 4
_GAP_MARK = "[...]"


@dataclass(frozen=True)
class Excerpt:
    """Text for the prompt and where it was taken from: spans of the document, in order."""

    text: str
    spans: tuple[tuple[int, int], ...]
    is_whole: bool


def compact(text: str) -> str:
    """The text with wide gaps, rules and empty lines narrowed; words and their order stay."""
    text = _RULE_LINE.sub("", text)
    return _MANY_BLANK_LINES.sub("\n\n", _WIDE_BLANK.sub("   ", text)).strip("\n")


def excerpt(
    layout: Layout, places: Sequence[tuple[float, int]], count_tokens: Callable[[str], int], *, budget_tokens: int
) -> Excerpt:
    """The document within a budget of tokens.

    `places` are weighted character offsets that matter, such as the best candidates of each field. The lines around the weightiest
    come first, the document's beginning is always shown, and the parts keep the document's order.
    """
    whole = compact(layout.text)
    if len(whole) < budget_tokens or count_tokens(whole) <= budget_tokens:
        return Excerpt(whole, ((0, len(layout.text)),), is_whole=True)
    chosen: set[int] = set()
    left = budget_tokens
    for group in _line_groups(layout, places):
        new = [line for line in group if line.index not in chosen]
        cost = sum(count_tokens(compact(layout.text[line.start : line.end])) + 1 for line in new)
        if cost > left:
            continue
        left -= cost
        chosen.update(line.index for line in new)
    return _join(layout, sorted(chosen))


def _line_groups(layout: Layout, places: Sequence[tuple[float, int]]) -> Iterable[list[Line]]:
    lines = layout.lines
    yield lines[: 2 * _AROUND_LINES]
    for _, offset in sorted(places, key=lambda place: (-place[0], place[1])):
        line = layout.line_of(offset)
        if line is not None:
            yield lines[max(0, line.index - _AROUND_LINES) : line.index + _AROUND_LINES + 1]


def _join(layout: Layout, chosen: Sequence[int]) -> Excerpt:
    parts: list[str] = []
    spans: list[tuple[int, int]] = []
    previous = -1
    for index in chosen:
        line = layout.lines[index]
        if index == previous + 1 and spans:
            spans[-1] = (spans[-1][0], line.end)
        else:
            if index > 0:
                parts.append(_GAP_MARK)
            spans.append((line.start, line.end))
        parts.append(compact(layout.text[line.start : line.end]))
        previous = index
    if previous < len(layout.lines) - 1:
        parts.append(_GAP_MARK)
    return Excerpt("\n".join(parts), tuple(spans), is_whole=False)


def pages_of(document: Document, spans: Iterable[tuple[int, int]]) -> tuple[int, ...]:
    """Numbers of the pages that hold any part of the spans."""
    numbers = set()
    for start, end in spans:
        for page in document.pages:
            if page.start < end and start < max(page.end, page.start + 1):
                numbers.add(page.number)
    return tuple(sorted(numbers))

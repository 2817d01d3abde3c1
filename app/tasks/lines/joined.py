"""Names printed in two pieces: a legal form after a wide gap or in the next line, and lines that end with "and" or "for"."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Final

from app.tasks.lines.layout import Layout, Segment
from app.tasks.text.folding import fold, tokens_of
from app.tasks.text.vocabulary import LEGAL_FORM, OPEN_END

Spans = Sequence[tuple[int, int]]

_NO_NAME = re.compile(r"[\d:@]")
_WIDE_GAP: Final = 6
_LAST_WORDS: Final = 4
_MOST_WORDS: Final = 7


def joined_names(layout: Layout, label_words: Collection[str], segment: Segment) -> Iterator[Spans]:
    """The pieces of the names that begin with a segment and go on elsewhere."""
    text = layout.text[segment.start : segment.end]
    if not text[:1].isupper() or _NO_NAME.search(text) or _is_label(text, label_words):
        return
    following = next((other for other in layout.lines[segment.line].segments if other.start >= segment.end), None)
    below = below_in(layout, segment)
    if below is not None and OPEN_END.search(fold(text)) and _goes_on(layout.text[below.start : below.end]):
        yield (segment.start, segment.end), (below.start, below.end)
    elif LEGAL_FORM.search(fold(text)):
        return
    elif following is not None:
        is_near = following.first - segment.last <= _WIDE_GAP
        if is_near and LEGAL_FORM.fullmatch(fold(layout.text[following.start : following.end])):
            yield (segment.start, segment.end), (following.start, following.end)
    elif below is not None and _ends_company(layout.text[below.start : below.end]):
        yield (segment.start, segment.end), (below.start, below.end)


def _is_label(text: str, label_words: Collection[str]) -> bool:
    """Whether the words are a label, or too many for a name."""
    words = tokens_of(text)
    return len(words) > _MOST_WORDS or 2 * sum(word.text in label_words for word in words) > len(words)


def below_in(layout: Layout, segment: Segment) -> Segment | None:
    """The segment in the next printed line that begins where this one does, or is centred under it."""
    if segment.line + 1 >= len(layout.lines):
        return None
    line, below = layout.lines[segment.line], layout.lines[segment.line + 1]
    if layout.text.count("\n", line.end, below.start) != 1:
        return None
    is_centred = len(line.segments) == len(below.segments) == 1
    return next((other for other in below.segments if is_centred or abs(other.first - segment.first) <= 1), None)


def _goes_on(text: str) -> bool:
    """Whether a line is some words without figures, as the end of a name is."""
    return not _NO_NAME.search(text) and len(text.split()) <= _MOST_WORDS


def _ends_company(text: str) -> bool:
    """Whether a line is a few words and a legal form at its end."""
    folded = fold(text)
    match = next((found for found in LEGAL_FORM.finditer(folded) if found.end() == len(folded)), None)
    return match is not None and not _NO_NAME.search(text) and len(text.split()) <= _LAST_WORDS

"""The parts of a line that could be a value by themselves: pieces between signs, capitalised words, what stands beside codes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from app.tasks.lines.labels import Hit
from app.tasks.lines.layout import Segment

Span = tuple[int, int]

_MOST_PIECES: Final = 12
_PIECE_BREAK = re.compile(r"\s*[•●·|►■]\s*|\s+[-–—/*]{1,2}\s+|,\s+|;\s*|\s*[:：]\s+")
_LAST_BRACKET = re.compile(r"\s*[(（\[][^()（）\[\]]*[)）\]]?\s*$")
_CAPITALISED = re.compile(
    r"(?:[A-ZÀ-ÖØ-ÞĀŁŚŞİĞÇ][\w&'’.\-]*|[A-Z]\.)"
    r"(?:(?:,? (?=(?:Inc|LLC|L\.L\.C|Ltd|Corp|Co|LP|L\.P|N\.A|B\.V|S\.A|PLC|GmbH|Jr|Sr)\b)"
    r"| (?:of |and |the |de |& |van |von |der |für |du |des |for )?)"
    r"(?:[A-ZÀ-ÖØ-ÞĀŁŚŞİĞÇ(][\w&'’.\-)]*))*"
)
_COUNTED = re.compile(
    r"(?:(?:stück|stk|st|nominale?|anteile|units|shares|pcs|qty)\.?:?\s+)?\d[\d.,' ]{0,12}"
    r"(?:\s*(?:x|stück|stk|st|anteile?|units?|shares?|pcs)\b\.?)?\s+(?=[^\W\d_])",
    re.IGNORECASE,
)


def before_bracket(text: str, segment: Segment) -> Iterator[Span]:
    """The segment up to a closing bracket at its end, as in "Company Ltd (123456-X)"."""
    match = _LAST_BRACKET.search(text[segment.start : segment.end])
    if match and match.start() > 0:
        yield segment.start, segment.start + match.start()


def pieces(text: str, segment: Segment) -> Iterator[Span]:
    """The parts of a segment between separators, as in "Company · Street 1 · 12345 Town"."""
    breaks = [match.span() for match in _PIECE_BREAK.finditer(text, segment.start, segment.end)]
    if breaks and len(breaks) <= _MOST_PIECES:
        edges = [segment.start, *(edge for span in breaks for edge in span), segment.end]
        yield from zip(edges[::2], edges[1::2], strict=True)


def capitalised(text: str, segment: Segment, hits: Sequence[Hit]) -> Iterator[Span]:
    """Names inside running text: words that begin with capitals, also from the end of a label ("laws of the State of" Texas)."""
    yield from (match.span() for match in _CAPITALISED.finditer(text, segment.start, segment.end))
    for hit in hits:
        following = _CAPITALISED.match(text, min(hit.end + 1, segment.end), segment.end)
        if following:
            yield following.span()


def beside(text: str, segment: Segment, codes: Sequence[Span]) -> Iterator[Span]:
    """What stands beside codes, and after a number of pieces at the beginning: the name of a thing in a list."""
    counted = _COUNTED.match(text, segment.start, segment.end)
    cuts = [*([counted.span()] if counted else []), *codes]
    first = segment.start
    for start, end in [*cuts, (segment.end, segment.end)] if cuts else []:
        if start > first:
            yield first, start
        first = max(first, end)

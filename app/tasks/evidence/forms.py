"""Forms and addresses in lines: which column holds the keys, what is part of an address, what words labels are made of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from app.domain.task import FieldType
from app.tasks.candidates.finding import Source
from app.tasks.candidates.options import Option
from app.tasks.evidence.blocks import column_of, has_legal_form, is_address
from app.tasks.lines.layout import Layout, Line, Segment
from app.tasks.text.folding import Token, tokens_of
from app.tasks.text.vocabulary import CONTACT, HEADING_WORDS

_NUMBERED_HOUSE = re.compile(r"(?:no|lot|unit|blok|block|suite|level|floor)[.: ]{1,2}[a-z]?\d|\d{1,4}[a-z]?,")
_LEAST_KEYS: Final = 3
_REACH_KEYS: Final = 6
_INDENT: Final = 3


def share_of_keys(segment: Segment, source: Source) -> float:
    """How much the column that a segment with a neighbour stands in looks like the keys of a form, 0-1."""
    column = [other for step in (-1, 1) for other in column_of(segment, source, step, _REACH_KEYS)]
    keys = [other for other in column if _neighbour(other, source) is not None]
    if _neighbour(segment, source) is None or len(keys) < _LEAST_KEYS:
        return 0.0
    return sum(_is_key(other, source) for other in keys) / len(keys)


def _neighbour(segment: Segment, source: Source) -> Segment | None:
    return next((other for other in source.layout.lines[segment.line].segments if other.start >= segment.end), None)


def _is_key(segment: Segment, source: Source) -> bool:
    text = source.text[segment.start : segment.end]
    return text.endswith((":", "#")) or 2 * label_word_share(tokens_of(text), source) >= 1.0


def is_in_address(option: Option, segment: Segment | None, source: Source) -> bool:
    """Whether the option is a later part of a line with a street or town, or its line goes on from one that ends in a comma."""
    if segment is None:
        return False
    if option.start > segment.start:
        return is_address(source.folded[segment.start : segment.end])
    lines = source.layout.lines
    above = lines[segment.line - 1].segments if segment.line else ()
    near = [other for other in above if abs(other.first - segment.first) <= _INDENT or len(above) == 1]
    return any(source.text[other.start : other.end].endswith(",") for other in near)


def label_word_share(words: Sequence[Token], source: Source) -> float:
    """Part of the words that labels or headings are made of."""
    if not words:
        return 0.0
    return sum(word.text in HEADING_WORDS or word.text in source.hits.vocabulary for word in words) / len(words)


def goes_beyond(option: Option, source: Source) -> dict[str, float]:
    """Whether an address goes on above or below the lines of an option."""
    layout = source.layout
    first, last = layout.line_of(option.start), layout.line_of(max(option.start, option.end - 1))
    if first is None or last is None:
        return {}
    above = _adjacent(layout, first, -1) if option.start == first.segments[0].start else None
    below = _adjacent(layout, last, 1)
    ends_open = source.text[option.end : last.end].lstrip().startswith(",")
    return {
        "goes_on_above": float(above is not None and _is_address_line(above, source)),
        "goes_on_below": float(ends_open or (below is not None and _is_address_line(below, source))),
    }


def _adjacent(layout: Layout, line: Line, step: int) -> Line | None:
    """The printed line right above or below one, if it holds no columns."""
    index = line.index + step
    if not 0 <= index < len(layout.lines) or len(layout.lines[index].segments) != 1:
        return None
    upper, lower = sorted((layout.lines[index], line), key=lambda each: each.index)
    return layout.lines[index] if layout.text.count("\n", upper.end, lower.start) == 1 else None


def _is_address_line(line: Line, source: Source) -> bool:
    folded = source.folded[line.start : line.end].strip()
    if CONTACT.search(folded) or has_legal_form(folded) or _has_tax_id(line, source):
        return False
    return is_address(folded) or _NUMBERED_HOUSE.match(folded) is not None


def _has_tax_id(line: Line, source: Source) -> bool:
    return any(line.start <= found.start < line.end for found in source.typed.get(FieldType.TAX_ID, ()))

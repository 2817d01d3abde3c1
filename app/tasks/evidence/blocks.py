"""Address blocks: the lines of one column that stand together, and what a name's place in them says about whose name it is."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from app.domain.task import FieldType
from app.tasks.candidates.finding import Source
from app.tasks.lines.labels import Hit
from app.tasks.lines.layout import Segment
from app.tasks.text.folding import fold
from app.tasks.text.vocabulary import CONTACT, LEGAL_FORM, POSTCODE, PROVINCE, SEPARATORS, STREET

_MAX_UP: Final = 5
_MAX_DOWN: Final = 12
_INDENT: Final = 3
_LABEL_SHARE: Final = 0.6
_MAX_NAME_LINES: Final = 4


@dataclass(frozen=True, slots=True)
class Place:
    """Where a name stands in its address block."""

    heading: Hit | None = None
    """The label alone on its line above the block."""
    before: int = 0
    """Lines of the block above the name, without the heading."""
    after: int = -1
    """Lines between the name and the street or town; -1 without an address."""
    has_tax_id: bool = False
    has_contact: bool = False
    has_legal_form: bool = False
    """Another line of the block, before the address, has a legal form."""


def place_of(segment: Segment, source: Source) -> Place:
    """The place of a segment in the block of its column."""
    above, heading = _above(segment, source)
    below = column_of(segment, source, 1, _MAX_DOWN)
    after = next((distance for distance, other in enumerate(below[:_MAX_NAME_LINES]) if is_address(_text(other, source))), -1)
    rest = below[: _next_heading(below, source)]
    names = [*above, *below[: max(after, 0)]]
    return Place(
        heading,
        len(above),
        after,
        any(_holds(other, source, FieldType.TAX_ID) for other in rest),
        any(CONTACT.search(_text(other, source)) for other in rest),
        any(has_legal_form(_text(other, source)) for other in names),
    )


def is_address(folded: str) -> bool:
    """Whether a line is a street or a town with its code or state."""
    return bool(has_town(folded) or (STREET.search(folded) and len(folded) < 80))


def has_town(folded: str) -> bool:
    return bool(POSTCODE.search(folded) or PROVINCE.search(folded))


def has_legal_form(folded: str) -> bool:
    """Whether words hold the legal form of a firm: in "Red Deer, AB" it is the province."""
    return bool(LEGAL_FORM.search(PROVINCE.sub("", folded)))


def is_sender_line(text: str) -> bool:
    """Name, street and town on one line, set apart by signs."""
    folded = fold(text)
    return bool(POSTCODE.search(folded)) and len(SEPARATORS.findall(folded)) >= 2


def _above(segment: Segment, source: Source) -> tuple[list[Segment], Hit | None]:
    """The lines of the block before a segment, nearest first, and the label that heads them."""
    found: list[Segment] = []
    for other in column_of(segment, source, -1, _MAX_UP):
        heading = _as_heading(other, source)
        if heading is not None:
            return found, heading
        folded = _text(other, source)
        line = source.layout.lines[other.line]
        if ":" in folded or is_address(folded) or CONTACT.search(folded) or is_sender_line(source.text[other.start : line.end]):
            break
        found.append(other)
    return found, None


def column_of(segment: Segment, source: Source, step: int, reach: int) -> list[Segment]:
    """The segments above or below that begin in the same column; one line of other columns only may stand in between."""
    layout = source.layout
    found: list[Segment] = []
    missed, index, last = 0, segment.line + step, segment.line
    while 0 <= index < len(layout.lines) and len(found) < reach:
        upper, lower = sorted((index, last))
        if layout.text.count("\n", layout.lines[upper].end, layout.lines[lower].start) > 2:
            break
        here = [other for other in layout.lines[index].segments if abs(other.first - segment.first) <= _INDENT]
        if not here and missed:
            break
        missed = 0 if here else missed + 1
        found += here[:1]
        last, index = index, index + step
    return found


def _next_heading(below: Collection[Segment], source: Source) -> int:
    """How many lines belong to the block before the next one begins."""
    return next((number for number, other in enumerate(below) if _as_heading(other, source) is not None), len(below))


def _as_heading(segment: Segment, source: Source) -> Hit | None:
    """The label that a segment is made of, as far as it is one."""
    hits = source.hits.within(segment.start, segment.end, segment.line)
    covered = sum(hit.end - hit.start for hit in hits)
    return hits[0] if hits and covered >= _LABEL_SHARE * (segment.end - segment.start) else None


def _holds(segment: Segment, source: Source, kind: FieldType) -> bool:
    return any(segment.start <= found.start < segment.end for found in source.typed.get(kind, ()))


def _text(segment: Segment, source: Source) -> str:
    return source.folded[segment.start : segment.end]

"""How a place relates to the labels around it: the nearest one to the left, the nearest one above in the same column."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from app.domain.task import FieldType, TaskField
from app.tasks.candidates.finding import Source
from app.tasks.candidates.options import Option
from app.tasks.lines.labels import Hit
from app.tasks.text.folding import tokens_of

_GAP_IGNORED: Final = frozenset(
    {
        "eur",
        "euro",
        "usd",
        "gbp",
        "chf",
        "try",
        "tl",
        "rm",
        "myr",
        "no",
        "nr",
        "n",
        "is",
        "the",
        "of",
        "on",
        "am",
        "in",
        "and",
        "und",
    }
)
_REACH_ABOVE: Final = 6
_REACH_SECTION: Final = 12
_MAX_HEADING_WORDS: Final = 4
_REACH_BEFORE: Final = 200
_MANY_LABELS: Final = 3
_PROSE_GAP: Final = 12
_BACK_LINES: Final = 2
_REACH_AFTER: Final = 2
_REACH_SENTENCE: Final = 260
_STOP = re.compile(r"(?<=[\w)]{2})[.;](?=\s)|\n\s*\n")
_KEY = re.compile(r"(?:^|(?<=\s{2})|(?<=[|\t]))[ \t]*[^\W\d_][^:：\n\t]{0,28}[:：][ \t]*(?=[\"“(\[]*$)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Nearness:
    """Strength (0–1) with which labels of the field, and of others, point at a place."""

    own_left: float = 0.0
    other_left: float = 0.0
    own_above: float = 0.0
    other_above: float = 0.0
    header_above: float = 0.0
    """The label above is one of a table's head."""
    specific: float = 0.0
    """Length of the field's best label, 0–1: "invoice number" says more than "no"."""
    preferred: float = 0.0
    """How early that label stands in the field's list."""
    opens_line: float = 0.0
    """The field's label opens the line and the place follows at once, as in the head of a letter."""


def nearness(field_: TaskField, option: Option, source: Source) -> Nearness:
    line = source.layout.line_of(option.start)
    if line is None:
        return Nearness()
    own_left, other_left, left_hit = _left(field_, option, source, line.index)
    own_above, other_above, header, above_hit = _above(field_.name, option, source, line.index)
    best = left_hit if own_left >= own_above else above_hit
    opens = float(left_hit is not None and left_hit.line == line.index and left_hit.first <= 2 and own_left > 0.9)
    specific = min(1.0, best.chars / 14) if best else 0.0
    preferred = best.ranks.get(field_.name, 0.0) if best else 0.0
    return Nearness(own_left, other_left, own_above, other_above, header, specific, preferred, opens)


def _left(field_: TaskField, option: Option, source: Source, line: int) -> tuple[float, float, Hit | None]:
    """The nearest label before the place, on its line or, in running text, on the lines before."""
    own: tuple[float, Hit] | None = None
    other = 0.0
    field = field_.name
    rivals = source.hits.rivals.get(field, frozenset())
    for hit in _hits_before(option, source, line):
        gap = _gap(source.text[hit.end : option.start])
        strength = 1.0 / (1.0 + gap)
        if hit.line != line:
            strength *= 0.6
        if field_.type is FieldType.NAME and _ends_phrase(hit, option, source):
            strength *= 0.4
        if hit.is_for(field):
            # A label of something else in between takes the place for itself.
            own = (strength * (0.35 if other > 0.3 else 1.0), hit)
            break
        if not other and hit.warns(field, rivals):
            other = strength
    return (own[0], other, own[1]) if own else (0.0, other, None)


def _ends_phrase(hit: Hit, option: Option, source: Source) -> bool:
    """Whether the label is the end of other words in another column: "Our customer" beside a name, or a name that holds a label."""
    segment = source.layout.segment_of(hit.start)
    return segment is not None and segment.end <= option.start and segment.start < hit.start and hit.end == segment.end


def _hits_before(option: Option, source: Source, line: int) -> list[Hit]:
    """Labels that end before the place, nearest first."""
    found = [hit for hit in reversed(source.hits.on(line)) if hit.end <= option.start]
    lines = source.layout.lines
    back = line
    while back > 0 and line - back < _BACK_LINES and len(lines[back].segments) == 1 and len(lines[back - 1].segments) == 1:
        back -= 1
        if option.start - lines[back].end > 200:
            break
        if len(source.text[lines[back].start : lines[back].end].split()) < _PROSE_GAP // 2:
            break
        found += [hit for hit in reversed(source.hits.on(back)) if _gap(source.text[hit.end : option.start]) <= _PROSE_GAP]
    return found


def _gap(text: str) -> float:
    """Words between a label and a place; a wide blank counts a little."""
    words = [token for token in tokens_of(text) if token.text not in _GAP_IGNORED]
    return 0.7 * len(words)


def _above(field: str, option: Option, source: Source, line: int) -> tuple[float, float, float, Hit | None]:
    layout = source.layout
    here = layout.lines[line]
    first, last = option.start - here.start, option.end - here.start
    own, other, header, own_hit = 0.0, 0.0, 0.0, None
    lines_between: set[int] = set()
    rivals = source.hits.rivals.get(field, frozenset())
    for distance, segment in layout.above(line, first, last, _REACH_ABOVE):
        between = len(lines_between - {segment.line})
        lines_between.add(segment.line)
        hits = [
            hit
            for hit in source.hits.within(segment.start, segment.end, segment.line)
            if hit.first <= last + 2 and first <= hit.last + 2
        ]
        for hit in hits:
            strength = _decay(distance, between) * _pure(hit, segment.start, segment.end, source.text)
            if hit.is_for(field):
                strength = strength * (0.4 if other > 0.3 else 1.0)
                if strength > own:
                    own, own_hit = strength, hit
                    header = float(len(layout.lines[segment.line].segments) >= 4)
            elif not own and hit.warns(field, rivals):
                other = max(other, strength)
    return own, other, header, own_hit


def labels_before(field: str, option: Option, source: Source) -> float:
    """How many labels of the field stand in the sentence or two before a place, 0–1: "governed by", "construed", "laws of"."""
    first = source.layout.line_of(max(0, option.start - _REACH_BEFORE))
    last = source.layout.line_of(option.start)
    if first is None or last is None:
        return 0.0
    count = sum(
        hit.is_for(field) and option.start - _REACH_BEFORE <= hit.start and hit.end <= option.start
        for line in range(first.index, last.index + 1)
        for hit in source.hits.on(line)
    )
    return min(1.0, count / _MANY_LABELS)


def said_around(field: str, option: Option, source: Source) -> tuple[float, float]:
    """How many labels of the field follow in the sentence, and how many words that warn of something else it has, 0–1 each."""
    first, last = _sentence_around(source.text, option.start, option.end)
    own = against = 0
    line = source.layout.line_of(first)
    for index in range(line.index if line else 0, len(source.layout.lines)):
        if source.layout.lines[index].start >= last:
            break
        for hit in source.hits.on(index):
            if first <= hit.start and hit.end <= last:
                own += hit.is_for(field) and hit.start >= option.end
                against += field in hit.against
    return min(1.0, own / 2), min(1.0, against / _MANY_LABELS)


def _sentence_around(text: str, start: int, end: int) -> tuple[int, int]:
    before = max(
        (match.end() for match in _STOP.finditer(text, max(0, start - _REACH_SENTENCE), start)), default=start - _REACH_SENTENCE
    )
    after = _STOP.search(text, end, end + _REACH_SENTENCE)
    return max(0, before), after.start() if after else min(len(text), end + _REACH_SENTENCE)


def under_foreign_key(field: str, option: Option, source: Source) -> float:
    """Whether words and a colon announce the place as something else: "Topic:" before what could be a place."""
    line = source.layout.line_of(option.start)
    match = _KEY.search(source.text, line.start, option.start) if line else None
    if line is None or match is None:
        return 0.0
    return float(not any(hit.is_for(field) and match.start() <= hit.start < match.end() for hit in source.hits.on(line.index)))


def label_after(field: str, option: Option, source: Source) -> float:
    """Whether a label of the field follows at once as the thing that is counted: "4 servings", and not "4 Servings: 2"."""
    line = source.layout.line_of(option.start)
    for hit in source.hits.on(line.index) if line else ():
        if hit.is_for(field) and 0 < hit.start - option.end <= _REACH_AFTER:
            between, rest = source.text[option.end : hit.start], source.text[hit.end : hit.end + 2].lstrip(" ")
            return float(between.isspace() and not rest.startswith((":", "：", "#", "=")))
    return 0.0


def section_strength(field: str, line: int, source: Source) -> float:
    """How surely a line belongs to a section that a label of the field heads, as "SKILLS" in a resume."""
    layout, hits = source.layout, source.hits
    for index in range(line - 1, max(-1, line - 1 - _REACH_SECTION), -1):
        above = layout.lines[index]
        if len(above.segments) != 1:
            continue
        segment = above.segments[0]
        for hit in hits.within(segment.start, segment.end, index):
            if len(tokens_of(layout.text[segment.start : segment.end])) > _MAX_HEADING_WORDS:
                continue
            if hit.is_for(field):
                return float(0.93 ** (line - index - 1))
            if hit.own or hit.against:
                return 0.0
    return 0.0


def _decay(distance: int, between: int) -> float:
    """Less for each line of the same column in between, a little less for each other line."""
    return float(0.95 ** (distance - 1) * (1.0, 0.65, 0.45, 0.3, 0.2, 0.15, 0.1)[min(between, 6)])


def _pure(hit: Hit, start: int, end: int, text: str) -> float:
    """How far the segment is the label alone: one that already has its value says nothing about the next line."""
    rest = text[start : hit.start] + " " + text[hit.end : end]
    words = tokens_of(rest)
    if not words:
        return 1.0
    if any(character.isdigit() for character in rest):
        return 0.15
    return 0.6 if len(words) <= 2 else 0.25

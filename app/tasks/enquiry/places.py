"""Where the lines stand that a question needs: those of a field's candidates and their labels, a table, the best sentences."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final, NamedTuple

from app.domain.document import Document
from app.domain.result import Result
from app.domain.task import TaskField, TaskRows
from app.tasks.answers.choice import Contender
from app.tasks.candidates.options import Option
from app.tasks.evidence.scene import Scene
from app.tasks.evidence.sections import section_under
from app.tasks.extraction.extract import weigh_evidence
from app.tasks.extraction.lists import asks_for_sentences
from app.tasks.lines.layout import Line, Segment
from app.tasks.text.passages import own_passages
from app.tasks.text.salience import choose, rank
from app.tasks.text.sentences import split_sentences

_LINE_END = re.compile(r"\n\s*")
_MOST_CONTENDERS: Final = 6
_MOST_MEMBERS: Final = 24
_ENOUGH: Final = 0.97
"""Share of a field's probability from which further candidates are left out."""
_LABEL: Final = 0.3
"""Weight of a line where a label of the field stands without a likely candidate."""
_MOST_LABELS: Final = 3
_REACH: Final = 6
"""Lines above a value in which the head of its column is looked for."""
_HEAD: Final = 0.5
_TABLE_EDGE: Final = 2
_LEAST_FIGURES: Final = 2
_SENTENCES_A_POINT: Final = 4
_OPENING_LINES: Final = 30


class Place(NamedTuple):
    """A line that should be shown, by an offset in it."""

    weight: float
    offset: int


def places_of_field(field: TaskField, scene: Scene, document: Document) -> Iterator[Place]:
    """The lines of the likeliest candidates with the heads of their columns, and those where labels of the field stand."""
    source = scene.source
    if asks_for_sentences(field):
        yield from places_of_points(document, _MOST_MEMBERS)
        return
    section = section_under(field, source) if field.many else None
    if section is not None:
        yield from (Place(1.0, line.start) for line in [section.heading] if line)
        yield from (Place(1.0, member.start) for member in section.members)
    decision = weigh_evidence(field, scene)
    for contender in _likely(decision.contenders, _MOST_MEMBERS if field.many else _MOST_CONTENDERS):
        weight = contender.probability / max(1e-6, 1.0 - decision.absent)
        for option in (contender.option, *contender.others[:1]):
            yield from (Place(weight, offset) for offset in _lines_of(option))
            head = _head_above(field, scene, option.start)
            if head is not None:
                yield Place(_HEAD * weight, head.start)
    labelled = (hit for line in sorted(source.hits.by_line) for hit in source.hits.on(line) if hit.is_for(field.name))
    yield from (Place(_LABEL, hit.start) for hit in islice(labelled, _MOST_LABELS))


def places_of_rows(group: TaskRows, result: Result, scene: Scene) -> Iterator[Place]:
    """Every line of the rows that were read and a few around them; without any, the lines that hold several figures."""
    lines = scene.source.layout.lines
    starts = [
        value.evidence.start for row in result.rows.get(group.name, ()) for value in row.values() if value.evidence is not None
    ]
    known = {line.index for start in starts if (line := scene.source.layout.line_of(start)) is not None}
    if not known:
        known = {index for index, count in scene.amount_lines.items() if count >= _LEAST_FIGURES}
    if not known:
        return
    first, last = max(0, min(known) - _TABLE_EDGE), min(len(lines) - 1, max(known) + _TABLE_EDGE)
    yield from (Place(1.0, line.start) for line in lines[first : last + 1])


def places_of_points(document: Document, count: int) -> Iterator[Place]:
    """The sentences that say most, several for each point."""
    prose = split_sentences(document.text, own_passages(document).spans)
    if not prose.sentences:
        return
    for index in choose(rank(prose), min(len(prose.sentences), _SENTENCES_A_POINT * count)):
        yield from (Place(1.0, start) for start, _ in prose.sentences[index].spans)


def places_of_label(result: Result, scene: Scene) -> Iterator[Place]:
    """The beginning, and the lines that moved the local decision."""
    yield from (Place(1.0, line.start) for line in scene.source.layout.lines[:_OPENING_LINES])
    if result.answer.label is not None:
        yield from (Place(1.0, evidence.start) for evidence in result.answer.label.evidence)


def _likely(contenders: Iterable[Contender], most: int) -> Iterator[Contender]:
    left = 1.0
    for contender in islice(contenders, most):
        if left < 1.0 - _ENOUGH:
            return
        yield contender
        left -= contender.probability


def _lines_of(option: Option) -> Iterator[int]:
    """An offset in each line that the option stands on."""
    yield option.start
    yield from (option.start + match.end() for match in _LINE_END.finditer(option.text))


def _head_above(field: TaskField, scene: Scene, offset: int) -> Line | None:
    """The nearest line above that has a label of the field over the place."""
    layout = scene.source.layout
    segment = layout.segment_of(offset)
    if segment is None:
        return None
    for _, above in layout.above(segment.line, segment.first, segment.last, _REACH):
        if _names(field, scene, above):
            return layout.lines[above.line]
    return None


def _names(field: TaskField, scene: Scene, segment: Segment) -> bool:
    return any(hit.is_for(field.name) for hit in scene.source.hits.within(segment.start, segment.end, segment.line))

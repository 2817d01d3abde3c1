"""A document as the features see it: its layout, labels and typed values, and what is asked only once about them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, NamedTuple

from app.documents.recognizers import Candidate
from app.domain.task import FieldType
from app.tasks.blocks import Place, is_sender_line, place_of
from app.tasks.candidates import Option, Source
from app.tasks.folding import tokens_of
from app.tasks.layout import Segment
from app.tasks.vocabulary import DOMAIN

_MAX_TAX_RATE: Final = Decimal("0.3")
_MAX_SUMMANDS: Final = 150
_TITLE_BREAK = re.compile(r"\s[|–—·»:-]{1,2}\s|\s?[|»]\s?")
_NEAR_LINES: Final = 6
_MAX_COLUMN: Final = 40
_SHORT_CHARS: Final = 8
"""Text this short is often part of other words."""


class Sums:
    """Triples of amounts in which one is net, one its tax at a plausible rate, and one their sum."""

    def __init__(self, amounts: list[tuple[int, Decimal]]) -> None:
        lines: dict[Decimal, list[int]] = {}
        for line, amount in amounts:
            lines.setdefault(abs(amount), []).append(line)
        self._lines = lines
        self._triples: list[tuple[Decimal, Decimal, Decimal]] = []
        values = sorted(value for value in lines if value > 0)
        if len(values) <= _MAX_SUMMANDS:
            self._triples = [
                (net, tax, net + tax) for net in values for tax in values if tax <= net * _MAX_TAX_RATE and net + tax in lines
            ]

    def as_net(self, value: Decimal, line: int) -> float:
        return self._nearest(line, [(tax, gross) for net, tax, gross in self._triples if net == value])

    def as_tax(self, value: Decimal, line: int) -> float:
        return self._nearest(line, [(net, gross) for net, tax, gross in self._triples if tax == value])

    def as_gross(self, value: Decimal, line: int) -> float:
        return self._nearest(line, [(net, tax) for net, tax, gross in self._triples if gross == value])

    def _nearest(self, line: int, partners: list[tuple[Decimal, Decimal]]) -> float:
        """One when both partners stand within a few lines, less when they are further away."""
        best = 0.0
        for pair in partners:
            distance = max(min(abs(line - other) for other in self._lines[value]) for value in pair)
            best = max(best, 1.0 if distance <= _NEAR_LINES else 0.4)
        return best


def column_sums(source: Source) -> tuple[frozenset[int], frozenset[int]]:
    """Amounts that are the sum of two or more amounts right above them in the same column, and those amounts."""
    sums: set[int] = set()
    parts: set[int] = set()
    columns: dict[int, list[Candidate]] = {}
    for amount in source.typed.get(FieldType.AMOUNT, ()):
        line = source.layout.line_of(amount.start)
        edge = amount.end - line.start if line else 0
        column = next((columns[near] for near in (edge, edge - 1, edge + 1) if near in columns), [])
        total, above = Decimal(0), column[-_MAX_COLUMN:]
        for count, other in enumerate(reversed(above), 1):
            total += Decimal(other.value)
            if count > 1 and total and total == Decimal(amount.value):
                sums.add(amount.start)
                parts.update(part.start for part in above[-count:])
        columns[edge] = [*column, amount]
    return frozenset(sums), frozenset(parts)


class Domain(NamedTuple):
    """The letters and figures of a web or mail domain, and its line."""

    letters: str
    line: int


def _title_parts(title: str) -> tuple[frozenset[str], ...]:
    """The words of a title's parts, as pages write "What it is about | Name of the site"."""
    parts = (frozenset(token.text for token in tokens_of(part)) for part in _TITLE_BREAK.split(title))
    return tuple(part for part in parts if part)


@dataclass
class Scene:
    """A document with what is asked only once about it."""

    source: Source
    task_id: str = ""
    fuzzy: bool = False
    title: tuple[frozenset[str], ...] = ()
    """Words of the title that the file gives itself, part by part; a hint only, for they need not stand in its text."""
    amounts: list[tuple[int, Decimal]] = field(default_factory=list)
    amount_lines: Counter[int] = field(default_factory=Counter)
    currencies: Counter[str] = field(default_factory=Counter)
    column_sums: frozenset[int] = frozenset()
    """Starts of amounts that are the sum of those above them in their column."""
    summands: frozenset[int] = frozenset()
    """Starts of the amounts that such sums are made of."""
    sums: Sums = field(default_factory=lambda: Sums([]))
    value_counts: dict[FieldType, Counter[str]] = field(default_factory=dict)
    folded: str = ""
    _times: dict[str, int] = field(default_factory=dict)
    _places: dict[int, Place] = field(default_factory=dict)
    domains: list[Domain] = field(default_factory=list)
    senders: tuple[str, ...] = ()
    """Lines, folded, that hold a name and its address, as above the window of an envelope."""
    code_lines: tuple[int, ...] = ()
    """Lines with an identifier whose check digits are right."""
    foot: int = 0
    """Where the last amount ends: what follows is the foot of the paper."""
    issuer_places: tuple[Segment, ...] = ()
    """Segments with a tax number or a bank account, which stand near the one who issues a paper."""

    def place_of(self, option: Option) -> Place:
        """The place of an option in its address block, the same for all options of a segment."""
        segment = self.source.layout.segment_of(option.start)
        if segment is None:
            return Place()
        if segment.start not in self._places:
            self._places[segment.start] = place_of(segment, self.source)
        return self._places[segment.start]

    def times(self, folded: str) -> int:
        """How often the document has these words, as a whole."""
        count = self._times.get(folded)
        if count is None:
            count = self.folded.count(folded)
            if count > 1 and len(folded) <= _SHORT_CHARS:
                count = len(re.findall(rf"(?<!\w){re.escape(folded)}(?!\w)", self.folded))
            self._times[folded] = count
        return count

    @classmethod
    def of(cls, source: Source, task_id: str = "", *, fuzzy: bool = False, title: str = "") -> Scene:
        scene = cls(source, task_id, fuzzy, _title_parts(title))
        scene.folded = source.folded
        scene.domains = [
            Domain(re.sub(r"[^a-z0-9]", "", match[1]), line.index if (line := source.layout.line_of(match.start())) else 0)
            for match in DOMAIN.finditer(scene.folded)
        ]
        for candidate in source.typed.get(FieldType.AMOUNT, ()):
            line = source.layout.line_of(candidate.start)
            index = line.index if line else 0
            scene.amounts.append((index, Decimal(candidate.value)))
            scene.amount_lines[index] += 1
            if candidate.currency:
                scene.currencies[candidate.currency] += 1
        scene.sums = Sums(scene.amounts)
        scene.column_sums, scene.summands = column_sums(source)
        for type_, candidates in source.typed.items():
            scene.value_counts[type_] = Counter(candidate.value for candidate in candidates)
        scene.code_lines = tuple(line.index for code in source.codes if (line := source.layout.line_of(code.start)))
        scene.foot = max((candidate.end for candidate in source.typed.get(FieldType.AMOUNT, ())), default=len(source.text))
        scene.senders = tuple(
            text for line in source.layout.lines if is_sender_line(text := scene.folded[line.start : line.end].strip())
        )
        scene.issuer_places = tuple(
            segment
            for type_ in (FieldType.TAX_ID, FieldType.IBAN)
            for candidate in source.typed.get(type_, ())
            if (segment := source.layout.segment_of(candidate.start))
        )
        return scene

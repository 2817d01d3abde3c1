"""A document as the features see it: its layout, labels and typed values, and what is asked only once about them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, NamedTuple

from app.domain.task import FieldType
from app.tasks.candidates.finding import Source
from app.tasks.candidates.options import Option
from app.tasks.evidence.blocks import Place, is_sender_line, place_of
from app.tasks.evidence.sums import Payments, Sums, column_sums
from app.tasks.lines.layout import Segment
from app.tasks.text.folding import tokens_of
from app.tasks.text.mail_header import Header
from app.tasks.text.vocabulary import DOCUMENT_WORDS, DOMAIN, HOLDER, NO_TAX, PREPAID

_TITLE_BREAK = re.compile(r"\s[|–—·»:-]{1,2}\s|\s?[|»]\s?")
_TITLE_LINES: Final = 12
_TITLE_EXTRAS: Final = frozenset(["commercial", "confirmation", "duplicate", "final", "note", "purchase", "sales", "tax"])
_SHORT_CHARS: Final = 8
"""Text this short is often part of other words."""


def _title_words(folded: str) -> Collection[str]:
    """The kind of document that a segment names: "TAX INVOICE", and not "Invoice date" or "Order #"."""
    words = folded.split()
    return DOCUMENT_WORDS.intersection(words) if DOCUMENT_WORDS.union(_TITLE_EXTRAS).issuperset(words) else ()


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
    payments: Payments = field(default_factory=Payments)
    sums: Sums = field(default_factory=lambda: Sums([]))
    value_counts: dict[FieldType, Counter[str]] = field(default_factory=dict)
    folded: str = ""
    _times: dict[str, int] = field(default_factory=dict)
    _places: dict[int, Place] = field(default_factory=dict)
    domains: list[Domain] = field(default_factory=list)
    mailboxes: tuple[Domain, ...] = ()
    """What stands before the @ of e-mail addresses."""
    holders: tuple[str, ...] = ()
    """What follows the words for the holder of an account or the owner of a firm, folded."""
    senders: tuple[str, ...] = ()
    """Lines, folded, that hold a name and its address, as above the window of an envelope."""
    code_lines: tuple[int, ...] = ()
    """Lines with an identifier whose check digits are right."""
    titles: frozenset[str] = frozenset()
    """Words for kinds of documents that stand by themselves at the top: "INVOICE"."""
    foot: int = 0
    """Where the last amount ends: what follows is the foot of the paper."""
    issuer_places: tuple[Segment, ...] = ()
    """Segments with a tax number or a bank account, which stand near the one who issues a paper."""
    header: Header = field(default_factory=dict)
    """The lines on top of a message, for a task about messages."""

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
    def of(cls, source: Source, task_id: str = "", *, fuzzy: bool = False, title: str = "", header: Header | None = None) -> Scene:
        scene = cls(source, task_id, fuzzy, _title_parts(title), header=header or {})
        scene.folded = source.folded
        scene.domains = [
            Domain(re.sub(r"[^a-z0-9]", "", match[1]), line.index if (line := source.layout.line_of(match.start())) else 0)
            for match in DOMAIN.finditer(scene.folded)
        ]
        scene.mailboxes = tuple(
            Domain(candidate.value.partition("@")[0].lower(), line.index)
            for candidate in source.typed.get(FieldType.EMAIL, ())
            if (line := source.layout.line_of(candidate.start)) is not None
        )
        scene.holders = tuple(match["name"].strip() for match in HOLDER.finditer(scene.folded))
        for candidate in source.typed.get(FieldType.AMOUNT, ()):
            line = source.layout.line_of(candidate.start)
            index = line.index if line else 0
            scene.amounts.append((index, Decimal(candidate.value)))
            scene.amount_lines[index] += 1
            if candidate.currency:
                scene.currencies[candidate.currency] += 1
        lines = source.layout.lines
        told = {line: scene.folded[lines[line].start : lines[line].end] for line, _ in scene.amounts}
        prepaid = {line for line, text in told.items() if PREPAID.search(text)}
        scene.sums = Sums(scene.amounts, prepaid | {line for line, text in told.items() if NO_TAX.search(text)}, prepaid)
        scene.column_sums, scene.summands = column_sums(source)
        scene.payments = Payments.of(source)
        for type_, candidates in source.typed.items():
            scene.value_counts[type_] = Counter(candidate.value for candidate in candidates)
        scene.code_lines = tuple(line.index for code in source.codes if (line := source.layout.line_of(code.start)))
        scene.titles = frozenset(
            word
            for line in source.layout.lines[:_TITLE_LINES]
            for segment in line.segments
            for word in _title_words(scene.folded[segment.start : segment.end])
        )
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

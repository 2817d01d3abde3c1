"""A document as the features see it: its layout, labels and typed values, and what is asked only once about them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from app.domain.task import FieldType
from app.tasks.candidates import Source
from app.tasks.folding import fold, tokens_of
from app.tasks.vocabulary import DOMAIN

_MAX_TAX_RATE: Final = Decimal("0.3")
_MAX_SUMMANDS: Final = 150
_NEAR_LINES: Final = 6


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


@dataclass
class Scene:
    """A document with what is asked only once about it."""

    source: Source
    task_id: str = ""
    fuzzy: bool = False
    title: frozenset[str] = frozenset()
    """Words of the title that the file gives itself; a hint only, for they need not stand in its text."""
    amounts: list[tuple[int, Decimal]] = field(default_factory=list)
    amount_lines: Counter[int] = field(default_factory=Counter)
    currencies: Counter[str] = field(default_factory=Counter)
    sums: Sums = field(default_factory=lambda: Sums([]))
    value_counts: dict[FieldType, Counter[str]] = field(default_factory=dict)
    folded: str = ""
    domains: list[str] = field(default_factory=list)
    issuer_lines: tuple[int, ...] = ()
    """Lines with a tax number or a bank account, which stand near the one who issues a paper."""

    @classmethod
    def of(cls, source: Source, task_id: str = "", *, fuzzy: bool = False, title: str = "") -> Scene:
        scene = cls(source, task_id, fuzzy, frozenset(token.text for token in tokens_of(title)))
        scene.folded = fold(source.text)
        scene.domains = [re.sub(r"[^a-z0-9]", "", match[1]) for match in DOMAIN.finditer(scene.folded)]
        for candidate in source.typed.get(FieldType.AMOUNT, ()):
            line = source.layout.line_of(candidate.start)
            index = line.index if line else 0
            scene.amounts.append((index, Decimal(candidate.value)))
            scene.amount_lines[index] += 1
            if candidate.currency:
                scene.currencies[candidate.currency] += 1
        scene.sums = Sums(scene.amounts)
        for type_, candidates in source.typed.items():
            scene.value_counts[type_] = Counter(candidate.value for candidate in candidates)
        scene.issuer_lines = tuple(
            line.index
            for type_ in (FieldType.TAX_ID, FieldType.IBAN)
            for candidate in source.typed.get(type_, ())
            if (line := source.layout.line_of(candidate.start))
        )
        return scene

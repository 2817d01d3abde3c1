"""Amounts of a document that add up: net and tax, columns with their sums, what was handed over and what came back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, NamedTuple

from app.documents.recognizers import Candidate
from app.domain.task import FieldType
from app.tasks.candidates.finding import Source

_MAX_TAX_RATE: Final = Decimal("0.3")
_MAX_SUMMANDS: Final = 150
_NEAR_LINES: Final = 6
_MAX_COLUMN: Final = 40
_MOST_ON_LINE: Final = 2
_TRIED: Final = 2
"""Amounts above what came back, of which one is what was handed over."""
_MAX_ROUNDING: Final = Decimal("0.05")
_REACH_CHANGE: Final = 4
_REACH_DUE: Final = 10


class Sums:
    """Triples of amounts in which one is net, one its tax at a plausible rate, and one their sum."""

    def __init__(self, amounts: list[tuple[int, Decimal]], no_tax: Collection[int] = (), prepaid: Collection[int] = ()) -> None:
        """`no_tax` are lines whose amounts are deposits, discounts and the like, `prepaid` those of deposits alone."""
        self._lines: dict[Decimal, list[int]] = {}
        self._tax_lines: dict[Decimal, list[int]] = {}
        for line, amount in amounts:
            self._lines.setdefault(abs(amount), []).append(line)
            if line not in no_tax:
                self._tax_lines.setdefault(abs(amount), []).append(line)
        deposits = {abs(amount) for line, amount in amounts if line in prepaid and amount}
        self.after_deposit = frozenset(
            value for value in self._lines for deposit in deposits if value and value != deposit and value + deposit in self._lines
        )
        """What is left of another amount once a deposit is taken off it."""
        self._triples: list[tuple[Decimal, Decimal, Decimal]] = []
        values = sorted(value for value in self._lines if value > 0)
        if len(values) <= _MAX_SUMMANDS:
            self._triples = [
                (net, tax, net + tax)
                for net in values
                for tax in values
                if tax <= net * _MAX_TAX_RATE and net + tax in self._lines and tax in self._tax_lines
            ]

    def as_net(self, value: Decimal, line: int) -> float:
        return _nearest(line, [(self._tax_lines[tax], self._lines[gross]) for net, tax, gross in self._triples if net == value])

    def as_tax(self, value: Decimal, line: int) -> float:
        if line not in self._tax_lines.get(value, ()):
            return 0.0
        return _nearest(line, [(self._lines[net], self._lines[gross]) for net, tax, gross in self._triples if tax == value])

    def as_gross(self, value: Decimal, line: int) -> float:
        return _nearest(line, [(self._lines[net], self._tax_lines[tax]) for net, tax, gross in self._triples if gross == value])


def _nearest(line: int, partners: Sequence[tuple[Sequence[int], Sequence[int]]]) -> float:
    """One when both partners stand within a few lines, less when they are further away."""
    best = 0.0
    for pair in partners:
        distance = max(min(abs(line - other) for other in places) for places in pair)
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


class _Placed(NamedTuple):
    start: int
    line: int
    value: Decimal


@dataclass(frozen=True)
class Payments:
    """Starts of the amounts with which a till says what is to be paid, what was handed over and what came back."""

    due: frozenset[int] = frozenset()
    """What was due: the difference of the two amounts below it."""
    handed: frozenset[int] = frozenset()
    """What was handed over and what came back."""
    rounded: frozenset[int] = frozenset()
    """What is left of an amount after a rounding of some cents that stands between the two."""
    unrounded: frozenset[int] = frozenset()

    @classmethod
    def of(cls, source: Source) -> Payments:
        amounts = [
            _Placed(amount.start, line.index, abs(Decimal(amount.value)))
            for amount in source.typed.get(FieldType.AMOUNT, ())
            if (line := source.layout.line_of(amount.start)) is not None
        ]
        if len(amounts) > _MAX_SUMMANDS:
            return cls()
        values: dict[int, set[Decimal]] = {}
        for amount in amounts:
            values.setdefault(amount.line, set()).add(amount.value)
        alone = [amount for amount in amounts if len(values[amount.line]) == 1]
        last = {amount.line: amount for amount in amounts if len(values[amount.line]) <= _MOST_ON_LINE}
        due, handed = _change(amounts, alone, list(last.values()))
        rounded, unrounded = _rounding(alone)
        return cls(frozenset(due), frozenset(handed), frozenset(rounded), frozenset(unrounded))


def _change(amounts: Sequence[_Placed], alone: Sequence[_Placed], last: Sequence[_Placed]) -> tuple[set[int], set[int]]:
    """Places of what was due, and of what was handed over (the last amount of its line) and given back (the only one)."""
    due: set[int] = set()
    handed: set[int] = set()
    for back in alone:
        above = [given for given in last if 0 < back.line - given.line <= _REACH_CHANGE]
        for given in reversed(above[-_TRIED:]):
            wanted = given.value - back.value
            places = [
                each.start
                for each in amounts
                if each.start < given.start and given.line - each.line <= _REACH_DUE and each.value == wanted
            ]
            if back.value > 0 and wanted > 0 and places:
                due.update(places)
                handed.update((given.start, back.start))
                break
    return due, handed


def _rounding(alone: Sequence[_Placed]) -> tuple[set[int], set[int]]:
    """Places of amounts after and before a rounding."""
    rounded: set[int] = set()
    unrounded: set[int] = set()
    for before, cents, after in zip(alone, alone[1:], alone[2:], strict=False):
        if 0 < cents.value <= _MAX_ROUNDING < before.value and abs(after.value - before.value) == cents.value:
            rounded.add(after.start)
            unrounded.add(before.start)
    return rounded, unrounded

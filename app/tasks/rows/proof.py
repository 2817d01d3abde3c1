"""Which column is which field, told by labels and by arithmetic: quantity times unit price is the amount."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import product
from typing import Final, NamedTuple

from app.domain.task import FieldType, TaskRows
from app.tasks.candidates.finding import TEXT_TYPES
from app.tasks.candidates.options import Option
from app.tasks.rows.figures import Figure
from app.tasks.rows.heads import Head

_SAMPLE: Final = 20
_PROVEN: Final = 0.5
"""Share of lines whose product must be right before a column without a label is taken."""
_PROOF_WEIGHT: Final = 2.5
_FILL_WEIGHT: Final = 0.5
_ORDER_WEIGHT: Final = 0.2
_CENT: Final = Decimal("0.02")
_TWO_FIGURES = re.compile(r"(?P<quantity>\d{1,3})[ \u00a0](?P<price>\d{3}(?!\d).*)")
_THOUSAND: Final = 1000
_ROUNDING: Final = Decimal("0.001")

Placed = Mapping[int, Figure]


class Product(NamedTuple):
    """The fields of a group between which a product holds; empty names where the group has none."""

    quantity: str = ""
    price: str = ""
    amount: str = ""

    @classmethod
    def of(cls, group: TaskRows) -> Product:
        amounts = [f.name for f in group.fields if f.type is FieldType.AMOUNT]
        price = next((name for name in amounts if "price" in name or "rate" in name), "")
        totals = [name for name in amounts if name != price]
        quantity = next((f.name for f in group.fields if f.type is FieldType.NUMBER), "")
        return cls(quantity, price, totals[0]) if len(totals) == 1 else cls()


class _Read(NamedTuple):
    """The figures of a line as numbers."""

    values: dict[int, Decimal]
    percents: list[Decimal]


def number(figure: Figure | None) -> Decimal | None:
    if figure is None:
        return None
    option = figure.options.get(FieldType.AMOUNT) or figure.options.get(FieldType.NUMBER)
    return Decimal(option.value) if option else None


def is_product(quantity: Decimal, price: Decimal, amount: Decimal, percents: Iterable[Decimal] = ()) -> bool:
    """Whether the amount is the product, also less or more a percentage printed on the line."""
    whole = abs(quantity * price)
    tolerance = _CENT + _ROUNDING * abs(amount)
    factors = [Decimal(1), *(1 + sign * percent / 100 for percent in percents for sign in (-1, 1))]
    return any(abs(whole * factor - abs(amount)) <= tolerance for factor in factors)


def is_proven(relation: Product, placed: Placed, columns: Mapping[str, int]) -> bool | None:
    """Whether the figures of a row are a product; None where it lacks one of them."""
    quantity, price, amount = (number(placed.get(columns.get(name, -1))) for name in relation)
    if quantity is None or price is None or amount is None:
        return None
    return is_product(quantity, price, amount, percents_of(placed))


def in_order(relation: Product, head: Head, figures: Sequence[Figure], placed: Placed) -> dict[int, Figure]:
    """The figures of a line by column: the last three in the order of the heads where that is a product and their places are none.

    Lines that are written as text, with single blanks between their figures, do not stand under their heads.
    """
    named = {name: head.named(name)[0] for name in relation if name and head.named(name)}
    order = sorted(set(named.values()))
    plain = [figure for figure in figures if not figure.is_percent]
    if len(plain) == len(relation) - 1:
        plain = [*_parted(plain[0]), *plain[1:]]
    if len(order) < len(relation) or len(plain) < len(relation) or is_proven(relation, placed, named):
        return dict(placed)
    last = dict(zip(order, plain[-len(relation) :], strict=True))
    percents = {-1 - index: figure for index, figure in enumerate(figures) if figure.is_percent}
    # Nought times anything is nought, and tells nothing.
    if not number(plain[-1]) or not is_proven(relation, last | percents, named):
        return dict(placed)
    return {index: figure for index, figure in placed.items() if figure not in last.values()} | last


def _parted(figure: Figure) -> list[Figure]:
    """A quantity and a price that were read as one figure, for a blank also parts thousands: "12 110.00"."""
    option = figure.options.get(FieldType.AMOUNT)
    match = _TWO_FIGURES.fullmatch(option.text) if option else None
    if option is None or match is None:
        return [figure]
    price = Decimal(option.value) - _THOUSAND * int(match["quantity"])
    middle = option.start + match.start("price")
    ends = (option.start, option.start + match.end("quantity")), (middle, option.end)
    values = match["quantity"], str(price)
    kinds = (FieldType.NUMBER, FieldType.AMOUNT)
    return [
        Figure(start, end, figure.x0, figure.x1, {kind: Option(start, end, text, value, value, currency=option.currency)})
        for (start, end), text, value, kind in zip(ends, match.group("quantity", "price"), values, kinds, strict=True)
    ]


def assign(group: TaskRows, head: Head, lines: Sequence[Placed]) -> dict[str, int]:
    """The column of each field that is not text."""
    relation = Product.of(group)
    columns = _by_product(relation, head, lines[:_SAMPLE]) if relation.amount and lines else {}
    for known in group.fields:
        if known.name in columns or known.type in TEXT_TYPES or known.name in {relation.quantity, relation.price, relation.amount}:
            continue
        free = [index for index in head.named(known.name) if index not in columns.values()]
        if free:
            columns[known.name] = free[0]
    return columns


def _by_product(relation: Product, head: Head, lines: Sequence[Placed]) -> dict[str, int]:
    filled = {index for placed in lines for index in placed if index >= 0}
    choices: list[int | None] = [*sorted(filled), None]
    read = [
        _Read({index: value for index in placed if (value := number(placed[index])) is not None}, percents_of(placed))
        for placed in lines
    ]
    best: tuple[float, tuple[int | None, ...]] = (float("-inf"), ())
    for chosen in product(choices, repeat=3):
        used = [index for index in chosen if index is not None]
        if len(set(used)) != len(used) or (chosen[1] is None and chosen[2] is None):
            continue
        score = _score(relation, chosen, head, read)
        if score is not None and score > best[0]:
            best = (score, chosen)
    names = (relation.quantity, relation.price, relation.amount)
    return {name: index for name, index in zip(names, best[1], strict=False) if index is not None}


def _score(relation: Product, chosen: tuple[int | None, ...], head: Head, lines: Sequence[_Read]) -> float | None:
    proven = _proven_share(chosen, lines)
    score = _PROOF_WEIGHT * proven
    for name, index in zip((relation.quantity, relation.price, relation.amount), chosen, strict=True):
        if index is None:
            continue
        fields = head.columns[index].fields
        if name in fields:
            longest = max(column.fields.get(name, 0.0) for column in head.columns)
            score += fields[name] / longest
        elif proven < _PROVEN:
            return None
        score += _FILL_WEIGHT * sum(index in line.values for line in lines) / len(lines)
    if chosen[2] is not None:
        score += _ORDER_WEIGHT * chosen[2] / len(head.columns)
    return score


def _proven_share(chosen: tuple[int | None, ...], lines: Sequence[_Read]) -> float:
    if any(index is None for index in chosen):
        return 0.0
    quantity, price, amount = chosen
    asked = right = 0
    for line in lines:
        given = [line.values.get(index) for index in (quantity, price, amount) if index is not None]
        if given[2] is None or (given[0] is None and given[1] is None):
            continue
        asked += 1
        if given[0] is not None and given[1] is not None:
            right += is_product(given[0], given[1], given[2], line.percents)
    return right / asked if asked else 0.0


def percents_of(placed: Placed) -> list[Decimal]:
    return [value for figure in placed.values() if figure.is_percent and (value := number(figure)) is not None]

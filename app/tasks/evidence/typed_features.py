"""Facts about amounts, dates, times and identifiers."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal
from functools import lru_cache
from typing import Final

from app.domain.task import FieldType, TaskField
from app.tasks.candidates.options import Option
from app.tasks.evidence.scene import Scene
from app.tasks.text.folding import tokens_of
from app.tasks.text.vocabulary import (
    DOCUMENT_WORDS,
    END_WORDS,
    FIGURE_SOON,
    NUMBER_WORDS,
    RANGE_BEFORE,
    RANGE_SIGN,
    START_WORDS,
)

Features = dict[str, float]

_ROUNDING: Final = Decimal("0.05")
_HEADING_WORDS: Final = 4
_PROSE_WORDS: Final = 8
_TENTH: Final = Decimal("0.05")
_REACH_NUMBER: Final = 60
_REACH_HEAD: Final = 2
_REACH_DATE: Final = 6


def amount_features(option: Option, scene: Scene, line: int) -> Features:
    value = abs(Decimal(option.value))
    values = {abs(amount) for _, amount in scene.amounts}
    largest = max(values, default=Decimal(0))
    known = sum(scene.currencies.values())
    return {
        "largest": float(value == largest and value > 0),
        "relative": float(value / largest) if largest else 0.0,
        "gross_of": scene.sums.as_gross(value, line),
        "net_of": scene.sums.as_net(value, line),
        "tax_of": scene.sums.as_tax(value, line),
        "after_deposit": float(value in scene.sums.after_deposit),
        "column_sum": float(option.start in scene.column_sums),
        "summand": float(option.start in scene.summands),
        "due_of": float(option.start in scene.payments.due),
        "handed_of": float(option.start in scene.payments.handed),
        "rounded": float(option.start in scene.payments.rounded),
        "unrounded": float(option.start in scene.payments.unrounded),
        "rounded_of": float(any(0 < abs(value - other) <= _ROUNDING for other in values)),
        "tenths": float(value % _TENTH == 0),
        "zero": float(value == 0),
        "negative": float(option.value.startswith("-")),
        "has_currency": float(option.currency is not None),
        "main_currency": scene.currencies[option.currency] / known if option.currency and known else 0.5,
        "cents": float(bool(re.search(r"[.,]\d\d\b", option.text))),
        "table_row": float(scene.amount_lines[line] >= 3),
        "alone": float(scene.amount_lines[line] == 1),
        "last_on_line": float(not re.search(r"\d", _rest_of_line(option, scene))),
    }


def _rest_of_line(option: Option, scene: Scene) -> str:
    """What follows the option on its line."""
    line = scene.source.layout.line_of(option.start)
    return scene.source.text[option.end : line.end] if line else ""


def date_features(option: Option, counts: Counter[str]) -> Features:
    dates = sorted(counts)
    return {
        "earliest": float(option.value == dates[0]) if dates else 0.0,
        "latest": float(option.value == dates[-1]) if dates else 0.0,
        "only": float(len(dates) == 1),
    }


def range_features(field_: TaskField, option: Option, scene: Scene) -> Features:
    """Whether the place is the beginning or the end of a span ("1.3. - 31.3."), and whether the field asks for one or the other."""
    text = scene.source.text
    opens = bool(RANGE_SIGN.match(text[option.end : option.end + 12]) and FIGURE_SOON.match(text[option.end : option.end + 16]))
    closes = bool(RANGE_BEFORE.search(text[max(0, option.start - 12) : option.start]))
    words = {token.text for token in tokens_of(f"{field_.name} {field_.description}".replace("_", " "))}
    asks_start, asks_end = not words.isdisjoint(START_WORDS), not words.isdisjoint(END_WORDS)
    if asks_start and asks_end:
        asks_start = asks_end = False
    return {
        "span_right": float((opens and asks_start) or (closes and asks_end)),
        "span_wrong": float((opens and asks_end) or (closes and asks_start)),
        "no_span": float((asks_start or asks_end) and not (opens or closes)),
        "end_alone": float(asks_end and not closes),
        "first_of_kind": float(_is_first(option, field_.type, scene)),
        "after_date": float(field_.type is FieldType.TIME and _follows_date(option, scene)),
    }


def _follows_date(option: Option, scene: Scene) -> bool:
    """Whether a date stands right before a time, as a till prints them."""
    return any(
        0 <= option.start - found.end <= _REACH_DATE and "\n" not in scene.source.text[found.end : option.start]
        for found in scene.source.typed.get(FieldType.DATE, ())
    )


def _is_first(option: Option, kind: FieldType, scene: Scene) -> bool:
    found = scene.source.typed.get(kind, ())
    return bool(found) and found[0].start == option.start


def numbered_as(option: Option, scene: Scene) -> tuple[bool, frozenset[str]]:
    """Whether words for a number stand right before the place or above it, and the kinds of document they name."""
    layout = scene.source.layout
    line = layout.line_of(option.start)
    if line is None:
        return False, frozenset()
    before = scene.source.folded[max(line.start, option.start - _REACH_NUMBER) : option.start]
    if not before.strip() or before.endswith("  "):
        first, last = option.start - line.start, option.end - line.start
        above = next((scene.source.folded[s.start : s.end] for _, s in layout.above(line.index, first, last, _REACH_HEAD)), "")
    else:
        above = ""
    for told in (before, above):
        words = NUMBER_WORDS.search(told)
        if words is not None:
            named = re.split(r"\s{2,}|\t|\|", told[: words.start()].rstrip(" :/"))[-1]
            return True, frozenset(re.findall(r"[a-z]+", named)) & DOCUMENT_WORDS
    return False, frozenset()


def is_like(examples: tuple[str, ...], text: str) -> bool:
    """Whether a text is built like one of the examples: as long, with letters, figures and signs where they have them.

    Between places where examples have now a letter and now a figure either may stand.
    """
    shape = _shape_of(text)
    return any(pattern.fullmatch(shape) for pattern in _patterns(examples))


@lru_cache(maxsize=64)
def _patterns(examples: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    by_length: dict[int, list[str]] = {}
    for example in examples:
        shape = _shape_of(example)
        by_length.setdefault(len(shape), []).append(shape)
    return tuple(re.compile(_pattern(shapes)) for shapes in by_length.values())


def _pattern(shapes: list[str]) -> str:
    signs = [set(places) for places in zip(*shapes, strict=True)]
    mixed = [place for place, known in enumerate(signs) if {"A", "9"} <= known]
    for place in range(mixed[0], mixed[-1] + 1) if mixed else ():
        if signs[place] & {"A", "9"}:
            signs[place] |= {"A", "9"}
    return "".join("[" + "".join(map(re.escape, sorted(known))) + "]" for known in signs)


def _shape_of(text: str) -> str:
    """Letters as A, figures as 9: "DE0005140008" is AA9999999999."""
    return "".join("9" if sign.isdigit() else "A" if sign.isalpha() else sign for sign in text.strip())


def choice_features(field_: TaskField, option: Option, scene: Scene) -> Features:
    """Whether the words of a choice stand as a heading or in the midst of others, and how early the choice is listed."""
    text = scene.source.text
    segment = scene.source.layout.segment_of(option.start)
    words = len(text[segment.start : segment.end].split()) if segment else 1
    order = list(field_.choices)
    return {
        "alone_on_line": float(segment is not None and segment.start == option.start and segment.end == option.end),
        "heading": float(words <= _HEADING_WORDS),
        "prose": float(words > _PROSE_WORDS),
        "opens_segment": float(segment is not None and segment.start == option.start),
        "preferred_choice": 1.0 - order.index(option.value) / max(1, len(order) - 1),
        "hyphened": float(text[max(0, option.start - 1) : option.start] == "-"),
        "shouted": float(option.text.isupper()),
        "long_word": min(1.0, len(option.text) / 14),
    }


def identifier_features(option: Option, scene: Scene) -> Features:
    text = option.text
    digits = sum(character.isdigit() for character in text)
    numbered, kinds = numbered_as(option, scene)
    return {
        "numbered": float(numbered),
        "of_document": float(bool(kinds)),
        "of_title": float(not kinds.isdisjoint(scene.titles)),
        "digits": digits / max(1, len(text)),
        "short": float(len(text) < 4),
        "long": float(len(text) > 16),
        "mixed": float(any(character.isalpha() for character in text) and digits > 0),
    }

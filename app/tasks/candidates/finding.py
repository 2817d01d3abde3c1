"""The places of a document that could answer a field: typed values from the recognizers, parts of lines for names and text.

A value can only ever be one of these, so nothing is invented.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from app.documents.recognizers import Candidate, find_candidates
from app.documents.recognizers.iban import iban_is_complete, iban_is_valid
from app.documents.recognizers.identifiers import ISIN
from app.domain.task import FieldType, TaskField
from app.tasks.candidates.asked_kinds import persons_in, places_in
from app.tasks.candidates.choice_words import choice_words
from app.tasks.candidates.options import Option, joined_option, option_at, trimmed
from app.tasks.candidates.remains import remains, with_weekday
from app.tasks.lines.joined import below_in, joined_names
from app.tasks.lines.labels import Hit, Hits
from app.tasks.lines.layout import Layout, Segment
from app.tasks.lines.leads import led_names
from app.tasks.lines.line_parts import before_bracket, beside, capitalised, pieces
from app.tasks.lines.notions import PERSON, PLACE, asks_for
from app.tasks.text.folding import fold, same_name_key, tokens_of
from app.tasks.text.vocabulary import POSTCODE

RECOGNISED_TYPES: Final = frozenset(FieldType) - {FieldType.TEXT, FieldType.NAME, FieldType.ADDRESS, FieldType.CHOICE}
TEXT_TYPES: Final = frozenset({FieldType.TEXT, FieldType.NAME, FieldType.ADDRESS})

_LABELLED = re.compile(r"[^:：\d]{1,40}[:：]\s*(?=\S)")
_PREFIXES: Final = frozenset(["firma", "an", "to", "from", "herr", "herrn", "frau", "sayin", "messrs", "von", "de", "by"])
_NEAR_SPANS: Final = 16
_NO_WORDS: Final = (FieldType.DATE, FieldType.TIME, FieldType.EMAIL, FieldType.PHONE, FieldType.IBAN)
_GROUPS_OF_FOUR = re.compile(r"[A-Z0-9]{1,4}(?: [A-Z0-9]{1,4}){0,5}")
_OTHER_NUMBERS: Final = (FieldType.PHONE, FieldType.TAX_ID, FieldType.IBAN)
_WHOLLY: Final = 0.7
_HOST = re.compile(r"(?:https?://\S+|[\w-]+(?:\.[\w-]+)+\.[A-Za-z]{2,})")
_PROSE_WORDS: Final = 7
_SHORT_NAME_CHARS: Final = 2
_MAX_TEXT_CHARS: Final = 120
_MAX_NAME_CHARS: Final = 90
_MAX_ADDRESS_LINES: Final = 6


@dataclass(frozen=True)
class Source:
    """What the options of a document are taken from."""

    layout: Layout
    hits: Hits
    typed: Mapping[FieldType, Sequence[Candidate]]

    @property
    def text(self) -> str:
        return self.layout.text

    @cached_property
    def _spans(self) -> Sequence[tuple[int, int]]:
        return sorted(
            with_weekday(self.text, found.start, found.end) if type_ is FieldType.DATE else (found.start, found.end)
            for type_ in _NO_WORDS
            for found in self.typed.get(type_, ())
        )

    def remains(self, segment: Segment) -> Iterator[tuple[int, int]]:
        """What stands on a segment beside dates, times and the like."""
        return remains(self.text, segment.start, segment.end, self._spans)

    @cached_property
    def folded(self) -> str:
        return fold(self.text)

    @cached_property
    def codes(self) -> Sequence[Candidate]:
        """Identifiers whose check digits are right, and others that are built like a securities number where such are named."""
        named = "ISIN" in self.text
        codes = [
            code for code in self.typed.get(FieldType.IDENTIFIER, ()) if code.verified or (named and ISIN.fullmatch(code.text))
        ]
        return sorted(codes, key=lambda code: code.start)

    def codes_within(self, start: int, end: int) -> Sequence[Candidate]:
        return self.codes[bisect_left(self._code_starts, start) : bisect_left(self._code_starts, end)]

    @cached_property
    def _code_starts(self) -> Sequence[int]:
        return [code.start for code in self.codes]

    def is_of_other_type(self, field: TaskField, option: Option) -> bool:
        """Whether words are as good as wholly a date, a time, a phone number or the like, or a name that of a computer."""
        return (field.type is FieldType.NAME and bool(_HOST.fullmatch(option.text))) or self.typed_share(option) >= _WHOLLY

    def typed_share(self, option: Option) -> float:
        """The largest part of an option that is a date, a time, a phone number or the like, 0–1."""
        last = bisect_left(self._spans, (option.end,))
        near = self._spans[max(0, last - _NEAR_SPANS) : last]
        covered = max((min(option.end, end) - max(option.start, start) for start, end in near), default=0)
        return max(0, covered) / max(1, len(option.text))


def options_of(field: TaskField, source: Source) -> list[Option]:
    """All options of a field, in the order of the text."""
    if field.type is FieldType.CHOICE:
        return list(_choice_options(field, source))
    if field.type is FieldType.ADDRESS:
        return _distinct([*_address_blocks(source), *_text_options(field, source, _MAX_TEXT_CHARS)])
    if field.type in TEXT_TYPES:
        longest = _MAX_NAME_CHARS if field.type is FieldType.NAME else _MAX_TEXT_CHARS
        return _distinct([*_led_options(field, source), *_text_options(field, source, longest), *_asked_options(field, source)])
    # The days of a list belong to its rows, not to the document.
    listed = {found.start for found in source.typed.get(field.type, ()) if found.year_elsewhere}
    options = [option for option in typed_options(field.type, source) if option.start not in listed]
    if field.type is FieldType.IDENTIFIER:
        others = [found for type_ in _OTHER_NUMBERS for found in source.typed.get(type_, ()) if found.verified]
        options = [option for option in options if not _is_known_otherwise(field, option, source, others)]
    if field.type is FieldType.IBAN:
        options = [_completed(option, source) for option in options]
    return [_unsigned(option) for option in options] if field.unsigned else options


def typed_options(type_: FieldType, source: Source) -> list[Option]:
    """What the recognizers find of a type."""
    return [
        Option(
            found.start,
            found.end,
            found.text,
            found.value,
            same_name_key(found.value) if type_ is FieldType.IDENTIFIER else found.value,
            currency=found.currency,
            verified=found.verified,
            either_way=found.either_way,
        )
        for found in source.typed.get(type_, ())
    ]


def _is_known_otherwise(field: TaskField, option: Option, source: Source, others: Sequence[Candidate]) -> bool:
    """Whether a number is surely one of a phone, a taxpayer or an account, and no label of the field stands before or above it."""
    is_other = any(found.start < option.end and option.start < found.end for found in others)
    segment = source.layout.segment_of(option.start) if is_other else None
    if segment is None:
        return is_other
    above = [over for _, over in source.layout.above(segment.line, segment.first, segment.last, 1)]
    near = [*source.hits.within(segment.start, option.start, segment.line)]
    near += [hit for over in above for hit in source.hits.within(over.start, over.end, over.line)]
    left = [before for before in source.layout.lines[segment.line].segments if before.end <= segment.start][-1:]
    near += [hit for before in left for hit in source.hits.within(before.start, before.end, before.line)]
    return not any(hit.is_for(field.name) for hit in near)


def _completed(option: Option, source: Source) -> Option:
    """A bank account whose last groups stand in the next line of a narrow cell, whole."""
    segment = source.layout.segment_of(option.start)
    below = below_in(source.layout, segment) if segment and segment.end == option.end else None
    if option.verified or iban_is_complete(option.value) or below is None:
        return option
    value = option.value + source.text[below.start : below.end].replace(" ", "")
    if not iban_is_complete(value) or not _GROUPS_OF_FOUR.fullmatch(source.text, below.start, below.end):
        return option
    parts = ((option.start, option.end), (below.start, below.end))
    text = source.text[option.start : below.end]
    return replace(option, end=below.end, text=text, value=value, key=value, verified=iban_is_valid(value), parts=parts)


def _unsigned(option: Option) -> Option:
    return replace(option, value=option.value.removeprefix("-"), key=option.key.removeprefix("-"))


def find_typed(text: str, *, language: str = "") -> dict[FieldType, list[Candidate]]:
    """All typed values of a document; number and date conventions are inferred over the whole of it."""
    typed: dict[FieldType, list[Candidate]] = defaultdict(list)
    for found in find_candidates(text, RECOGNISED_TYPES, language=language):
        typed[found.type].append(found)
    return dict(typed)


def _text_options(field: TaskField, source: Source, longest: int) -> Iterator[Option]:
    for segment in source.layout.segments():
        for option in _segment_options(field, source, segment):
            if len(option.text) <= longest:
                yield option


def _led_options(field: TaskField, source: Source) -> Iterator[Option]:
    for start, end, strength in led_names(field, source.text):
        if not _is_prose(source.layout, start, end):
            continue
        option = option_at(source.text, start, end, "lead")
        if option is not None and len(option.text) > 1:
            yield replace(option, lead=strength)


def _is_prose(layout: Layout, start: int, end: int) -> bool:
    """Whether a name stands in running text; a name that goes on in the next line needs a full line here or before."""
    line = layout.line_of(start)
    if line is None:
        return False
    here, before = (_words_on(layout, index) for index in (line.index, max(0, line.index - 1)))
    if "\n" in layout.text[start:end]:
        return max(here, before) >= _PROSE_WORDS
    return here >= _PROSE_WORDS // 2


def _words_on(layout: Layout, index: int) -> int:
    """Words of a line without columns."""
    line = layout.lines[index]
    return len(layout.text[line.start : line.end].split()) if len(line.segments) == 1 else 0


def _segment_options(field: TaskField, source: Source, segment: Segment) -> Iterator[Option]:
    text = source.text
    spans = [(segment.start, segment.end, "segment"), *((*span, "labelled") for span in _after_labels(field, source, segment))]
    for start, end, kind in spans:
        option = option_at(text, start, end, kind)
        if option is not None:
            yield option
    for places in joined_names(source.layout, source.hits.vocabulary, segment):
        yield from filter(None, [joined_option(text, places)])
    yield from _beside(field, source, segment)
    yield from _options_at(text, before_bracket(text, segment), "segment")
    parts = [*pieces(text, segment), *source.remains(segment)]
    yield from _options_at(text, parts, "piece")
    if len(text[segment.start : segment.end].split()) >= _PROSE_WORDS:
        names = capitalised(text, segment, source.hits.within(segment.start, segment.end, segment.line))
        yield from (option for option in _options_at(text, names, "phrase") if len(option.text) > _SHORT_NAME_CHARS)


def _options_at(text: str, spans: Iterable[tuple[int, int]], kind: str) -> Iterator[Option]:
    return filter(None, (option_at(text, start, end, kind) for start, end in spans))


def _after_labels(field: TaskField, source: Source, segment: Segment) -> Iterator[tuple[int, int]]:
    """What follows "Name:" or a known label at the beginning of the segment."""
    match = _LABELLED.match(source.text, segment.start, segment.end)
    if match:
        yield match.end(), segment.end
    for hit in source.hits.on(segment.line):
        if segment.start <= hit.start <= segment.start + 1 and hit.end < segment.end and _announces(field, source, hit):
            yield hit.end, segment.end


def _announces(field: TaskField, source: Source, hit: Hit) -> bool:
    """Whether a value may follow the label at once: after a sign, after words that ask for one, or as a name after its label."""
    text = source.text
    if text[hit.end : hit.end + 2].strip(" ")[:1] in {":", ".", "#", "°", "-", "="}:
        return True
    words = tokens_of(text[hit.start : hit.end])
    if len(words) > 1 or words[0].text in _PREFIXES:
        return True
    follows = text[hit.end : hit.end + 1] == " " and text[hit.end + 1 : hit.end + 2].isupper()
    goes_on = any(other.start == hit.end + 1 for other in source.hits.on(hit.line))
    return hit.is_for(field.name) and follows and not goes_on


def _beside(field: TaskField, source: Source, segment: Segment) -> Iterator[Option]:
    """What stands beside a code, and after a number of pieces: the name of a thing in a list."""
    is_town = field.type is FieldType.NAME and POSTCODE.search(source.folded, segment.start, segment.end) is not None
    codes = [(code.start, code.end) for code in source.codes_within(segment.start, segment.end)]
    for start, end in () if is_town and not codes else beside(source.text, segment, codes):
        option = option_at(source.text, *_without_labels(source, segment.line, start, end), "beside")
        if option is not None and any(sign.isalpha() for sign in option.text):
            yield option


def _without_labels(source: Source, line: int, start: int, end: int) -> tuple[int, int]:
    """The span without labels at its beginning and end."""
    start, end = trimmed(source.text, start, end)
    for hit in source.hits.within(start, end, line):
        if hit.start == start and hit.end < end:
            start, end = trimmed(source.text, hit.end, end)
    for hit in reversed(source.hits.within(start, end, line)):
        if hit.end == end and hit.start > start:
            start, end = trimmed(source.text, start, hit.start)
    return start, end


def _asked_options(field: TaskField, source: Source) -> Iterator[Option]:
    """What is written like the name of a person or a place, for a field that asks for one."""
    if asks_for(field, PERSON):
        yield from _options_at(source.text, persons_in(source.text), "phrase")
    if asks_for(field, PLACE):
        yield from _options_at(source.text, places_in(source.text), "lead")


def _address_blocks(source: Source) -> Iterator[Option]:
    """Runs of lines that hold one segment each, as addresses are printed on slips."""
    lines = source.layout.lines
    for first in range(len(lines)):
        for count in range(2, _MAX_ADDRESS_LINES + 1):
            block = lines[first : first + count]
            if len(block) < count or len(block[-1].segments) != 1 or len(block[0].segments) != 1:
                break
            option = option_at(source.text, block[0].segments[0].start, block[-1].segments[0].end, "block")
            if option is not None:
                yield option


def _choice_options(field: TaskField, source: Source) -> Iterator[Option]:
    for start, end, choice in choice_words(field, source.text):
        yield Option(start, end, source.text[start:end], choice, choice)


def _distinct(options: Iterable[Option]) -> list[Option]:
    """Without repeats of the same span; the order of the text."""
    by_span: dict[tuple[int, int], Option] = {}
    for option in options:
        by_span.setdefault((option.start, option.end), option)
    return sorted(by_span.values(), key=lambda option: (option.start, -option.end))

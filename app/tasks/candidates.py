"""The places of a document that could answer a field: typed values from the recognizers, parts of lines for names and text.

A value can only ever be one of these, so nothing is invented.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from app.documents.recognizers import Candidate, find_candidates
from app.domain.task import FieldType, TaskField
from app.tasks.asked_kinds import persons_in, places_in
from app.tasks.choice_words import choice_words
from app.tasks.folding import fold, same_name_key, tokens_of
from app.tasks.labels import Hit, Hits
from app.tasks.layout import Layout, Segment
from app.tasks.leads import led_names
from app.tasks.line_parts import before_bracket, beside, capitalised, pieces
from app.tasks.notions import PERSON, PLACE, asks_for
from app.tasks.remains import remains, with_weekday
from app.tasks.vocabulary import LEGAL_FORM

RECOGNISED_TYPES: Final = frozenset(FieldType) - {FieldType.TEXT, FieldType.NAME, FieldType.ADDRESS, FieldType.CHOICE}
TEXT_TYPES: Final = frozenset({FieldType.TEXT, FieldType.NAME, FieldType.ADDRESS})

_EDGE: Final = " \t\u00a0.,;:|*•●·-–—_=\"'`´“”„«»‹›✉☎()[]{}<>#!?"
_CLOSING: Final = {")": "(", "]": "["}
_ABBREVIATIONS: Final = frozenset(["inc.", "ltd.", "corp.", "co.", "str.", "st.", "no.", "jr.", "sr.", "kg.", "llc.", "bhd."])
_LABELLED = re.compile(r"[^:：\d]{1,40}[:：]\s*(?=\S)")
_PREFIXES: Final = frozenset(["firma", "an", "to", "from", "herr", "herrn", "frau", "sayin", "messrs", "von", "de", "by"])
_NO_NAME = re.compile(r"[\d:@]")
_ISIN = re.compile(r"[A-Z]{2}[A-Z0-9]{9}\d")
_WIDE_GAP: Final = 6
_LAST_WORDS: Final = 4
_NEAR_SPANS: Final = 16
_NO_WORDS: Final = (FieldType.DATE, FieldType.TIME, FieldType.EMAIL, FieldType.PHONE, FieldType.IBAN)
_WHOLLY: Final = 0.7
_HOST = re.compile(r"(?:https?://\S+|[\w-]+(?:\.[\w-]+)+\.[A-Za-z]{2,})")
_PROSE_WORDS: Final = 7
_SHORT_NAME_CHARS: Final = 2
_MAX_TEXT_CHARS: Final = 120
_MAX_NAME_CHARS: Final = 90
_MAX_ADDRESS_LINES: Final = 4


@dataclass(frozen=True, slots=True)
class Option:
    """One place that could answer a field. ``document.text[start:end] == text``; `value` is its normal form."""

    start: int
    end: int
    text: str
    value: str
    key: str
    """Options with the same key say the same."""
    kind: str = "typed"
    currency: str | None = None
    verified: bool = False
    lead: float = 0.0
    """How long a label runs up to the place in running text, 0–1."""
    parts: tuple[tuple[int, int], ...] = ()
    """The pieces that the value is made of, where other columns stand between them."""


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
            code for code in self.typed.get(FieldType.IDENTIFIER, ()) if code.verified or (named and _ISIN.fullmatch(code.text))
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
    options = typed_options(field.type, source)
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
        )
        for found in source.typed.get(type_, ())
    ]


def _unsigned(option: Option) -> Option:
    return replace(option, value=option.value.removeprefix("-"), key=option.key.removeprefix("-"))


def find_typed(text: str, *, language: str = "") -> dict[FieldType, list[Candidate]]:
    """All typed values of a document; number and date conventions are inferred over the whole of it."""
    typed: dict[FieldType, list[Candidate]] = defaultdict(list)
    for found in find_candidates(text, RECOGNISED_TYPES, language=language):
        typed[found.type].append(found)
    return dict(typed)


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without blanks and stray punctuation at its edges; brackets that are closed inside stay."""
    while start < end and text[start] in _EDGE and not (text[start] in "([" and _closes(text[start:end])):
        start += 1
    while start < end and text[end - 1] in _EDGE:
        last = text[end - 1]
        if last in _CLOSING and _CLOSING[last] in text[start:end]:
            break
        if last == "." and _ends_abbreviation(text[start:end]):
            break
        end -= 1
    return start, end


def _closes(text: str) -> bool:
    return (")" if text[0] == "(" else "]") in text


def _ends_abbreviation(text: str) -> bool:
    """Whether the final full stop belongs to the word, as in "Inc." or "S.A."."""
    word = text.rsplit(None, 1)[-1]
    return word.count(".") > 1 or fold(word) in _ABBREVIATIONS


def option_at(text: str, start: int, end: int, kind: str) -> Option | None:
    """The words of a span as an option, without stray signs at its edges; None where it has no words."""
    start, end = trimmed(text, start, end)
    content = text[start:end]
    if not any(character.isalnum() for character in content):
        return None
    value = " ".join(content.split())
    return Option(start, end, content, value, same_name_key(value), kind)


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
    yield from _with_legal_form(source, segment)
    yield from _beside(source, segment)
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


def _with_legal_form(source: Source, segment: Segment) -> Iterator[Option]:
    """The segment with what makes it a company: a legal form after a wide gap, or a second line that ends in one."""
    text = source.text
    if not _opens_company(text[segment.start : segment.end], source.hits.vocabulary):
        return
    line = source.layout.lines[segment.line]
    following = next((other for other in line.segments if other.start >= segment.end), None)
    if following is not None:
        is_near = following.first - segment.last <= _WIDE_GAP
        if is_near and LEGAL_FORM.fullmatch(fold(text[following.start : following.end])):
            yield from filter(None, [option_at(text, segment.start, following.end, "joined")])
        return
    below = source.layout.lines[segment.line + 1 : segment.line + 2]
    if below and below[0].segments and text.count("\n", segment.end, below[0].start) == 1:
        second = below[0].segments[0]
        is_centred = len(line.segments) == len(below[0].segments) == 1
        if (is_centred or abs(second.first - segment.first) <= 1) and _ends_company(text[second.start : second.end]):
            yield from filter(None, [option_at(text, segment.start, second.end, "joined")])


def _beside(source: Source, segment: Segment) -> Iterator[Option]:
    """What stands beside a code, and after a number of pieces: the name of a thing in a list."""
    codes = [(code.start, code.end) for code in source.codes_within(segment.start, segment.end)]
    for start, end in beside(source.text, segment, codes):
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


def _opens_company(text: str, label_words: Collection[str]) -> bool:
    words = tokens_of(text)
    if not text[:1].isupper() or _NO_NAME.search(text) or LEGAL_FORM.search(fold(text)) or len(words) > _PROSE_WORDS:
        return False
    return 2 * sum(word.text in label_words for word in words) <= len(words)


def _ends_company(text: str) -> bool:
    """Whether a line is a few words and a legal form at its end."""
    folded = fold(text)
    match = next((found for found in LEGAL_FORM.finditer(folded) if found.end() == len(folded)), None)
    return match is not None and not _NO_NAME.search(text) and len(text.split()) <= _LAST_WORDS


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

"""Sensitive spans: numbers with check digits, contacts, names and words that are nobody else's business, with their places."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Final

from app.documents.recognizers import Candidate
from app.domain.enquiry import Sensitive
from app.domain.privacy import SensitiveKind
from app.domain.result import Result, Value
from app.domain.task import FieldType, Task
from app.tasks.privacy.accounts import find_accounts
from app.tasks.privacy.cards import find_cards
from app.tasks.privacy.ids import find_national_ids
from app.tasks.privacy.labelled import Fences, fences_of
from app.tasks.privacy.names import Found, find_persons
from app.tasks.privacy.origins import find_addresses, find_birth_dates
from app.tasks.privacy.words import find_topics
from app.tasks.text.folding import fold, tokens_of

Typed = Mapping[FieldType, Sequence[Candidate]]

_OF_TYPE: Final = {
    FieldType.IBAN: SensitiveKind.IBAN,
    FieldType.TAX_ID: SensitiveKind.TAX_ID,
    FieldType.EMAIL: SensitiveKind.EMAIL,
    FieldType.PHONE: SensitiveKind.PHONE,
}
_OF_FIELD: Final = {FieldType.NAME: SensitiveKind.NAME, FieldType.ADDRESS: SensitiveKind.ADDRESS}
_BEFORE_OTHERS: Final = (
    SensitiveKind.IBAN,
    SensitiveKind.CARD,
    SensitiveKind.NATIONAL_ID,
    SensitiveKind.TAX_ID,
    SensitiveKind.EMAIL,
    SensitiveKind.BIRTH_DATE,
    SensitiveKind.PHONE,
    SensitiveKind.ADDRESS,
    SensitiveKind.NAME,
    SensitiveKind.HEALTH,
    SensitiveKind.LEGAL,
)
_LIKELY: Final = 0.2
"""Probability from which another name that could be meant is hidden as well."""
_REPEATED_CHARS: Final = 4


def find_sensitive(text: str, typed: Typed, task: Task, answer: Result, within: Sequence[tuple[int, int]]) -> list[Sensitive]:
    """What is sensitive in parts of a document, in order, without overlaps. All of the text tells what is a name there."""
    folded = fold(text)
    figures = (candidate for type_ in (FieldType.DATE, FieldType.AMOUNT) for candidate in typed.get(type_, ()))
    fences = fences_of((candidate.start, candidate.end) for candidate in figures)
    found = [*_numbers(text, folded, typed, fences), *find_birth_dates(text, typed.get(FieldType.DATE, ())), *find_addresses(text)]
    found += [*_answered(task, answer), *find_persons(text, folded, fences)]
    found += _repeated(text, found)
    for start, end in within:
        found += [(start + first, start + last, kind) for first, last, kind in find_topics(text[start:end])]
    kept = [clipped for span in _apart(found) for clipped in _clipped(span, within)]
    return [Sensitive(start, end, kind, text[start:end]) for start, end, kind in kept if any(map(str.isalnum, text[start:end]))]


def _numbers(text: str, folded: str, typed: Typed, fences: Fences) -> Iterator[Found]:
    for type_, kind in _OF_TYPE.items():
        yield from ((candidate.start, candidate.end, kind) for candidate in typed.get(type_, ()))
    starts = {candidate.start for candidate in typed.get(FieldType.IBAN, ())}
    yield from ((*span, SensitiveKind.IBAN) for span in find_accounts(text, folded, starts, fences))
    yield from ((*span, SensitiveKind.CARD) for span in find_cards(folded, fences))
    yield from ((*span, SensitiveKind.NATIONAL_ID) for span in find_national_ids(text, folded, fences))


def _answered(task: Task, answer: Result) -> Iterator[Found]:
    """Names and addresses that the task itself found."""
    for field in task.fields:
        kind = _OF_FIELD.get(field.type)
        if kind is not None:
            values = answer.lists.get(field.name, ()) if field.many else (answer.fields.get(field.name, Value()),)
            yield from ((start, end, kind) for value in values for start, end in _places(value))


def _places(value: Value) -> Iterator[tuple[int, int]]:
    if value.evidence is not None:
        yield value.evidence.start, value.evidence.end
    for choice in value.alternatives:
        if choice.probability >= _LIKELY:
            yield choice.evidence.start, choice.evidence.end


def _repeated(text: str, found: Iterable[Found]) -> Iterator[Found]:
    """Other places where the same words stand, whatever their case and gaps."""
    wanted: dict[str, dict[int, dict[str, SensitiveKind]]] = defaultdict(lambda: defaultdict(dict))
    for start, end, kind in found:
        words = tokens_of(text[start:end], start)
        if words and words[-1].end - words[0].start >= _REPEATED_CHARS:
            key = _squeezed(text[words[0].start : words[-1].end])
            wanted[words[0].text][len(words)].setdefault(key, kind)
    tokens = tokens_of(text) if wanted else []
    for index, token in enumerate(tokens):
        for count, known in wanted.get(token.text, {}).items():
            if index + count <= len(tokens):
                end = tokens[index + count - 1].end
                same = known.get(_squeezed(text[token.start : end]))
                if same is not None:
                    yield token.start, end, same


def _squeezed(words: str) -> str:
    return " ".join(fold(words).split())


def _apart(found: Iterable[Found]) -> list[Found]:
    """Without overlaps: the more telling kind keeps its place, of one kind the longer. What another has left stays hidden."""
    ranked = sorted(set(found), key=lambda span: (_BEFORE_OTHERS.index(span[2]), span[0] - span[1], span[0]))
    kept: list[Found] = []
    for start, end, kind in ranked:
        first = bisect_left(kept, start, key=itemgetter(1))
        last = bisect_left(kept, end, lo=first, key=itemgetter(0))
        others = kept[first:last]
        edges = [start, *(edge for other in others for edge in other[:2]), end]
        free = [(left, right, kind) for left, right in zip(edges[::2], edges[1::2], strict=True) if left < right]
        kept[first:last] = sorted([*others, *free])
    return kept


def _clipped(span: Found, within: Iterable[tuple[int, int]]) -> Iterator[Found]:
    for start, end in within:
        first, last = max(span[0], start), min(span[1], end)
        if first < last:
            yield first, last, span[2]

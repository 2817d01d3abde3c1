"""One pass over a text for typed candidates; recognizers that claim a span keep the looser ones out of it."""

from __future__ import annotations

from collections.abc import Iterable

from app.documents.recognizers.amounts import find_numbers
from app.documents.recognizers.candidate import Candidate
from app.documents.recognizers.contacts import find_emails, find_phones, find_web_spans, warm_up_phones
from app.documents.recognizers.conventions import Conventions, infer_conventions
from app.documents.recognizers.currencies import CurrencyReader
from app.documents.recognizers.dates import find_dates
from app.documents.recognizers.durations import find_durations
from app.documents.recognizers.iban import find_ibans
from app.documents.recognizers.identifiers import find_identifiers
from app.documents.recognizers.short_dates import find_short_dates
from app.documents.recognizers.tax_ids import find_tax_ids, warm_up_tax_ids
from app.documents.recognizers.times import find_times
from app.domain.task import FieldType

_FIGURES = frozenset({FieldType.AMOUNT, FieldType.NUMBER})
_LOOSE = _FIGURES | {FieldType.IDENTIFIER, FieldType.PHONE}


def find_candidates(text: str, types: Iterable[FieldType], *, language: str = "", day_first: bool | None = None) -> list[Candidate]:
    """All candidates of the given types, sorted by place. Spans of different types may overlap.

    Pass the whole document: number and date conventions are inferred over `text`.
    """
    return find_by(infer_conventions(text, language, day_first), text, frozenset(types), language)


def find_by(conventions: Conventions, text: str, wanted: frozenset[FieldType], language: str) -> list[Candidate]:
    """The same with conventions already known, for a text cut out of a document."""
    currencies = CurrencyReader(text, language)
    loose = bool(wanted & _LOOSE)
    found: dict[FieldType, list[Candidate]] = {}
    if loose or FieldType.DATE in wanted:
        dates = find_dates(text, conventions)
        found[FieldType.DATE] = [*dates, *find_short_dates(text, dates, conventions)]
    if loose or FieldType.TIME in wanted:
        found[FieldType.TIME] = find_times(text)
    if loose or FieldType.IBAN in wanted:
        found[FieldType.IBAN] = find_ibans(text)
    if loose or FieldType.EMAIL in wanted:
        found[FieldType.EMAIL] = find_emails(text)
    if loose or FieldType.TAX_ID in wanted:
        found[FieldType.TAX_ID] = find_tax_ids(text)
    if FieldType.DURATION in wanted:
        found[FieldType.DURATION] = find_durations(text)
    if FieldType.CURRENCY in wanted:
        found[FieldType.CURRENCY] = currencies.find(text)
    if loose:
        claimed = [
            (candidate.start, candidate.end)
            for kind in (FieldType.DATE, FieldType.TIME, FieldType.IBAN, FieldType.EMAIL)
            for candidate in found[kind]
        ]
        addresses = find_web_spans(text)
        printed_in_groups = [(tax_id.start, tax_id.end) for tax_id in found[FieldType.TAX_ID] if " " in tax_id.text]
        claimed += printed_in_groups
        found[FieldType.PHONE] = _outside(find_phones(text, language), _merged(claimed))
        phones = [(phone.start, phone.end) for phone in found[FieldType.PHONE] if phone.verified and not phone.text.isdigit()]
        blocked = _merged(claimed + addresses + phones)
        if wanted & _FIGURES:
            numbers = find_numbers(text, conventions, currencies, blocked)
            found[FieldType.AMOUNT] = [number for number in numbers if number.type is FieldType.AMOUNT]
            found[FieldType.NUMBER] = [number for number in numbers if number.type is FieldType.NUMBER]
        if FieldType.IDENTIFIER in wanted:
            found[FieldType.IDENTIFIER] = find_identifiers(text, conventions.decimal, blocked)
    candidates = [candidate for kind in wanted for candidate in found.get(kind, ())]
    return sorted(candidates, key=lambda candidate: (candidate.start, candidate.end, candidate.type))


def warm_up() -> None:
    """Loads everything that recognizing may need; afterwards no module is imported and no file is opened."""
    warm_up_phones()
    warm_up_tax_ids()
    find_candidates("1.5.2024 10:30 EUR 1.234,50 Tel. +49 30 123456 VKN 4840847211 DE136695976", tuple(FieldType))


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Sorted spans without overlaps."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _outside(candidates: list[Candidate], spans: list[tuple[int, int]]) -> list[Candidate]:
    kept = []
    index = 0
    for candidate in candidates:
        while index < len(spans) and spans[index][1] <= candidate.start:
            index += 1
        if index == len(spans) or spans[index][0] >= candidate.end:
            kept.append(candidate)
    return kept

"""Numbers that a word announces: what no check digit tells, the label does. Labels are looked for in folded text."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from string import ascii_lowercase
from typing import Final

Span = tuple[int, int]
Fences = Sequence[Span]
"""Dates and amounts, sorted: no number runs into one."""

_LEAST_SIGNS: Final = 5
_LEAST_DIGITS: Final = 4
_MOST_SIGNS: Final = 34
_NUMBER = re.compile(
    r"[0-9a-z]{1,34}(?:(?:[ \t]|[ ]?[./|\u2010\u2013-][ ]?)(?:(?=[a-z]{0,2}[0-9])[0-9a-z]{1,24}|[a-z](?![0-9a-z]))){0,12}"
)
_LETTERS_BEFORE = re.compile(r"(?<![A-Za-z0-9])(?:[A-Z]{1,2} ?)?[A-Za-z]{0,6}-?\Z")
_WORD = re.compile(r"[a-z]+")
_NUMBER_WORD_LIST: Final = "number numbers no nr num nro numero numarasi numaraniz nummer n code kodu id"
_NUMBER_WORDS: Final = frozenset(_NUMBER_WORD_LIST.split())
_FILLER_LIST: Final = "is ist eur usd gbp chf tl try of der de du del the la bank bancaire bancaria corriente courant with bei"
_FILLERS: Final = _NUMBER_WORDS | frozenset(_FILLER_LIST.split())
_OTHER_LIST: Final = (
    "invoice rechnung rechnungs fatura facture factura order bestellung auftrag siparis commande pedido total summe gesamt toplam"
    " amount betrag tutar montant importe date datum tarih tarihi fecha balance saldo bakiye solde due statement page seite"
    " sayfa rechnungsnummer rechnungsnr rechnungsdatum"
    " quote quot angebot offer teklif ean gtin artikel article item urun barkod barcode"
)
_OTHERS: Final = frozenset(_OTHER_LIST.split())


def label_pattern(labels: str) -> re.Pattern[str]:
    """Finds a label of folded text with what stands between it and the next figure, there or at the start of the next line."""
    return re.compile(rf"(?<![a-z])(?P<label>{labels})(?P<between>[^\d\n]{{0,30}}(?:\n[ \t|]{{0,60}}[^\d\n]{{0,6}})?)(?=\d)")


def find_labelled(text: str, folded: str, labels: re.Pattern[str], fences: Fences = (), *, bare: bool = False) -> Iterator[Span]:
    """Numbers right after labels. Labels that are `bare` are words of everyday use, so hardly anything may stand between."""
    for match in labels.finditer(folded):
        between = _WORD.findall(match["between"].rstrip(ascii_lowercase))
        is_numbered = not bare or not _NUMBER_WORDS.isdisjoint([*between, *_WORD.findall(match["label"])])
        if not names_another(match["between"]) if is_numbered else _FILLERS.issuperset(between):
            start, end = number_at(folded, match.end(), fences)
            letters = _LETTERS_BEFORE.search(text, match.end("label"), start)
            signs = [sign for sign in folded[start:end] if sign.isalnum()]
            if len(signs) >= _LEAST_SIGNS and sum(map(str.isdigit, signs)) >= _LEAST_DIGITS:
                yield (letters.start() if letters and letters[0].isupper() else start), end


def names_another(words: str) -> bool:
    """Whether words between a label and a number say that it is the number of something else, like an invoice."""
    return not _OTHERS.isdisjoint(_WORD.findall(words))


def number_at(folded: str, start: int, fences: Fences = ()) -> Span:
    """The number that begins with a figure, over small gaps, before the next date or amount; empty where it is one itself."""
    match = _NUMBER.match(folded, start)
    end = match.end() if match else start
    signs = 0
    for position in range(start, end):
        signs += folded[position].isalnum()
        if signs > _MOST_SIGNS:
            end = position
            break
    index = bisect_left(fences, (start, 0))
    own = index < len(fences) and fences[index][0] == start
    following = fences[index + own : index + own + 1]
    if following and following[0][0] < end:
        end = following[0][0]
    end = start + len(folded[start:end].rstrip(" \t./|-\u2010\u2013"))
    return (start, start) if own and fences[index][1] >= end else (start, end)


def fences_of(spans: Iterable[Span]) -> Fences:
    """The longest of those that begin together."""
    longest: dict[int, int] = {}
    for start, end in spans:
        longest[start] = max(end, longest.get(start, 0))
    return sorted(longest.items())

"""Money amounts and plain numbers, with sign and currency as printed beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from app.documents.recognizers.candidate import Candidate
from app.documents.recognizers.conventions import Conventions
from app.documents.recognizers.currencies import AFTER_NUMBER, BEFORE_NUMBER, CurrencyReader
from app.documents.recognizers.numerals import TOKEN, Numeral, read_numeral
from app.domain.task import FieldType

_MINUS: Final = "-−–"
_BLANK_GROUP = re.compile(r"[ \u00a0\u202f](\d{3}(?:[.,]\d{1,4})?)(?![\d]|[.,]\d)")
_PERCENT = re.compile(r"[ \u00a0]{0,2}(?:%|‰|(?i:percent|prozent)\b)")
_PERCENT_BEFORE = re.compile(r"%[ \u00a0]?$")
_UNIT = re.compile(
    r"[ \u00a0]?(?:kg|g|mg|lb|lbs|oz|ml|cl|l|ltr|liter|litre|cm|mm|m|m²|m2|m³|km|kwh|kWh|kW|W|V|Hz|GB|MB|TB|gb|mb|h|hrs?"
    r"|hours?|Std|Stück|Stk|St"
    r"|pcs|pce|PCE|Stunden|adet|Adet|shares|Shares|Anteile|units|parts|x|X"
    r"|°C|dpi|px|pt)(?![\w])"
)
_SCALE = re.compile(
    r"[ \u00a0](?P<word>(?i:million|millions|mio|mln|milyon|billion|billions|mrd|milyar|thousand|bin|tausend))(?!\w)\.?"
)
_SHORT_SCALE = re.compile(r"(?P<word>[kKmMB]|[mM]n|bn|BN)(?!\w)")
_SCALES: Final = {
    "million": 6,
    "millions": 6,
    "mio": 6,
    "mln": 6,
    "milyon": 6,
    "billion": 9,
    "billions": 9,
    "bn": 9,
    "b": 9,
    "m": 6,
    "mn": 6,
    "mrd": 9,
    "milyar": 9,
}
_NO_CENTS = re.compile(r"[.,](?:-{1,2}|–|—)(?!\w)")
_CREDIT = re.compile(r"[ \u00a0]?CR(?!\w)")
_AMOUNT_LABEL = re.compile(
    r"(?:total|totals|totaal|totale|subtotal|amount|betrag|summe|gesamt|montant|importe|importo|bedrag|tutar[ıi]?|toplam|kwota|suma|razem"
    r"|price|preis|prix|precio|prezzo|cash|change|balance|saldo|due|paid|payable|net|netto|brutto|gross|fee|tax|mwst|ust|tva|iva|kdv)"
    r"(?:[ \t]?\([^()\n]{1,8}\))?[ \t]{0,3}[:=.]?[ \t|]{0,40}$",
    re.IGNORECASE,
)
_MAX_PLAIN_DIGITS: Final = 8
_MAX_GROUPS: Final = 4
_LABEL_REACH: Final = 80
_REFERENCE = re.compile(
    r"(?:section|sections|exhibit|article|articles|clause|schedule|paragraph|form|version|appendix|annex|rule|item|chapter|abschnitt|ziffer|artikel|§+|\bv)"
    r"[ \u00a0.]{0,3}$",
    re.IGNORECASE,
)
_LETTER_BEFORE_OK = re.compile(r"(?:^|[^\w])(?:x|X|à|a)$")
_TAX_LETTERS = re.compile(r"[A-Z*]{1,3}(?![\w])")


@dataclass(frozen=True, slots=True)
class _Figure:
    start: int
    end: int
    numeral: Numeral
    negative: bool
    currency: str | None
    percent: bool
    unit: bool
    labelled: bool
    scale: int
    reference: bool
    """Names a section, exhibit or version rather than a quantity."""
    blank_grouped: bool
    marked: bool
    """A currency stands before it."""

    @property
    def is_money(self) -> bool:
        if self.percent:
            return False
        plain = self.numeral.decimals == 0 and not self.numeral.grouped
        if plain and (
            (self.numeral.value[0] == "0" and len(self.numeral.value) > 1) or len(self.numeral.value) > _MAX_PLAIN_DIGITS
        ):
            return False
        if self.currency is not None:
            return True
        if self.reference or (self.blank_grouped and not self.numeral.decimals and not self.labelled):
            return False
        if self.unit:
            return self.numeral.decimals == 2
        return (
            self.numeral.decimals in {2, 3, 4}
            or (self.labelled and self.numeral.value != "0")
            or (self.numeral.grouped and self.numeral.decimals == 0)
        )

    @property
    def value(self) -> str:
        value = self.numeral.value
        if self.scale:
            whole, _, fraction = value.partition(".")
            value = str(int(whole + fraction.ljust(self.scale, "0")[: self.scale]))
        return f"-{value}" if self.negative and value.strip("0.") else value


def find_numbers(
    text: str, conventions: Conventions, currencies: CurrencyReader, taken: Sequence[tuple[int, int]]
) -> list[Candidate]:
    """AMOUNT and NUMBER candidates; figures inside the `taken` spans (dates, IBANs, times …) are left out."""
    found: list[Candidate] = []
    for figure in _figures(text, conventions, currencies, taken):
        span = text[figure.start : figure.end]
        if figure.is_money:
            found.append(Candidate(FieldType.AMOUNT, figure.start, figure.end, span, figure.value, figure.currency))
        found.append(Candidate(FieldType.NUMBER, figure.start, figure.end, span, figure.value))
    return found


def _figures(
    text: str, conventions: Conventions, currencies: CurrencyReader, taken: Sequence[tuple[int, int]]
) -> Iterator[_Figure]:
    spans = iter(taken)
    blocked = next(spans, None)
    joined_until = 0
    for match in TOKEN.finditer(text):
        start, end = match.span()
        while blocked is not None and blocked[1] <= start:
            blocked = next(spans, None)
        if blocked is not None and blocked[0] < end:
            continue
        if start < joined_until:
            continue
        for first, last in _extents(text, start, end, conventions):
            figure = _figure(text, first, last, conventions, currencies)
            if figure is not None and (not figure.blank_grouped or figure.is_money):
                yield figure
                if figure.blank_grouped and (
                    figure.marked or not figure.numeral.decimals or text[start:last].split(" ")[1].startswith("0")
                ):
                    joined_until = last
                    break


def _extents(text: str, start: int, end: int, conventions: Conventions) -> Iterator[tuple[int, int]]:
    """A token and, where blanks may group thousands, the longer reading; that alone if a currency stands before it."""
    if end - start <= 3 and text[start:end].isdigit():
        last = end
        for _ in range(_MAX_GROUPS):
            group = _BLANK_GROUP.match(text, last)
            if group is None:
                break
            last = group.end()
            if not group[1].isdigit():
                break
        after_mark = last != end and BEFORE_NUMBER.search(text[max(0, start - 10) : start]) is not None
        if last != end and (conventions.space_grouping or (after_mark and not text[start:last].replace(" ", "").isdigit())):
            yield start, last
            if after_mark:
                return
    yield start, end


def _figure(text: str, start: int, end: int, conventions: Conventions, currencies: CurrencyReader) -> _Figure | None:
    numeral = read_numeral(text[start:end], conventions.decimal)
    if numeral is None:
        return None
    line_start = max(text.rfind("\n", max(0, start - _LABEL_REACH), start) + 1, start - _LABEL_REACH, 0)
    before = text[line_start:start]
    # Labels and marks are looked for only where something else than a number stands before: this takes most of the time.
    is_told = not before.rstrip(" \t\u00a0|*")[-1:].isdigit()
    mark = BEFORE_NUMBER.search(before[-14:]) if is_told else None
    currency = currencies.code(mark["mark"]) if mark else None
    mark_start = start - len(mark[0]) if mark and currency else start
    if not _opens(text, start, before, bool(currency)):
        return None
    scale = _SCALE.match(text, end) or (_SHORT_SCALE.match(text, end) if currency else None)
    currency_after = _currency_after(text, scale.end() if scale else end, bool(currency), currencies)
    currency = currency or currency_after
    if scale is None and not _closes(text, end, numeral, currency_after is not None, currency is not None):
        return None
    sign = mark["sign"] if mark and currency else ""
    return _Figure(
        start,
        scale.end("word") if scale else end,
        numeral,
        negative=_is_negative(text, (mark_start, start, end), sign, bool(numeral.decimals or currency)),
        currency=currency,
        percent=bool(_PERCENT.match(text, end) or _PERCENT_BEFORE.search(before[-2:])),
        unit=bool(_UNIT.match(text, end)),
        labelled=numeral.decimals < 2 and bool((is_told and _AMOUNT_LABEL.search(before)) or _NO_CENTS.match(text, end)),
        scale=_SCALES.get(scale["word"].lower(), 3) if scale else 0,
        reference=is_told and currency is None and bool(_REFERENCE.search(before[-16:])),
        blank_grouped=" " in text[start:end],
        marked=mark_start < start,
    )


def _currency_after(text: str, end: int, is_known: bool, currencies: CurrencyReader) -> str | None:
    if is_known and text[end : end + 1].isspace():
        return None
    mark = AFTER_NUMBER.match(text, end)
    return currencies.code_after(mark) if mark else None


def _opens(text: str, start: int, before: str, has_currency: bool) -> bool:
    """Whether a number may begin here: not glued to a word, a date, a time or an identifier."""
    if start == 0 or has_currency or not before:
        return True
    last = before[-1]
    if last.isalpha():
        return bool(_LETTER_BEFORE_OK.search(before[-3:]))
    if last == "_":
        return False
    if last in "/-.,:#" + _MINUS and len(before) > 1 and (before[-2].isalnum() or before[-2] in ")_"):
        return last in ":." and before[-2].isalpha()
    return True


def _closes(text: str, end: int, numeral: Numeral, mark_follows: bool, has_currency: bool) -> bool:
    following = text[end : end + 2]
    if not following or mark_follows or (has_currency and following[0] == "/" and following[1:].isalpha()):
        return True
    if following[0].isalpha() or following[0] == "_":
        return bool(_UNIT.match(text, end)) or (numeral.decimals == 2 and bool(_TAX_LETTERS.match(text, end)))
    if following[0] in ",." and following[1:] and following[1] in _MINUS:
        return True
    if following[0] in "/-:.@" and len(following) > 1:
        return not following[1].isalnum() or (following[0] == "-" and numeral.decimals == 2 and not following[1].isdigit())
    return True


def _is_negative(text: str, places: tuple[int, int, int], sign: str, is_money: bool) -> bool:
    """Whether a minus, brackets or CR make it negative; `places` are the starts of mark and number, and the end."""
    mark_start, start, end = places
    if sign and sign in _MINUS:
        return True
    for place in {start, mark_start}:
        previous = text[place - 1 : place]
        if previous and previous in _MINUS and not text[max(0, place - 2) : place - 1].isalnum():
            return True
    if not is_money:
        return False
    following = text[end : end + 1]
    if following and following in _MINUS:
        return not text[end + 1 : end + 2].strip(" \t\u00a0\n|*);,")
    if _CREDIT.match(text, end):
        return True
    opened = text[mark_start - 1 : mark_start] == "(" or sign == "("
    return opened and following == ")"

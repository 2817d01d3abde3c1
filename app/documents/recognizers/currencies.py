"""Currencies: codes, symbols and words to ISO 4217."""

from __future__ import annotations

import re
from typing import Final

from app.documents.recognizers.candidate import Candidate
from app.documents.recognizers.currency_names import (
    CODES,
    DOLLARS,
    KRONA_OF_LANGUAGE,
    LEADING,
    NAMES,
    NEEDS_NUMBER,
    OLD_CODES,
    SYMBOLS,
    WORD_LIKE,
)
from app.documents.recognizers.dollar_countries import dollar_country
from app.domain.task import FieldType

_WORD_PATTERN: Final = "|".join(re.escape(word) for word in sorted(NAMES, key=len, reverse=True))
_SYMBOL_PATTERN: Final = "|".join(re.escape(symbol) for symbol in sorted(SYMBOLS, key=len, reverse=True))
_MARK: Final = rf"(?:{_SYMBOL_PATTERN}|\$|[A-Z]{{3}}|[Kk]r\.?|[Ee][Uu][Rr][Oo]s?|[Uu]sd|[Ee]ur|[Cc]hf)"
BEFORE_NUMBER: Final = re.compile(rf"(?<![^\W\d_])(?P<mark>{_MARK})[.:]?[ \t\u00a0\u202f]{{0,4}}(?P<sign>[-−–(]?)[ \u00a0]?$")
AFTER_NUMBER: Final = re.compile(
    rf"(?P<sign>(?:[-+−)]|[.,](?:-{{1,2}}|–|—))?(?:[ \t\u00a0\u202f]?CR\b)?)[ \t\u00a0\u202f]{{0,4}}(?P<mark>{_MARK}|"
    rf"(?i:{_WORD_PATTERN}))(?![^\W\d_])(?!\$)(?P<next>[ \u00a0]?\d)?"
)

_ALONE = re.compile(rf"(?:{_SYMBOL_PATTERN}|\$|kr\.?|[A-Z]{{3}}(?<![^\W\d_][A-Z]{{3}}))(?![^\W\d_])")
_CURRENCY_LABEL = re.compile(
    r"(?:currency|währung|waehrung|devise|valuta|moneda|moeda|waluta|para birimi|döviz|divisa|monnaie)\W{0,12}$", re.IGNORECASE
)
_US_DOLLAR: Final = "USD"
_BARE_DOLLAR = re.compile(r"\$|\bdollars?\b", re.IGNORECASE)
_NAMED_DOLLARS: Final = {
    code: re.compile(
        "|".join([rf"\b{code}\b", *(rf"(?<![A-Za-z]){re.escape(mark)}" for mark, of in SYMBOLS.items() if of == code)])
    )
    for code in (_US_DOLLAR, *DOLLARS)
}
_NUMBER_NEAR_BEFORE = re.compile(r"\d[.,'’-]{0,2}[ \u00a0]{0,3}$")
_NUMBER_NEAR_AFTER = re.compile(r"[ \t\u00a0]{0,4}[-(]?\d")


def _dollar_of(text: str) -> tuple[str, bool]:
    """The currency of a bare "$", and whether the text tells: by a dollar that it names, else by its country."""
    if not _BARE_DOLLAR.search(text):
        return _US_DOLLAR, True
    named = [code for code, marks in _NAMED_DOLLARS.items() if marks.search(text)]
    if len(named) == 1:
        return named[0], True
    country = dollar_country(text)
    if _US_DOLLAR in named or not country:
        return _US_DOLLAR, country == _US_DOLLAR
    return country, True


def _is_bare_dollar(mark: str) -> bool:
    return mark == "$" or mark.lower() in {"dollar", "dollars"}


class CurrencyReader:
    """Resolves marks to ISO 4217; "$" and "kr" depend on the document's other marks and language."""

    def __init__(self, text: str, language: str) -> None:
        self._language = language
        self._dollar, self._dollar_is_known = _dollar_of(text)
        self._krona = KRONA_OF_LANGUAGE.get(language, "SEK")

    def code(self, mark: str) -> str | None:
        """The ISO 4217 code of a printed mark, or None if it is none."""
        if _is_bare_dollar(mark):
            return self._dollar
        upper = mark.upper()
        if upper.rstrip(".") == "KR":
            return self._krona
        if upper in CODES:
            return upper
        return SYMBOLS.get(mark) or OLD_CODES.get(upper) or NAMES.get(mark.lower())

    def code_after(self, match: re.Match[str]) -> str | None:
        """The code of a mark printed after a number, unless it opens the next number."""
        mark = match["mark"]
        if match["next"] and (mark in LEADING or mark.endswith("$")):
            return None
        return self.code(mark)

    def find(self, text: str) -> list[Candidate]:
        found = []
        lowered = text.lower()
        words = [re.escape(word) for word in NAMES if word in lowered]
        patterns = [_ALONE]
        if words:
            words.sort(key=len, reverse=True)
            patterns.append(re.compile(rf"(?:{'|'.join(words)})(?!\w)", re.IGNORECASE))
        for match in (match for pattern in patterns for match in pattern.finditer(text)):
            if match[0][0].isalpha() and match.start() and text[match.start() - 1].isalpha():
                continue
            code = self.code(match[0])
            if code and self._stands_for_money(match, text):
                end = match.end() - (match[0].endswith("."))
                either_way = not self._dollar_is_known and _is_bare_dollar(match[0])
                printed = text[match.start() : end]
                found.append(Candidate(FieldType.CURRENCY, match.start(), end, printed, code, either_way=either_way))
        return found

    def _stands_for_money(self, match: re.Match[str], text: str) -> bool:
        start, end = match.span()
        mark = match[0]
        needs_neighbour = mark in WORD_LIKE or mark in NEEDS_NUMBER
        if not needs_neighbour or text[start - 1 : end + 1] == f"({mark})" or (self._language == "tr" and mark in {"TL", "TRY"}):
            return True
        before = text[max(0, start - 30) : start]
        return bool(_NUMBER_NEAR_BEFORE.search(before) or _NUMBER_NEAR_AFTER.match(text, end) or _CURRENCY_LABEL.search(before))

"""Currencies: codes, symbols and words to ISO 4217."""

from __future__ import annotations

import re
from typing import Final

from app.documents.recognizers.candidate import Candidate
from app.domain.task import FieldType

_CODES: Final = frozenset(
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP CRC CUP"
    " CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY"
    " KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK"
    " NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT"
    " TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW DEM FRF ITL ATS NLG HRK".split()
)
_OLD_CODES: Final = {"TRL": "TRY", "YTL": "TRY", "RMB": "CNY", "NIS": "ILS"}
_WORD_LIKE: Final = frozenset(
    "ALL TOP TRY CUP PEN SOS MAD BOB GEL LAK MOP NAD ARS BAM COP RON ANG ERN AMD PAB STN VES LSL MUR BHD GIP MOP CLP ATS SHP SCR SAR".split()
)
"""Codes that are also words, names or company forms in capital letters: taken only beside a number or a word for currency."""
_SYMBOLS: Final = {
    "US$": "USD", "U.S.$": "USD", "USD$": "USD", "CA$": "CAD", "C$": "CAD", "CAD$": "CAD", "A$": "AUD", "AU$": "AUD", "S$": "SGD", "HK$": "HKD",
    "NZ$": "NZD", "R$": "BRL", "MX$": "MXN", "NT$": "TWD", "€": "EUR", "£": "GBP", "¥": "JPY", "￥": "JPY", "₺": "TRY", "₹": "INR", "₽": "RUB",
    "₩": "KRW", "₪": "ILS", "฿": "THB", "₫": "VND", "₱": "PHP", "₴": "UAH", "₦": "NGN", "zł": "PLN", "ZŁ": "PLN", "Kč": "CZK", "kč": "CZK",
    "TL": "TRY", "RM": "MYR", "Rs.": "INR", "Rs": "INR", "Ft": "HUF", "SFr.": "CHF", "SFr": "CHF", "Fr.": "CHF", "руб.": "RUB", "руб": "RUB",
}  # fmt: skip
_KRONA: Final = {"da": "DKK", "no": "NOK", "sv": "SEK"}
_DOLLARS: Final = ("CAD", "AUD", "SGD", "NZD", "HKD")
_WORDS: Final = {
    word: code
    for code, words in {
        "EUR": "euro euros", "TRY": "türk lirası|turkish lira|türk lirasi|lira", "CHF": "swiss francs|schweizer franken|francs suisses|franken",
        "GBP": "pounds sterling|pound sterling|pfund|british pounds|sterling", "PLN": "złotych|złoty|zlotych|zloty",
        "USD": "us dollars|us dollar|u.s. dollars|united states dollars|dollars|dollar|us-dollar|abd doları",
        "CAD": "canadian dollars", "AUD": "australian dollars", "SGD": "singapore dollars", "HKD": "hong kong dollars",
        "MYR": "ringgit malaysia|ringgit", "INR": "indian rupees|rupees", "JPY": "japanese yen|yen", "SEK": "svenska kronor|kronor",
        "DKK": "danske kroner", "NOK": "norske kroner", "CZK": "korun českých|korun", "HUF": "forint", "RON": "lei", "RUB": "rubles|рублей",
        "CNY": "renminbi|yuan", "BRL": "reais",
    }.items()
    for word in (words.split("|") if "|" in words or code != "EUR" else words.split())
}  # fmt: skip
_WORD_PATTERN: Final = "|".join(re.escape(word) for word in sorted(_WORDS, key=len, reverse=True))
_SYMBOL_PATTERN: Final = "|".join(re.escape(symbol) for symbol in sorted(_SYMBOLS, key=len, reverse=True))
_MARK: Final = rf"(?:{_SYMBOL_PATTERN}|\$|[A-Z]{{3}}|[Kk]r\.?|[Ee][Uu][Rr][Oo]s?|[Uu]sd|[Ee]ur|[Cc]hf)"
BEFORE_NUMBER: Final = re.compile(rf"(?<![^\W\d_])(?P<mark>{_MARK})[.:]?[ \t\u00a0\u202f]{{0,4}}(?P<sign>[-−–(]?)[ \u00a0]?$")
AFTER_NUMBER: Final = re.compile(
    rf"(?P<sign>[-+−)]?(?:[ \t\u00a0\u202f]?CR\b)?)[ \t\u00a0\u202f]{{0,4}}(?P<mark>{_MARK}|(?i:{_WORD_PATTERN}))(?![^\W\d_])(?!\$)(?P<next>[ \u00a0]?\d)?"
)
_LEADING: Final = frozenset({"$", "RM", "£", "Rs", "Rs."})
"""Marks that stand before their number: followed by figures they belong to those."""

_ALONE = re.compile(rf"(?:{_SYMBOL_PATTERN}|\$|kr\.?|[A-Z]{{3}}(?<![^\W\d_][A-Z]{{3}}))(?![^\W\d_])")
_CURRENCY_LABEL = re.compile(
    r"(?:currency|währung|waehrung|devise|valuta|moneda|moeda|waluta|para birimi|döviz|divisa|monnaie)\W{0,12}$", re.IGNORECASE
)
_NUMBER_NEAR_BEFORE = re.compile(r"\d[.,'’-]{0,2}[ \u00a0]{0,3}$")
_NUMBER_NEAR_AFTER = re.compile(r"[ \t\u00a0]{0,4}[-(]?\d")


class CurrencyReader:
    """Resolves marks to ISO 4217; "$" and "kr" depend on the document's other marks and language."""

    def __init__(self, text: str, language: str) -> None:
        self._dollar = "USD"
        if "$" in text and not re.search(r"\bUSD\b|US ?\$", text):
            others = [code for code in _DOLLARS if re.search(rf"\b{code}\b", text)]
            self._dollar = others[0] if len(others) == 1 else "USD"
        self._krona = _KRONA.get(language, "SEK")

    def code(self, mark: str) -> str | None:
        """The ISO 4217 code of a printed mark, or None if it is none."""
        if mark == "$":
            return self._dollar
        upper = mark.upper()
        if upper.rstrip(".") == "KR":
            return self._krona
        if upper in _CODES:
            return upper
        return _SYMBOLS.get(mark) or _OLD_CODES.get(upper) or _WORDS.get(mark.lower())

    def code_after(self, match: re.Match[str]) -> str | None:
        """The code of a mark printed after a number, unless it opens the next number."""
        mark = match["mark"]
        if match["next"] and (mark in _LEADING or mark.endswith("$")):
            return None
        return self.code(mark)

    def find(self, text: str) -> list[Candidate]:
        found = []
        lowered = text.lower()
        words = [re.escape(word) for word in _WORDS if word in lowered]
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
                found.append(Candidate(FieldType.CURRENCY, match.start(), end, text[match.start() : end], code))
        return found

    def _stands_for_money(self, match: re.Match[str], text: str) -> bool:
        start, end = match.span()
        mark = match[0]
        needs_neighbour = mark in _WORD_LIKE or mark in {"Fr.", "RM", "TL", "Ft", "kr", "kr.", "Rs", "Rs."} or mark.lower() in {"lei", "pfund"}
        if not needs_neighbour or (mark in {"RM", "TL"} and text[start - 1 : start] == "("):
            return True
        before = text[max(0, start - 30) : start]
        return bool(_NUMBER_NEAR_BEFORE.search(before) or _NUMBER_NEAR_AFTER.match(text, end) or _CURRENCY_LABEL.search(before))

"""Codes, symbols and names of currencies: the tables behind `currencies`."""

from __future__ import annotations

from typing import Final

_CODE_LIST: Final = (
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP "
    "CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR "
    "ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT "
    "MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD "
    "SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND "
    "VUV WST XAF XCD XOF XPF YER ZAR ZMW DEM FRF ITL ATS NLG HRK"
)
CODES: Final = frozenset(_CODE_LIST.split())
_WORD_LIKE_LIST: Final = (
    "ALL AMD ANG ARS ATS BAM BHD BOB CLP COP CUP ERN GEL GIP LAK LSL MAD MOP MUR NAD PAB PEN RON SAR SCR SHP SOS STN TOP TRY VES"
)
WORD_LIKE: Final = frozenset(_WORD_LIKE_LIST.split())
"""Codes that are also words, names or company forms in capital letters: taken only beside a number or a word for currency."""
OLD_CODES: Final = {"TRL": "TRY", "YTL": "TRY", "RMB": "CNY", "NIS": "ILS"}
_SYMBOLS_OF: Final = {
    "USD": "US$ U.S.$ USD$", "CAD": "CA$ C$ CAD$", "AUD": "A$ AU$", "SGD": "S$", "HKD": "HK$", "NZD": "NZ$", "BRL": "R$",
    "MXN": "MX$", "TWD": "NT$", "EUR": "€", "GBP": "£", "JPY": "¥ ￥ 円",
    "CNY": "元", "TRY": "₺ TL", "INR": "₹ Rs. Rs", "RUB": "₽ руб. руб",
    "KRW": "₩ 원", "ILS": "₪", "THB": "฿", "VND": "₫", "PHP": "₱", "UAH": "₴", "NGN": "₦", "PLN": "zł ZŁ", "CZK": "Kč kč",
    "MYR": "RM", "HUF": "Ft", "CHF": "SFr. SFr Fr.",
}  # fmt: skip
SYMBOLS: Final = {symbol: code for code, symbols in _SYMBOLS_OF.items() for symbol in symbols.split()}
_NAMES_OF: Final = {
    "EUR": "euro|euros", "TRY": "türk lirası|turkish lira|türk lirasi|lira",
    "CHF": "swiss francs|schweizer franken|francs suisses|franken",
    "GBP": "pounds sterling|pound sterling|pfund|british pounds|sterling", "PLN": "złotych|złoty|zlotych|zloty",
    "USD": "us dollars|us dollar|u.s. dollars|united states dollars|dollars|dollar|us-dollar|abd doları",
    "CAD": "canadian dollars", "AUD": "australian dollars", "SGD": "singapore dollars", "HKD": "hong kong dollars",
    "MYR": "ringgit malaysia|ringgit", "INR": "indian rupees|rupees", "JPY": "japanese yen|yen", "SEK": "svenska kronor|kronor",
    "DKK": "danske kroner", "NOK": "norske kroner", "CZK": "korun českých|korun", "HUF": "forint", "RON": "lei",
    "RUB": "rubles|рублей", "CNY": "renminbi|yuan", "BRL": "reais",
}  # fmt: skip
NAMES: Final = {name: code for code, names in _NAMES_OF.items() for name in names.split("|")}
KRONA_OF_LANGUAGE: Final = {"da": "DKK", "no": "NOK", "sv": "SEK"}
DOLLARS: Final = ("CAD", "AUD", "SGD", "NZD", "HKD")
LEADING: Final = frozenset({"$", "RM", "£", "Rs", "Rs."})
"""Marks that stand before their number: followed by figures they belong to those."""
NEEDS_NUMBER: Final = frozenset({"Fr.", "RM", "TL", "Ft", "kr", "kr.", "Rs", "Rs.", "lei", "Lei", "Pfund", "pfund"})
"""Marks that are also common words or letters: taken alone only beside a number."""

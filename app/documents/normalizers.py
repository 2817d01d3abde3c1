"""The normal form of a value given as printed text. Pure; the same recognizers that find candidates do the reading."""

from __future__ import annotations

from app.documents.recognizers.conventions import infer_conventions
from app.documents.recognizers.currencies import CurrencyReader
from app.documents.recognizers.finder import find_by
from app.documents.recognizers.numerals import TOKEN, read_numeral
from app.domain.task import FieldType

_KEPT_AS_PRINTED = frozenset({FieldType.IDENTIFIER, FieldType.TEXT, FieldType.NAME, FieldType.ADDRESS, FieldType.CHOICE})
_MINUS = ("-", "−", "–")
_COMPACT = frozenset({FieldType.IBAN, FieldType.TAX_ID})


def normalize(type: FieldType, text: str, *, language: str = "", context: str = "", day_first: bool | None = None) -> str | None:
    """The normal form of `text`, or None where it is no value of that type.

    `context` is the document the text stands in: it settles what ``1,234`` or ``03/04/2020`` means.
    """
    printed = " ".join(text.split())
    if not printed:
        return None
    if type in _KEPT_AS_PRINTED:
        return printed
    conventions = infer_conventions(context or printed, language, day_first)
    if type is FieldType.CURRENCY and (code := CurrencyReader(context or printed, language).code(printed)):
        return code
    found = find_by(conventions, printed, frozenset({type}), language)
    if type in {FieldType.AMOUNT, FieldType.NUMBER} and len(found) != 1:
        return _number(printed, conventions.decimal) or (found[0].value if found else None)
    if found:
        return max(found, key=lambda candidate: candidate.end - candidate.start).value
    if type in _COMPACT:
        compact = "".join(sign for sign in printed if sign.isalnum()).upper()
        return compact if len(compact) >= 5 and any(sign.isdigit() for sign in compact) else None
    if type is FieldType.PHONE:
        digits = "".join(sign for sign in printed if sign.isdigit())
        return digits if 5 <= len(digits) <= 15 else None
    return None


def _number(printed: str, decimal: str) -> str | None:
    """The number in a text that holds one figure, with its sign."""
    figures = list(TOKEN.finditer(printed))
    joined = printed.replace(" ", "").replace("\u00a0", "").replace("\u202f", "")
    if len(figures) > 1:
        figures = list(TOKEN.finditer(joined))
        printed = joined
    if len(figures) != 1:
        return None
    numeral = read_numeral(figures[0][0], decimal)
    if numeral is None:
        return None
    before, after = printed[: figures[0].start()], printed[figures[0].end() :]
    negative = (
        before.rstrip(" (€$£").endswith(_MINUS)
        or before.startswith(_MINUS)
        or (after.startswith(_MINUS) and numeral.decimals > 0)
        or ("(" in before and ")" in after)
        or after.rstrip().endswith("CR")
    )
    return f"-{numeral.value}" if negative and numeral.value.strip("0.") else numeral.value

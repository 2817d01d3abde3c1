"""Identifiers: tokens with figures such as invoice, order, contract and customer numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from app.documents.recognizers.candidate import Candidate
from app.documents.recognizers.months import month_number
from app.documents.recognizers.numerals import TOKEN, read_numeral
from app.domain.task import FieldType

_MAX_CHARS: Final = 40
_TOKEN = re.compile(r"[^\W_](?:[\w/.#*+&-]{0,80})")
_LABEL = re.compile(
    r"(?:n[or]|num|number|nummer|numara(?:s[ıi])?|número|numero|numéro|numer|n[°º]|№|č|#|id|ref|reference|referenz|référence|code|kod[u]?|nº|nr|order"
    r"|invoice|contract|bill|receipt|auftrag|rechnung|facture|factuur|fatura|faktura|sözleşme|sipariş)"
    r"[.]?[ \t]{0,3}[:#.]{0,2}[ \t|*]{0,30}$",
    re.IGNORECASE,
)
_GLUED_LABEL = re.compile(r"[^\W\d_]{2,12}[.#](?=\d)")
_ORDINARY = re.compile(
    r"\d+(?:st|nd|rd|th|er|e|x|X|k|m|kg|g|mg|lb|oz|ml|l|cm|mm|km|h|hr|hrs|min|s|sec|pcs|stk|gb|mb|tb|kw|w|v|hz|am|pm|a|p|pt|px|d|y|yr|ft|in|bit)"
    r"|\d{1,4}(?::\d\d)?[ap]?(?:m)?-\d{1,4}(?::\d\d)?[ap]m?|[\d.]{1,6}[a-z]{1,2}|\d[\d.,]*-[^\W\d_]{3,}|\d{1,3}[x×*]\d{1,4}|[A-Za-z]?\d{1,2}[A-Za-z]?|\d{1,3}-\w{3,}|[\d/.]*\d/\d{1,2}",
    re.IGNORECASE,
)
ISIN = re.compile(r"[A-Z]{2}[A-Z0-9]{9}\d")
_YEAR = re.compile(r"(?:19|20)\d\d")
_PREFIX = re.compile(r"(?<![\w/])([A-Z]{1,4})[ \u00a0]$")
_SECOND_PART = re.compile(r" [/-] \d[\w-]{0,11}")
_COLUMN_END = re.compile(r"[ \u00a0]*(?:$|[\n\t|]|(?<=[ \u00a0]{2}))")
_LINE_END = re.compile(r"[ \t\u00a0]*(?:$|\n)")
_LABEL_REACH: Final = 48
_MAX_INDENT: Final = 200
_NOT_PREFIX_LIST: Final = (
    "ABN AND AT BIC BLZ BOX BY CHF CODE DATE DVR EAN EUR FAX FOR GBP GLN GTIN HRA HRB IBAN ID IN KDNR KTO LOT NIP NO NR "
    "NUM OF ON PER PLZ PO POS QTY RCS REF RM SKU TCKN TEL THE TIN TO TOTAL TRY USD USt VKN VOM ZIP"
)
_NOT_PREFIX: Final = frozenset(_NOT_PREFIX_LIST.split())
_US_POSTCODE = re.compile(r"\b[A-Z]{2}\.?[ \u00a0]{1,3}$")
_POSTCODE_WITH_PLUS = re.compile(r"\d{5}-\d{4}")
_GLUED_MONEY = re.compile(r"[^\W\d_]{0,3}(?P<figures>\d[\d.,]*[.,]\d\d)[^\W\d_*]{0,3}(?:\*\d{1,4})?")
_OUTWARD = re.compile(r"[A-Z]{1,2}\d[A-Z\d]?")
_INWARD = re.compile(r"[ \u00a0]\d[A-Z]{2}(?!\w)")
_PLACE_AFTER = re.compile(r"[ \u00a0]{1,2}[^\W\d_]{3,}")


def find_identifiers(text: str, decimal: str, taken: Sequence[tuple[int, int]]) -> list[Candidate]:
    """Tokens that hold a figure and are no date, amount, IBAN, phone or address; `taken` spans are left out."""
    found: list[Candidate] = []
    spans = iter(taken)
    blocked = next(spans, None)
    joined_until = 0
    for match in _TOKEN.finditer(text):
        start, end = _trimmed(text, *match.span())
        if start < joined_until or text[start - 1 : start] == "+":
            continue
        while blocked is not None and blocked[1] <= start:
            blocked = next(spans, None)
        if blocked is not None and blocked[0] < end:
            continue
        if end - start > _MAX_CHARS or not any(sign.isdigit() for sign in match[0]):
            continue
        before = text[max(0, text.rfind("\n", max(0, start - _LABEL_REACH), start), start - _LABEL_REACH) : start]
        whole = _labelled_run(text, start, end, before)
        if whole is not None and (blocked is None or blocked[0] >= whole[1]):
            found.append(_identifier(text, *whole))
            joined_until = whole[1]
        elif _is_identifier(text, start, end, before if before.strip() else _label_above(text, start, end) or before, decimal):
            found.extend(_with_prefix(text, start, end, before))
    return found


def _labelled_run(text: str, start: int, end: int, before: str) -> tuple[int, int] | None:
    """The span of a number printed with blanks inside, alone behind its label: "No. RE 2026-11", "No. 2026 / 17"."""
    prefix = _PREFIX.search(before)
    if prefix is not None and (prefix[1] in _NOT_PREFIX or month_number(prefix[1]) or not _LABEL.search(before[: prefix.start()])):
        prefix = None
    second = _SECOND_PART.match(text, end)
    if second is not None and (prefix is None and not _LABEL.search(before)):
        second = None
    last = second.end() if second else end
    if (prefix is None and second is None) or not _COLUMN_END.match(text, last):
        return None
    return start - len(prefix[0]) if prefix else start, last


def _label_above(text: str, start: int, end: int) -> str:
    """The line before that of a token that stands alone on its own, where that line ends like a label: with a colon."""
    opens = text.rfind("\n", max(0, start - _MAX_INDENT), start) + 1
    if not opens or text[opens:start].strip() or not _LINE_END.match(text, end):
        return ""
    reach = max(0, opens - 1 - _MAX_INDENT)
    above = text[max(reach, text.rfind("\n", reach, opens - 1) + 1) : opens - 1].rstrip()
    return above[-_LABEL_REACH:] if above.endswith(":") else ""


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while end > start and not text[end - 1].isalnum():
        end -= 1
    glued = _GLUED_LABEL.match(text, start, end)
    return (glued.end() if glued else start), end


def _is_identifier(text: str, start: int, end: int, before: str, decimal: str) -> bool:
    token = text[start:end]
    digits = sum(sign.isdigit() for sign in token)
    labelled = not before.rstrip(" \t*|")[-1:].isdigit() and bool(_LABEL.search(before))
    if not digits:
        return False
    if labelled and (token.isdigit() or len(token) >= 3):
        return not _is_fraction(token, decimal)
    if len(token) < 4 or _ORDINARY.fullmatch(token) or _is_british_postcode(text, start, end):
        return False
    if _POSTCODE_WITH_PLUS.fullmatch(token) and _US_POSTCODE.search(before):
        return False
    if _money_glued(token, decimal):
        return False
    if token.isdigit():
        return not (_YEAR.fullmatch(token) or _is_postcode(text, start, end, before))
    if token[0].isalpha() and digits * 8 < len(token) and not token.isupper():
        return False
    return not _is_fraction(token, decimal)


def _money_glued(token: str, decimal: str) -> bool:
    """Whether the token is an amount with letters before or after it, such as "RM30.00" or "12.50SR"."""
    glued = _GLUED_MONEY.fullmatch(token)
    return glued is not None and _is_fraction(glued["figures"], decimal)


def _is_fraction(token: str, decimal: str) -> bool:
    """Whether the token is a number with separators, which amounts and numbers cover."""
    if TOKEN.fullmatch(token) is None:
        return False
    numeral = read_numeral(token, decimal)
    return numeral is not None and (numeral.decimals > 0 or numeral.grouped)


def _is_british_postcode(text: str, start: int, end: int) -> bool:
    """Whether the token is the first half of a postcode such as "EC1A 1BB"."""
    return _OUTWARD.fullmatch(text, start, end) is not None and _INWARD.match(text, end) is not None


def _is_postcode(text: str, start: int, end: int, before: str) -> bool:
    if end - start not in {4, 5}:
        return False
    if _US_POSTCODE.search(before):
        return True
    opens_line = not before.strip(" \n\t|*-") or before.endswith("  ") or bool(re.search(r"\b[A-Z]{1,2}[- ]$|, ?$", before))
    return opens_line and bool(_PLACE_AFTER.match(text, end))


def _with_prefix(text: str, start: int, end: int, before: str) -> list[Candidate]:
    """The token, and before it the reading with a capital prefix printed one blank apart ("CS 00031663")."""
    found = []
    match = _PREFIX.search(before)
    if (
        match
        and text[start:end].isdigit()
        and end - start >= 4
        and match[1] not in _NOT_PREFIX
        and not (end - start == 5 and _US_POSTCODE.search(before))
    ):
        first = start - len(match[0])
        found.append(_identifier(text, first, end))
    found.append(_identifier(text, start, end))
    if "/" in text[start:end]:
        found.extend(_parts(text, start, end))
    return found


def _parts(text: str, start: int, end: int) -> list[Candidate]:
    """The parts of a pair such as ISIN/WKN, which are identifiers of their own."""
    parts = [match.span() for match in re.compile(r"[^/]+").finditer(text, start, end)]
    if len(parts) != 2 or not any(ISIN.fullmatch(text, *part) for part in parts):
        return []
    return [_identifier(text, *part) for part in parts]


def _identifier(text: str, start: int, end: int) -> Candidate:
    printed = text[start:end]
    return Candidate(FieldType.IDENTIFIER, start, end, printed, printed, verified=isin_is_valid(printed))


def isin_is_valid(text: str) -> bool:
    """Whether the text is a securities number with a right check digit (ISO 6166)."""
    if not ISIN.fullmatch(text):
        return False
    digits = [int(digit) for sign in text for digit in str(int(sign, 36))]
    doubled = (digit * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits)))
    return sum(sum(divmod(digit, 10)) for digit in doubled) % 10 == 0

"""IBANs, with or without blanks; verified by the country's length and mod 97."""

from __future__ import annotations

import re
from typing import Final

from app.documents.recognizers.candidate import Candidate
from app.domain.task import FieldType

_LENGTH_LIST: Final = (
    "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 FI18 FO18 "
    "FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 "
    "LY25 MC27 MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SC31 SE24 SI19 SK24 SM27 "
    "ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20"
)
_LENGTHS: Final = {entry[:2]: int(entry[2:]) for entry in _LENGTH_LIST.split()}
_HEAD = re.compile(r"(?<![^\W_])(?P<country>[A-Z]{2})[ \u00a0]?(?P<check>\d{2})(?=[ \u00a0]?[A-Z0-9])")
_GROUPS = re.compile(r"[A-Z]{2}\d{2}(?:[ \u00a0](?=[A-Z]*\d)[A-Z0-9]{4}){3,7}(?:[ \u00a0]\d{1,3})?(?![^\W_])")
_GROUP_GAP: Final = " \u00a0"
_LABEL = re.compile(r"\bIBAN\b[^\n]{0,30}$", re.IGNORECASE)


def find_ibans(text: str) -> list[Candidate]:
    found: list[Candidate] = []
    for match in _HEAD.finditer(text):
        if found and match.start() < found[-1].end:
            continue
        candidate = _iban_at(text, match.start(), match["country"])
        if candidate is not None:
            found.append(candidate)
    return found


def iban_is_valid(compact: str) -> bool:
    """ISO 13616: the right length for the country and a remainder of 1."""
    if _LENGTHS.get(compact[:2]) != len(compact) or not compact.isalnum() or not compact.isascii():
        return False
    return int("".join(str(int(sign, 36)) for sign in compact[4:] + compact[:4])) % 97 == 1


def iban_is_complete(compact: str) -> bool:
    """Whether it is as long as its country's are, right or wrong."""
    return _LENGTHS.get(compact[:2]) == len(compact)


def signs_missing(compact: str) -> int:
    """How many letters and digits are missing from the length of its country's."""
    return max(0, _LENGTHS.get(compact[:2], 0) - len(compact))


def _iban_at(text: str, start: int, country: str) -> Candidate | None:
    length = _LENGTHS.get(country)
    labelled = bool(_LABEL.search(text[max(0, start - 40) : start]))
    if length is not None:
        for gaps in (_GROUP_GAP, _GROUP_GAP + "\n"):
            end = _end_of(text, start, length, gaps)
            if end is None or text[end : end + 1].isdigit():
                continue
            compact = _compact(text[start:end])
            verified = iban_is_valid(compact)
            if not verified and text[end : end + 1].isalnum():
                continue
            digits = sum(sign.isdigit() for sign in compact)
            if verified or (gaps == _GROUP_GAP and (labelled or digits >= length - 6)):
                return Candidate(FieldType.IBAN, start, end, text[start:end], compact, None, verified)
    if not labelled:
        # Printed in groups of four as nothing else is: a misprint that a person has to see.
        grouped = _GROUPS.match(text, start) if length is not None else None
        if grouped is None:
            return None
        return Candidate(FieldType.IBAN, start, grouped.end(), grouped[0], _compact(grouped[0]))
    printed = re.compile(r"[A-Z]{2} ?\d{2}(?:[ \u00a0]?[A-Z0-9]{1,4}(?![a-z])){2,9}").match(text, start)
    if printed is None or not 14 <= len(_compact(printed[0])) <= 34 or text[printed.end() : printed.end() + 1].isalnum():
        return None
    return Candidate(FieldType.IBAN, start, printed.end(), printed[0], _compact(printed[0]))


def _end_of(text: str, start: int, length: int, gaps: str) -> int | None:
    """Where `length` letters or digits end, with at most single gaps between them."""
    count = 0
    position = start
    while position < len(text):
        sign = text[position]
        if sign.isascii() and (sign.isdigit() or "A" <= sign <= "Z"):
            count += 1
            position += 1
            if count == length:
                return position
        elif sign in gaps and text[position - 1] not in gaps:
            position += 1
        else:
            return None
    return None


def _compact(printed: str) -> str:
    return "".join(sign for sign in printed if sign.isalnum())

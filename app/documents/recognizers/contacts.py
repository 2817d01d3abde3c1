"""E-mail addresses, web addresses (only to keep other recognizers out of them) and phone numbers."""

from __future__ import annotations

import re
from typing import Final

import phonenumbers
from phonenumbers import PhoneMetadata, PhoneNumberFormat

from app.documents.recognizers.candidate import Candidate
from app.domain.task import FieldType

_EMAIL = re.compile(r"(?<![\w.%+-])[\w][\w.%+'-]{0,63}@(?:[^\W_][\w-]{0,62}\.){1,6}[^\W\d_]{2,24}(?![\w-])")
_WEB = re.compile(r"(?:\b[a-z]{3,6}://|\bwww\.|\burn:|\bdata:)[^\s<>|)]{1,400}")
_PHONE = re.compile(r"[+(0-9](?<![\w+(/#.,-].) ?\(?\d?(?:[ \u00a0]?[ ./()–-]{0,2}[ \u00a0]?\d){6,15}(?!\w|[.,:-]\d|/\d{5})")
_LABEL = re.compile(
    r"(?:tel|tél|phone|telefon|telephone|telephon|fon|fax|faks|telefax|mobile|mobil|cell|handy|gsm|call|ph|hotline|móvil|cep)"
    r"(?:[ .]?(?:no|nr|number|numarası|#))?[^\w+(\n]{0,8}$",
    re.IGNORECASE,
)
_REGION_OF_LANGUAGE: Final = {
    "de": ("DE", "AT", "CH"), "fr": ("FR", "BE", "CH"), "nl": ("NL", "BE"), "es": ("ES", "MX"), "it": ("IT",), "pt": ("PT", "BR"),
    "pl": ("PL",), "tr": ("TR",),
    "sv": ("SE",), "da": ("DK",), "no": ("NO",), "fi": ("FI",), "cs": ("CZ",), "hu": ("HU",), "ro": ("RO",),
}  # fmt: skip
_MAX_PHONES: Final = 300


def warm_up_phones() -> None:
    """Loads the numbering plans that `find_phones` uses; nothing is loaded after it."""
    PhoneMetadata.load_all()


def find_emails(text: str) -> list[Candidate]:
    if "@" not in text:
        return []
    return [
        Candidate(FieldType.EMAIL, *match.span(), match[0], match[0].replace("İ", "i").lower()) for match in _EMAIL.finditer(text)
    ]


def find_web_spans(text: str) -> list[tuple[int, int]]:
    return [match.span() for match in _WEB.finditer(text)]


def find_phones(text: str, language: str) -> list[Candidate]:
    regions = _regions(text, language)
    found = []
    for match in _PHONE.finditer(text):
        printed = _trimmed(match[0])
        start, end = match.start(), match.start() + len(printed)
        labelled = bool(_LABEL.search(text[max(0, start - 24) : start]))
        if not labelled and printed[0] not in "+0(" and not re.fullmatch(r"\d{3}[-.]\d{3}[-.]\d{4}", printed):
            continue
        value, verified = _e164(printed, regions)
        if value and (verified or labelled or printed.startswith("+")):
            found.append(Candidate(FieldType.PHONE, start, end, printed, value, None, verified))
        if len(found) >= _MAX_PHONES:
            break
    return found


def _regions(text: str, language: str) -> tuple[str, ...]:
    if language in _REGION_OF_LANGUAGE:
        regions = _REGION_OF_LANGUAGE[language]
        return tuple(sorted(regions, key=lambda region: -text.count(f"+{phonenumbers.country_code_for_region(region)}")))
    if re.search(r"\bRM\b|\bSDN\b|MALAYSIA|Malaysia", text):
        return ("MY", "SG")
    if re.search(r"£|\bVAT\b|\bUnited Kingdom\b|\bLtd\b", text):
        return ("GB", "IE")
    return ("US", "GB")


def _trimmed(printed: str) -> str:
    if printed.count("(") != printed.count(")"):
        printed = printed.rstrip("(") if printed.endswith("(") else printed
    return printed.rstrip(" .-/–(\u00a0")


def _e164(printed: str, regions: tuple[str, ...]) -> tuple[str | None, bool]:
    digits = "".join(sign for sign in printed if sign.isdigit())
    if not 7 <= len(digits) <= 15:
        return None, False
    international = printed.lstrip("( ").startswith("+")
    for region in regions[:1] if international else regions:
        try:
            number = phonenumbers.parse(printed, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return phonenumbers.format_number(number, PhoneNumberFormat.E164), True
    return (f"+{digits}" if international else digits), False

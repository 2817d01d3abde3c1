"""Tax and VAT numbers; the normal form is letters and figures only. Verified where the country's checksum holds."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from stdnum.au import abn
from stdnum.ch import uid
from stdnum.es import nif as es_nif
from stdnum.eu import vat
from stdnum.fr import siren, siret
from stdnum.gb import vat as gb_vat
from stdnum.in_ import gstin
from stdnum.it import iva
from stdnum.nl import btw
from stdnum.no import mva
from stdnum.pl import nip
from stdnum.pt import nif as pt_nif
from stdnum.tr import tckimlik, vkn

from app.documents.recognizers.candidate import Candidate
from app.domain.task import FieldType

_Check = Callable[[str], bool]
_EU_LIST: Final = "AT BE BG CY CZ DE DK EE EL ES FI FR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK XI"
_EU: Final = _EU_LIST.split()
_SHAPES: Final = {
    "AT": r"U\d{8}", "BE": r"[01]\d{9}", "BG": r"\d{9,10}", "CY": r"\d{8}[A-Z]", "CZ": r"\d{8,10}", "DE": r"\d{9}", "DK": r"\d{8}",
    "EE": r"\d{9}", "EL": r"\d{9}", "ES": r"[A-Z0-9]\d{7}[A-Z0-9]",
    "FI": r"\d{8}", "FR": r"[A-Z0-9]{2}\d{9}", "HR": r"\d{11}", "HU": r"\d{8}",
    "IE": r"\d[A-Z0-9+*]\d{5}[A-Z]{1,2}", "IT": r"\d{11}",
    "LT": r"\d{9}(?:\d{3})?", "LU": r"\d{8}", "LV": r"\d{11}", "MT": r"\d{8}",
    "NL": r"\d{9}B\d{2}", "PL": r"\d{10}", "PT": r"\d{9}", "RO": r"\d{2,10}", "SE": r"\d{10}01", "SI": r"\d{8}", "SK": r"\d{10}",
    "XI": r"\d{9}(?:\d{3})?", "GB": r"\d{9}(?:\d{3})?", "NO": r"\d{9}MVA", "CHE": r"\d{9}(?:MWST|TVA|IVA)?",
}  # fmt: skip
_SHAPE_OF: Final = {country: re.compile(rf"{country}{shape}") for country, shape in _SHAPES.items()}
_PREFIXED = re.compile(
    rf"(?<![^\W_])(?P<country>CHE|{'|'.join(_EU)}|GB|NO)(?P<rest>[-. \u00a0]?[A-Z0-9](?:[-. \u00a0]?[A-Z0-9]){{6,13}})(?![^\W_])"
)
_LABEL = re.compile(
    r"(?:VAT|Id-?Nr|IdNr|Steuer-?ID|V\.A\.T\.|GST|SST|USt|UID|Umsatzsteuer|Steuer|St\.?-?Nr|TVA|BTW|N\.?I\.?F|C\.?I\.?F"
    r"|N\.?I\.?P|P\.?[ ]?IVA|IVA|MwSt|MOMS|ALV|ABN"
    r"|VKN|TCKN|Vergi|T\.?C\.?|TIN|EIN|Tax|TAX|Fiscal|fiscal|SIREN|SIRET|DIČ|CUI|RFC|CNPJ|NIPC|Partita|Finanzamt|KDV|Vat|Gst)"
    r"[^\n\d]{0,40}$"
)
_LABELLED = re.compile(
    r"[A-Z0-9](?<![\w.,/-].)(?:(?<=[A-Z])[A-Z]{0,2}-?\d|(?<=\d))(?:[ \u00a0./-]?[A-Z0-9]){6,14}(?![\w]|[.,/-]\w)"
)
_NO_LABEL = re.compile(r"invoice|total|amount|date|rate|summary|rechnung|fatura|facture|betrag", re.IGNORECASE)
_GERMAN = re.compile(r"(?<![\w.,/-])\d{2,3} ?/ ?\d{3,4} ?/ ?\d{4,5}(?![\w/]|[.,-]\w)")
_GSTIN = re.compile(r"(?<!\w)\d{2}[A-Z]{5}\d{4}[A-Z][0-9A-Z]Z[0-9A-Z](?!\w)")
_EIN = re.compile(r"(?<![\w-])\d{2}-\d{7}(?![\w-])")
_TURKISH = re.compile(r"(?<![\w.,/-])[1-9]\d{9,10}(?![\w]|[.,/-]\w)|(?<![\w.,/-])0\d{9}(?![\w]|[.,/-]\w)")
_DATE_LIKE = re.compile(r"(?:\d{1,2}[./-]\d{1,2}[./-]\d{4}|\d{4}[./-]\d{1,2}[./-]\d{1,2})(?!\d)")
_DECIMAL = re.compile(r"(?<!\S)\d{1,3}(?:[.,]?\d{3})*[.,]\d{2}(?!\S)|\d[.,]\d{1,2} ?[A-Z]{3}(?![A-Z0-9])")
"""An amount with its cents or its currency: no tax number has one inside."""
_NATIONAL_CHECKS: Final[tuple[tuple[str, _Check], ...]] = (
    ("VKN|TCKN|Vergi|VERGİ|T\\.?C", lambda number: bool(vkn.is_valid(number) or tckimlik.is_valid(number))),
    ("NIP", nip.is_valid),
    ("IVA|Partita", iva.is_valid),
    ("N\\.?I\\.?F|C\\.?I\\.?F|NIPC", lambda number: bool(es_nif.is_valid(number) or pt_nif.is_valid(number))),
    ("ABN", abn.is_valid),
    ("SIRE", lambda number: bool(siren.is_valid(number) or siret.is_valid(number))),
    ("BTW", btw.is_valid),
    ("VAT", gb_vat.is_valid),
)
_NATIONAL_CHECK_PATTERNS: Final = tuple((re.compile(pattern), check) for pattern, check in _NATIONAL_CHECKS)


def find_tax_ids(text: str) -> list[Candidate]:
    found: dict[int, Candidate] = {}
    for candidate in (*_prefixed(text), *_by_shape(text), *_labelled(text)):
        known = found.get(candidate.start)
        if known is None or (candidate.verified, candidate.end) > (known.verified, known.end):
            found[candidate.start] = candidate
    kept: list[Candidate] = []
    for start in sorted(found):
        if kept and start < kept[-1].end:
            continue
        kept.append(found[start])
    return kept


def _prefixed(text: str) -> list[Candidate]:
    found = []
    for match in _PREFIXED.finditer(text):
        country = match["country"]
        end = match.end()
        while end > match.start() + 7:
            compact = _compact(text[match.start() : end])
            if _SHAPE_OF[country].fullmatch(compact):
                found.append(_candidate(text, match.start(), end, compact, _prefixed_is_valid(country, compact)))
                break
            end = text.rfind(" ", match.start(), end)
    return found


def _prefixed_is_valid(country: str, compact: str) -> bool:
    if country == "CHE":
        return bool(uid.is_valid(compact[:12]))
    if country == "NO":
        return bool(mva.is_valid(compact))
    if country in {"GB", "XI"}:
        return bool(gb_vat.is_valid(compact[2:]))
    return bool(vat.is_valid(compact))


def _by_shape(text: str) -> list[Candidate]:
    found = [_candidate(text, *match.span(), match[0], bool(gstin.is_valid(match[0]))) for match in _GSTIN.finditer(text)]
    for match in _GERMAN.finditer(text):
        compact = _compact(match[0])
        if 10 <= len(compact) <= 13:
            found.append(_candidate(text, *match.span(), compact, False))
    return found


def _labelled(text: str) -> list[Candidate]:
    found = []
    for pattern in (_LABELLED, _EIN, _TURKISH):
        for match in pattern.finditer(text):
            if _DATE_LIKE.match(match[0]) or _DECIMAL.search(match[0]):
                continue
            label = _LABEL.search(text[max(0, match.start() - 64) : match.start()])
            if label is None or _NO_LABEL.search(label[0]):
                continue
            compact = _compact(match[0])
            if 7 <= len(compact) <= 15:
                found.append(_candidate(text, *match.span(), compact, _national_is_valid(label[0], compact)))
    return found


def _national_is_valid(label: str, compact: str) -> bool:
    return any(pattern.search(label) and check(compact) for pattern, check in _NATIONAL_CHECK_PATTERNS)


def _candidate(text: str, start: int, end: int, compact: str, verified: bool) -> Candidate:
    return Candidate(FieldType.TAX_ID, start, end, text[start:end], compact, None, verified)


def _compact(printed: str) -> str:
    return "".join(sign for sign in printed if sign.isalnum()).upper()


def warm_up_tax_ids() -> None:
    """Loads the country modules that VAT checks would load at first use."""
    for country in _EU:
        vat.is_valid(f"{country}123456789")

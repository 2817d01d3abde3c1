"""National identity numbers by country: a shape, check digits (python-stdnum), and a label where these say too little."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final, NamedTuple

from stdnum import luhn
from stdnum.at import vnr
from stdnum.be import nn
from stdnum.bg import egn
from stdnum.br import cpf
from stdnum.ca import sin
from stdnum.ch import ssn as ch_ssn
from stdnum.cz import rc
from stdnum.de import idnr as de_idnr
from stdnum.dk import cpr
from stdnum.ee import ik
from stdnum.es import dni, nie
from stdnum.fi import hetu
from stdnum.fr import nir
from stdnum.gb import nhs
from stdnum.gr import amka
from stdnum.hr import oib
from stdnum.in_ import aadhaar, pan
from stdnum.it import codicefiscale
from stdnum.kr import rrn
from stdnum.lt import asmens
from stdnum.mx import curp
from stdnum.nl import bsn
from stdnum.no import fodselsnummer
from stdnum.pl import pesel
from stdnum.ro import cnp
from stdnum.se import personnummer
from stdnum.si import emso
from stdnum.tr import tckimlik
from stdnum.us import itin
from stdnum.us import ssn as us_ssn
from stdnum.za import idnr as za_idnr

from app.documents.recognizers import Candidate
from app.documents.recognizers.iban import signs_missing

Span = tuple[int, int]

_LABEL_REACH: Final = 48
_CARD = re.compile(r"(?<![\w.,/-])(?<!\d )(?:\d{4}([ -]?)\d{4}\1\d{4}\1\d{4}|3[47]\d{2}([ -]?)\d{6}\2\d{5})(?![\w/-]|[.,]\d)")
_CARD_ISSUER = re.compile(r"4|5[1-5]|2(?:22[1-9]|2[3-9]|[3-6]|7[01]|720)|3[47]|6011|65|62|9792")
_CARD_LABEL = re.compile(r"card|karte|kart|carte|tarjeta|visa|master|amex|maestro|troy|pan", re.IGNORECASE)
_PASSPORT = re.compile(
    r"(?i:passport|reisepass|passeport|pasaport|pasaporte|passaporto|personalausweis|ausweis-?nr|identity card|id card"
    r"|carte d['’]identité|kimlik kartı|seri no)"
    r"[^\n\d]{0,24}?[:#\s]\s*(?P<number>(?=(?:[A-Z]*\d){3})[A-Z0-9]{6,10})(?!\w)"
)


_GROUPS = re.compile(r"(?<![\w.,/-])(?=[A-Z ]*\d)[A-Z0-9]{1,4}(?:[ \u00a0][A-Z0-9]{1,4})*(?![\w/-]|[.,]\d)")


class _Number(NamedTuple):
    shape: re.Pattern[str]
    is_valid: Callable[[str], bool]
    label: re.Pattern[str] | None = None
    """Must stand shortly before, on the same line or the one above; None where shape and check digits say enough."""


def _number(shape: str, is_valid: Callable[[str], bool], label: str = "") -> _Number:
    return _Number(
        re.compile(rf"(?<![\w.,/-])(?:{shape})(?![\w/-]|[.,]\d)"), is_valid, re.compile(label, re.IGNORECASE) if label else None
    )


_NUMBERS: Final = (
    _number(r"[1-9]\d{10}", tckimlik.is_valid, r"t\.?c\.?|kimlik|tckn|vatandaşlık"),
    _number(r"\d{3}-\d{2}-\d{4}", us_ssn.is_valid),
    _number(r"9\d{2}-\d{2}-\d{4}", itin.is_valid),
    _number(r"\d{3}[ -]\d{3}[ -]\d{3}", sin.is_valid, r"\bSIN\b|social insurance|assurance sociale"),
    _number(r"\d{2} ?\d{3} ?\d{3} ?\d{3}", de_idnr.is_valid, r"id-?nr|steuer-?id|identifikationsnummer"),
    _number(r"[12] ?\d{2} ?[0-2]\d ?(?:\d{2}|2[AB]) ?\d{3} ?\d{3} ?\d{2}", nir.is_valid),
    _number(r"\d{8}[- ]?[A-Z]", dni.is_valid, r"\bD\.?N\.?I|\bN\.?I\.?F"),
    _number(r"[XYZ]-?\d{7}-?[A-Z]", nie.is_valid),
    _number(r"[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z]", codicefiscale.is_valid),
    _number(r"\d{11}", pesel.is_valid, "pesel"),
    _number(r"\d{9}", bsn.is_valid, r"\bBSN\b|burgerservice|sofi"),
    _number(r"\d{2}\.\d{2}\.\d{2}-\d{3}\.\d{2}", nn.is_valid),
    _number(r"(?:\d{2})?\d{6}[-+]\d{4}", personnummer.is_valid, r"person(?:al|nummer)|\bpnr|personnr"),
    _number(r"\d{6}[-+A-FU-Y]\d{3}[0-9A-Y]", hetu.is_valid),
    _number(r"\d{6}-?\d{4}", cpr.is_valid, r"\bcpr"),
    _number(r"\d{6} ?\d{5}", fodselsnummer.is_valid, r"fødsels|personnummer"),
    _number(r"\d{6}/\d{3,4}", rc.is_valid, r"rodn|r\.? ?č"),
    _number(r"\d{3}[ -]?\d{3}[ -]?\d{4}", nhs.is_valid, r"\bNHS\b"),
    _number(r"(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]", lambda _: True),
    _number(r"\d{3}\.\d{3}\.\d{3}-\d{2}", cpf.is_valid),
    _number(r"[A-Z]{4}\d{6}[HM][A-Z]{5}[0-9A-Z]\d", curp.is_valid),
    _number(r"\d{4} ?\d{4} ?\d{4}", aadhaar.is_valid, "aadhaar|aadhar|uidai"),
    _number(r"[A-Z]{3}[PCHATBLJFG][A-Z]\d{4}[A-Z]", pan.is_valid, r"\bPAN\b|permanent account"),
    _number(r"756\.\d{4}\.\d{4}\.\d{2}", ch_ssn.is_valid),
    _number(r"\d{4} ?\d{6}", vnr.is_valid, r"\bSV|sozialversicherung|versicherungsnummer"),
    _number(r"\d{6}-[1-8]\d{6}", rrn.is_valid),
    _number(r"\d{13}", za_idnr.is_valid, r"\bID\b|identity"),
    _number(r"[1-9]\d{12}", cnp.is_valid, r"\bCNP\b"),
    _number(r"\d{10}", egn.is_valid, r"\bEGN\b|ЕГН"),
    _number(r"\d{11}", amka.is_valid, "amka|αμκα"),
    _number(r"\d{11}", oib.is_valid, r"\bOIB\b"),
    _number(r"[3-6]\d{10}", asmens.is_valid, "asmens"),
    _number(r"[1-8]\d{10}", ik.is_valid, "isikukood"),
    _number(r"\d{13}", emso.is_valid, "emšo|jmbg"),
    _number(r"\d{6}-\d{2}-\d{4}", lambda _: True, r"\bI\.?C\.?|nric|mykad|kad pengenalan"),
)


def find_national_ids(text: str) -> Iterator[Span]:
    """Numbers of persons. Two kinds may find the same place."""
    for kind in _NUMBERS:
        for match in kind.shape.finditer(text):
            if (kind.label is None or kind.label.search(_before(text, match.start()))) and kind.is_valid(match[0]):
                yield match.span()
    yield from (match.span("number") for match in _PASSPORT.finditer(text))


def find_cards(text: str) -> Iterator[Span]:
    """Payment cards: an issuer's first digits, a right last one, and groups of four or a word that announces a card."""
    for match in _CARD.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        is_announced = not match[0].isdigit() or _CARD_LABEL.search(_before(text, match.start()))
        if is_announced and _CARD_ISSUER.match(digits) and luhn.is_valid(digits):
            yield match.span()


def find_rests(text: str, ibans: Iterable[Candidate]) -> Iterator[Span]:
    """What an IBAN that breaks off has on the next line: as many letters and digits as it lacks."""
    for iban in ibans:
        missing = signs_missing(iban.value)
        line_end = text.find("\n", iban.end)
        if not missing or line_end < 0 or text[iban.end : line_end].strip():
            continue
        for match in _GROUPS.finditer(text, line_end + 1, _line_end(text, line_end + 1)):
            if sum(sign.isalnum() for sign in match[0]) == missing:
                yield match.span()


def warm_up_ids() -> None:
    """Runs every check once, so that nothing is loaded afterwards."""
    for kind in _NUMBERS:
        for sample in ("10000000146", "219-09-9999", "00000000T", "RSSMRA85T10A562S", "850101-2384"):
            kind.is_valid(sample)


def _line_end(text: str, start: int) -> int:
    end = text.find("\n", start)
    return len(text) if end < 0 else end


def _before(text: str, start: int) -> str:
    """What stands before a number: the line up to it and the end of the line above."""
    return text[max(0, start - _LABEL_REACH) : start]

"""Numbers of persons, by a label alone, or by a country's shape and check digits, and a label where these say too little."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

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

from app.tasks.privacy.labelled import Fences, Span, find_labelled, label_pattern

_LABEL_REACH: Final = 48
_LABELS = label_pattern(
    # Social security
    r"social (?:security|insurance)|national insurance|medicare|member id|(?:sozial|renten)versicherungs?(?:nummer|-?nr)?"
    r"|(?:sv|rv)-?(?:nummer|nr)|(?:kranken)?versicherten-?(?:nummer|nr)|versicherungs-?(?:nummer|nr)"
    r"|securite sociale|seguridad social|medical record|patient (?:id|n)"
    # Identity cards, passports, licences
    r"|passport|reisepass|passeport|pasaport|passaporto|paspoort|(?:personal)?ausweis-?(?:nummer|nr)?|identity (?:card|n)|id card"
    r"|national id|(?<!invoice )(?<!order )id n|carte (?:d'identite|vitale)|carta d'identita|kimlik|cuzdan|driv(?:er'?s?|ing)"
    r" licen[cs]e|fuhrerschein(?:nummer|nr)?|permis de conduire|ehliyet|surucu belgesi|carnet de conducir|rijbewijs"
    # Numbers of persons
    r"|t\.?c\.?(?= ?(?:no|:))|steuer-?id(?:nr)?|identifikationsnummer|burgerservicenummer|personnummer|henkilotunnus"
    r"|fodselsnummer|rodne cislo|asmens kodas|isikukood|codice fiscale"
    r"|(?:ssn|itin|nino|pps|nhs|mrn|ahv|avs|sgk|rvnr|tckn|bsn|cpr|pesel|aadhaa?r|cnp|egn|amka|oib|emso|jmbg|nric|mykad"
    r"|cpf|curp)(?![a-z])|(?:ni|sin)(?= n|:)"
)
_PASSPORT = re.compile(
    r"(?:passport|reisepass|passeport|pasaport|passaporto|(?:personal)?ausweis|identity card|id card|carte d'identite|kimlik)"
    r"[^\n\d]{0,24}?[ :#](?P<number>(?=(?:[a-z]*[0-9]){3})[a-z0-9]{6,10})(?!\w)"
)
"""Their numbers may begin with letters, and hold few figures."""
_BARE_LABELS = label_pattern("(?:dni|nie|pan)(?![a-z])")
"""Words of everyday use in other languages."""
_MACHINE_READABLE = re.compile(r"(?<![A-Z0-9<])[A-Z0-9<]{28,46}(?![A-Z0-9<])")
"""Lines at the foot of passports and identity cards."""


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


def find_national_ids(text: str, folded: str, fences: Fences) -> Iterator[Span]:
    """Numbers of persons. Two kinds may find the same place."""
    for kind in _NUMBERS:
        for match in kind.shape.finditer(text):
            if (
                kind.label is None or kind.label.search(text, max(0, match.start() - _LABEL_REACH), match.start())
            ) and kind.is_valid(match[0]):
                yield match.span()
    yield from find_labelled(text, folded, _LABELS, fences)
    yield from find_labelled(text, folded, _BARE_LABELS, fences, bare=True)
    yield from (match.span("number") for match in _PASSPORT.finditer(folded))
    yield from (match.span() for match in _MACHINE_READABLE.finditer(text) if "<" in match[0])


def warm_up_ids() -> None:
    """Runs every check once, so that nothing is loaded afterwards."""
    for kind in _NUMBERS:
        for sample in ("10000000146", "219-09-9999", "00000000T", "RSSMRA85T10A562S", "850101-2384"):
            kind.is_valid(sample)

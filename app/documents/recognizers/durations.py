"""Lengths of time such as "three (3) years"; the normal form is ISO 8601 (P3Y)."""

from __future__ import annotations

import re
from typing import Final

from app.documents.recognizers.candidate import Candidate
from app.documents.recognizers.number_words import ORDINALS, TENS, cardinal
from app.domain.task import FieldType

_UNITS: Final = {
    unit: code
    for code, words in {
        "Y": "year years yr yrs jahr jahre jahren jahres an ans année années año años anno anni jaar jaren ano anos rok"
        " lata lat roku yıl yıllık yil",
        "M": "month months mo mos monat monate monaten monats mois mes meses mese mesi maand maanden mês miesiąc miesiące"
        " miesięcy ay aylık",
        "W": "week weeks wk wks woche wochen semaine semaines semana semanas settimana settimane weken tydzień tygodnie"
        " tygodni hafta haftalık",
        "D": "day days tag tage tagen jour jours día días dia dias giorno giorni dag dagen dzień dni gün günlük",
        "TH": "hour hours hr hrs stunde stunden heure heures hora horas ora ore uur godzina godziny godzin saat saatlik",
        "TM": "minute minutes min mins minuten minuto minutos minuti minuut minuta minuty minut dakika",
    }.items()
    for unit in words.split()
}
_WORD = re.compile(r"[^\W\d_]+")
_QUANTITY = re.compile(
    r"(?<![^\W_])(?<![\d.,/:-])(?:(?P<words>[^\W\d_]{1,12}(?:[ -](?:one|two|three|four|five|six|seven|eight|nine))?)"
    r"(?:\s{1,3}\((?P<bracket>\d{1,4})\))?"
    r"|(?P<figures>\d{1,4})(?:[.,](?P<tenths>\d{1,2}))?(?P<half> 1/2|½)?(?:\s?\([^\W\d_]{2,16}\))?)"
    r"(?:\s{1,40}|-)(?:(?:calendar|business|working|full|consecutive|additional)\s{1,3})?$",
    re.IGNORECASE,
)
_ORDINAL = re.compile(
    r"(?<![^\W_])(?:(?P<words>first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)(?:\s{1,3}\((?:\d{1,2}(?:st|nd|rd|th))\))?"
    r"|(?P<figures>\d{1,2})(?:st|nd|rd|th))\s{1,40}$",
    re.IGNORECASE,
)
_LOOK_BACK: Final = 72


def find_durations(text: str) -> list[Candidate]:
    found: list[Candidate] = []
    for match in _WORD.finditer(text):
        word = match[0].lower()
        code = _UNITS.get(word)
        if code is None and word != "anniversary":
            continue
        before = text[max(0, match.start() - _LOOK_BACK) : match.start()]
        reading = _anniversary(before) if code is None else _length(before, code)
        if reading is None:
            continue
        start = match.start() - reading[0]
        if found and start < found[-1].end:
            continue
        found.append(Candidate(FieldType.DURATION, start, match.end(), text[start : match.end()], reading[1]))
    return found


def _length(before: str, code: str) -> tuple[int, str] | None:
    """How many characters before the unit belong to the quantity, and the ISO form."""
    quantity = _QUANTITY.search(before)
    if quantity is None:
        return None
    if quantity["words"]:
        words = quantity["words"].lower()
        first = re.split(r"[ -]", words)[0]
        last = re.split(r"[ -]", words)[-1]
        used = quantity["words"] if first in TENS else quantity["words"][-len(last) :]
        number = cardinal(used)
        if number is None and not quantity["bracket"]:
            return None
        if number is None:
            return len(quantity[0]) - (quantity.start("bracket") - quantity.start()), _iso(str(int(quantity["bracket"])), code)
        skipped = len(quantity["words"]) - len(used)
        amount = str(int(quantity["bracket"])) if quantity["bracket"] else str(number)
        return (len(quantity[0]) - skipped, _iso(amount, code)) if int(amount) else None
    tenths = "5" if quantity["half"] else quantity["tenths"]
    return len(quantity[0]), _iso(f"{int(quantity['figures'])}" + (f".{tenths}" if tenths else ""), code)


def _anniversary(before: str) -> tuple[int, str] | None:
    ordinal = _ORDINAL.search(before)
    if ordinal is None:
        return None
    years = ORDINALS[ordinal["words"].lower()] if ordinal["words"] else int(ordinal["figures"])
    return len(ordinal[0]), f"P{years}Y"


def _iso(amount: str, code: str) -> str:
    return f"PT{amount}{code[1]}" if code.startswith("T") else f"P{amount}{code}"

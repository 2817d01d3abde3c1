"""Lengths of time such as "three (3) years"; the normal form is ISO 8601 (P3Y)."""

from __future__ import annotations

import re
from typing import Final

from app.documents.recognizers.candidate import Candidate
from app.domain.task import FieldType

_ENGLISH: Final = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
)
_TENS: Final = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_OTHER: Final = (
    "a an ein eine eines einem einer une uno una een jeden bir|zwei deux dos due twee dois duas dwa iki|drei trois tres tre drie três trzy üç"
    "|vier quatre cuatro quattro quatro cztery dört|fünf cinq cinco cinque vijf pięć beş|sechs six seis sei zes sześć altı"
    "|sieben sept siete sette zeven sete siedem yedi|acht huit ocho otto oito osiem sekiz|neun neuf nueve nove negen dziewięć dokuz"
    "|zehn dix diez dieci tien dez dziesięć on|elf onze once undici jedenaście|zwölf douze doce dodici twaalf doze dwanaście"
)
_NUMBERS: Final = (
    {word: number for number, word in enumerate(_ENGLISH, start=1)}
    | _TENS
    | {word: number for number, words in enumerate(_OTHER.split("|"), start=1) for word in words.split()}
    | {"hundred": 100}
)
_UNITS: Final = {
    unit: code
    for code, words in {
        "Y": "year years yr yrs jahr jahre jahren jahres an ans année années año años anno anni jaar jaren ano anos rok lata lat roku yıl yıllık yil",
        "M": "month months mo mos monat monate monaten monats mois mes meses mese mesi maand maanden mês miesiąc miesiące miesięcy ay aylık",
        "W": "week weeks wk wks woche wochen semaine semaines semana semanas settimana settimane weken tydzień tygodnie tygodni hafta haftalık",
        "D": "day days tag tage tagen jour jours día días dia dias giorno giorni dag dagen dzień dni gün günlük",
        "TH": "hour hours hr hrs stunde stunden heure heures hora horas ora ore uur godzina godziny godzin saat saatlik",
        "TM": "minute minutes min mins minuten minuto minutos minuti minuut minuta minuty minut dakika",
    }.items()
    for unit in words.split()
}
_DURATION = re.compile(
    r"(?<![^\W_])(?<![\d.,/:-])(?:(?P<words>[^\W\d_]{1,12}(?:[ -](?:one|two|three|four|five|six|seven|eight|nine))?)"
    r"(?:[ \n]{1,3}\((?P<bracket>\d{1,4})\))?|(?P<figures>\d{1,4})(?:[.,](?P<tenths>\d{1,2}))?(?P<half> 1/2|½)?(?:[ \n]?\([^\W\d_]{2,16}\))?)"
    r"(?:[ \n\u00a0]{1,8}|-)(?:[Cc]alendar |[Bb]usiness |[Ww]orking |[Ff]ull |[Cc]onsecutive )?(?P<unit>[^\W\d_]{2,9})(?!\w)"
)


def find_durations(text: str) -> list[Candidate]:
    found: list[Candidate] = []
    position = 0
    while match := _DURATION.search(text, position):
        code = _UNITS.get(match["unit"].lower())
        amount = _amount(match) if code else None
        if code and amount:
            found.append(Candidate(FieldType.DURATION, *match.span(), match[0], _iso(amount, code)))
            position = match.end()
        else:
            position = max(match.start("unit"), match.start() + 1)
    return found


def _amount(match: re.Match[str]) -> str | None:
    if match["figures"]:
        tenths = "5" if match["half"] else match["tenths"]
        return f"{int(match['figures'])}" + (f".{tenths}" if tenths else "")
    if match["bracket"]:
        return str(int(match["bracket"]))
    total = 0
    for word in re.split(r"[ -]", match["words"].lower()):
        number = _NUMBERS.get(word)
        if number is None:
            return None
        total += number
    return str(total)


def _iso(amount: str, code: str) -> str:
    return f"PT{amount}{code[1]}" if code.startswith("T") else f"P{amount}{code}"

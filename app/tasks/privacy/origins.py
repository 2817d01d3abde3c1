"""Birth dates and addresses, told by their own words and those around them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from app.documents.recognizers import Candidate
from app.domain.privacy import SensitiveKind
from app.tasks.privacy.name_labels import NO_NAME, ON_FORMS
from app.tasks.privacy.names import FULL_NAME, REST, UPPER, WORD, Found
from app.tasks.text.folding import tokens_of

_BORN = re.compile(
    r"(?:date of birth|birth ?date|d\.?o\.?b\.?|born(?: on)?|geburtsdatum|geboren(?: am)?|geb\.(?: am)?|date de naissance"
    r"|née?(?:\(e\))? le"
    r"|doğum tarihi|fecha de nacimiento|nacid[oa] el|data di nascita|nat[oa] il|geboortedatum|data urodzenia|data de nascimento)"
    r"[\s:：|.\-]{0,12}$",
    re.IGNORECASE,
)
_CAPITALS: Final = rf"(?:[{UPPER}][\w.'’-]{{0,40}}[ ]){{1,4}}"
_NUMBER: Final = r"\d{1,4}(?:[ ]?[a-z](?!\w)|/\d{1,4})?(?!\w)"
_STREETS: Final = (
    rf"[{UPPER}][^\W\d_.-]{{2,30}}(?:straße|strasse|str\.|weg|platz|allee|gasse|ring|damm|ufer)[ ]{_NUMBER}",
    rf"\d{{1,5}}[ ]{_CAPITALS}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Boulevard|Blvd|Court|Ct|Way|Square)\b\.?",
    rf"\d{{1,4}}(?:[ ]?bis)?,?[ ](?i:rue|avenue|boulevard|place|chemin|impasse|allée|quai)[ ](?:[\w'’.-]{{1,40}}[ ]){{0,4}}{WORD}",
    rf"{_CAPITALS}(?:Mah(?:allesi|\.)?|Cad(?:desi|\.)?|Sok(?:ak|ağı|\.)?|Bulvarı|Blv\.?)(?!\w)[^\n]{{0,60}}?No[ :.]*{_NUMBER}",
    rf"(?i:via|viale|piazza|calle|plaza|avenida|rua)[ ](?:[\w'’.-]{{1,40}}[ ]){{0,3}}{WORD},?[ ]{_NUMBER}",
)
_STREET = re.compile("|".join(rf"(?<!\w)(?:{street})" for street in _STREETS))
_PLACE = re.compile(
    rf"[ \t]{{0,40}}(?:,[ \t]{{0,8}})?(?:\r?\n[ \t]{{0,80}})?(?P<place>(?:[A-Z]{{1,2}}-)?[0-9]{{4,5}}[ ]{WORD}"
    rf"(?:(?:[ -]{WORD}){{1,3}}{REST})?|{WORD}(?:[ ]{WORD}){{0,3}},?[ ][A-Z]{{2}}[ ][0-9]{{5}}(?:-[0-9]{{4}})?)(?!\w)"
)
_NAME_LINE = re.compile(rf"[ \t]*(?P<name>{FULL_NAME})[ \t,]*\r?\n")
_LINE_CHARS: Final = 120
_BIRTH_REACH: Final = 40


def find_addresses(text: str) -> Iterator[Found]:
    """Streets, with the place on the line below and whoever is named on the line above."""
    for street in _STREET.finditer(text):
        yield (*street.span(), SensitiveKind.ADDRESS)
        if place := _PLACE.match(text, street.end()):
            yield (*place.span("place"), SensitiveKind.ADDRESS)
        line_start = text.rfind("\n", 0, street.start()) + 1
        above = text.rfind("\n", 0, max(0, line_start - 1)) + 1
        if line_start - above <= _LINE_CHARS and not text[line_start : street.start()].strip():
            name = _NAME_LINE.match(text, above, line_start)
            words = [token.text for token in tokens_of(name["name"])] if name is not None else []
            if name is not None and NO_NAME.isdisjoint(words) and not ON_FORMS.issuperset(words):
                yield (*name.span("name"), SensitiveKind.NAME)


def find_birth_dates(text: str, dates: Iterable[Candidate]) -> Iterator[Found]:
    """Dates right after words that announce a birth."""
    for date in dates:
        if _BORN.search(text[max(0, date.start - _BIRTH_REACH) : date.start]):
            yield date.start, date.end, SensitiveKind.BIRTH_DATE

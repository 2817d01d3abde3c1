"""Names of persons, birth dates and addresses, told by the words around them. What nothing announces is not found."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from app.documents.recognizers import Candidate
from app.domain.privacy import SensitiveKind

Found = tuple[int, int, SensitiveKind]

_UPPER: Final = "A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĖĘĚĞĢĪĮİĶĹĻĽŁŃŅŇŐŒŔŘŚŞŠŢŤŪŮŰŲŹŻŽ"
_WORD: Final = rf"[{_UPPER}](?:[^\W\d_]|['’-](?=[^\W\d_])){{1,40}}"
_PARTICLE: Final = r"(?:(?:van|von|der|den|de|du|da|di|del|la|le|el|al|bin|zu|ter)[ ]){0,2}"
_INITIAL: Final = rf"[{_UPPER}]\."
_NAME: Final = rf"(?:{_WORD}|{_INITIAL})(?:[ ]{_PARTICLE}(?:{_WORD}|{_INITIAL})){{0,3}}"
_FULL_NAME: Final = rf"(?:{_WORD}|{_INITIAL})(?:[ ]{_PARTICLE}(?:{_WORD}|{_INITIAL})){{1,3}}"
_TITLE: Final = (
    r"Mr|Mrs|Ms|Miss|Dr|Prof|Herrn?|Frau|Hr\.|Fr\.|Mme|Mlle|Madame|Sayın|Sn|Av\.|Doç|Sra?|Señora?|Sig(?:ra)?|Dott|Dhr|Mevr"
)
_TITLED = re.compile(
    rf"(?<!\w)(?:{_TITLE})\.?[ ](?:(?:Dr|Prof|med|Dipl|Ing|Doç|Öğr)\b[.-]*(?:[ ]|-?Ing\.?[ ])?){{0,3}}(?P<name>{_NAME})(?!\w)"
)
_LABEL: Final = (
    r"(?:full |first |last |sur|given |family |patient(?:'s)? |employee(?:'s)? |customer |client |contact |account holder )?name"
    r"|patient(?:in)?|employee|applicant|attn|attention|contact(?: person)?|prepared by|signed by|cashier|driver|tenant|landlord"
    r"|insured"
    r"|ansprechpartner(?:in)?|sachbearbeiter(?:in)?|bearbeiter(?:in)?|vor- und nachname|nachname|vorname|kontoinhaber(?:in)?"
    r"|geschäftsführer(?:in)?|mitarbeiter(?:in)?|versicherte[rn]?|mieter(?:in)?|unterzeichner"
    r"|nom(?: et prénom)?|prénom|interlocuteur|titulaire(?: du compte)?|salarié|assuré|gérant"
    r"|ad[ıi] soyad[ıi]|ad soyad|adı|soyadı|yetkili|hasta adı|düzenleyen|imzalayan|hesap sahibi"
    r"|nombre|apellidos?|titular|nome|cognome|intestatario|naam|contactpersoon"
)
_LABELLED = re.compile(rf"(?<!\w)(?i:{_LABEL})[ ]?[:：][ \t]*(?P<name>{_NAME})(?![\w@])")
_MAILBOX = re.compile(rf"(?<![\w'’-])(?P<name>{_FULL_NAME})[\"']?[ ]*[<(\[][^\s<>@]{{1,64}}@[^\s<>]{{3,}}[>)\]]")
_DEAR = re.compile(
    rf"(?:^|\n)[ \t]*(?:Dear|Hi|Hello|Hallo|Liebe[r]?|Bonjour|Cher|Chère|Merhaba|Sevgili)[ ](?P<name>{_NAME})[ ]*[,!:]"
)
_NO_NAME_LIST: Final = (
    "company gmbh ltd inc ag customer sir madam team all bank invoice customers colleagues cashier manager president chief officer"
    " accounts payable receivable department payee name datum date belegnummer seite kunde herr frau dr user"
)
_NO_NAME: Final = frozenset(_NO_NAME_LIST.split())
_BORN = re.compile(
    r"(?:date of birth|birth ?date|d\.?o\.?b\.?|born(?: on)?|geburtsdatum|geboren(?: am)?|geb\.(?: am)?|date de naissance"
    r"|née?(?:\(e\))? le"
    r"|doğum tarihi|fecha de nacimiento|nacid[oa] el|data di nascita|nat[oa] il|geboortedatum|data urodzenia|data de nascimento)"
    r"[\s:：.\-]{0,12}$",
    re.IGNORECASE,
)
_CAPITALS: Final = rf"(?:[{_UPPER}][\w.'’-]*[ ]){{1,4}}"
_NUMBER: Final = r"\d{1,4}(?:[ ]?[a-z](?!\w)|/\d{1,4})?(?!\w)"
_STREETS: Final = (
    rf"[{_UPPER}][^\W\d_.-]{{2,30}}(?:straße|strasse|str\.|weg|platz|allee|gasse|ring|damm|ufer)[ ]{_NUMBER}",
    rf"\d{{1,5}}[ ]{_CAPITALS}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Boulevard|Blvd|Court|Ct|Way|Square)\b\.?",
    rf"\d{{1,4}}(?:[ ]?bis)?,?[ ](?i:rue|avenue|boulevard|place|chemin|impasse|allée|quai)[ ](?:[\w'’.-]+[ ]){{0,4}}{_WORD}",
    rf"{_CAPITALS}(?:Mah(?:allesi|\.)?|Cad(?:desi|\.)?|Sok(?:ak|ağı|\.)?|Bulvarı|Blv\.?)(?!\w)[^\n]{{0,60}}?No[ :.]*{_NUMBER}",
    rf"(?i:via|viale|piazza|calle|plaza|avenida|rua)[ ](?:[\w'’.-]+[ ]){{0,3}}{_WORD},?[ ]{_NUMBER}",
)
_STREET = re.compile("|".join(rf"(?<!\w)(?:{street})" for street in _STREETS))
_BIRTH_REACH: Final = 40


def find_persons(text: str) -> Iterator[Found]:
    """Names after a title, a label or a greeting, and before an e-mail address in brackets."""
    for pattern in (_TITLED, _LABELLED, _MAILBOX, _DEAR):
        for match in pattern.finditer(text):
            words = match["name"].lower().split()
            if not _NO_NAME.intersection(words):
                yield (*match.span("name"), SensitiveKind.NAME)


def find_streets(text: str) -> Iterator[Found]:
    yield from ((*match.span(), SensitiveKind.ADDRESS) for match in _STREET.finditer(text))


def find_birth_dates(text: str, dates: Iterable[Candidate]) -> Iterator[Found]:
    """Dates right after words that announce a birth."""
    for date in dates:
        if _BORN.search(text[max(0, date.start - _BIRTH_REACH) : date.start]):
            yield date.start, date.end, SensitiveKind.BIRTH_DATE

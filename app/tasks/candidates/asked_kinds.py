"""What the name of a person and of a place look like, for fields that ask for one, and where places stand in running text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from app.domain.task import TaskField
from app.tasks.lines.notions import PERSON, PLACE, asks_for
from app.tasks.text.folding import fold, tokens_of
from app.tasks.text.vocabulary import LEGAL_FORM

Features = dict[str, float]

_UPPER: Final = "A-ZÀ-ÖØ-ÞĀĆČĎĐĒĘĚĞĪİŁŃŇŐŒŘŚŞŠŢŤŪŮŰŹŻŽ"
_TITLE = re.compile(
    r"(?:(?:mr|mrs|ms|miss|dr|prof|professor|sir|dame|judge|rev|herr|frau|mme|mlle|m|sig|dott|sra?|doc|av|sayin|bay|bayan)\.?\s+)+"
)
_NAME_WORD: Final = rf"(?:[{_UPPER}][^\W\d_]*(?:['’-][^\W\d_]+)*\.?|[\"“'][^\W\d_]+[\"”'])"
_PARTICLE: Final = r"(?:(?:van|von|der|den|de|du|da|di|del|la|le|el|al|bin|zu|ter)\s+){0,2}"
_PERSON = re.compile(rf"{_NAME_WORD}(?:\s+{_PARTICLE}{_NAME_WORD}){{1,3}}")
_MONTHS: Final = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|Mär|Mai|Okt|Dez"
_NO_DATE: Final = rf"(?!(?:{_MONTHS})[^\W\d_]*\.?\s+\d)"
_PERSON_IN_TEXT = re.compile(
    r"(?<![\w&.'’-])(?:(?:Mr|Mrs|Ms|Dr|Prof|Professor|Sir|Judge|Herrn?|Frau|Mme|M|Sig|Dott|Sra?|Doç|Av|Sayın)\.?\s+){0,2}"
    rf"{_NO_DATE}{_NAME_WORD}(?:[ \t]{_PARTICLE}{_NO_DATE}{_NAME_WORD}){{1,3}}(?![\w&])"
)
_TITLED = re.compile(rf"{_NAME_WORD}(?:\s+{_PARTICLE}{_NAME_WORD}){{0,3}}")
_GROUP_WORDS_LIST: Final = (
    "university college school institute department dept laboratory lab faculty center centre society association seminar"
    " colloquium workshop conference lecture series talk meeting symposium course class session committee council ministry"
    " office agency bureau team group universitat hochschule institut fakultat verein amt universite ecole ministere"
    " universita scuola universidad escuela universiteit uniwersytet universitesi fakultesi bolumu dernegi bakanligi news"
    " blog home about contact login menu search share recipe recipes privacy terms cookies subscribe newsletter reply"
    " comments comment dear all"
)
_GROUP_WORDS: Final = frozenset(_GROUP_WORDS_LIST.split())
_LITTLE_WORDS: Final = frozenset(["the", "of", "and", "for", "in", "to", "on", "with", "und", "et", "ve"])
_PLACE_WORDS_LIST: Final = (
    "room rm hall auditorium building bldg floor lab laboratory theater theatre center centre campus library street avenue"
    " hotel stadium lounge gallery museum park suite wing church arena ballroom cafe restaurant raum saal horsaal halle"
    " gebaude stock haus strasse platz salle batiment etage amphi amphitheatre rue sala aula edificio piano via piso planta"
    " calle zaal lokaal gebouw straat budynek pokoj ulica salon salonu oda kat bina binasi derslik sokak cadde merkezi"
)
_PLACE_WORDS: Final = frozenset(_PLACE_WORDS_LIST.split())
_BEFORE_PLACE: Final = r"(?:in|at|near|im|am|bei|beim|auf|à|au|aux|dans|chez|en|nel|nella|presso|w|we|te|op|på|i)"
_PREPOSITION = re.compile(rf"(?<!\w){_BEFORE_PLACE}\s+(?:(?:the|der|dem|den|la|le|el|het|de)\s+)?$", re.IGNORECASE)
_SMALL: Final = "|".join(sorted(_PLACE_WORDS | {"conference", "lecture", "main", "student"}, key=len, reverse=True))
_NUMBER: Final = r"\d(?!\d?(?:[:.]\d\d)?\s?[AaPp]\.?[Mm])[\w-]{0,6}"
_PART: Final = rf"(?:[{_UPPER}][\w'’&-]{{0,3}}\.(?=[ ]\w)|[{_UPPER}][\w'’&-]*|{_NUMBER}|(?i:{_SMALL})\b)"
_PLACE_NAME = re.compile(
    rf"(?<!\w){_BEFORE_PLACE}\s+(?:(?:the|der|dem|la|le|el|het|de)\s+)?"
    rf"(?P<place>{_PART}(?:,?[ \t]*+\n?[ \t]*+(?<=[\s,])(?:(?:of|in|at|on)\s+)?(?:the\s+)?{_PART}|\s\([^()\n]{{1,20}}\))*)"
)
_LEAST_CHARS: Final = 3


def kind_features(field: TaskField, text: str, before: str) -> Features:
    """How far words look like what the field asks for; nothing where it asks for neither a person nor a place."""
    if asks_for(field, PERSON):
        return _person_features(text)
    return _place_features(text, before) if asks_for(field, PLACE) else {}


def _person_features(text: str) -> Features:
    folded = fold(text)
    title = _TITLE.match(folded)
    name = " ".join(text[title.end() if title else 0 :].split())
    words = {token.text for token in tokens_of(text)}
    is_group = not words.isdisjoint(_GROUP_WORDS) or bool(LEGAL_FORM.search(folded))
    is_name = not is_group and words.isdisjoint(_LITTLE_WORDS) and bool((_TITLED if title else _PERSON).fullmatch(name))
    return {
        "person_like": float(is_name),
        "person_titled": float(is_name and bool(title)),
        "person_group": float(is_group),
        "person_capitals": float(name.isupper() and len(name) > _LEAST_CHARS),
    }


def _place_features(text: str, before: str) -> Features:
    words = {token.text for token in tokens_of(text)}
    has_word = not words.isdisjoint(_PLACE_WORDS)
    has_number = any(sign.isdigit() for sign in text)
    return {
        "place_word": float(has_word),
        "place_number": float(has_number and any(sign.isalpha() for sign in text)),
        "place_after": float(bool(_PREPOSITION.search(before))),
    }


def persons_in(text: str) -> Iterator[tuple[int, int]]:
    """Words that are written like the name of a person, with a title before them."""
    for match in _PERSON_IN_TEXT.finditer(text):
        if {token.text for token in tokens_of(match[0])}.isdisjoint(_GROUP_WORDS):
            yield match.span()


def places_in(text: str) -> Iterator[tuple[int, int]]:
    """What follows a preposition and is written like the name of a place: "in" Room 12, Old Library."""
    for match in _PLACE_NAME.finditer(text):
        words = {token.text for token in tokens_of(match["place"])}
        capitals = sum(part[:1].isupper() for part in match["place"].split())
        if not words.isdisjoint(_PLACE_WORDS) or capitals > 1 or any(sign.isdigit() for sign in match["place"]):
            yield match.span("place")

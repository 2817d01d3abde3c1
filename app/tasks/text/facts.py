"""Numbers, dates and names of a wording, checked against the text it rests on."""

from __future__ import annotations

import re
from typing import Final

from app.tasks.text.folding import fold

_NUMBER: Final = re.compile(r"\d+(?:[.,:/'’\u00a0-]\d+)*")
_WORD: Final = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_DIGIT_WORDS_LIST: Final = (
    "one two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty sixty seventy eighty ninety"
    " hundred thousand"
    " million billion first second third half quarter double twice"
    " januar february january march april may june july august september october november december monday tuesday wednesday"
    " thursday friday"
    " saturday sunday tomorrow yesterday today"
    " zwei drei vier fünf sechs sieben acht neun zehn elf zwölf hundert tausend hälfte montag dienstag mittwoch donnerstag"
    " freitag samstag"
    " sonntag morgen heute gestern"
    " deux trois quatre cinq sept huit neuf dix onze douze vingt trente cent mille moitié lundi mardi mercredi jeudi vendredi"
    " samedi dimanche"
    " demain hier"
    " iki üç dört beş altı yedi sekiz dokuz on yirmi otuz kırk elli altmış yetmiş seksen doksan yüz bin milyon milyar yarım"
    " yarı pazartesi"
    " salı çarşamba perşembe cuma cumartesi pazar yarın dün bugün"
)
_DIGIT_WORDS: Final = frozenset(_DIGIT_WORDS_LIST.split())


def unsupported(wording: str, source: str) -> tuple[str, ...]:
    """Numbers, words for numbers and days, and names in a wording that the source does not hold. Empty when all stand there."""
    numbers = set(_NUMBER.findall(source))
    words = {fold(word) for word in _WORD.findall(source)}
    faults = [number for number in _NUMBER.findall(wording) if number not in numbers]
    for match in _WORD.finditer(wording):
        word = match.group()
        if fold(word) in words or not _is_fact(word, is_first=match.start() == 0):
            continue
        faults.append(word)
    return tuple(faults)


def _is_fact(word: str, *, is_first: bool) -> bool:
    """Whether a word states something of its own: a name, a number in words, a day."""
    return word.lower() in _DIGIT_WORDS or (not is_first and any(character.isupper() for character in word))

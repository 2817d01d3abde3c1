"""Number words: cardinals in the languages that contracts come in, English ordinals."""

from __future__ import annotations

from typing import Final

_CARDINAL_LIST: Final = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
)
_ORDINAL_LIST: Final = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth"
    " sixteenth seventeenth eighteenth nineteenth twentieth"
)
TENS: Final = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_OTHER: Final = (
    "a an ein eine eines einem einer une uno una een jeden bir|zwei deux dos due twee dois duas dwa iki"
    "|drei trois tres tre drie três trzy üç"
    "|vier quatre cuatro quattro quatro cztery dört|fünf cinq cinco cinque vijf pięć beş|sechs six seis sei zes sześć altı"
    "|sieben sept siete sette zeven sete siedem yedi|acht huit ocho otto oito osiem sekiz|neun neuf nueve nove negen dziewięć dokuz"
    "|zehn dix diez dieci tien dez dziesięć on|elf onze once undici jedenaście|zwölf douze doce dodici twaalf doze dwanaście"
)
CARDINALS: Final = (
    {word: number for number, word in enumerate(_CARDINAL_LIST.split(), start=1)}
    | TENS
    | {"hundred": 100}
    | {word: number for number, words in enumerate(_OTHER.split("|"), start=1) for word in words.split()}
)
ORDINALS: Final = {word: number for number, word in enumerate(_ORDINAL_LIST.split(), start=1)} | {"thirtieth": 30}


def cardinal(words: str) -> int | None:
    """The number that words such as "twenty-four" name, or None."""
    total = 0
    for word in words.lower().replace("-", " ").split():
        number = CARDINALS.get(word)
        if number is None:
            return None
        total += number
    return total or None

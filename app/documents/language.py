"""Guesses the language of a text by counting stop words. Small, without a model; says "" when unsure."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

_STOP_WORDS: Final = {
    "en": "the of and to in is for that with on this by be are as at or from which shall any your you not have total date"
    " amount invoice page number",
    "de": "der die das und ist für mit von den im zu auf nicht ein eine wird sie bei dem des ihre wir werden nr datum"
    " rechnung betrag summe seite zum über",
    "fr": "le la les des et est pour dans une du que qui sur par avec vous nous pas au aux ce votre facture montant numéro à été",
    "nl": "de het een van en is voor op met dat niet zijn aan bij ook wordt uw wij door naar factuur bedrag datum totaal"
    " nummer btw",
    "es": "el la los las de y es para con una por del que se en no su como al factura importe fecha número cantidad cliente",
    "it": "il lo gli della di e è per con una che non del dei nel alla sono si fattura importo data numero totale cliente delle",
    "pt": "o os da do das dos e é para com uma não que em por se ao na no seu fatura valor data número são pela",
    "pl": "i w na z do nie jest się od dla oraz przez po za że są faktura kwota data numer razem sprzedawca nabywca zł",
    "tr": "ve bir bu için ile olan olarak da de tarih tarihi fatura tutar tutarı toplam vergi numarası no adet hesap"
    " sayın göre kadar daha değil çok",
    "sv": "och att det som är för på med av en ett till den inte har om faktura belopp datum summa moms ni",
    "da": "og at det som er for på med af en et til den ikke har om faktura beløb dato i alt moms af",
    "no": "og at det som er for på med av en et til den ikke har om faktura beløp dato sum mva ikke fra",
    "fi": "ja on ei että se ovat tai sekä kun mutta lasku summa päivämäärä yhteensä alv joka mukaan",
    "cs": "a v na je se s z že pro do od ve které nebo faktura částka datum celkem číslo dodavatel odběratel",
    "hu": "a az és hogy nem is egy van ez számla összeg dátum összesen áfa vagy szerint",
    "ro": "și de la în cu pe un o care nu este pentru din factura sumă data total număr sau",
}  # fmt: skip
_LANGUAGES_OF: Final = {
    word: tuple(language for language, words in _STOP_WORDS.items() if word in words.split())
    for words in _STOP_WORDS.values()
    for word in words.split()
}
_WORD = re.compile(r"[^\W\d_]{1,14}")
_MAX_CHARS: Final = 12_000
_LETTERS: Final = {"tr": "ğışİ", "pl": "ąęłśżźćń", "de": "ß", "hu": "őű", "ro": "țșă", "cs": "řěů", "da": "", "no": ""}


def guess_language(text: str) -> str:
    """The language code of the text among sixteen, or "" if the signs are few or balanced."""
    sample = text[:_MAX_CHARS]
    scores: dict[str, float] = dict.fromkeys(_STOP_WORDS, 0.0)
    for word, count in Counter(_WORD.findall(sample.lower().replace("i̇", "i"))).items():
        languages = _LANGUAGES_OF.get(word, ())
        for language in languages:
            scores[language] += min(count, 20) / len(languages)
    for language, letters in _LETTERS.items():
        scores[language] += min(10, sum(sample.count(letter) for letter in letters))
    (best, first), (_, second) = sorted(scores.items(), key=lambda item: -item[1])[:2]  # `most_common` would import heapq here.
    return best if first >= 3 and first >= 1.15 * second else ""

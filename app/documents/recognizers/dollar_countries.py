"""Which of the countries that pay in dollars a paper comes from: by postcodes, names of places and kinds of tax."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from typing import Final

US_STATES: Final = (
    "A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY]"
)
_PROVINCES: Final = "AB|BC|MB|NB|NS|ON|QC|SK"
_SIGNS: Final = {
    "USD": rf"\b(?:{US_STATES})\.? {{1,3}}\d{{5}}\b|\b(?:United States|USA)\b|\bU\.S\.A?\.|\b(?i:sales tax)\b|\bEIN\b",
    "CAD": (
        r"\b[ABCEGHJ-NPRSTVXY]\d[A-CEGHJ-NPR-TV-Z][ -]\d[A-CEGHJ-NPR-TV-Z]\d\b|\b(?:[HQ]ST|TVQ|TPS)\b"
        rf"|(?<=[a-z][,.] )(?:{_PROVINCES})(?=\s*$|\s+[A-Z]\d[A-Z])|\b(?i:canada|alberta|ontario|quebec|québec|british columbia)\b"
    ),
    "AUD": r"\bABN\b|\b(?i:australia)\b|\b(?:(?:NSW|VIC|QLD|TAS) {1,3}\d{4}|ACT {1,3}(?:02|26|29)\d\d)\b",
    "SGD": r"\b(?i:singapore)\b|\bPte\.? Ltd\b",
    "NZD": r"\b(?i:new zealand|aotearoa)\b|\bNZBN\b",
    "HKD": r"\b(?i:hong kong)\b",
}
_SIGN: Final = re.compile("|".join(f"(?P<{code}>{signs})" for code, signs in _SIGNS.items()), re.MULTILINE)


@lru_cache(maxsize=8)
def dollar_country(text: str) -> str:
    """The currency of the country that most signs speak for; empty where none does, or two do alike."""
    counts = Counter(match.lastgroup or "" for match in _SIGN.finditer(text))
    (first, most), (_, next_most) = [*counts.most_common(2), ("", 0), ("", 0)][:2]
    return first if most > next_most else ""

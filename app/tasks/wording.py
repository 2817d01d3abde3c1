"""Words that tasks recognise in running text, by language: function words, cues of importance, requests and promises."""

from __future__ import annotations

import re
from typing import Final

FUNCTION_WORDS: Final = frozenset(
    # English
    "the of and to in is for that with on this by be are as at or from which shall any your you not have has had was were been it its"
    " we our us they their them he she his her i my me will would can could should may might do does did so if but than then there here"
    " what who when where how all also just very more most some such no nor only own same too about into over after before up out an a"
    " these those because while during between through again further once both each few other am being let s t re ve ll d m um uh mm hmm"
    " yeah okay ok right well like know think mean going got get gonna really"
    # German
    " der die das und ist für mit von den im zu auf nicht ein eine einer eines einem einen wird sie bei dem des ihre wir werden zum über"
    " auch sich als es an er hat dass aus nach wie so noch nur oder aber vor zur bis mehr durch man sein wurde sind war ich ihr uns"
    # French
    " le la les des et est dans une du que qui sur par avec vous nous pas au aux ce votre à été un en pour il elle ils ne se plus ou mais"
    " son sa ses leur cette ces on dont"
    # Turkish
    " ve bir bu için ile olan olarak da de daha değil çok gibi kadar ama ise ya ki mi mı mu mü ne o şu her en ben sen biz siz onlar sonra"
    " önce göre hem veya ancak bunu bunun onun var yok diye şey".split()
)

CUES: Final = re.compile(
    r"\b(?:we (?:propose|present|introduce|show|find|demonstrate|develop|describe|study|conclude|expect|decided|agreed)"
    r"|this (?:paper|work|report|article|study|agreement|document)|in (?:summary|conclusion|short)|to (?:sum up|conclude)|overall"
    r"|the (?:main|key|most important)|importantly|significant(?:ly)?|results? (?:show|suggest|indicate)|decided to|agreed (?:to|that)"
    r"|insgesamt|zusammenfassend|wichtig\w*|ergebnis\w*|beschlossen|vereinbart"
    r"|en (?:résumé|conclusion)|principal\w*|important\w*|décidé|convenu"
    r"|sonuç\w*|özetle|önemli\w*|açıkla\w*|belirt\w*|karar\w*|kısacası)\b",
    re.IGNORECASE,
)

BOILERPLATE: Final = re.compile(
    r"\b(?:forward[- ]looking|safe harbor|non-gaap|reconciliation|securities and exchange|risks and uncertainties|actual results"
    r"|webcast|replay|good (?:morning|afternoon|evening)|thank you|thanks|welcome to|turn (?:it|the call|things|the floor) over|operator"
    r"|all rights reserved|cookies?|subscribe|newsletter|click here|sign (?:in|up)|log ?in|copyright|unsubscribe|read more"
    r"|our website|next slide|on slide|vielen dank|guten (?:morgen|tag|abend)|impressum|merci (?:de|à|pour)|bonjour"
    r"|teşekkür\w*|günaydın|merhaba|yorum yaz|paylaş|abone ol)\b",
    re.IGNORECASE,
)

FIGURE: Final = re.compile(r"\d+(?:[.,:/]\d+)*")
MEASURE: Final = re.compile(
    r"[$€£₺¥]\s?\d[\d.,]*|%\s?\d[\d.,]*|\d[\d.,]*\s?(?:[$€£₺¥%]|percent\b|per cent\b|prozent\b|euros?\b|dollars?\b|dolar|lira|TL\b|EUR\b|USD\b"
    r"|million|billion|bn\b|mio\b|mrd\b|milyon|milyar)|yüzde \d",
    re.IGNORECASE,
)
POINTS_BACK: Final = re.compile(
    r"(?:this|that|these|those|it|they|he|she|such|diese\w*|das|dies|er|sie|es|cela|ceci|il|elle|ils|elles|bu|bunlar|bunu|bunun|o|onlar|böyle)\b",
    re.IGNORECASE,
)

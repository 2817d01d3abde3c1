"""Words that tasks recognise in running text, by language: function words, cues of importance, requests and promises."""

from __future__ import annotations

import re
from typing import Final

_FUNCTION_WORDS_LIST: Final = (
    # English
    "the of and to in is for that with on this by be are as at or from which shall any your you not have has had was were been"
    " it its"
    " we our us they their them he she his her i my me will would can could should may might do does did so if but than then"
    " there here"
    " what who when where how all also just very more most some such no nor only own same too about into over after before up"
    " out an a"
    " these those because while during between through again further once both each few other am being let s t re ve ll d m um"
    " uh mm hmm"
    " yeah okay ok right well like know think mean going got get gonna really"
    # German
    " der die das und ist für mit von den im zu auf nicht ein eine einer eines einem einen wird sie bei dem des ihre wir"
    " werden zum über"
    " auch sich als es an er hat dass aus nach wie so noch nur oder aber vor zur bis mehr durch man sein wurde sind war ich ihr uns"
    # French
    " le la les des et est dans une du que qui sur par avec vous nous pas au aux ce votre à été un en pour il elle ils ne se"
    " plus ou mais"
    " son sa ses leur cette ces on dont"
    # Turkish
    " ve bir bu için ile olan olarak da de daha değil çok gibi kadar ama ise ya ki mi mı mu mü ne o şu her en ben sen biz siz"
    " onlar sonra"
    " önce göre hem veya ancak bunu bunun onun var yok diye şey"
)
FUNCTION_WORDS: Final = frozenset(_FUNCTION_WORDS_LIST.split())

CUES: Final = re.compile(
    r"\b(?:we (?:propose|present|introduce|show|find|demonstrate|develop|describe|study|conclude|expect|decided|agreed)"
    r"|this (?:paper|work|report|article|study|agreement|document)|in (?:summary|conclusion|short)|to (?:sum up|conclude)|overall"
    r"|the (?:main|key|most important)|importantly|significant(?:ly)?"
    r"|results? (?:show|suggest|indicate)|decided to|agreed (?:to|that)"
    r"|insgesamt|zusammenfassend|wichtig\w*|ergebnis\w*|beschlossen|vereinbart"
    r"|en (?:résumé|conclusion)|principal\w*|important\w*|décidé|convenu"
    r"|sonuç\w*|özetle|önemli\w*|açıkla\w*|belirt\w*|karar\w*|kısacası)\b",
    re.IGNORECASE,
)

BOILERPLATE: Final = re.compile(
    r"\b(?:forward[- ]looking|safe harbor|non-gaap|reconciliation|securities and exchange|risks and uncertainties|actual results"
    r"|webcast|replay|good (?:morning|afternoon|evening)|thank you|thanks|welcome to|turn (?:it|the call|things|the floor) over"
    r"|operator"
    r"|all rights reserved|cookies?|subscribe|newsletter|click here|sign (?:in|up)|log ?in|copyright|unsubscribe|read more"
    r"|our website|next slide|on slide|vielen dank|guten (?:morgen|tag|abend)|impressum|merci (?:de|à|pour)|bonjour"
    r"|teşekkür\w*|günaydın|merhaba|yorum yaz|paylaş|abone ol)\b",
    re.IGNORECASE,
)

FIGURE: Final = re.compile(r"\d+(?:[.,:/]\d+)*")
MEASURE: Final = re.compile(
    r"[$€£₺¥]\s?\d[\d.,]*|%\s?\d[\d.,]*|\d[\d.,]*\s?(?:[$€£₺¥%]|percent\b|per cent\b|prozent\b|euros?\b|dollars?\b|dolar|lira"
    r"|TL\b|EUR\b|USD\b"
    r"|million|billion|bn\b|mio\b|mrd\b|milyon|milyar)|yüzde \d",
    re.IGNORECASE,
)
POINTS_BACK: Final = re.compile(
    r"(?:this|that|these|those|it|they|he|she|such|diese\w*|das|dies|er|sie|es|cela|ceci|il|elle|ils|elles|bu|bunlar|bunu|bunun"
    r"|o|onlar|böyle)\b",
    re.IGNORECASE,
)

REQUESTS: Final = re.compile(
    r"\b(?:please|kindly|action items?|action:|to-?do\b|make sure|be sure to|don'?t forget|remember to|(?:is|are) (?:asked"
    r"|requested|required|expected) to"
    r"|(?:can|could|will) you|would you (?!like|say|think|rather)|must|(?<!n.t )(?<!not )(?<!never )(?<!it )(?:need|needs|have"
    r"|has) to(?! (?:be|say|admit|know|do with))|let me know|asap|agreed to"
    r"|(?:is|are) to (?:be )?\w+ed by"
    r"|bitte|(?:sie|du|wir|ihr) (?:müssen|sollen|musst|sollst|müsst)|muss|müssen|ist zu|sind zu|(?:können|könnten|würden) sie"
    r"|kannst du"
    r"|veuillez|merci de|(?:devez|doit|doivent|devra|devront|devons)|pou(?:rriez|vez)[- ]vous|il faut|prière de"
    r"|lütfen|rica ed\w+|gerek(?:iyor|mektedir|ir|li)\w*|zorunda\w*|unutma\w*|(?:a|e)bilir misin\w*|\w{2,}(?:malı|meli)(?:dır"
    r"|dir|sınız|siniz|yız|yiz)?"
    r"|\w{2,}(?:[ıiuü]n[ıiuü]z))\b",
    re.IGNORECASE,
)
PROMISES: Final = re.compile(
    r"\b(?:(?:I|we)(?:'ll|’ll| will| shall)|(?:I|we)(?:'m|’m|'re|’re| am| are) going to|will (?:send|prepare|provide|contact"
    r"|check|follow|review|submit"
    r"|update|share|write|call|arrange|deliver|talk|ask|report|take care|look into|get back|work on|organi[sz]e|schedule|finish"
    r"|present|circulate)"
    r"|(?:ich|wir) werden?|(?:je|nous) (?:vais|allons)|\w{2,}(?:aca[ğk]|ece[ğk])(?:ım|im|ız|iz))\b",
    re.IGNORECASE,
)
SUGGESTIONS: Final = re.compile(
    r"\b(?:should|let'?s|let us|ought to|we could|how about|soll(?:te|ten)?|lasst uns|devrait|devrions|pourrait)\b", re.IGNORECASE
)
DEADLINES: Final = re.compile(
    r"\b(?:by|before|until|no later than|due|deadline|on) (?:the )?(?:\d|mon|tue|wed|thu|fri|sat|sun|jan|feb|mar|apr|may|jun"
    r"|jul|aug|sep|oct|nov|dec|end of"
    r"|tomorrow|tonight|next|noon|then|close of)\w*|(?:due|deadline|frist|spätestens|bis zum|au plus tard|avant le|d'ici|son"
    r" (?:gün|tarih)|en geç"
    r"|tarihine kadar|gününe kadar|next (?:week|meeting|month|time)|today|tomorrow|asap|nächste woche|morgen|demain|yarın"
    r"|haftaya)\b",
    re.IGNORECASE,
)
CONDITIONS: Final = re.compile(r"\b(?:if|unless|wenn|falls|si|eğer)\b", re.IGNORECASE)
COMMANDS: Final = re.compile(
    r"(?:send|submit|review|prepare|check|contact|update|complete|call|schedule|provide|confirm|return|sign|pay|bring|register|rsvp"
    r"|reply|forward|finish|write|arrange|organi[sz]e|follow up|find out|look into|add|remove|fix|test|ask|inform|notify"
    r"|ensure|install|replace|deliver|collect|attach|upload|download|share|discuss|set up|investigate|draft|renew|cancel)\b(?!:)",
    re.IGNORECASE,
)
ACTION_HEADINGS: Final = re.compile(
    r"\b(?:action(?:s| items?| points?)?|to-?dos?|next steps|tasks|follow[- ]ups?|aufgaben|maßnahmen|nächste schritte|offene punkte"
    r"|actions? à|tâches|prochaines étapes|yapılacak\w*|görevler|aksiyon\w*|sonraki adımlar)\b",
    re.IGNORECASE,
)
HEDGES: Final = re.compile(
    r"\b(?:I (?:think|guess|suppose|mean)|maybe|perhaps|probably|kind of|sort of|vielleicht|peut-être|belki|sanırım)\b",
    re.IGNORECASE,
)

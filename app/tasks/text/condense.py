"""Shorter wordings of a sentence by leaving words out, never by adding any: what stays stands in the sentence."""

from __future__ import annotations

import re
from typing import Final

_FILLERS: Final = re.compile(r"(?<![\w'’-])(?:u+h+m*|u+m+|er+m*|e+h|h+m+|m+h?m+)(?![\w'’-])[,.]?\s*", re.IGNORECASE)
_SAID_TWICE: Final = re.compile(r"(?<![\w'’.,])(\w+(?:['’]\w+)?(?: \w+(?:['’]\w+)?){0,2}),? \1(?![\w'’.,-]*\w)", re.IGNORECASE)
_MAY_REPEAT: Final = frozenset({"had had", "that that"})
_LEAD: Final = re.compile(
    r"(?:"
    r"(?:(?:and|but|so|well|now|okay|ok|'?kay|yeah|yes|right|anyway|basically|again|also|then|alright|first|second"
    r"|finally)(?:,\s+|\s+(?=I\b|we\b|you\b|it\b|the\b|this\b|that\b|they\b|there\b|our\b|so\b|and\b|basically\b)))"
    r"|(?:however|moreover|furthermore|in addition|additionally|therefore|thus|hence|consequently|in particular|specifically"
    r"|as a result|in fact|indeed|in other words|for (?:example|instance)|in this (?:paper|work|article|study|report)"
    r"|to this end|to begin(?: my comments)?(?: today)?|that said|of course|you know|I mean|as you know|lastly|next|meanwhile),\s+"
    r"|(?:cependant|toutefois|en outre|de plus|par ailleurs|ainsi|donc|en effet|par exemple|enfin|en particulier),\s+"
    r"|(?:ancak|ayrıca|öte yandan|bununla birlikte|bu nedenle|dolayısıyla|üstelik|örneğin|nitekim|kısacası|özetle|oysa|fakat),?\s+"
    r")(?=\S)",
    re.IGNORECASE,
)
_ASIDE: Final = re.compile(r"\s*(?:\((?P<round>[^()]{1,120})\)|\[[\d,;\s–-]{1,20}\])")
_MATTERS: Final = re.compile(
    r"\b(?:not?|never|except|exclud\w*|unless|without|only|if|nicht|kein\w*|außer|nur|ohne|wenn|sauf|sans|ne|pas|hors|hariç"
    r"|değil|yalnız\w*)\b",
    re.IGNORECASE,
)
_TAIL: Final = re.compile(
    r"(?:,? (?:which|where|whereas|while|as well as|including|such as|resulting in|enabling|allowing|leading to|reflecting"
    r"|thereby|thus)\b"
    r"|; (?=\S)|, (?:notamment|ainsi que)\b)"
)
_LONG_WORDS: Final = 38
_LEAST_WORDS: Final = 7
_END: Final = re.compile(r"[.!?…][\"'”’»)\]]*$")
_MAX_LEADS: Final = 3
_QUOTES: Final = "'\"“‘«"


def tidy(sentence: str, *, is_spoken: bool, language: str = "") -> str:
    """The sentence without asides, references, leading connectives and, where it was spoken, fillers and stammering."""
    text = _without_asides(sentence)
    if is_spoken:
        text = _SAID_TWICE.sub(_once, _FILLERS.sub("", text))
    for _ in range(_MAX_LEADS):
        shorter = _LEAD.sub("", text, count=1) if _LEAD.match(text) else text
        if shorter == text or len(shorter.split()) < _LEAST_WORDS - 2 or (language == "tr" and shorter[0] == "i"):
            break  # A dotted capital İ would not be found as the word that stands in the document.
        text = shorter
    text = " ".join(text.split()).lstrip(",;:–— ")
    starts_anew = sentence[:1].isupper() or sentence[:1] in _QUOTES
    return text[:1].upper() + text[1:] if starts_anew and text[:1] != sentence[:1] else text


def shortened(sentence: str, *, is_spoken: bool, language: str = "") -> str:
    """The tidied sentence; of a very long one, without the clauses at its end that only add to it."""
    text = tidy(sentence, is_spoken=is_spoken, language=language)
    if len(text.split()) <= _LONG_WORDS:
        return text
    for cut in reversed(list(_TAIL.finditer(text))):
        head, tail = text[: cut.start()].rstrip(" ,;:–—"), text[cut.start() :]
        if len(head.split()) < _LEAST_WORDS or _MATTERS.search(tail) or head.count('"') % 2 or head.count("(") != head.count(")"):
            break
        stop = _END.search(text)
        shorter = head + (stop.group()[0] if stop else "")
        if len(head.split()) <= _LONG_WORDS:
            return shorter
    return text


def _without_asides(sentence: str) -> str:
    def keep(match: re.Match[str]) -> str:
        inner = match["round"]
        return match.group() if inner and _MATTERS.search(inner) else ""

    shorter = _ASIDE.sub(keep, sentence)
    return shorter if len(shorter.split()) >= _LEAST_WORDS else sentence


def _once(match: re.Match[str]) -> str:
    return match.group() if match.group().casefold().replace(",", "") in _MAY_REPEAT or match[1].isdigit() else match[1]

"""Which parts of a document are its own words: not the quoted messages, signatures and menus around them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from app.domain.document import Document
from app.tasks.text.columns import Span
from app.tasks.text.mail_header import MAIL_FORMATS

QUOTED = "Quoted earlier messages and signatures were left out."

_LINE = re.compile(r"[^\n]*\n?")
_HEADER = re.compile(r"(?:[A-Z][\w-]{1,20}: ?.*|[ \t]+\S.*)$")
_QUOTE = re.compile(r"[ \t]*>")
_QUOTE_INTRODUCTION = re.compile(
    r"[ \t]*(?:"
    r"On .{6,120} (?:wrote|writes):|Am .{6,120} schrieb.*:|Le .{6,120} a écrit ?:|.{6,120} tarihinde .{0,80}yazdı:|El .{6,120}"
    r" escribió:"
    r"|.{3,60} (?:wrote|writes|said|schrieb|a écrit ?|yazdı):"
    r")\s*$"
)
_OLDER_MESSAGE = re.compile(
    r"[ \t]*(?:-{3,}\s*(?:original message|ursprüngliche nachricht|message d'origine|özgün ileti|forwarded message"
    r"|weitergeleitete nachricht)"
    r"|_{20,}\s*$)",
    re.IGNORECASE,
)
_SIGNATURE = re.compile(r"--\s*$")
_FAREWELL = re.compile(
    r"[ \t]*(?:(?:kind|best|warm) regards|regards|best|cheers|sincerely|yours \w+|thanks|thank you|mit freundlichen grüßen"
    r"|viele grüße|mfg"
    r"|(?:bien )?cordialement|saygılarımla|iyi çalışmalar|saygılar)[,.!]?\s*$",
    re.IGNORECASE,
)
_SIGNATURE_LINES: Final = 10


@dataclass(frozen=True)
class Passages:
    """Parts of the text in order, and whether others were left out on purpose."""

    spans: tuple[Span, ...]
    without_quotes: bool = False


def own_passages(document: Document) -> Passages:
    """All of a document page by page; of an e-mail, the sender's own words below the headers."""
    pages = tuple((page.start, page.end) for page in document.pages)
    if document.format not in MAIL_FORMATS:
        return Passages(pages)
    kept = [span for page in pages for span in _own_lines(document.text, *page)]
    if not any(document.text[start:end].strip() for start, end in kept):
        return Passages(pages)
    return Passages(tuple(_joined(kept)), without_quotes=_has_quotes(document.text, pages))


def _own_lines(text: str, start: int, end: int) -> list[Span]:
    lines = [match.span() for match in _LINE.finditer(text, start, end) if match.group()]
    body = _after_headers(text, lines)
    kept: list[Span] = []
    for number, (first, last) in enumerate(body):
        line = text[first:last]
        if _OLDER_MESSAGE.match(line) or _SIGNATURE.match(line):
            break
        if _FAREWELL.match(line) and len(body) - number <= _SIGNATURE_LINES:
            break
        if not _QUOTE.match(line) and not _QUOTE_INTRODUCTION.match(line):
            kept.append((first, last))
    return kept


def _after_headers(text: str, lines: list[Span]) -> list[Span]:
    for number, (first, last) in enumerate(lines):
        line = text[first:last].rstrip("\n")
        if not line.strip():
            return lines[number:]
        if not _HEADER.match(line):
            return lines if number == 0 else lines[number:]
    return []


def _has_quotes(text: str, pages: tuple[Span, ...]) -> bool:
    lines = [match.group() for page in pages for match in _LINE.finditer(text, *page)]
    return any(_QUOTE.match(line) or _OLDER_MESSAGE.match(line) for line in lines)


def _joined(spans: list[Span]) -> list[Span]:
    """Neighbouring lines as one part."""
    joined = [spans[0]]
    for span in spans[1:]:
        if span[0] == joined[-1][1]:
            joined[-1] = (joined[-1][0], span[1])
        else:
            joined.append(span)
    return joined

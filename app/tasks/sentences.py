"""Sentences of a document with their places: wrapped lines, bullets, transcripts, abbreviations. Tables are left out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

_LINE = re.compile(r"[^\n\f\r\v\x85\u2028\u2029]+")
_BULLET = re.compile(r"\s*(?:[-–—*•●▪◦‣·»>]|\(?\d{1,2}[.)]|\(?[a-zA-Z][)])\s+(?=\S)")
_SPEAKER = re.compile(r"\s*(?P<name>[^\W\d_][\w.'’\- ()]{0,40}?)\s*:(?:\s+|$)")
_CELL_GAP = re.compile(r"\S(?:[ \u00a0]{3,}|\s*[\t|]\s*)(?=\S)")
_STOP = re.compile(r"[.!?…。！？]+[\"'”’»)\]]*(?=\s|$)|[。！？]")
_LAST_WORD = re.compile(r"[^\s(\"'“‘«\[]*$")
_TERMINAL = re.compile(r"[.!?…:;。！？][\"'”’»)\]]*\s*$")
_MIN_WORD_CHARS: Final = 2
_USUAL_LINE_CHARS: Final = (30, 160)
_FULL_LINE: Final = 0.72
_HEADING_WORDS: Final = 14
_ABBREVIATIONS: Final = frozenset(
    "mr mrs ms dr prof st jr sr vs etc e.g i.e eg ie cf al fig figs eq no nos vol pp p ed eds approx dept est inc ltd co corp gen gov sen"
    " rep rev hon www u.s u.k u.n a.m p.m jan feb mar apr jun jul aug sep sept oct nov dec"
    " bzw ca z.b d.h u.a usw str nr abs art inkl exkl ggf vgl evtl zzgl mio mrd tel hr fr dipl ing z b d h i.d.r s"
    " m mme mlle env av bd réf cie"
    " doç yrd öğr gör av sn sok cad mah bkz vb vd vs örn yy s t.c a.ş ltd şti alb"
    " sra dña núm pág art sig dott ing".split()
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """`text` is ``document.text[start:end]`` with its white space narrowed; `block` counts paragraphs, items and turns."""

    index: int
    start: int
    end: int
    text: str
    block: int
    speaker: str = ""
    is_item: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Prose:
    """The sentences of a text in order, and the lines that look like headings."""

    sentences: tuple[Sentence, ...]
    headings: tuple[Heading, ...]


@dataclass(slots=True)
class _Block:
    start: int
    end: int
    speaker: str = ""
    is_item: bool = False


def split_sentences(text: str, spans: Sequence[tuple[int, int]] | None = None) -> Prose:
    """The prose of a text, or of the given parts of it."""
    speakers = _speakers(text)
    blocks = [block for start, end in (spans or [(0, len(text))]) for block in _blocks(text, start, end, speakers)]
    capitals = _starts_with_capitals(text)
    sentences: list[Sentence] = []
    headings: list[Heading] = []
    for number, block in enumerate(blocks):
        if _is_heading(text[block.start : block.end], block):
            headings.append(Heading(block.start, block.end, " ".join(text[block.start : block.end].split())))
            continue
        for start, end in _cut(text, block.start, block.end, capitals):
            content = " ".join(text[start:end].split())
            if sum(character.isalpha() for character in content) >= _MIN_WORD_CHARS:
                sentences.append(Sentence(len(sentences), start, end, content, number, block.speaker, block.is_item))
    return Prose(tuple(sentences), tuple(headings))


def _speakers(text: str) -> frozenset[str]:
    """Names before a colon at the beginning of several lines: the speakers of a transcript."""
    counts = Counter(match["name"] for line in _LINE.finditer(text) if (match := _SPEAKER.match(line.group())))
    names = [name for name, count in counts.items() if count >= 2 and len(name.split()) <= 5 and name[:1].isupper()]
    turns = sum(counts[name] for name in names)
    return frozenset(names) if turns >= 6 else frozenset()


def _blocks(text: str, start: int, end: int, speakers: frozenset[str]) -> Iterator[_Block]:
    """Paragraphs, list items and turns; wrapped lines are joined."""
    usual = _usual_width(text)
    current: _Block | None = None
    previous_end = start
    for line in _LINE.finditer(text, start, end):
        content = line.group()
        is_apart = text.count("\n", previous_end, line.start()) > 1 or "\f" in text[previous_end : line.start()]
        previous_end = line.end()
        if not content.strip():
            if current:
                yield current
            current = None
            continue
        if _is_table_line(content):
            if current:
                yield current
            current = None
            continue
        block = _open_block(line.start(), content, speakers)
        if current and not is_apart and not block.speaker and not block.is_item and _goes_on(text[current.start : current.end], content, usual):
            current.end = block.end
            continue
        if current:
            yield current
        current = block
    if current:
        yield current


def _open_block(start: int, content: str, speakers: frozenset[str]) -> _Block:
    lead = len(content) - len(content.lstrip())
    speaker = ""
    match = _SPEAKER.match(content)
    if match and match["name"] in speakers:
        speaker, lead = match["name"], match.end()
    bullet = _BULLET.match(content)
    if bullet and not speaker:
        lead = bullet.end()
    return _Block(start + lead, start + max(lead, len(content.rstrip())), speaker, bool(bullet) and not speaker)


def _usual_width(text: str) -> int:
    """The width to which lines are filled; 0 where a line is a paragraph."""
    lengths = sorted(len(line.group().rstrip()) for line in _LINE.finditer(text) if line.group().strip())
    if not lengths:
        return 0
    width = lengths[int(0.9 * (len(lengths) - 1))]
    return width if _USUAL_LINE_CHARS[0] <= width <= _USUAL_LINE_CHARS[1] else 0


def _goes_on(before: str, content: str, usual: int) -> bool:
    """Whether a line continues the paragraph before it."""
    last_line = before.rsplit("\n", 1)[-1].rstrip()
    first = content.lstrip()[:1]
    if _TERMINAL.search(last_line):
        return bool(usual) and len(last_line) >= _FULL_LINE * usual and not last_line.endswith(":")
    return first.islower() or (bool(usual) and len(last_line) >= _FULL_LINE * usual)


def _is_table_line(content: str) -> bool:
    gaps = len(_CELL_GAP.findall(content))
    return gaps >= 2 or (gaps == 1 and sum(c.isdigit() for c in content) > 0.25 * len(content.replace(" ", "")))


def _is_heading(content: str, block: _Block) -> bool:
    words = content.split()
    if block.speaker or len(words) > _HEADING_WORDS or _TERMINAL.search(content):
        return False
    return not block.is_item or len(words) <= 2


def _starts_with_capitals(text: str) -> bool:
    """Whether sentences begin with capitals in this text; some transcripts are all lower case."""
    starts = re.findall(r"[.!?]\s+(\w)", text[:20_000])
    return not starts or sum(character.islower() for character in starts) < 0.5 * len(starts)


def _cut(text: str, start: int, end: int, capitals: bool) -> Iterator[tuple[int, int]]:
    begin = start
    for stop in _STOP.finditer(text, start, end):
        if not _is_end(text, begin, stop, end, capitals):
            continue
        yield from _trimmed(text, begin, stop.end())
        begin = stop.end()
    yield from _trimmed(text, begin, end)


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if end > start:
        yield start, end


def _is_end(text: str, begin: int, stop: re.Match[str], end: int, capitals: bool) -> bool:
    rest = text[stop.end() : end].lstrip(" \t\n\u00a0\"'“‘«([-–—•")
    if not rest:
        return True
    following = rest[0]
    if stop.group()[0] != "." or len(stop.group()) > 1:
        return not following.islower() or stop.group()[0] in "!?" or not capitals
    word = _last_word(text, begin, stop.start())
    if word.casefold() in _ABBREVIATIONS or (len(word) == 1 and word.isalpha() and word.isupper()):
        return False
    if word.isdigit() and len(word) <= 2 and (following.islower() or _is_after_ordinal(rest)):
        return False
    if re.fullmatch(r"(?:[^\W\d_]\.)+[^\W\d_]", word):
        return following.isupper() and len(rest.split(None, 1)[0]) > 3
    return not following.islower() or not capitals


def _last_word(text: str, begin: int, end: int) -> str:
    match = _LAST_WORD.search(text[max(begin, end - 24) : end])
    return match.group() if match else ""


def _is_after_ordinal(rest: str) -> bool:
    """Whether a digit and full stop before this are an ordinal, as in German and Turkish dates and "3. Kapitel"."""
    word = re.match(r"[^\W\d_]+", rest)
    return bool(word) and word.group().casefold() in _AFTER_ORDINAL if word else False


_AFTER_ORDINAL: Final = frozenset(
    "januar februar märz april mai juni juli august september oktober november dezember"
    " ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık"
    " quartal halbjahr kapitel jahrhundert lebensjahr auflage etage stock çeyrek yüzyıl madde sınıf kat bölüm".split()
)

"""Sentences of a document with their places: wrapped lines, bullets, transcripts, abbreviations. Tables are left out."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from app.tasks.text.columns import Span, reading_lines

_LINE = re.compile(r"[^\n\f\r\v\x85\u2028\u2029]+")
_BULLET = re.compile(r"\s*(?:[-–—*•●▪◦‣·»>]|\(?\d{1,2}[.)]|\(?[a-zA-Z][)])\s+(?=\S)")
_SPEAKER = re.compile(r"\s*(?P<name>[^\W\d_][\w.'’\- ()]{0,40}?)\s*:(?:\s+|$)")
_CELL_GAP = re.compile(r"(?<=[^\s.!?])(?:[ \u00a0]{3,}|\s*[\t|]\s*)(?=\S)")
_STOP = re.compile(r"[.!?…。！？]+[\"'”’»)\]]*(?=\s|$)|[。！？]")
_LAST_WORD = re.compile(r"[^\s(\"'“‘«\[]*$")
_TERMINAL = re.compile(r"[.!?…:;。！？][\"'”’»)\]]*\s*$")
_MIN_WORD_CHARS: Final = 2
_USUAL_LINE_CHARS: Final = (30, 160)
_FULL_LINE: Final = 0.72
_HEADING_WORDS: Final = 14
_CELL_WORDS: Final = 7
_FULL_SENTENCE_WORDS: Final = 6
_WORD = re.compile(r"\S+")
_MOST_WORDS: Final = 110
_PART_WORDS: Final = 60
_LEAST_TURNS: Final = 6
_TURN_SHARE: Final = 0.2
_PARTED: Final = re.compile(r"(\w{2,})[-\u00ad]\s*\n\s*([^\W\d_A-ZÄÖÜÇĞİÖŞÀ-Þ]{2,})")
_ABBREVIATIONS_LIST: Final = (
    "mr mrs ms dr prof st jr sr vs etc e.g i.e eg ie cf al fig figs eq no nos vol pp p ed eds approx dept est inc ltd co corp"
    " gen gov sen"
    " rep rev hon www u.s u.k u.n a.m p.m jan feb mar apr jun jul aug sep sept oct nov dec"
    " bzw ca z.b d.h u.a usw str nr abs art inkl exkl ggf vgl evtl zzgl mio mrd tel hr fr dipl ing z b d h i.d.r s"
    " m mme mlle env av bd réf cie"
    " doç yrd öğr gör av sn sok cad mah bkz vb vd vs örn yy s t.c a.ş ltd şti alb"
    " sra dña núm pág art sig dott ing"
)
_ABBREVIATIONS: Final = frozenset(_ABBREVIATIONS_LIST.split())


@dataclass(frozen=True, slots=True)
class Sentence:
    """`text` is what stands at `spans` (several when it goes on in the next column), with white space narrowed.

    `block` counts paragraphs, items and turns; `speaker` is set in transcripts.
    """

    index: int
    spans: tuple[Span, ...]
    text: str
    block: int
    speaker: str = ""
    speaker_span: Span | None = None
    is_item: bool = False

    @property
    def start(self) -> int:
        return self.spans[0][0]

    @property
    def is_full(self) -> bool:
        """Ends like a sentence and is long enough to be one."""
        return len(self.text.split()) >= _FULL_SENTENCE_WORDS and bool(_TERMINAL.search(self.text))


@dataclass(frozen=True, slots=True)
class Heading:
    start: int
    text: str


@dataclass(frozen=True)
class Prose:
    """The sentences of a text in reading order, and the lines that look like headings."""

    sentences: tuple[Sentence, ...]
    headings: tuple[Heading, ...]


@dataclass(slots=True)
class _Block:
    spans: list[Span]
    speaker: str = ""
    speaker_span: Span | None = None
    is_item: bool = False


def split_sentences(text: str, parts: Sequence[Span] | None = None) -> Prose:
    """The prose of a text, or of the given parts of it (such as its pages), read in their order."""
    speakers = _speakers(text)
    style = _Style(_usual_width(text), _starts_with_capitals(text), speakers)
    sentences: list[Sentence] = []
    headings: list[Heading] = []
    number = 0
    for part in parts or [(0, len(text))]:
        for block in _blocks(text, part, style):
            number += 1
            joined = _Joined(text, block.spans)
            if _is_heading(joined.text, block):
                headings.append(Heading(block.spans[0][0], " ".join(joined.text.split())))
                continue
            for start, end in _cut(joined.text, style.has_capitals):
                content = joined.words(start, end)
                if sum(character.isalpha() for character in content) >= _MIN_WORD_CHARS:
                    spans = joined.spans(start, end)
                    sentences.append(
                        Sentence(len(sentences), spans, content, number, block.speaker, block.speaker_span, block.is_item)
                    )
    return Prose(tuple(sentences), tuple(headings))


@dataclass(frozen=True)
class _Style:
    """How the document writes: width of full lines, capitals at the beginning of sentences, names of speakers."""

    usual_width: int
    has_capitals: bool
    speakers: frozenset[str]


class _Joined:
    """Lines of a block as one text that remembers where its characters stand in the document."""

    def __init__(self, text: str, spans: Sequence[Span]) -> None:
        self._document = text
        self._spans = spans
        self.text = "\n".join(text[start:end] for start, end in spans)
        self._offsets = list(accumulate((end - start + 1 for start, end in spans[:-1]), initial=0))

    def spans(self, start: int, end: int) -> tuple[Span, ...]:
        """The places of a part; neighbours with nothing but white space between them are one."""
        found: list[Span] = []
        for line in range(bisect_right(self._offsets, start) - 1, len(self._spans)):
            offset, (first, last) = self._offsets[line], self._spans[line]
            if offset >= end:
                break
            begin, stop = max(start - offset, 0) + first, min(end - offset, last - first) + first
            while begin < stop and self._document[begin].isspace():
                begin += 1
            while stop > begin and self._document[stop - 1].isspace():
                stop -= 1
            if begin >= stop:
                continue
            if found and found[-1][1] <= begin and not self._document[found[-1][1] : begin].strip():
                found[-1] = (found[-1][0], stop)
            else:
                found.append((begin, stop))
        return tuple(found)

    def words(self, start: int, end: int) -> str:
        """The part on one line; words that were parted at a line's end are whole again if they are no names."""
        return " ".join(_PARTED.sub(self._rejoin, self.text[start:end]).split())

    def _rejoin(self, match: re.Match[str]) -> str:
        whole, hyphened = match[1] + match[2], f"{match[1]}-{match[2]}"
        if hyphened in self._document:
            return hyphened
        return whole if whole in self._document or match[1].islower() else match.group()


def _speakers(text: str) -> frozenset[str]:
    """Names before a colon at the beginning of several lines: the speakers of a transcript."""
    counts = Counter(match["name"] for line in _LINE.finditer(text) if (match := _SPEAKER.match(line.group())))
    names = [name for name, count in counts.items() if count >= 2 and len(name.split()) <= 5 and name[:1].isupper()]
    turns = sum(counts[name] for name in names)
    return frozenset(names) if turns >= _LEAST_TURNS and turns >= _TURN_SHARE * len(_LINE.findall(text)) else frozenset()


def _blocks(text: str, part: Span, style: _Style) -> Iterator[_Block]:
    """Paragraphs, list items and turns; wrapped lines are joined, tables left out."""
    current: _Block | None = None
    for start, end in reading_lines(text, *part):
        content = text[start:end]
        if not content.strip() or _is_table_line(content):
            if current:
                yield current
            current = None
            continue
        block = _open_block(start, content, style.speakers)
        if (
            current
            and not block.speaker
            and not block.is_item
            and _goes_on(text[slice(*current.spans[-1])], content, style.usual_width)
        ):
            current.spans += block.spans
            continue
        if current:
            yield current
        current = block
    if current:
        yield current


def _open_block(start: int, content: str, speakers: frozenset[str]) -> _Block:
    lead = len(content) - len(content.lstrip())
    match = _SPEAKER.match(content)
    if match and match["name"] in speakers:
        spoken = start + min(match.end(), len(content.rstrip()))
        span = (start + match.start("name"), start + match.end("name"))
        return _Block([(spoken, start + len(content.rstrip()))], match["name"], span)
    bullet = _BULLET.match(content)
    if bullet:
        lead = bullet.end()
    return _Block([(start + lead, start + max(lead, len(content.rstrip())))], is_item=bool(bullet))


def _usual_width(text: str) -> int:
    """The width to which lines are filled; 0 where a line is a paragraph."""
    lengths = sorted(len(line.group().rstrip()) for line in _LINE.finditer(text) if line.group().strip())
    if not lengths:
        return 0
    width = lengths[int(0.9 * (len(lengths) - 1))]
    return width if _USUAL_LINE_CHARS[0] <= width <= _USUAL_LINE_CHARS[1] else 0


def _goes_on(before: str, content: str, usual: int) -> bool:
    """Whether a line continues the paragraph whose last line is `before`."""
    last_line = before.rstrip()
    first = content.lstrip()[:1]
    if _TERMINAL.search(last_line):
        return bool(usual) and len(last_line) >= _FULL_LINE * usual and not last_line.endswith(":")
    return first.islower() or (bool(usual) and len(last_line) >= _FULL_LINE * usual)


def _is_table_line(content: str) -> bool:
    """Cells are short; paragraphs that merely have wide gaps between their sentences are not."""
    gaps = len(_CELL_GAP.findall(content))
    words = len(content.split()) / (gaps + 1)
    if gaps == 0 or words > _CELL_WORDS:
        return False
    return gaps >= 2 or sum(character.isdigit() for character in content) > 0.25 * len(content.replace(" ", ""))


def _is_heading(content: str, block: _Block) -> bool:
    words = content.split()
    if block.speaker or len(words) > _HEADING_WORDS or _TERMINAL.search(content):
        return False
    return not block.is_item or len(words) <= 2


def _starts_with_capitals(text: str) -> bool:
    """Whether sentences begin with capitals in this text; some transcripts are all lower case."""
    starts = re.findall(r"[.!?]\s+(\w)", text[:20_000])
    return not starts or sum(character.islower() for character in starts) < 0.5 * len(starts)


def _cut(text: str, has_capitals: bool) -> Iterator[Span]:
    begin = 0
    for stop in _STOP.finditer(text):
        if _is_end(text, begin, stop, len(text), has_capitals):
            yield from _bounded(text, begin, stop.end())
            begin = stop.end()
    if text[begin:].strip():
        yield from _bounded(text, begin, len(text))


def _bounded(text: str, start: int, end: int) -> Iterator[Span]:
    """A sentence, in parts where it is too long to be one: text without full stops."""
    words = list(_WORD.finditer(text, start, end)) if end - start > 2 * _MOST_WORDS else []
    first = 0
    while len(words) - first > _MOST_WORDS:
        part = words[first : first + _PART_WORDS]
        at = next(
            (place for place in range(len(part) - 1, _PART_WORDS // 2, -1) if part[place].group()[-1] in ";:,"), len(part) - 1
        )
        yield start, part[at].end()
        first += at + 1
        start = words[first].start()
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


_AFTER_ORDINAL_LIST: Final = (
    "januar februar märz april mai juni juli august september oktober november dezember"
    " ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık"
    " quartal halbjahr kapitel jahrhundert lebensjahr auflage etage stock çeyrek yüzyıl madde sınıf kat bölüm"
)
_AFTER_ORDINAL: Final = frozenset(_AFTER_ORDINAL_LIST.split())

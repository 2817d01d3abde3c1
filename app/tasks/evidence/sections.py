"""Lists as documents print them: the lines under a heading that names the field, one member a line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from app.domain.task import TaskField
from app.tasks.candidates.finding import Source
from app.tasks.candidates.options import Option, option_at
from app.tasks.lines.layout import Line
from app.tasks.lines.notions import asks_for_quantities, names_notion
from app.tasks.text.folding import tokens_of

_BULLET = re.compile(r"[ \t]*(?:[-–—•●▪◦‣·*▢☐□✓✔]|\(?\d{1,3}[.)]|[a-z][.)])[ \t]+(?=\S)")
_PLAIN_BULLET = re.compile(r"[ \t]*(?:[-–—•●▪◦‣·*▢☐□✓✔][ \t]+)?")
_QUANTITY = re.compile(r"(?:ca\.?|about|etwa|env\.)?\s*(?:\d|[¼½¾⅓⅔⅛])(?!\d*[.)]\s)")
_NUMBERED = re.compile(r"\s*\(?\d{1,3}[.)]")
_LEAST_MEMBERS: Final = 2
_LEAST_COUNTED: Final = 3
_COUNTED_SHARE: Final = 0.5
_MOST_BETWEEN: Final = 2
_MOST_MEMBERS: Final = 80
_MAX_HEADING_WORDS: Final = 5
_MAX_PLAIN_WORDS: Final = 14
"""A line without a bullet that is longer than this is running text."""


@dataclass(frozen=True)
class Section:
    """A heading's line, if there is one, and the members under it."""

    heading: Line | None
    members: tuple[Option, ...]
    bulleted: bool
    counted: bool = False
    """Whether most members begin with a quantity."""


def section_under(field: TaskField, source: Source) -> Section | None:
    """The list that a label of the field heads. Bulleted ones before others, then the longest; None where there is none.

    Where things are asked with their quantities, a list of counted things is preferred, and taken without a heading, too.
    """
    is_counted = asks_for_quantities(field)
    sections = [
        section
        for line in source.layout.lines
        if _is_heading(field.name, line, source) and (section := _read(line, source, is_counted)) is not None
    ]
    best = max(sections, key=lambda section: (is_counted and section.counted, section.bulleted, len(section.members)), default=None)
    if is_counted and (best is None or not best.counted):
        return max(_counted_lists(source), key=lambda section: len(section.members), default=best)
    return best


def _is_heading(field: str, line: Line, source: Source) -> bool:
    """Whether the line is a label of the field with hardly anything else: "Ingredients (serves 4):"."""
    if len(line.segments) != 1:
        return False
    words = tokens_of(_text_of(line, source))
    own = [hit for hit in source.hits.on(line.index) if hit.is_for(field)]
    if not own or len(words) > _MAX_HEADING_WORDS:
        return False
    before = source.text[line.start : own[0].start]
    return len(tokens_of(before)) <= 1 and not source.text[own[0].end : line.end].strip(" \t").startswith(",")


def _read(heading: Line, source: Source, is_counted: bool) -> Section | None:
    following = source.layout.lines[heading.index + 1 : heading.index + 1 + _MOST_MEMBERS]
    skipped = _lines_before_bullets(following, source)
    bulleted = skipped is not None
    lines = list(_bulleted(following[skipped:], source, is_counted) if skipped is not None else _plain(following, source))
    return _section(heading, lines, source, bulleted=bulleted)


def _section(heading: Line | None, lines: Sequence[Line], source: Source, *, bulleted: bool) -> Section | None:
    members = tuple(option for line in lines if (option := _member(line, source)) is not None)
    counted = _COUNTED_SHARE * len(members) <= sum(bool(_QUANTITY.match(member.text)) for member in members)
    return Section(heading, members, bulleted, counted) if len(members) >= _LEAST_MEMBERS else None


def _lines_before_bullets(following: Sequence[Line], source: Source) -> int | None:
    """How many short lines, such as "For the dough", stand between a heading and the first bullet; None without bullets."""
    for index, line in enumerate(following[: _MOST_BETWEEN + 1]):
        if _bullet_end(line, source) is not None:
            return index
        if len(tokens_of(_text_of(line, source))) > _MAX_HEADING_WORDS:
            return None
    return None


def _counted_lists(source: Source) -> Iterator[Section]:
    """Runs of lines that begin with a quantity; with bullets others may follow, such as "salt"."""
    run: list[Line] = []
    for line in [*source.layout.lines, None]:
        if line is not None and (_is_counted(line, source) or (run and _goes_on(run[-1], line, source))):
            run.append(line)
            continue
        section = _section(None, run, source, bulleted=True) if len(run) >= _LEAST_COUNTED else None
        if section is not None:
            yield section
        run = []


def _goes_on(previous: Line, line: Line, source: Source) -> bool:
    """Whether two lines have bullets and the second is short."""
    bulleted = _bullet_end(previous, source) is not None and _bullet_end(line, source) is not None
    return bulleted and not _is_numbered(line, source) and len(tokens_of(_text_of(line, source))) <= _MAX_HEADING_WORDS


def _is_numbered(line: Line, source: Source) -> bool:
    return bool(_NUMBERED.match(source.text, line.start, line.end))


def _is_counted(line: Line, source: Source) -> bool:
    bullet = _PLAIN_BULLET.match(source.text, line.start, line.end)
    start = bullet.end() if bullet else line.start
    words = len(tokens_of(source.text[start : line.end]))
    return 1 < words <= _MAX_PLAIN_WORDS and bool(_QUANTITY.match(source.text, start, line.end))


def _bulleted(following: Sequence[Line], source: Source, is_counted: bool) -> Iterator[Line]:
    """The bulleted lines up to the next text; a heading ("For the sauce:") only parts them."""
    for index, line in enumerate(following):
        if _bullet_end(line, source) is not None:
            if _is_numbered(line, source) is not _is_numbered(following[0], source):
                return
            yield line
            continue
        after = following[index + 1] if index + 1 < len(following) else None
        text = _text_of(line, source).rstrip()
        goes_on = after is not None and _bullet_end(after, source) is not None
        goes_on = goes_on and (text.endswith(":") or (is_counted and after is not None and _is_counted(after, source)))
        if not goes_on or len(tokens_of(text)) > _MAX_HEADING_WORDS:
            return


def _plain(following: Sequence[Line], source: Source) -> Iterator[Line]:
    """The lines up to the first gap or running text."""
    previous: Line | None = None
    for line in following:
        gap = previous is not None and source.text.count("\n", previous.end, line.start) > 1
        text = _text_of(line, source)
        if (
            gap
            or len(line.segments) != 1
            or len(tokens_of(text)) > _MAX_PLAIN_WORDS
            or text.rstrip().endswith(":")
            or names_notion(text)
        ):
            return
        yield line
        previous = line


def _bullet_end(line: Line, source: Source) -> int | None:
    match = _BULLET.match(source.text, line.start, line.end)
    return match.end() if match else None


def _member(line: Line, source: Source) -> Option | None:
    start = _bullet_end(line, source)
    return option_at(source.text, line.segments[0].start if start is None else start, line.end, "member") if line.segments else None


def _text_of(line: Line, source: Source) -> str:
    return source.text[line.start : line.end]

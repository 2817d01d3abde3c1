"""Lists as documents print them: the lines under a heading that names the field, one member a line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from app.tasks.candidates import Option, Source, option_at
from app.tasks.folding import tokens_of
from app.tasks.layout import Line

_BULLET = re.compile(r"[ \t]*(?:[-–—•●▪◦‣·*▢☐□✓✔]|\(?\d{1,3}[.)]|[a-z][.)])[ \t]+(?=\S)")
_LEAST_MEMBERS: Final = 2
_MOST_MEMBERS: Final = 80
_MAX_HEADING_WORDS: Final = 5
_MAX_PLAIN_WORDS: Final = 14
"""A line without a bullet that is longer than this is running text."""


@dataclass(frozen=True)
class Section:
    """A heading's line and the members under it."""

    heading: Line
    members: tuple[Option, ...]
    bulleted: bool


def section_under(field: str, source: Source) -> Section | None:
    """The list that a label of the field heads. Bulleted ones before others, then the longest; None where there is none."""
    sections = [
        section for line in source.layout.lines if _is_heading(field, line, source) and (section := _read(line, source)) is not None
    ]
    return max(sections, key=lambda section: (section.bulleted, len(section.members)), default=None)


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


def _read(heading: Line, source: Source) -> Section | None:
    following = source.layout.lines[heading.index + 1 : heading.index + 1 + _MOST_MEMBERS]
    if not following:
        return None
    bulleted = _bullet_end(following[0], source) is not None
    lines = list(_bulleted(following, source) if bulleted else _plain(following, source))
    members = tuple(option for line in lines if (option := _member(line, source)) is not None)
    return Section(heading, members, bulleted) if len(members) >= _LEAST_MEMBERS else None


def _bulleted(following: Sequence[Line], source: Source) -> Iterator[Line]:
    """The bulleted lines up to the next text; a heading with a colon ("For the sauce:") only parts them."""
    for index, line in enumerate(following):
        if _bullet_end(line, source) is not None:
            yield line
            continue
        after = following[index + 1] if index + 1 < len(following) else None
        parts = _text_of(line, source).rstrip().endswith(":") and after is not None and _bullet_end(after, source) is not None
        if not parts:
            return


def _plain(following: Sequence[Line], source: Source) -> Iterator[Line]:
    """The lines up to the first gap or running text."""
    previous: Line | None = None
    for line in following:
        gap = previous is not None and source.text.count("\n", previous.end, line.start) > 1
        text = _text_of(line, source)
        if gap or len(line.segments) != 1 or len(tokens_of(text)) > _MAX_PLAIN_WORDS or text.rstrip().endswith(":"):
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

"""What each source read of a list, of rows or of a summary, line by line, as a person reads it. Pure; no widgets."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.domain.result import Opinion
from app.domain.task import FieldType
from app.ui.views.typed_values import EntryError, parsed_value, shown_value

LOCAL = "local"
_BETWEEN = " · "
Columns = Sequence[tuple[str, FieldType]]
"""Names and types of cells; a list has one, without a name."""


@dataclass(frozen=True)
class Reading:
    """`only` tells for each line whether no other source has it."""

    source: str
    lines: tuple[str, ...]
    only: tuple[bool, ...]
    is_taken: bool
    reason: str


def readings_of(opinions: Sequence[Opinion], columns: Columns) -> tuple[Reading, ...]:
    """Nothing where no larger model was asked."""
    if all(opinion.source == LOCAL for opinion in opinions):
        return ()
    told = [(opinion, _lines(opinion, columns)) for opinion in opinions]
    return tuple(
        Reading(
            source=opinion.source,
            lines=lines,
            only=tuple(all(line not in other for at, (_, other) in enumerate(told) if at != index) for line in lines),
            is_taken=opinion.accepted,
            reason=opinion.reason,
        )
        for index, (opinion, lines) in enumerate(told)
    )


def _lines(opinion: Opinion, columns: Columns) -> tuple[str, ...]:
    """Of a group as it is kept in an opinion: JSON of any form, since strangers wrote it."""
    try:
        members = json.loads(opinion.value or "null")
    except ValueError:
        return ()
    if not isinstance(members, list):
        return ()
    shown = _as_kept if opinion.source == LOCAL else _as_printed
    return tuple(line for member in members if (line := _line(member, columns, shown)))


def _line(member: object, columns: Columns, shown: Callable[[FieldType, str], str]) -> str:
    if not isinstance(member, dict):
        return shown(columns[0][1] if columns else FieldType.TEXT, _text(member))
    if not columns or "" in dict(columns):
        return shown(FieldType.TEXT, _text(member.get("text")))
    return _BETWEEN.join(words for name, kind in columns if (words := shown(kind, _text(member.get(name)))))


def _text(said: object) -> str:
    return " ".join(str(said).split()) if isinstance(said, str | int | float) and not isinstance(said, bool) else ""


def _as_kept(kind: FieldType, text: str) -> str:
    return shown_value(kind, text)


def _as_printed(kind: FieldType, text: str) -> str:
    """Read anew where that is possible, so that the same value looks the same."""
    try:
        return shown_value(kind, parsed_value(kind, text)) if text else ""
    except EntryError:
        return text

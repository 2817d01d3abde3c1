"""Lists and rows of a larger model: each member and cell is grounded by itself, the group is taken or refused as a whole."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from pydantic import JsonValue

from app.domain.document import Document
from app.domain.result import Opinion, Proof, Result, Value
from app.domain.task import TaskCheck, TaskField, TaskRows
from app.domain.trust import UNJUDGED
from app.tasks.answers.checks import run_check
from app.tasks.answers.grounding import evidence_of
from app.tasks.candidates.options import Option
from app.tasks.evidence.scene import Scene
from app.tasks.settling.values import NOT_THERE, OTHER_FORM, TAKEN, Grounded, Grounder, Larger, agreed, taken, words_of

_SURE: Final = 0.85
"""Local members of at least this confidence stay although the larger model did not name them."""
_MAX_MEMBERS: Final = 200
_STANDING_SHARE: Final = 0.8
"""Of the cells given, so many must stand in the document."""
_REACH: Final = 4
"""Lines over which the cells of a row may be spread."""
_CELL: Final = 0.9
_AGAINST: Final = "The rows do not add up, and the local ones do."
_NO_ROWS: Final = "The larger model found none; the local ones stay."
Cells = dict[str, Option]


def settle_list(answer: Result, field: TaskField, given: JsonValue, by: Larger, grounder: Grounder, document: Document) -> Result:
    """The members that stand in the document, in its order, with those local ones that are sure."""
    local = answer.lists.get(field.name, ())
    if any(value.corrected for value in local):
        return answer
    try:
        said = _members(given)
    except ValueError as fault:
        return _with_opinions(answer, field.name, local, given, by, str(fault))
    found = {each.option.value: each for words in said if (each := grounder.ground(words)) is not None}
    if not found:
        return _with_opinions(answer, field.name, local, given, by, NOT_THERE if said else _NO_ROWS)
    known = {value.value: value for value in local}
    members = [_member(known.get(value), each, by, document) for value, each in found.items()]
    members += [value for value in local if value.value not in found and value.confidence >= _SURE]
    members.sort(key=lambda value: value.evidence.start if value.evidence else 0)
    answer = _with_opinions(answer, field.name, local, given, by, TAKEN, accepted=True)
    return answer.model_copy(update={"lists": answer.lists | {field.name: tuple(members)}})


def settle_rows(
    answer: Result,
    group: TaskRows,
    given: JsonValue,
    by: Larger,
    scene: Scene,
    document: Document,
    checks: Sequence[TaskCheck],
) -> Result:
    """The rows, if nearly all of their cells stand in the document and the sums hold that hold with the local ones."""
    local = answer.rows.get(group.name, ())
    if any(value.corrected for row in local for value in row.values()):
        return answer
    try:
        said = list(_records(given, group))
    except ValueError as fault:
        return _with_opinions(answer, group.name, local, given, by, str(fault))
    if not said:
        return _with_opinions(answer, group.name, local, given, by, _NO_ROWS)
    grounders = {field.name: Grounder(field, scene) for field in group.fields}
    placed = _placed(said, grounders, scene)
    standing = sum(map(len, placed)) / max(1, sum(map(len, said)))
    if standing < _STANDING_SHARE:
        return _with_opinions(answer, group.name, local, given, by, NOT_THERE)
    rows = tuple(_row(group, cells, by, document) for cells in placed if cells)
    changed = answer.model_copy(update={"rows": answer.rows | {group.name: rows}})
    if _failing(changed, checks) > _failing(answer, checks):
        return _with_opinions(answer, group.name, local, given, by, _AGAINST)
    return _with_opinions(changed, group.name, local, given, by, TAKEN, accepted=True)


def _members(given: JsonValue) -> list[str]:
    if given is None:
        return []
    if not isinstance(given, list):
        raise ValueError(OTHER_FORM)  # noqa: TRY004 - one kind of fault for all of an answer
    return [words for each in given[:_MAX_MEMBERS] if (words := words_of(each)) is not None]


def _member(local: Value | None, found: Grounded, by: Larger, document: Document) -> Value:
    if local is not None:
        return agreed(local, by, found.option.text)
    value = taken(Value(confidence=0.5), by, found, document)
    return value.model_copy(update={"opinions": value.opinions[-1:]})


def _records(given: JsonValue, group: TaskRows) -> Iterator[dict[str, str]]:
    if given is None:
        return
    if not isinstance(given, list) or not all(isinstance(row, dict) for row in given):
        raise ValueError(OTHER_FORM)
    for row in given[:_MAX_MEMBERS]:
        assert isinstance(row, dict)
        cells = {field.name: words for field in group.fields if (words := words_of(row.get(field.name))) is not None}
        if cells:
            yield cells


def _placed(said: Sequence[Mapping[str, str]], grounders: Mapping[str, Grounder], scene: Scene) -> list[Cells]:
    """For each row the places of its cells: close together, and no line before that of the row above."""
    placed: list[Cells] = []
    floor = 0
    for row in said:
        places = {name: found for name, words in row.items() if (found := grounders[name].places(words))}
        best: Cells = {}
        best_score: tuple[int, int] = (0, 0)
        for anchor in min(places.values(), key=len, default=()):
            line = _line(scene, anchor)
            cells = {name: near for name, found in places.items() if (near := _nearest(scene, found, line)) is not None}
            score = (len(cells), -abs(line - floor) - (_REACH if line < floor else 0))
            if not best or score > best_score:
                best, best_score = cells, score
        placed.append(best)
        floor = max((_line(scene, option) + 1 for option in best.values()), default=floor)
    return placed


def _nearest(scene: Scene, places: Sequence[Option], line: int) -> Option | None:
    near = min(places, key=lambda option: abs(_line(scene, option) - line))
    return near if abs(_line(scene, near) - line) <= _REACH else None


def _line(scene: Scene, option: Option) -> int:
    line = scene.source.layout.line_of(option.start)
    return line.index if line is not None else 0


def _row(group: TaskRows, cells: Cells, by: Larger, document: Document) -> dict[str, Value]:
    return {field.name: _cell(cells.get(field.name), by, document) for field in group.fields}


def _cell(option: Option | None, by: Larger, document: Document) -> Value:
    if option is None:
        return Value()
    place = evidence_of(document, option)
    opinion = Opinion(source=by.source, value=option.value, text=option.text, evidence=place, accepted=True, reason=TAKEN)
    return Value(
        value=option.value,
        text=option.text,
        evidence=place,
        confidence=round(_CELL * by.trust.right / UNJUDGED.right, 4),
        rests_on=by.trust.n_judged,
        proof=Proof.GROUNDED,
        reason=TAKEN,
        opinions=(opinion,),
    )


def _failing(answer: Result, checks: Sequence[TaskCheck]) -> int:
    values = {name: value.value for name, value in answer.fields.items()}
    columns = columns_of(answer)
    return sum(run_check(check, values, columns).passed is False for check in checks)


def columns_of(answer: Result) -> dict[str, list[str | None]]:
    """The values of each column of the rows, under ``rows.field``."""
    columns: dict[str, list[str | None]] = {}
    for group, rows in answer.rows.items():
        for row in rows:
            for cell, value in row.items():
                columns.setdefault(f"{group}.{cell}", []).append(value.value)
    return columns


def _with_opinions(
    answer: Result,
    target: str,
    local: Sequence[Value] | Sequence[Mapping[str, Value]],
    given: JsonValue,
    by: Larger,
    reason: str,
    *,
    accepted: bool = False,
) -> Result:
    """The answer with both readings of a group kept beside it, as JSON."""
    own = Opinion(source="local", value=json.dumps([_plain(each) for each in local], ensure_ascii=False), accepted=not accepted)
    before = answer.opinions.get(target, (own,))
    if accepted:
        before = tuple(opinion.model_copy(update={"accepted": False}) for opinion in before)
    theirs = Opinion(source=by.source, value=json.dumps(given, ensure_ascii=False), accepted=accepted, reason=reason)
    return answer.model_copy(update={"opinions": answer.opinions | {target: (*before, theirs)}})


def _plain(member: Value | Mapping[str, Value]) -> str | dict[str, str | None] | None:
    if isinstance(member, Value):
        return member.value
    return {name: value.value for name, value in member.items()}

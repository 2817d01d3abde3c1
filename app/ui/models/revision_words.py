"""The history of an answer in words: who did what, when, and whether it still stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain.revision import Revision, RevisionKind, RevisionStanding, ValueChange
from app.domain.targets import LABEL, POINTS, parse_target
from app.domain.task import Task
from app.ui.messages import title_of, tr, tr_n

_MOST_CHANGES = 12
_LONGEST = 60


@dataclass(frozen=True)
class RevisionWords:
    """`title` names who and what, `lines` what became of which value; `state` is empty while the step stands."""

    when: str
    title: str
    lines: tuple[str, ...] = ()
    state: str = ""


def words_of(step: Revision, task: Task | None, target: str = "") -> RevisionWords:
    """With `target`, only what the step did to this value."""
    changes = [change for change in step.changes if not target or change.target == target]
    lines = [_change(step.kind, change, task) for change in changes[:_MOST_CHANGES]]
    if len(changes) > _MOST_CHANGES:
        lines.append(tr_n("{n} more", "{n} more", len(changes) - _MOST_CHANGES))
    return RevisionWords(_moment(step.made_at), _title(step), tuple(lines), _state(step))


def concerns(step: Revision, target: str) -> bool:
    """Whether a step says something of a value; one of the whole answer does of each."""
    if not target or any(change.target == target for change in step.changes):
        return True
    return step.kind in {RevisionKind.ACCEPTED_ALL, RevisionKind.RESTORED}


def full_title(target: str, task: Task | None) -> str:
    """``Total``, ``Positions 2, Amount``: the value as a person would name it."""
    named = parse_target(target)
    if named.name == LABEL and named.index is None:
        return tr("Class")
    if named.name == POINTS and named.index is not None:
        return tr("Point {n}", n=named.index + 1)
    title = named.name
    cell = named.cell
    for field in task.fields if task is not None else ():
        if field.name == named.name:
            title = title_of(field.title, field.name)
    for group in task.rows if task is not None else ():
        if group.name == named.name:
            title = title_of(group.title, group.name)
            cell = next((title_of(one.title, one.name) for one in group.fields if one.name == named.cell), named.cell)
    if title == named.name:
        title = title_of({}, title)
    if named.index is None:
        return title
    return f"{title} {named.index + 1}" + (f", {cell}" if cell else "")


def _title(step: Revision) -> str:
    match step.kind:
        case RevisionKind.READ:
            return tr("Answer of {model}", model=step.model) if step.model else tr("Answer of the model")
        case RevisionKind.LARGER_MODEL:
            return tr("Answers of {model} taken in", model=step.model) if step.model else tr("Answers of a larger model taken in")
        case RevisionKind.CORRECTED:
            return tr("You corrected")
        case RevisionKind.ACCEPTED:
            return tr("You accepted")
        case RevisionKind.ACCEPTED_ALL:
            return tr("You accepted the whole document")
        case RevisionKind.RESTORED:
            return tr("You went back to the original answer")


def _change(kind: RevisionKind, change: ValueChange, task: Task | None) -> str:
    title, before, after = full_title(change.target, task), _shown(change.before), _shown(change.after)
    if kind in {RevisionKind.READ, RevisionKind.ACCEPTED}:
        return f"{title}: {after}"
    return f"{title}: {before} → {after}"


def _state(step: Revision) -> str:
    match step.standing:
        case RevisionStanding.STANDS:
            return ""
        case RevisionStanding.UNDONE:
            return tr("undone")
        case RevisionStanding.TAKEN_BACK:
            return tr("taken back")
        case RevisionStanding.REPLACED:
            return tr("of an earlier reading")


def _shown(value: str | None) -> str:
    if not value:
        return "—"
    words = " ".join(value.split())
    return words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1]}…"


def _moment(text: str) -> str:
    try:
        return datetime.fromisoformat(text).astimezone().strftime("%Y-%m-%d %H:%M")
    except ValueError:
        return ""

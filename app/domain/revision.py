"""The history of an answer: each step that made it what it is, by whom and when. Read from what is stored, never rewritten."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from app.domain.result import Result
from app.domain.review import current_text
from app.domain.targets import LABEL, POINTS, Target, iterate_values


class RevisionKind(StrEnum):
    READ = "read"
    """The answer as the model gave it."""
    CORRECTED = "corrected"
    ACCEPTED = "accepted"
    ACCEPTED_ALL = "accepted_all"
    LARGER_MODEL = "larger_model"
    RESTORED = "restored"
    """Back to the answer of the model."""


class RevisionStanding(StrEnum):
    STANDS = "stands"
    UNDONE = "undone"
    TAKEN_BACK = "taken_back"
    """By going back to the model's answer."""
    REPLACED = "replaced"
    """It was about an answer that was made anew since."""


class ValueChange(BaseModel):
    """One value before and after a step; None is no value."""

    model_config = ConfigDict(frozen=True)
    target: str
    before: str | None
    after: str | None


class Revision(BaseModel):
    """One step. `model` is whose answer it was, where a model gave it."""

    model_config = ConfigDict(frozen=True)
    kind: RevisionKind
    made_at: str
    changes: tuple[ValueChange, ...] = ()
    standing: RevisionStanding = RevisionStanding.STANDS
    model: str = ""
    undone_at: str = ""


@dataclass(frozen=True)
class PointReviews:
    """Points of summaries that a person let stand, reworded, and took out."""

    accepted: int = 0
    edited: int = 0
    dropped: int = 0


def changes_between(before: Result, after: Result) -> tuple[ValueChange, ...]:
    """Every value that is another one, in the order of `after`."""
    targets = list(dict.fromkeys([*targets_of(after), *targets_of(before)]))
    pairs = ((target, _text(before, target), _text(after, target)) for target in targets)
    return tuple(ValueChange(target=target, before=was, after=now) for target, was, now in pairs if was != now)


def values_of(result: Result) -> tuple[ValueChange, ...]:
    """Every value that a first answer gave."""
    return tuple(
        ValueChange(target=target, before=None, after=text) for target in targets_of(result) if (text := _text(result, target))
    )


def targets_of(result: Result) -> list[str]:
    answer = result.answer
    label = [LABEL] if result.label is not None or answer.label is not None else []
    points = [str(Target(POINTS, index)) for index in range(len(answer.points))]
    return label + [str(target) for target, _ in iterate_values(answer)] + points


def _text(result: Result, target: str) -> str | None:
    return current_text(result, target) or None

"""Whether a task is ready to be relied on: five things, each green only from evidence, and what to do next for the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.domain.drift import OVERALL, n_to_learn
from app.domain.insights import Insight
from app.domain.task import Task, TaskKind
from app.evaluation.outcome import Run

FEWEST_CASES: Final = 30
MOST_FIELDS: Final = 20
MOST_LABELS: Final = 30


class Item(StrEnum):
    NARROW = "narrow"
    SCORED = "scored"
    ESCALATION = "escalation"
    WATCHED = "watched"
    PRIVACY = "privacy"


class Lack(StrEnum):
    """Why an item is open."""

    TOO_MANY_FIELDS = "too_many_fields"
    NO_DESCRIPTION = "no_description"
    TOO_FEW_CASES = "too_few_cases"
    NO_LOCAL_RUN = "no_local_run"
    NO_FRONTIER_RUN = "no_frontier_run"
    NOT_SET_UP = "not_set_up"
    TOO_FEW_DOCUMENTS = "too_few_documents"
    NOT_CHOSEN = "not_chosen"


@dataclass(frozen=True)
class Finding:
    """`lack` is None when the item is green. `have` and `need` count what the item rests on."""

    item: Item
    lack: Lack | None = None
    have: int = 0
    need: int = 0


def readiness(
    task: Task, runs: Sequence[Run], work: Insight, *, frontier_models: frozenset[str], has_larger_model: bool, has_privacy: bool
) -> tuple[Finding, ...]:
    """Judge a task by its saved evaluations and the work done with it. Runs of an earlier version of the task tell nothing.

    `frontier_models` are ids of models elsewhere; `has_larger_model`: one can be asked; `has_privacy`: somebody chose the privacy
    class of these documents.
    """
    need = OVERALL.n_learnt if work.n_documents < OVERALL.n_learnt else n_to_learn(OVERALL, work.n_wanted)
    return (
        _narrow(task),
        _scored([run for run in runs if run.task_version == task.version], frontier_models),
        _escalation(task, has_larger_model=has_larger_model),
        Finding(
            Item.WATCHED,
            None if work.n_documents >= need else Lack.TOO_FEW_DOCUMENTS,
            work.n_documents,
            need,
        ),
        Finding(Item.PRIVACY, None if has_privacy else Lack.NOT_CHOSEN),
    )


def _narrow(task: Task) -> Finding:
    asked = len(task.labels) if task.kind is TaskKind.CLASSIFY else len(task.fields) + len(task.rows)
    most = MOST_LABELS if task.kind is TaskKind.CLASSIFY else MOST_FIELDS
    if asked > most:
        return Finding(Item.NARROW, Lack.TOO_MANY_FIELDS, asked, most)
    if not task.description:
        return Finding(Item.NARROW, Lack.NO_DESCRIPTION)
    return Finding(Item.NARROW, None, asked, most)


def _scored(runs: Sequence[Run], frontier_models: frozenset[str]) -> Finding:
    """Both models must have answered the same cases, and enough of them. A model elsewhere has a name and no file."""
    local = [_keys(run) for run in runs if run.model.sha256 or not run.model.id]
    frontier = [_keys(run) for run in runs if run.model.id in frontier_models and not run.model.sha256]
    most = max(map(len, local), default=0)
    if most < FEWEST_CASES:
        return Finding(Item.SCORED, Lack.NO_LOCAL_RUN if not local else Lack.TOO_FEW_CASES, most, FEWEST_CASES)
    shared = max((len(mine & other) for mine in local for other in frontier), default=0)
    if shared < FEWEST_CASES:
        return Finding(Item.SCORED, Lack.NO_FRONTIER_RUN, shared, FEWEST_CASES)
    return Finding(Item.SCORED, None, shared, FEWEST_CASES)


def _escalation(task: Task, *, has_larger_model: bool) -> Finding:
    """A task that stays with the person on purpose has its path: they check what is doubtful."""
    if task.routing.escalate_to == "none" or task.privacy.class_ == "never":
        return Finding(Item.ESCALATION)
    return Finding(Item.ESCALATION, None if has_larger_model else Lack.NOT_SET_UP)


def _keys(run: Run) -> set[str]:
    return {case.key for case in run.cases if not case.error}

"""Saved runs: one JSON file each in the data folder, and what two of them have in common."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from app.domain.result import Result
from app.domain.task import Task
from app.errors import EvaluationError, UnknownRunError
from app.evaluation.cases import Case
from app.evaluation.judge import judge_anew
from app.evaluation.outcome import CaseOutcome, Run
from app.export.atomic import write_atomically

_NAME: Final = re.compile(r"\w[\w.-]{0,63}")
_LEAST_CHANGE: Final = 0.01
"""A list or a summary that changed by less is as good as before."""


@dataclass(frozen=True)
class Change:
    """An answer that is better or worse than before. `key` is that of its case; a value is empty where there was none."""

    key: str
    case: str
    name: str
    before: str
    after: str
    gain: float


@dataclass(frozen=True)
class Comparison:
    """Two runs over the cases they share."""

    improved: tuple[Change, ...]
    regressed: tuple[Change, ...]
    shared: int
    only_before: int
    only_now: int


@dataclass(frozen=True)
class SavedRun:
    name: str
    model: str
    saved_at: str
    """ISO 8601, UTC."""


class SavedRuns:
    """The runs in one folder, by name."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def save(self, name: str, run: Run) -> Path:
        """A run saved under the same name before is replaced."""
        path = self._path(name)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise EvaluationError(detail=f"{self._folder} can't be made ({error.strerror})") from error
        write_atomically(path, run.model_dump_json(indent=1).encode("utf-8", "backslashreplace"))
        return path

    def load(self, name: str) -> Run:
        """Raises `UnknownRunError`, or `EvaluationError` for a file that is no saved run."""
        path = self._path(name)
        try:
            return Run.model_validate_json(path.read_bytes())
        except FileNotFoundError as error:
            raise UnknownRunError(name=name, known=", ".join(self.names()) or "none") from error
        except (OSError, ValidationError) as error:
            raise EvaluationError(detail=f"{path} is not a saved evaluation of this version of Deskhand") from error

    def load_if_whole(self, name: str) -> Run | None:
        """None for one of another version, where the others are wanted nevertheless."""
        try:
            return self.load(name)
        except EvaluationError:
            return None

    def names(self) -> list[str]:
        return sorted(path.stem for path in self._folder.glob("*.json"))

    def of_task(self, task_id: str) -> list[SavedRun]:
        """The newest first."""
        runs = ((name, run) for name in self.names() if (run := self.load_if_whole(name)) is not None and run.task == task_id)
        saved = [SavedRun(name, run.model.id, self._saved_at(name)) for name, run in runs]
        return sorted(saved, key=lambda run: run.saved_at, reverse=True)

    def require_name(self, name: str) -> None:
        """Raises `EvaluationError` for a name that no run can have; told before the work, not after it."""
        self._path(name)

    def _saved_at(self, name: str) -> str:
        return datetime.fromtimestamp(self._path(name).stat().st_mtime, UTC).isoformat(timespec="seconds")

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise EvaluationError(detail=f"{name!r} can't name a saved run; use letters, digits, dots and dashes")
        return self._folder / f"{name}.json"


def compare(before: Run, now: Run) -> Comparison:
    """The answers that became better or worse, the greatest change first."""
    old, new = ({case.key: case for case in run.cases} for run in (before, now))
    shared = [key for key in new if key in old]
    changes = [change for key in shared for change in _changes(old[key], new[key])]
    changes.sort(key=lambda change: -abs(change.gain))
    return Comparison(
        improved=tuple(change for change in changes if change.gain > 0),
        regressed=tuple(change for change in changes if change.gain < 0),
        shared=len(shared),
        only_before=len(old) - len(shared),
        only_now=len(new) - len(shared),
    )


def scored_anew(run: Run, cases: Sequence[Case], task_of: Callable[[Result], Task], *, keeps_others: bool = False) -> Run:
    """A run judged by what its cases expect now; cases that are not among these are left out, unless they are to stay.

    `task_of` tells which task made a result's answer.
    """
    known = {case.key: case for case in cases}
    kept = (outcome for outcome in run.cases if keeps_others or outcome.key in known)
    return run.model_copy(update={"cases": tuple(_scored_anew(outcome, known.get(outcome.key), task_of) for outcome in kept)})


def _scored_anew(outcome: CaseOutcome, case: Case | None, task_of: Callable[[Result], Task]) -> CaseOutcome:
    """One that failed, or was saved without its result, stays as it is."""
    if case is None or outcome.result is None:
        return outcome
    return judge_anew(outcome, outcome.result, case, task_of(outcome.result))


def _changes(before: CaseOutcome, now: CaseOutcome) -> Iterator[Change]:
    old, new = _scores(before), _scores(now)
    for name in (name for name in new if name in old):
        (was, shown_before), (is_now, shown_now) = old[name], new[name]
        if abs(is_now - was) >= _LEAST_CHANGE:
            yield Change(now.key, now.shown, name, shown_before, shown_now, is_now - was)


def _scores(case: CaseOutcome) -> dict[str, tuple[float, str]]:
    """For each answer how good it is, 0–1, and how it is shown."""
    scores = {answer.name: (float(answer.right), answer.value or "") for answer in case.answers}
    scores |= {answer.name: (answer.f1, f"{answer.found}/{answer.expected}") for answer in case.lists}
    if case.summary is not None and case.summary.rouge_l is not None:
        scores["summary"] = (case.summary.rouge_l, f"{case.summary.rouge_l:.2f}")
    return scores

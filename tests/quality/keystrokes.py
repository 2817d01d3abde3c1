"""Counts the keys that a review takes: ``python -m tests.quality.keystrokes DATA_FOLDER | SAVED_RUN.json …``.

A value to check takes `A` where the answer is right, a number where the window's own list of candidates holds the right one, and
else `E`, the words and Enter; Delete where there is none. Saved runs tell which answers are right; of a data folder every answer
counts as right, which is the least that it takes.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import mean, median
from typing import Final

from app.domain.job import JobState
from app.domain.result import Result
from app.domain.review import ReviewRule
from app.domain.targets import LABEL, parse_target, value_at
from app.domain.task import FieldType, Task
from app.evaluation.cases import LABEL as EXPECTED_LABEL
from app.evaluation.comparison import is_right
from app.evaluation.outcome import Answer, Run
from app.paths import resources
from app.settings import Settings
from app.storage.store import Store
from app.tasks.library import TaskLibrary
from app.ui.views.field_card import MOST_CHOICES

KEY_S: Final = 0.28
THINK_S: Final = 1.35
"""Operators of Card, Moran and Newell's keystroke-level model: an average typist's key, and getting ready to decide."""
_DECISIONS: Final = {"accept": 1, "choose": 2, "type": 2}
_BELOW: Final = Settings().review_below
Made = tuple[str, int]
"""The way that a value is settled, and its keys."""


def of_run(path: Path, tasks: TaskLibrary) -> Iterator[Made]:
    """Of the values that the window would show as to check. Of lists and rows a run does not tell which members are right."""
    run = Run.model_validate_json(path.read_bytes())
    task = tasks.get(run.task)
    for case in run.cases:
        if case.result is None:
            continue
        answers = {answer.name: answer for answer in case.answers}
        for target in ReviewRule.of_task(task, _BELOW).open_targets(case.result):
            answer = answers.get(EXPECTED_LABEL if target == LABEL else target)
            if answer is not None:
                yield _keys_for(task, case.result, target, answer)


def _keys_for(task: Task, result: Result, target: str, answer: Answer) -> Made:
    if answer.right:
        return "accept", 1
    if any(is_right(_kind_of(task, target), text, answer.expected) for text in _offered(result, target)):
        return "choose", 1
    words = next(iter(answer.expected), "")
    return "type", 2 + max(1, len(words))


def _kind_of(task: Task, target: str) -> FieldType:
    return next((field.type for field in task.fields if field.name == target), FieldType.TEXT)


def _offered(result: Result, target: str) -> list[str]:
    if target == LABEL:
        label = result.label or result.answer.label
        return [other.value for other in label.alternatives[:MOST_CHOICES]] if label is not None else []
    value = value_at(result, parse_target(target))
    return [choice.value for choice in value.alternatives[:MOST_CHOICES]] if value is not None else []


def of_folder(folder: Path) -> Iterator[Made]:
    tasks = TaskLibrary(resources() / "tasks", folder / "tasks")
    with Store(folder / "deskhand.sqlite") as store:
        for job in store.jobs({JobState.REVIEW, JobState.DONE}):
            result = store.result(job.id)
            if result is not None and Path(job.name).suffix != ".md":
                rule = ReviewRule.of_task(tasks.get(result.answer.task), _BELOW)
                yield from (("accept", 1) for _ in rule.open_targets(result))


def seconds_of(made: Made) -> float:
    way, keys = made
    return THINK_S * _DECISIONS[way] + KEY_S * keys


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sources", type=Path, nargs="+")
    parser.add_argument("--tasks", type=Path, default=Path("tasks"), help="A folder with more tasks than the built-in ones.")
    options = parser.parse_args()
    tasks = TaskLibrary(resources() / "tasks", options.tasks)
    made = [one for source in options.sources for one in (of_folder(source) if source.is_dir() else of_run(source, tasks))]
    if not made:
        print("nothing to check")
        return 0
    for way in _DECISIONS:
        of_way = [one for one in made if one[0] == way]
        if of_way:
            print(f"{way}: {len(of_way)} values, {mean(map(seconds_of, of_way)):.1f} s each")
    keys, seconds = [count for _, count in made], [seconds_of(one) for one in made]
    print(f"{len(made)} values to check; keys for each: median {median(keys):.0f}, mean {mean(keys):.2f}, most {max(keys)}")
    print(f"seconds for each by the keystroke-level model: median {median(seconds):.1f}, mean {mean(seconds):.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

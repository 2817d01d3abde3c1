"""Counts the keys that a review takes: ``python -m tests.quality.keystrokes DATA_FOLDER | SAVED_RUN.json``.

A value to check takes `A` where the answer is right, a number where a candidate is, and else `E`, typed words and Enter. A saved
run tells which answers are right; of a data folder every answer counts as right, which is the least that it takes.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Final

from app.domain.job import JobState
from app.domain.result import Proof
from app.domain.review import ReviewRule
from app.domain.targets import parse_target, value_at
from app.evaluation.outcome import Answer, CaseOutcome, Run
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
_DOUBTFUL: Final = {Proof.AMBIGUOUS.value, Proof.CONTRADICTED.value, Proof.NOT_FOUND.value}


def of_run(path: Path) -> Iterator[tuple[str, int]]:
    for case in Run.model_validate_json(path.read_bytes()).cases:
        for answer in case.answers:
            if answer.value is not None and (answer.proof in _DOUBTFUL or answer.confidence < _BELOW):
                yield _keys_for(case, answer)


def _keys_for(case: CaseOutcome, answer: Answer) -> tuple[str, int]:
    if answer.right:
        return "accept", 1
    value = value_at(case.result, parse_target(answer.name)) if case.result is not None else None
    if value is not None and any(choice.value in answer.expected for choice in value.alternatives[:MOST_CHOICES]):
        return "choose", 1
    return "type", 2 + len(next(iter(answer.expected), ""))


def of_folder(folder: Path) -> Iterator[tuple[str, int]]:
    tasks = TaskLibrary(resources() / "tasks", folder / "tasks")
    with Store(folder / "deskhand.sqlite") as store:
        for job in store.jobs({JobState.REVIEW, JobState.DONE}):
            result = store.result(job.id)
            if result is not None and Path(job.name).suffix != ".md":
                rule = ReviewRule.of_task(tasks.get(result.answer.task), _BELOW)
                yield from (("accept", 1) for _ in rule.open_targets(result))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path)
    source = parser.parse_args().source
    made = list(of_folder(source) if source.is_dir() else of_run(source))
    if not made:
        print("nothing to check")
        return 0
    keys = [count for _, count in made]
    seconds = [THINK_S * _DECISIONS[way] + KEY_S * count for way, count in made]
    print(f"{len(made)} values to check: {dict(Counter(way for way, _ in made))}")
    print(f"keys for each: mean {sum(keys) / len(keys):.2f}, median {median(keys):.0f}, most {max(keys)}")
    print(f"seconds for each by the keystroke-level model: median {median(seconds):.1f}, mean {sum(seconds) / len(seconds):.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

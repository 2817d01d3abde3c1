from __future__ import annotations

import pytest

from app.domain.result import ModelUsed
from app.evaluation.outcome import Answer, CaseOutcome, Run
from app.evaluation.significance import difference


def _run(rights: dict[str, list[bool]]) -> Run:
    cases = tuple(
        CaseOutcome(
            key=key,
            shown=key,
            group=key,
            answers=tuple(
                Answer(name=f"field {index}", value="1", expected=("1",), right=right, confidence=0.5)
                for index, right in enumerate(answers)
            ),
        )
        for key, answers in rights.items()
    )
    return Run(task="t", task_version=1, model=ModelUsed(), engine_version="1", cases=cases)


def test_equal_runs_do_not_differ() -> None:
    run = _run({"a": [True], "b": [False]})
    told = difference(run, run)
    assert (told.gained, told.lost, told.chance, told.is_real) == (0, 0, 1.0, False)


@pytest.mark.parametrize(("gained", "lost", "chance"), [(5, 0, 0.0625), (6, 0, 0.03125), (9, 1, 0.021484375), (5, 5, 1.0)])
def test_chance_is_that_of_a_fair_coin(gained: int, lost: int, chance: float) -> None:
    before = _run({f"g{n}": [False] for n in range(gained)} | {f"l{n}": [True] for n in range(lost)} | {"same": [True]})
    now = _run({f"g{n}": [True] for n in range(gained)} | {f"l{n}": [False] for n in range(lost)} | {"same": [True]})
    told = difference(before, now)
    assert (told.gained, told.lost) == (gained, lost)
    assert told.chance == pytest.approx(chance)
    assert told.is_real == (chance < 0.05)


def test_a_document_counts_once() -> None:
    told = difference(_run({"a": [False] * 8}), _run({"a": [True] * 8}))
    assert (told.gained, told.lost, told.is_real) == (1, 0, False)


def test_some_fields_and_shared_cases_alone_count() -> None:
    before, now = _run({"a": [True, False], "old": [True, True]}), _run({"a": [False, True], "new": [True, True]})
    assert difference(before, now).gained == difference(before, now).lost == 0
    assert difference(before, now, ["field 1"]).gained == 1

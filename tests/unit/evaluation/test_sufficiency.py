from __future__ import annotations

from app.domain.result import ModelUsed
from app.evaluation.outcome import Answer, CaseOutcome, Run
from app.evaluation.sufficiency import Candidate, Target, smallest_sufficient


def _candidate(name: str, size_bytes: int, seconds: float, wrong_every: int) -> Candidate:
    cases = tuple(
        CaseOutcome(
            key=str(index),
            shown=str(index),
            group=str(index),
            answer_s=seconds,
            answers=(
                Answer(
                    name="total_amount",
                    value="1",
                    expected=("1",),
                    right=index % wrong_every != 0,
                    confidence=0.3 if index % wrong_every == 0 else 0.9,
                ),
            ),
        )
        for index in range(200)
    )
    run = Run(task="invoice", task_version=1, model=ModelUsed(id=name), engine_version="1", cases=cases)
    return Candidate(run, size_bytes)


def test_the_smallest_model_that_reaches_the_target_is_named() -> None:
    small, middle, large = _candidate("small", 100, 1.0, 3), _candidate("middle", 500, 3.0, 20), _candidate("large", 900, 2.0, 50)
    found = smallest_sufficient([large, small, middle], Target(0.97, most_reviewed=0.1))
    assert [verdict.candidate.run.model.id for verdict in found.verdicts] == ["small", "middle", "large"]
    assert found.smallest is not None
    assert found.smallest.candidate is middle
    assert found.fastest is not None
    assert found.fastest.candidate is large


def test_none_is_named_where_none_is_sufficient() -> None:
    found = smallest_sufficient([_candidate("small", 100, 1.0, 3)], Target(0.97, most_reviewed=0.1))
    assert found.smallest is None
    assert found.verdicts[0].promise.best is not None


def test_a_field_that_nobody_judged_promises_nothing() -> None:
    found = smallest_sufficient([_candidate("small", 100, 1.0, 50)], Target(0.9, most_reviewed=0.5, names=("due_date",)))
    assert found.smallest is None
    assert found.verdicts[0].n == 0

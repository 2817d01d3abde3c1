from __future__ import annotations

import pytest

from app.domain.insights import Insight
from app.domain.result import ModelUsed
from app.domain.task import FieldType, Task, TaskField, TaskKind
from app.evaluation.outcome import CaseOutcome, Run
from app.evaluation.readiness import FEWEST_CASES, Finding, Item, Lack, readiness

TASK = Task(id="t", kind=TaskKind.EXTRACT, description="A bill.", fields=(TaskField(name="total", type=FieldType.AMOUNT),))


def _run(model: str, n: int, first: int = 0, error: str = "") -> Run:
    cases = tuple(CaseOutcome(key=str(at), shown=str(at), group=str(at), error=error) for at in range(first, first + n))
    return Run(
        task="t",
        task_version=1,
        model=ModelUsed(id=model, sha256="" if model in {"large", "older"} else "a" * 64),
        engine_version="1",
        cases=cases,
    )


def _judge(
    task: Task = TASK, *runs: Run, n_documents: int = 0, n_wanted: int = 30, larger: bool = False, privacy: bool = False
) -> dict[Item, Finding]:
    found = readiness(
        task,
        runs,
        Insight(n_documents=n_documents, n_wanted=n_wanted),
        frontier_models=frozenset({"large"}),
        has_larger_model=larger,
        has_privacy=privacy,
    )
    return {finding.item: finding for finding in found}


def test_nothing_is_green_without_evidence() -> None:
    found = _judge()
    assert {item for item, finding in found.items() if finding.lack is None} == {Item.NARROW}
    assert list(found) == list(Item)


def test_everything_is_green_from_evidence() -> None:
    found = _judge(TASK, _run("small", 40), _run("large", 40), n_documents=200, larger=True, privacy=True)
    assert {finding.lack for finding in found.values()} == {None}


@pytest.mark.parametrize(
    ("runs", "lack", "have"),
    [
        ([], Lack.NO_LOCAL_RUN, 0),
        ([_run("small", 12)], Lack.TOO_FEW_CASES, 12),
        ([_run("small", 40, error="locked")], Lack.TOO_FEW_CASES, 0),
        ([_run("small", 40)], Lack.NO_FRONTIER_RUN, 0),
        ([_run("small", 40), _run("large", 40, first=30)], Lack.NO_FRONTIER_RUN, 10),
        ([_run("small", 40), _run("large", 40, first=5)], None, 35),
        ([_run("older", 40), _run("large", 40)], Lack.NO_LOCAL_RUN, 0),
    ],
)
def test_both_models_must_have_answered_the_same_cases(runs: list[Run], lack: Lack | None, have: int) -> None:
    assert _judge(TASK, *runs)[Item.SCORED] == Finding(Item.SCORED, lack, have, FEWEST_CASES)


def test_a_task_that_asks_for_too_much_is_not_narrow() -> None:
    wide = TASK.model_copy(update={"fields": tuple(TaskField(name=f"f{n}", type=FieldType.TEXT) for n in range(30))})
    assert _judge(wide)[Item.NARROW].lack is Lack.TOO_MANY_FIELDS
    assert _judge(TASK.model_copy(update={"description": ""}))[Item.NARROW].lack is Lack.NO_DESCRIPTION


def test_a_task_kept_here_on_purpose_has_its_path() -> None:
    kept = TASK.model_copy(update={"routing": TASK.routing.model_copy(update={"escalate_to": "none"})})
    assert _judge(kept)[Item.ESCALATION].lack is None
    assert _judge(TASK)[Item.ESCALATION].lack is Lack.NOT_SET_UP


def test_runs_of_an_earlier_version_of_the_task_tell_nothing() -> None:
    changed = TASK.model_copy(update={"version": 2})
    assert _judge(changed, _run("small", 40), _run("large", 40))[Item.SCORED].lack is Lack.NO_LOCAL_RUN


@pytest.mark.parametrize(("n", "n_wanted", "need"), [(199, 30, 200), (200, 30, None), (500, 5, 1000), (1000, 5, None)])
def test_a_rate_is_watched_from_when_it_is_known(n: int, n_wanted: int, need: int | None) -> None:
    found = _judge(n_documents=n, n_wanted=n_wanted)[Item.WATCHED]
    assert (found.lack, found.need if need else None) == (Lack.TOO_FEW_DOCUMENTS if need else None, need)

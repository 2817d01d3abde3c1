from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.domain.result import ModelUsed
from app.errors import CancelledError
from app.evaluation.cases import Case
from app.evaluation.contest import Contestant, ContestProgress, compete
from app.evaluation.runner import EvaluationRun
from tests.helpers.fake_services import TASK, FakeModel, FakeReader, FakeTasks

_CASES = [Case(text=f"{word} ray", expected={"first": word}) for word in ("alpha", "beta", "gamma")]


class _Door:
    """Tells which models are open."""

    def __init__(self) -> None:
        self.open: list[str] = []
        self.most_open = 0

    def contestant(self, name: str) -> Contestant:
        @contextmanager
        def opened() -> Iterator[FakeModel]:
            self.open.append(name)
            self.most_open = max(self.most_open, len(self.open))
            try:
                yield FakeModel()
            finally:
                self.open.remove(name)

        return Contestant(ModelUsed(id=name), 100, opened)


def _run() -> EvaluationRun:
    return EvaluationRun(TASK, _CASES, Path(), tasks=FakeTasks(), reader=FakeReader(), language="en")


def test_models_answer_the_same_cases_one_model_at_a_time() -> None:
    door, told = _Door(), list[ContestProgress]()
    found = compete(
        _run(), [door.contestant("a"), door.contestant("b")], max_bytes=10_000, cancel=threading.Event(), on_progress=told.append
    )
    assert [candidate.run.model.id for candidate in found] == ["a", "b"]
    assert found[0].run.cases[0].answers == found[1].run.cases[0].answers
    assert (door.most_open, door.open) == (1, [])
    assert [(news.model_id, news.done) for news in told] == [*(("a", n) for n in range(4)), *(("b", n) for n in range(3, 7))]
    assert {news.total for news in told} == {6}


def test_a_cancelled_contest_lets_its_model_go() -> None:
    door, cancel = _Door(), threading.Event()

    def stop(news: ContestProgress) -> None:
        if news.done == 1:
            cancel.set()

    with pytest.raises(CancelledError):
        compete(_run(), [door.contestant("a")], max_bytes=10_000, cancel=cancel, on_progress=stop)
    assert door.open == []

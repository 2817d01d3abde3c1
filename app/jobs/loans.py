"""Loans: the loaded model is lent for one short call between two documents. Any thread asks; the jobs thread makes the call."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Generic, TypeVar

from app.errors import CancelledError
from app.worker.ports import TaskModel

_T = TypeVar("_T")


class Loan(Generic[_T]):
    """One call with the model, and the future that tells how it ended."""

    def __init__(self, op: Callable[[TaskModel], _T]) -> None:
        self.future: Future[_T] = Future()
        self._op = op

    def use(self, model: Callable[[], TaskModel]) -> None:
        """Make the call; a model that can't be had is told like a call that fails."""
        try:
            self.future.set_result(self._op(model()))
        except Exception as error:  # noqa: BLE001 - whoever waits for it has to know
            self.future.set_exception(error)

    def give_up(self) -> None:
        self.future.set_exception(CancelledError(file="What the model was wanted for"))


Loans = deque[Loan[Any]]

"""The model in memory: one at a time, exchanged only where another task wants another file."""

from __future__ import annotations

from collections.abc import Callable

from app.worker.ports import TaskModel

MakeModel = Callable[[str], TaskModel]
"""Makes the model of a task by the task's id. Raises `AppError` kinds."""


class LoadedModel:
    """Used by one thread, but for `expire`. `sha256_of` names the file that would answer a task now."""

    def __init__(self, make: MakeModel, sha256_of: Callable[[str], str]) -> None:
        self.sha256_of = sha256_of
        self._make = make
        self._model: TaskModel | None = None
        self._task = ""
        self._sha256 = ""
        self._is_old = False

    def of(self, task_id: str) -> TaskModel:
        """The model of a task; another one is closed before, for memory may hold one only."""
        is_old, self._is_old = self._is_old, False
        if is_old or self._differs(task_id):
            self.close()
        if self._model is None:
            self._sha256 = self.sha256_of(task_id)
            self._model = self._make(task_id)
        self._task = task_id
        return self._model

    def at_hand(self) -> TaskModel:
        """For what any model can do: the one that is loaded, or else the last task's."""
        return self.of(self._task)

    def expire(self, make: MakeModel | None = None) -> None:
        """Make it anew (in another way if given) when it is wanted next."""
        self._make = make or self._make
        self._is_old = True

    def close(self) -> None:
        if self._model is not None:
            self._model.close()
            self._model = None

    def _differs(self, task_id: str) -> bool:
        return self._model is not None and task_id != self._task and self.sha256_of(task_id) != self._sha256

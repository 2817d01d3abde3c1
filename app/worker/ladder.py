"""A model that does not fit after all gives way: to a shorter context, then to a smaller model. Never in silence."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from app.domain.document import Document
from app.domain.result import Result
from app.domain.task import Task
from app.errors import AppError, ModelLoadError, OutOfMemoryError
from app.worker.ports import OnProgress, TaskModel

MOST_STEPS = 2
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Rung:
    """One way to run a model; `name` is what the person reads when it is taken instead of another."""

    name: str
    make: Callable[[], TaskModel]


class ModelLadder:
    """Runs the first model until it can't be loaded or runs out of memory, then what `below` gives, `MOST_STEPS` down at most."""

    def __init__(self, first: TaskModel, below: Callable[[], Sequence[Rung]]) -> None:
        self._model = first
        self._name = ""
        self._find_below = below
        self._below: list[Rung] | None = None
        self._is_closed = False

    def run(
        self,
        task: Task,
        document: Document,
        *,
        followups: Mapping[str, Task],
        language: str,
        cancel: threading.Event | None = None,
        on_progress: OnProgress | None = None,
    ) -> Result:
        while True:
            try:
                result = self._model.run(
                    task, document, followups=followups, language=language, cancel=cancel, on_progress=on_progress
                )
                break
            except (ModelLoadError, OutOfMemoryError) as error:
                if not self._step_down(error):
                    raise
        if not self._name:
            return result
        notice = f"There was not enough memory for the model chosen; {self._name} answered."
        return result.model_copy(update={"notices": (*result.notices, notice)})

    def close(self) -> None:
        self._is_closed = True
        self._model.close()

    def _step_down(self, error: AppError) -> bool:
        """Go on with the next rung; False when there is none."""
        if self._below is None:
            self._below = list(self._find_below())[:MOST_STEPS]
        if not self._below or self._is_closed:
            return False
        rung = self._below.pop(0)
        _log.warning("%s; going on with %s", error.user_text, rung.name)
        self._model.close()
        self._model, self._name = rung.make(), rung.name
        return True

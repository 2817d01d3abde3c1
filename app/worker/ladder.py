"""A model that does not fit after all gives way: from the graphics card to the processor, to a shorter context, to a smaller model.

One whose file the engine refuses gives way to another file. Never in silence.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from pydantic import JsonValue

from app.domain.document import Document
from app.domain.enquiry import Enquiry
from app.domain.result import Result
from app.domain.task import Task
from app.domain.trust import UNJUDGED, Trust
from app.errors import AppError, ModelError, ModelFileError, ModelLoadError, OutOfMemoryError
from app.worker.ports import OnProgress, TaskModel

MOST_STEPS = 2
_NO_MEMORY = "There was not enough memory for the model chosen"
_REFUSED = "The model chosen can't be run by this version of Deskhand"
_log = logging.getLogger(__name__)
_Answer = TypeVar("_Answer")


@dataclass(frozen=True)
class Rung:
    """One way to run a model; `name` is what the person reads when it is taken instead of another."""

    name: str
    make: Callable[[], TaskModel]
    because: str = ""
    """The beginning of the sentence that tells why it was taken, where that is another reason than the fault itself."""
    files: frozenset[str] = frozenset()
    """The names of the files that it loads."""


class ModelLadder:
    """Runs the first model until it can't be loaded or runs out of memory, then what `below` gives, `MOST_STEPS` down at most.

    `gives_way_to` are more faults upon which the first model, and no other, is given up.
    """

    def __init__(
        self, first: TaskModel, below: Callable[[], Sequence[Rung]], *, gives_way_to: tuple[type[AppError], ...] = ()
    ) -> None:
        self._model = first
        self._rung: Rung | None = None
        self._because = ""
        self._n_steps = 0
        self._faults = (ModelLoadError, ModelFileError, OutOfMemoryError)
        self._faults_of_first = gives_way_to
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
        result = self._stepwise(
            lambda model: model.run(task, document, followups=followups, language=language, cancel=cancel, on_progress=on_progress)
        )
        if self._rung is None:
            return result
        return _with_notice(result, f"{self._because}; {self._rung.name} answered.")

    def enquire(
        self,
        task: Task,
        document: Document,
        result: Result,
        *,
        targets: Sequence[str],
        whole_document: bool = False,
        language: str = "",
        cancel: threading.Event | None = None,
    ) -> Enquiry:
        return self._stepwise(
            lambda model: model.enquire(
                task, document, result, targets=targets, whole_document=whole_document, language=language, cancel=cancel
            )
        )

    def settle(
        self,
        task: Task,
        document: Document,
        result: Result,
        answers: Mapping[str, JsonValue],
        *,
        source: str,
        trust: Trust = UNJUDGED,
        cancel: threading.Event | None = None,
    ) -> Result:
        return self._stepwise(
            lambda model: model.settle(task, document, result, answers, source=source, trust=trust, cancel=cancel)
        )

    def close(self) -> None:
        self._is_closed = True
        self._model.close()

    def _stepwise(self, ask: Callable[[TaskModel], _Answer]) -> _Answer:
        while True:
            try:
                return ask(self._model)
            except ModelError as error:
                if not isinstance(error, self._faults if self._rung else self._faults + self._faults_of_first):
                    raise
                if not self._step_down(error):
                    raise

    def _step_down(self, error: AppError) -> bool:
        """Go on with the next rung; False when there is none."""
        if self._below is None:
            self._below = list(self._find_below())
        is_refused = isinstance(error, ModelFileError)
        if is_refused:
            self._below = [rung for rung in self._below if error.params.get("file") not in rung.files]
        if not self._below or self._is_closed or self._n_steps == MOST_STEPS:
            return False
        rung = self._below.pop(0)
        self._n_steps += 1
        self._because = rung.because or (_REFUSED if is_refused else _NO_MEMORY)
        _log.warning("%s; going on with %s", error.user_text, rung.name)
        self._model.close()
        self._model, self._rung = rung.make(), rung
        return True


def _with_notice(result: Result, notice: str) -> Result:
    """On the answer that a person came for, too."""
    then = _with_notice(result.then, notice) if result.then is not None else None
    return result.model_copy(update={"notices": (*result.notices, notice), "then": then})

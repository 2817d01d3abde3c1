"""How a task is answered now: by which models, and what would make the answer another one."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import replace

from app.domain.document import Document
from app.domain.progress import Progress
from app.domain.result import Result
from app.domain.task import Task, TaskKind
from app.jobs.loaded_models import LoadedModels
from app.jobs.plan import answering_task, task_fingerprint
from app.jobs.ports import Tasks
from app.worker.ports import OnProgress

_CLASS_SHARE = 0.15
"""Part of the progress that choosing the class stands for."""


class Answers:
    """With `auto`, a task for which another model was chosen is answered by that one."""

    def __init__(self, tasks: Tasks, models: LoadedModels) -> None:
        self._tasks = tasks
        self._models = models

    def key_of(self, task: Task) -> tuple[str, str]:
        """What an answer stored before must share to hold now: a key, and the hash of its model where the key does not tell."""
        followups = self._followups(task)
        of_task = self._models.sha256_of(task.id)
        others = {then.id: sha256 for then in followups.values() if (sha256 := self._models.sha256_of(then.id)) != of_task}
        if not others:
            return task_fingerprint(task, followups), of_task
        return task_fingerprint(task, followups, others | {task.id: of_task}), ""

    def answering_task(self, task: Task, result: Result) -> Task:
        """The task that made `result.answer`."""
        return answering_task(task, self._followups(task), result)

    def run(self, task: Task, document: Document, *, language: str, cancel: threading.Event, on_progress: OnProgress) -> Result:
        followups = self._followups(task)
        of_task = self._models.sha256_of(task.id) if followups else ""
        own = {label: then for label, then in followups.items() if self._models.sha256_of(then.id) != of_task}
        here = {label: then for label, then in followups.items() if label not in own}
        model = self._models.of(task.id)
        result = model.run(task, document, followups=here, language=language, cancel=cancel, on_progress=on_progress)
        chosen = own.get(result.label.value) if result.label is not None else None
        if chosen is None or cancel.is_set():
            return result

        def tell(progress: Progress) -> None:
            on_progress(replace(progress, fraction=_CLASS_SHARE + (1 - _CLASS_SHARE) * progress.fraction))

        then = self._models.of(chosen.id).run(chosen, document, followups={}, language=language, cancel=cancel, on_progress=tell)
        return _together(result, then)

    def _followups(self, task: Task) -> Mapping[str, Task]:
        return self._tasks.followups() if task.kind is TaskKind.AUTO else {}


def _together(result: Result, then: Result) -> Result:
    """Both with what they took together, as when one model does both."""
    took = {name: getattr(result.timing, name) + seconds for name, seconds in then.timing}
    counts = {name: getattr(result.tokens, name) + count for name, count in then.tokens}
    common = {"timing": then.timing.model_copy(update=took), "tokens": then.tokens.model_copy(update=counts)}
    return result.model_copy(update=common | {"then": then.model_copy(update=common)})

"""The models in memory: the one that is wanted, and beside it others that were wanted before, as far as memory holds them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.worker.ports import TaskModel

MakeModel = Callable[[str], TaskModel]
"""Makes the model of a task by the task's id. Raises `AppError` kinds."""
FitsBeside = Callable[[str, Sequence[str]], bool]
"""Whether the model of a task can be loaded while those of other tasks stay."""


class LoadedModels:
    """Used by one thread, but for `sha256_of` and `expire`."""

    def __init__(self, make: MakeModel, find_sha256: Callable[[str], str], fits_beside: FitsBeside) -> None:
        self._make = make
        self._find_sha256 = find_sha256
        self._fits_beside = fits_beside
        self._loaded: dict[str, TaskModel] = {}
        """By the hash of the file; the one used last comes last."""
        self._tasks: dict[str, str] = {}
        """The task that each was loaded for."""
        self._hashes: dict[tuple[int, str], str] = {}
        self._last_task = ""
        self._version = self._loaded_version = 0

    def sha256_of(self, task_id: str) -> str:
        """The file that answers a task, found out once until `expire`; empty while there is none."""
        key = (self._version, task_id)
        sha256 = self._hashes.get(key) or self._find_sha256(task_id)
        if sha256:
            self._hashes[key] = sha256
        return sha256

    def of(self, task_id: str) -> TaskModel:
        """The model of a task."""
        version = self._version
        if version != self._loaded_version:
            self.close()
            self._loaded_version = version
        sha256 = self.sha256_of(task_id)
        model = self._loaded.pop(sha256, None) or self._made(task_id)
        self._loaded[sha256] = model
        self._tasks[sha256] = self._last_task = task_id
        return model

    def at_hand(self) -> TaskModel:
        """For what any model can do: the one that was used last."""
        return self.of(self._last_task)

    def expire(self, make: MakeModel | None = None) -> None:
        """Make all anew (in another way if given) when they are wanted next."""
        self._make = make or self._make
        self._hashes = {}
        self._version += 1

    def close(self) -> None:
        while self._loaded:
            self._close(next(iter(self._loaded)))

    def _made(self, task_id: str) -> TaskModel:
        """Those that were not wanted for longest make room."""
        while self._loaded and not self._fits_beside(task_id, [self._tasks[sha256] for sha256 in self._loaded]):
            self._close(next(iter(self._loaded)))
        return self._make(task_id)

    def _close(self, sha256: str) -> None:
        self._loaded.pop(sha256).close()

"""The tasks on disk: built-in ones that ship with Deskhand, and the person's own, which win over built-in ones of the same id."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import tomli_w

from app.atomic import replace_file
from app.domain.task import CLASSES_OF_AUTO, Task, TaskKind
from app.errors import TaskFileError, UnknownTaskError
from app.tasks.faults import Fault, find_faults

_MAX_TASK_BYTES = 2**20
_Version = tuple[int, int, int]


class TaskLibrary:
    """Loads tasks by id or path and saves the person's own. A file is read again when it has changed, so edits show at once."""

    def __init__(self, builtin_dir: Path, user_dir: Path) -> None:
        self._builtin_dir = builtin_dir
        self._user_dir = user_dir
        self._loaded: dict[Path, tuple[_Version, Task]] = {}

    def all(self) -> list[Task]:
        """Every usable task by id, the person's own in place of built-in ones. Their faulty files are left out; see `faults`."""
        tasks = {task.id: task for task in map(self._load, self._files(self._builtin_dir))}
        for path in self._files(self._user_dir):
            with suppress(TaskFileError):
                task = self._load(path)
                tasks[task.id] = task
        return [self._complete(tasks[key]) for key in sorted(tasks)]

    def builtin_ids(self) -> set[str]:
        return {path.stem for path in self._files(self._builtin_dir)}

    def faults(self) -> dict[Path, list[Fault]]:
        """The person's task files that can't be used, and why."""
        return {path: found for path in self._files(self._user_dir) if (found := check_file(path))}

    def get(self, name: str) -> Task:
        """The task of an id, or of a path to a TOML file. Raises `UnknownTaskError` or `TaskFileError`."""
        if name.endswith(".toml"):
            return self._load(Path(name))
        for folder in (self._user_dir, self._builtin_dir):
            path = folder / f"{name}.toml"
            if re.fullmatch(r"[a-z][a-z0-9_]*", name) and path.is_file():
                return self._complete(self._load(path))
        known = ", ".join(task.id for task in self.all())
        raise UnknownTaskError(task=name, known=known)

    def _load(self, path: Path) -> Task:
        version = _version(path)
        known = self._loaded.get(path)
        if known is not None and known[0] == version:
            return known[1]
        task = load_task(path)
        if version is not None:
            self._loaded[path] = version, task
        return task

    def _complete(self, task: Task) -> Task:
        """`auto` classifies like `document_type`."""
        if task.kind is not TaskKind.AUTO or task.labels:
            return task
        kinds = self.get(CLASSES_OF_AUTO)
        shared = ("labels", "other_label", "head_temperature")
        return task.model_copy(update={name: getattr(kinds, name) for name in shared})

    def followups(self) -> dict[str, Task]:
        """For `auto`: the task to run for each label of `document_type`."""
        return {label.name: self.get(label.task) for label in self.get(CLASSES_OF_AUTO).labels if label.task}

    def save(self, task: Task) -> Path:
        """Write a task into the person's folder, atomically."""
        self._user_dir.mkdir(parents=True, exist_ok=True)
        path = self._user_dir / f"{task.id}.toml"
        replace_file(path, to_toml(task).encode(), mode=0o600)
        return path

    def delete(self, task_id: str) -> None:
        """Remove one of the person's tasks; a built-in one of the same id shows again."""
        (self._user_dir / f"{task_id}.toml").unlink(missing_ok=True)

    @staticmethod
    def _files(folder: Path) -> Iterator[Path]:
        return iter(sorted(folder.glob("[a-z]*.toml")))


def _version(path: Path) -> _Version | None:
    """What differs when a file has changed; None when there is no such file."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns


def load_task(path: Path) -> Task:
    """The task in a file. Raises `TaskFileError` naming the first faulty line."""
    source = _read(path)
    faults = find_faults(source)
    if faults:
        raise TaskFileError(file=path.name, line=faults[0].line, detail=faults[0].detail)
    return Task.model_validate(tomllib.loads(source))


def check_file(path: Path) -> list[Fault]:
    """Everything wrong with a task file, in the order of its lines; empty when it can be used."""
    try:
        source = _read(path)
    except TaskFileError as error:
        return [Fault(1, error.params["detail"])]
    return find_faults(source)


def to_toml(task: Task) -> str:
    """The task as a file, defaults left out."""
    data = task.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return tomli_w.dumps({"id": task.id, "version": task.version, "kind": task.kind.value} | data, multiline_strings=True)


def _read(path: Path) -> str:
    try:
        if path.exists() and not path.is_file():
            raise TaskFileError(file=path.name, line=1, detail="it is not a file.")
        with path.open("rb") as file:
            raw = file.read(_MAX_TASK_BYTES + 1)
    except OSError as error:
        raise TaskFileError(file=path.name, line=1, detail=f"the file can't be read: {error.strerror}.") from error
    if len(raw) > _MAX_TASK_BYTES:
        raise TaskFileError(file=path.name, line=1, detail="the file is larger than 1 MiB.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise TaskFileError(file=path.name, line=line, detail="the text is not UTF-8.") from error

"""A reader, a model and a task library without processes; names and texts of documents say how they behave."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping

from app.domain.document import Document, Page
from app.domain.progress import Progress
from app.domain.result import Evidence, ModelUsed, Proof, Result, Value
from app.domain.task import Task, TaskField, TaskKind
from app.errors import (
    AppError,
    CancelledError,
    ModelCrashedError,
    PasswordNeededError,
    ReaderCrashedError,
    UnknownTaskError,
    WrongPasswordError,
)
from app.worker.ports import OnProgress

TASK = Task(id="first_word", kind=TaskKind.EXTRACT, fields=(TaskField(name="first", required=True), TaskField(name="second")))


def make_document(text: str, name: str = "a.txt", children: tuple[Document, ...] = ()) -> Document:
    return Document(
        name=name,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        format="text",
        text=text,
        pages=(Page(number=1, start=0, end=len(text)),),
        children=children,
    )


def make_value(document: Document, words: str, confidence: float = 0.9, proof: Proof = Proof.GROUNDED) -> Value:
    start = document.text.index(words)
    place = Evidence(page=1, start=start, end=start + len(words))
    return Value(value=words, text=words, evidence=place, confidence=confidence, proof=proof)


class FakeTasks:
    def __init__(self, *tasks: Task) -> None:
        self.tasks = {task.id: task for task in tasks or (TASK,)}

    def get(self, id_or_path: str) -> Task:
        if id_or_path not in self.tasks:
            raise UnknownTaskError(task=id_or_path, known=", ".join(self.tasks))
        return self.tasks[id_or_path]

    def followups(self) -> Mapping[str, Task]:
        return {}


class FakeReader:
    """Text files; ``mail:`` documents carry the following lines as attachments; ``locked:`` ones open with ``sesame``."""

    def __init__(self) -> None:
        self.reads: list[str] = []
        self.crashes_left: dict[str, int] = {}
        self.gate: threading.Event | None = None

    def read(
        self,
        data: bytes,
        name: str,
        *,
        password: str | None = None,
        cancel: threading.Event | None = None,
        on_progress: OnProgress | None = None,
    ) -> Document:
        self.reads.append(name)
        wait_for(self.gate, cancel)
        if self.crashes_left.get(name, 0) > 0:
            self.crashes_left[name] -= 1
            raise ReaderCrashedError(file=name, detail="signal 11")
        text = data.decode()
        if text.startswith("locked:"):
            if password is None:
                raise PasswordNeededError(file=name)
            if password != "sesame":
                raise WrongPasswordError(file=name)
        if on_progress is not None:
            on_progress(Progress("reading", 0.1))
        children: tuple[Document, ...] = ()
        if text.startswith("mail:"):
            children = tuple(make_document(line, f"{line}.txt") for line in text.splitlines()[1:])
        return make_document(text, name, children)


class FakeModel:
    """Answers the first word of a document; an empty first word is not found, ``?`` is ambiguous."""

    def __init__(self, sha256: str = "model") -> None:
        self.sha256 = sha256
        self.runs: list[str] = []
        self.errors: dict[str, list[AppError]] = {}
        self.gate: threading.Event | None = None
        self.closed = False

    def start(self) -> None:
        """It is there at once."""

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
        self.runs.append(document.name)
        wait_for(self.gate, cancel)
        if errors := self.errors.get(document.name):
            raise errors.pop(0)
        words = document.text.split()
        value = make_value(document, words[0]) if words else Value()
        if document.text.startswith("?"):
            value = value.model_copy(update={"proof": Proof.AMBIGUOUS})
        if on_progress is not None:
            on_progress(Progress("field", 0.9, name="first", value=value))
        return Result(task=task.id, task_version=task.version, fields={"first": value}, model=ModelUsed(sha256=self.sha256))

    def close(self) -> None:
        self.closed = True


def wait_for(gate: threading.Event | None, cancel: threading.Event | None) -> None:
    """Work until the gate opens, as a service does: with an eye on the cancel flag."""
    while gate is not None and not gate.wait(0.005):
        if cancel is not None and cancel.is_set():
            raise CancelledError(file="it")


def crash(name: str) -> ModelCrashedError:
    return ModelCrashedError(file=name, detail="signal 6")

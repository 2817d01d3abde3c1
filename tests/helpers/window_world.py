"""The whole window on a data folder of its own, with a reader and a model that need no processes and obey a test."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import nullcontext
from pathlib import Path

from app.bootstrap import Deskhand
from app.catalog.catalog import ChosenModel
from app.domain.document import Document
from app.domain.picture import PagePicture
from app.domain.progress import Progress
from app.domain.result import Choice, Evidence, LabelAnswer, LabelScore, ModelUsed, Proof, Result, Value
from app.domain.task import Task, TaskKind
from app.errors import ModelMissingError
from app.evaluation.contest import Contestant
from app.evaluation.evidence import EvidenceAlone
from app.frontier.keys import KeyStore
from app.paths import Paths, resources
from app.settings import Settings
from app.tasks.library import TaskLibrary
from app.worker.ports import OnProgress
from app.worker.sandbox import SandboxReport
from tests.helpers.fake_services import FakeReader, wait_for
from tests.helpers.keyrings import NoKeyring

MARKS = {"?": Proof.AMBIGUOUS, "!": Proof.CONTRADICTED, "=": Proof.VERIFIED, "": Proof.GROUNDED}
_LINE = re.compile(r"^(?P<name>[a-z_]+)(?P<mark>[?!=]?): (?P<value>.+)$", re.MULTILINE)


class PageReader(FakeReader):
    """Reads like `FakeReader` and draws every page as a white sheet with a grey bar."""

    def __init__(self) -> None:
        super().__init__()
        self.sandbox: SandboxReport | None = None
        self.rendered: list[tuple[str, int]] = []

    def render(self, data: bytes, name: str, page: int, *, dpi: float, password: str | None = None) -> PagePicture:
        self.rendered.append((name, page))
        width, height = round(595 * dpi / 72), round(842 * dpi / 72)
        return PagePicture(width, height, width * 3, b"\xff" * (width * 3 * height))

    def close(self) -> None:
        return


class LineModel(EvidenceAlone):
    """Finds fields in lines such as ``total_amount: 717.97``; ``name?:`` is ambiguous, ``!`` contradicted, ``=`` verified.

    With `gate` set, it stops after the first value of each document until the gate is opened.
    """

    def __init__(self, words: Mapping[str, Mapping[str, str]] | None = None) -> None:
        self.gate: threading.Event | None = None
        self.info = ModelUsed(id="line-model", sha256="0" * 64)
        self._words = words or {}

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
        if task.kind is TaskKind.AUTO:
            chosen = followups.get("invoice")
            label = LabelAnswer(value="invoice", confidence=0.97, alternatives=(LabelScore(value="receipt", probability=0.03),))
            then = self._extract(chosen, document, cancel, on_progress) if chosen is not None else None
            return Result(task=task.id, label=label, then=then, model=self.info, pages_read=(1,))
        return self._extract(task, document, cancel, on_progress)

    def _extract(self, task: Task, document: Document, cancel: threading.Event | None, on_progress: OnProgress | None) -> Result:
        fields: dict[str, Value] = {}
        for number, item in enumerate(task.fields):
            value = self._find(document, item.name)
            fields[item.name] = value
            if on_progress is not None:
                on_progress(Progress("field", (number + 1) / len(task.fields), name=item.name, value=value))
            if number == 2:
                wait_for(self.gate, cancel)
        return Result(task=task.id, fields=fields, model=self.info, pages_read=(1,))

    def _find(self, document: Document, name: str) -> Value:
        wanted = self._words.get(document.name, {}).get(name)
        if wanted is not None:
            mark, words, value = wanted.split("|")
            start = document.text.find(words)
            return _value(document, start, start + len(words), value or words, MARKS[mark])
        for match in _LINE.finditer(document.text):
            if match["name"] == name:
                start, end = match.span("value")
                return _value(document, start, end, match["value"], MARKS[match["mark"]])
        return Value(confidence=0.8, reason="Nothing that looks like it stands on these pages.")


def _value(document: Document, start: int, end: int, value: str, proof: Proof) -> Value:
    place = Evidence(page=document.page_of(start).number, start=start, end=end, boxes=document.boxes_of(start, end))
    doubtful = proof in {Proof.AMBIGUOUS, Proof.CONTRADICTED}
    others: tuple[Choice, ...] = ()
    if doubtful:
        others = (Choice(value=value, text=document.text[start:end], evidence=place, probability=0.4),)
    return Value(
        value=value,
        text=document.text[start:end],
        evidence=place,
        confidence=0.6 if doubtful else 0.96,
        proof=proof,
        reason="It stands in two places." if doubtful else "",
        alternatives=others,
    )


class OwnTasks(TaskLibrary):
    """The built-in tasks; `auto` goes on only to those that are there."""

    def followups(self) -> dict[str, Task]:
        return {"invoice": self.get("invoice"), "receipt": self.get("receipt")}


class FakeDeskhand(Deskhand):
    """A `Deskhand` whose workers are fakes; storage, tasks, catalog and runner are the real ones."""

    def __init__(self, folder: Path, *, model: LineModel | None = None, reader: PageReader | None = None) -> None:
        super().__init__(
            Paths(data=folder / "data", models=folder / "models"), Settings(theme="light", language="en", first_steps=False)
        )
        self.paths.data.mkdir(parents=True, exist_ok=True)
        self.fake_reader = reader or PageReader()
        self.fake_model = model or LineModel()
        self.has_model = True
        self.__dict__["reader"] = self.fake_reader
        self.__dict__["keys"] = KeyStore(NoKeyring())
        self.__dict__["tasks"] = OwnTasks(resources() / "tasks", self.paths.user_tasks)

    def install_model(self) -> None:
        """An empty file of the starter's size stands for it."""
        path = self.catalog.path_of(self.catalog.get(self.catalog.starter_id))
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            file.truncate(self.catalog.get(self.catalog.starter_id).main_file.size_bytes)

    def choose_model(self, task: str = "") -> ChosenModel:
        spec = self.catalog.get(self.settings.model_of(task) or self.catalog.starter_id)
        if not self.has_model:
            raise ModelMissingError(model=spec.id)
        self.fake_model.info = ModelUsed(id=spec.id, sha256=spec.main_file.sha256)
        return ChosenModel(spec, self.paths.models / "fake.gguf")

    def contestant(self, model_id: str) -> Contestant:
        spec = self.catalog.get(model_id)
        used = ModelUsed(id=spec.id, sha256=spec.main_file.sha256)
        return Contestant(used, spec.main_file.size_bytes, lambda: nullcontext(self.fake_model))

    def make_model(self, task: str = "") -> LineModel:  # type: ignore[override]
        self.choose_model(task)
        return self.fake_model


def write_bill(folder: Path, name: str, lines: Iterable[str]) -> Path:
    """A text document with one line a field."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def bill_lines(seller: str, number: str, date: str, total: str, currency: str = "EUR", mark: str = "") -> list[str]:
    """The lines of an invoice with all required fields."""
    return [
        f"seller_name: {seller}",
        "buyer_name: Contoso Ltd",
        f"invoice_number=: {number}",
        f"issue_date: {date}",
        f"currency: {currency}",
        f"total_amount{mark}: {total}",
    ]


def wait_idle(deskhand: Deskhand, until: Callable[[float], bool] | None = None) -> None:
    """Wait until the queue has nothing left to do."""
    assert deskhand.runner.wait_until_idle(30.0)

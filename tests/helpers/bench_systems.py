"""Systems of a benchmark that answer at once and note what they were asked."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.document import Document
from app.domain.result import TokenCounts
from app.domain.task import Task, TaskField
from app.errors import PeerError
from app.evaluation.bench.documents import BenchDocument
from app.evaluation.bench.peer_child import Speeds
from app.evaluation.bench.records import SystemName
from app.evaluation.bench.systems import Answered
from tests.helpers.fake_services import make_document


class FakeSystem:
    def __init__(self, name: SystemName, log: list[str], *, fails_on: str = "") -> None:
        self.name = name
        self._log = log
        self._fails_on = fails_on

    def extract(self, task: Task, fields: Sequence[TaskField], document: Document) -> Answered:
        del task
        return self._answer(document.name, {field.name: "1" for field in fields})

    def classify(self, task: Task, document: Document) -> Answered:
        way = "learnt" if task.labels and task.labels[0].examples else "bare"
        return self._answer(f"{document.name} {way}", {})

    def speeds(self) -> Speeds | None:
        return Speeds(100.0, 10.0, 10_000_000) if self.name is SystemName.CHAT else None

    def peak_bytes(self) -> int | None:
        return None

    def processor_seconds(self) -> float | None:
        return float(len(self._log))

    def close(self) -> None: ...

    def _answer(self, asked: str, values: dict[str, str | None]) -> Answered:
        self._log.append(f"{asked} {self.name.value}")
        if asked == self._fails_on:
            raise PeerError(peer=self.name.value, detail="no more")
        return Answered(1.0, 0.5, 0.2, TokenCounts(prompt=9), values, label="k1")


def documents(*names: str) -> list[BenchDocument]:
    return [BenchDocument(name, make_document(f"text  of {name}", name), 0.1, {"total": "1"}) for name in names]

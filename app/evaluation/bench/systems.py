"""The systems under one face: Deskhand through its own services, a peer through its process."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from app.domain.document import Document
from app.domain.result import Result, TokenCounts
from app.domain.task import Task, TaskField
from app.errors import PeerError
from app.evaluation.bench import wording
from app.evaluation.bench.accounts import peak_bytes, processor_seconds
from app.evaluation.bench.judging import count_invented, invented_values, normalized
from app.evaluation.bench.peer_child import ChatFault, ChatRequest, PeerSetup, SpeedRequest, Speeds, serve
from app.evaluation.bench.records import Reply, SystemName
from app.worker.services import ModelService

_START_TIMEOUT_S = 300.0
_STOP_TIMEOUT_S = 10.0
_LABEL_TOKENS = 16
_CUT_SHARE = 0.9
_MOST_CUTS = 20


@dataclass(frozen=True)
class Answered:
    """What one request took, seen from outside, and what came of it. `values` are normalized."""

    answer_s: float
    prompt_s: float
    decode_s: float
    tokens: TokenCounts
    values: dict[str, str | None]
    label: str | None = None
    invented: int = 0
    was_cut: bool = False


class System(Protocol):
    @property
    def name(self) -> SystemName: ...

    def extract(self, task: Task, fields: Sequence[TaskField], document: Document) -> Answered: ...

    def classify(self, task: Task, document: Document) -> Answered: ...

    def speeds(self) -> Speeds | None:
        """Plain reading and writing with the system's kernels, where it can tell."""
        ...

    def peak_bytes(self) -> int | None: ...

    def processor_seconds(self) -> float | None: ...

    def close(self) -> None: ...


class DeskhandSystem:
    """The locked model worker, asked as a job asks it."""

    def __init__(self, name: SystemName, model: ModelService) -> None:
        self.name = name
        self._model = model
        model.wait_ready()

    def extract(self, task: Task, fields: Sequence[TaskField], document: Document) -> Answered:
        result, answer_s = self._run(task, document)
        values = {field.name: result.fields[field.name].value for field in fields if field.name in result.fields}
        return self._answered(result, answer_s, values, invented=invented_values(result, document))

    def classify(self, task: Task, document: Document) -> Answered:
        result, answer_s = self._run(task, document)
        return self._answered(result, answer_s, {})

    def _run(self, task: Task, document: Document) -> tuple[Result, float]:
        started = time.perf_counter()
        result = self._model.run(task, document, followups={}, language="")
        return result, time.perf_counter() - started

    @staticmethod
    def _answered(result: Result, answer_s: float, values: dict[str, str | None], *, invented: int = 0) -> Answered:
        return Answered(
            answer_s,
            result.timing.prefill_s,
            result.timing.decode_s,
            result.tokens,
            values,
            label=result.label.value if result.label else None,
            invented=invented,
        )

    def speeds(self) -> Speeds | None:
        return None

    def peak_bytes(self) -> int | None:
        return peak_bytes(self._pid)

    def processor_seconds(self) -> float | None:
        return processor_seconds(self._pid)

    @property
    def _pid(self) -> int:
        return int((self._model.start_info or {}).get("pid", 0))

    def close(self) -> None:
        self._model.close()


class PeerSystem:
    """A peer in a process of its own. Raises `PeerError` when it can't start, and after it died."""

    def __init__(self, name: SystemName, setup: PeerSetup) -> None:
        self.name = name
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=serve, args=(theirs, name, setup), daemon=True)
        self._process.start()
        theirs.close()
        fault = self._receive(_START_TIMEOUT_S)
        if isinstance(fault, ChatFault):
            self.close()
            raise PeerError(peer=name.value, detail=fault.detail)

    def extract(self, task: Task, fields: Sequence[TaskField], document: Document) -> Answered:
        text, was_cut = document.text, False
        for _ in range(_MOST_CUTS):
            request = ChatRequest(
                wording.extraction_messages(task, fields, text), wording.schema_of(fields), wording.answer_tokens(fields)
            )
            reply, answer_s = self._ask(request)
            if reply is not None:
                break
            text, was_cut = text[: int(_CUT_SHARE * len(text))], True
        else:
            raise PeerError(peer=self.name.value, detail="the document does not fit into its context.")
        values = wording.values_in(reply.text, fields)
        return Answered(
            answer_s,
            reply.prompt_s,
            reply.decode_s,
            reply.tokens,
            normalized(values, fields, document),
            invented=count_invented(values, fields, document),
            was_cut=was_cut,
        )

    def classify(self, task: Task, document: Document) -> Answered:
        reply, answer_s = self._ask(ChatRequest(wording.label_messages(task.labels, document.text), None, _LABEL_TOKENS))
        if reply is None:
            raise PeerError(peer=self.name.value, detail="the text does not fit into its context.")
        label = reply.text.strip().strip("\"'.-* ")
        return Answered(answer_s, reply.prompt_s, reply.decode_s, reply.tokens, {}, label=label)

    def speeds(self) -> Speeds | None:
        """Of llama-cpp-python, whose kernels are Deskhand's."""
        if self.name is not SystemName.CHAT:
            return None
        self._pipe.send(SpeedRequest())
        reply = self._receive(None)
        return reply if isinstance(reply, Speeds) else None

    def peak_bytes(self) -> int | None:
        return peak_bytes(self._process.pid or 0)

    def processor_seconds(self) -> float | None:
        return processor_seconds(self._process.pid or 0)

    def close(self) -> None:
        if self._process.is_alive():
            try:
                self._pipe.send(None)
            except OSError:
                self._process.kill()
        self._process.join(_STOP_TIMEOUT_S)
        if self._process.is_alive():
            self._process.kill()
        self._pipe.close()

    def _ask(self, request: ChatRequest) -> tuple[Reply | None, float]:
        """The reply with its time; no reply where the prompt is too long."""
        started = time.perf_counter()
        try:
            self._pipe.send(request)
        except OSError as error:
            raise self._death() from error
        reply = self._receive(None)
        if isinstance(reply, ChatFault) and not reply.is_too_long:
            raise PeerError(peer=self.name.value, detail=reply.detail)
        return reply if isinstance(reply, Reply) else None, time.perf_counter() - started

    def _receive(self, timeout_s: float | None) -> object:
        try:
            if not self._pipe.poll(timeout_s):
                raise PeerError(peer=self.name.value, detail="it did not start in time.")
            return self._pipe.recv()
        except (EOFError, OSError) as error:
            raise self._death() from error

    def _death(self) -> PeerError:
        self._process.join(_STOP_TIMEOUT_S)
        return PeerError(peer=self.name.value, detail=f"its process ended with code {self._process.exitcode}.")

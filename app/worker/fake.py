"""A small deterministic stand-in for a model, for tests: an engine over words, and a worker that answers without any model.

The fake worker misbehaves on cue: a document may hold ``crash-please``, ``hang-please``, ``slow-please``, ``garbage-please`` or
``memory-please``. Nothing in the program asks for the kind ``fake-model``; a test names it.
"""

from __future__ import annotations

import ctypes
import hashlib
import re
import time
from collections.abc import Callable, Mapping, Sequence

import llguidance
import numpy as np
from numpy.typing import NDArray

from app.documents.recognizers import warm_up
from app.domain.document import Document
from app.domain.progress import Progress
from app.domain.result import Evidence, LabelAnswer, LabelScore, ModelUsed, Point, Proof, Result, TokenCounts, Value
from app.domain.task import FieldType, Task, TaskField, TaskKind
from app.errors import ModelError
from app.tasks.asking.engine import Generation, ModelInfo, Step, Tokens
from app.worker import escalation
from app.worker.main import Call
from app.worker.model import progress_to
from app.worker.protocol import Json

_END = 256
_SLOW_S = 1.0
_PATTERNS = {
    FieldType.DATE: r"\d{4}-\d{2}-\d{2}|\d{1,2}[./]\d{1,2}[./]\d{4}",
    FieldType.AMOUNT: r"\d+[.,]\d{2}\b",
    FieldType.NUMBER: r"\d+",
    FieldType.CURRENCY: r"\b(?:EUR|USD|GBP|TRY)\b",
    FieldType.EMAIL: r"\S+@\S+\.\w+",
    FieldType.IBAN: r"\b[A-Z]{2}\d{2}[A-Z0-9 ]{11,30}",
    FieldType.IDENTIFIER: r"\b[A-Z]+-?\d+\b",
}


class FakeEngine:
    """`app.tasks.asking.engine.Engine` over bytes: a byte is a token; a hash of what stands before decides among allowed ones."""

    def __init__(self, *, n_ctx: int = 1 << 16, n_embd: int = 16) -> None:
        self._tokenizer = llguidance.LLTokenizer("byte")
        self._info = ModelInfo("fake", "0" * 64, "plain", n_ctx, self._tokenizer.vocab_size, n_embd, "fake")
        self._history: Tokens = []
        self.reset_counts()

    @property
    def info(self) -> ModelInfo:
        return self._info

    @property
    def counts(self) -> TokenCounts:
        return TokenCounts(prompt=self._prompt, generated=self._generated, steps=self._generated)

    @property
    def seconds(self) -> tuple[float, float]:
        return 0.0, 0.0

    def reset_counts(self) -> None:
        self._prompt = self._generated = 0

    def tokenize(self, text: str, *, special: bool = False) -> Tokens:
        return list(text.encode("utf-8", "replace"))

    def detokenize(self, tokens: Sequence[int]) -> str:
        return bytes(token for token in tokens if token < _END).decode("utf-8", "replace")

    def feed(self, segments: Sequence[Sequence[int]]) -> None:
        self._history = [token for segment in segments for token in segment]
        self._prompt += len(self._history)
        if len(self._history) >= self._info.n_ctx:
            raise ModelError(model=self._info.id, detail="the text does not fit its context.")

    def generate(self, grammar: str, *, limit: int, draft_from: Sequence[int] = ()) -> Generation:
        matcher = llguidance.LLMatcher(self._tokenizer, llguidance.LLMatcher.grammar_from_lark(grammar))
        if matcher.is_error():
            raise ModelError(model=self._info.id, detail=f"the grammar is refused: {matcher.get_error()}")
        tokens: Tokens = []
        steps: list[Step] = []
        while not matcher.is_stopped() and len(tokens) < limit:
            mask = np.unpackbits(np.frombuffer(matcher.compute_bitmask(), np.uint8), bitorder="little")
            allowed = np.flatnonzero(mask[: self._info.n_vocab])
            token = int(allowed[np.argmax(self._scores()[allowed])])
            matcher.consume_token(token)
            if token >= _END:
                break
            steps.append(Step(len(tokens), 1.0 / len(allowed), tuple((int(other), 1.0 / len(allowed)) for other in allowed[:2])))
            tokens.append(token)
            self._history.append(token)
        self._generated += len(tokens)
        return Generation(self.detokenize(tokens), tokens, steps, bool(matcher.is_stopped()))

    def next_token_logprobs(self) -> NDArray[np.float32]:
        scores = self._scores()
        return np.asarray(scores - np.log(np.exp(scores).sum()), np.float32)

    def score(self, continuations: Sequence[Sequence[int]]) -> list[float]:
        before = list(self._history)
        try:
            return [self._score_one(continuation, before) for continuation in continuations]
        finally:
            self._history = before

    def embed(self, tokens: Sequence[int]) -> NDArray[np.float32]:
        self._history = []
        counts = np.bincount(np.asarray(tokens, np.int64) % self._info.n_embd, minlength=self._info.n_embd)
        return np.asarray(counts / max(1, len(tokens)), np.float32)

    def _score_one(self, continuation: Sequence[int], before: Tokens) -> float:
        total = 0.0
        self._history = list(before)
        for token in continuation:
            total += float(self.next_token_logprobs()[token])
            self._history.append(token)
        return total

    def _scores(self) -> NDArray[np.float32]:
        """Scores of every next token, from a hash of the last ones: the same prompt always gives the same answer."""
        seed = hashlib.sha256(repr(self._history[-64:]).encode()).digest()
        return np.random.default_rng(int.from_bytes(seed[:8], "little")).standard_normal(self._info.n_vocab).astype(np.float32)


class FakeModelHandler:
    """A model worker without a model: each field gets the first thing of its type that stands in the document."""

    def __init__(self) -> None:
        self._used = ModelUsed()

    def warm_up(self, args: Json) -> Json:
        self._used = ModelUsed(id=args["model_id"], sha256=args["sha256"])
        warm_up()
        escalation.warm_up()
        return {"n_ctx": args["n_ctx"], "architecture": "fake"}

    def handle(self, op: str, args: Json, blob: bytes, call: Call) -> tuple[Json, bytes]:
        document = Document.model_validate_json(blob)
        for cue, act in _CUES.items():
            if cue in document.text:
                act(call)
        if op in {escalation.ENQUIRE, escalation.SETTLE}:
            return {}, escalation.handle(op, args, blob)
        if op != "run":
            raise ValueError(op)
        task = Task.model_validate(args["task"])
        followups = {label: Task.model_validate(then) for label, then in args["followups"].items()}
        result = answer(task, document, followups, progress_to(call))
        return {}, result.model_copy(update={"model": self._used}).model_dump_json().encode("utf-8", "backslashreplace")


def answer(task: Task, document: Document, followups: Mapping[str, Task], tell: Callable[[Progress], None]) -> Result:
    """What the fake worker says of a document."""
    common = {"task": task.id, "task_version": task.version, "pages_read": tuple(page.number for page in document.pages)}
    tell(Progress("thinking", 0.1))
    match task.kind:
        case TaskKind.EXTRACT:
            fields = {}
            for number, field in enumerate(task.fields, start=1):
                fields[field.name] = value = _find(field, document)
                tell(Progress("field", number / len(task.fields), name=field.name, value=value))
            return Result(**common, fields=fields)
        case TaskKind.SUMMARIZE:
            lines = [found for found in re.finditer(r"\S.*", document.text)][: task.max_points]
            points = (Point(text=line.group(), evidence=(_evidence(document, *line.span()),), confidence=0.9) for line in lines)
            return Result(**common, points=tuple(points))
        case TaskKind.CLASSIFY | TaskKind.AUTO:
            label = _classify([each.name for each in task.labels] or list(followups), document)
            then = followups.get(label.value) if task.kind is TaskKind.AUTO else None
            return Result(**common, label=label, then=answer(then, document, {}, tell) if then else None)


def _find(field: TaskField, document: Document) -> Value:
    found = re.search(_PATTERNS.get(field.type, r"\S.*"), document.text)
    if found is None:
        return Value(confidence=0.9)
    text = found.group().strip()
    return Value(value=text, text=text, evidence=_evidence(document, *found.span()), confidence=0.9, proof=Proof.GROUNDED)


def _evidence(document: Document, start: int, end: int) -> Evidence:
    return Evidence(page=document.page_of(start).number, start=start, end=end, boxes=document.boxes_of(start, end))


def _classify(names: Sequence[str], document: Document) -> LabelAnswer:
    """The first label that stands in the text, else the last one."""
    text = document.text.lower()
    chosen = next((name for name in names if name.lower().replace("_", " ") in text), names[-1] if names else "other")
    rest = tuple(LabelScore(value=name, probability=0.1 / max(1, len(names) - 1)) for name in names if name != chosen)
    return LabelAnswer(value=chosen, confidence=0.9, alternatives=rest)


def _crash(_call: Call) -> None:
    ctypes.string_at(0)


def _hang(_call: Call) -> None:
    # Through PyDLL the interpreter stays locked: not even the thread that reads cancellations gets to run.
    ctypes.PyDLL(None).sleep(3600)


def _be_slow(call: Call) -> None:
    end = time.monotonic() + _SLOW_S
    while time.monotonic() < end:
        call.check_cancelled()
        time.sleep(0.01)


def _talk_garbage(call: Call) -> None:
    call.channel.send([b"\x00\xff this is not a message\n"])
    time.sleep(3600)


def _eat_memory(_call: Call) -> None:
    bytearray(1 << 46)


_CUES: dict[str, Callable[[Call], None]] = {
    "crash-please": _crash,
    "hang-please": _hang,
    "slow-please": _be_slow,
    "garbage-please": _talk_garbage,
    "memory-please": _eat_memory,
}

"""A model whose answers are kept in a file, so that a measurement is continued later and repeated without computing again."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from app.tasks.asking.engine import Generation, Step
from app.worker.runtime import LlamaEngine

_CONTEXT_TOKENS = 4096
_FAMILY = "chatml"


class OutOfTimeError(Exception):
    """A question that is not kept, after the time for new ones."""


class KeptEngine(LlamaEngine):
    """Answers as the model does where every question follows a `feed`, as those of `app.tasks.extraction.reading` do."""

    def __init__(self, model: Path, kept: Path, *, seconds: float) -> None:
        super().__init__(model, model_id=model.stem, sha256="", family=_FAMILY, n_ctx=_CONTEXT_TOKENS, threads=2)
        self._model_name = model.stem
        self._file = kept
        self._kept: dict[str, Any] = json.loads(kept.read_text(encoding="utf-8")) if kept.is_file() else {}
        self._until = time.monotonic() + seconds
        self._prompt: list[list[int]] = []

    def feed(self, segments: Sequence[Sequence[int]]) -> None:
        self._prompt = [list(segment) for segment in segments]

    def score(self, continuations: Sequence[Sequence[int]]) -> list[float]:
        key = self._key([list(continuation) for continuation in continuations])
        if key not in self._kept:
            self._read()
            self._kept[key] = super().score(continuations)
        return list(self._kept[key])

    def generate(self, grammar: str, *, limit: int, draft_from: Sequence[int] = ()) -> Generation:
        key = self._key([grammar, limit])
        if key not in self._kept:
            self._read()
            self._kept[key] = asdict(super().generate(grammar, limit=limit, draft_from=draft_from))
        given = self._kept[key]
        return Generation(**given | {"steps": [Step(**step) for step in given["steps"]]})

    def keep(self) -> None:
        self._file.write_text(json.dumps(self._kept), encoding="utf-8")

    def _read(self) -> None:
        if time.monotonic() > self._until:
            raise OutOfTimeError
        super().feed(self._prompt)

    def _key(self, question: object) -> str:
        return hashlib.sha256(json.dumps([self._model_name, self._prompt, question]).encode()).hexdigest()

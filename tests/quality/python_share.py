"""Measure how much of the model's time is not the model's: what passes outside llama.cpp while texts are read, scored and written.

Usage: python -m tests.quality.python_share MODEL DOCUMENT... [--family chatml] [--threads N]

Each document goes through the fields of `invoice`, the classes of `document_type` without their examples, and `faq`. Let the
computer do nothing else meanwhile.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import llama_cpp

from app.documents.reader import read_document
from app.domain.task import Task
from app.evaluation.bench.second_task import without_examples
from app.paths import resources
from app.settings import ReadLimits
from app.tasks.library import TaskLibrary
from app.tasks.run import run_task
from app.worker.runtime import LlamaEngine

_PARTS = ("feed", "score", "generate")


class Clock:
    """Seconds in llama.cpp and around it, by part of the engine."""

    def __init__(self) -> None:
        self.native_s = 0.0
        self.parts: dict[str, tuple[int, float, float]] = defaultdict(lambda: (0, 0.0, 0.0))

    def timed_native(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*arguments: object) -> Any:
            started = time.perf_counter()
            try:
                return call(*arguments)
            finally:
                self.native_s += time.perf_counter() - started

        return timed

    def timed(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*arguments: object, **named: object) -> Any:
            with self.part(name):
                return call(*arguments, **named)

        return timed

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        started, native = time.perf_counter(), self.native_s
        yield
        calls, total_s, native_s = self.parts[name]
        self.parts[name] = calls + 1, total_s + time.perf_counter() - started, native_s + self.native_s - native


def main() -> None:
    options = _options()
    clock = Clock()
    library: Any = llama_cpp
    library.llama_decode = clock.timed_native(library.llama_decode)
    engine = LlamaEngine(
        options.model, model_id=options.model.stem, sha256="", family=options.family, n_ctx=4096, threads=options.threads
    )
    for name in _PARTS:
        setattr(engine, name, clock.timed(name, getattr(engine, name)))
    documents = [read_document(path.read_bytes(), path.name, ReadLimits()) for path in options.documents]
    for name, task in _tasks().items():
        run_task(task, documents[0], engine, followups={})
        clock.parts.clear()
        for document in documents:
            with clock.part("all"):
                run_task(task, document, engine, followups={})
        for part, (calls, total_s, native_s) in sorted(clock.parts.items()):
            own_s = total_s - native_s
            print(
                f"{name:<10} {part:<9} calls {calls:4d}  {total_s:7.2f} s  outside llama.cpp {own_s:6.2f} s {own_s / total_s:6.1%}"
                f"  {1000 * own_s / calls:6.1f} ms a call"
            )


def _tasks() -> dict[str, Task]:
    library = TaskLibrary(resources() / "tasks", Path("none"))
    return {"invoice": library.get("invoice"), "kind": without_examples(library.get("document_type")), "faq": library.get("faq")}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("documents", type=Path, nargs="+")
    parser.add_argument("--family", default="chatml")
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args()


if __name__ == "__main__":
    main()

"""Whether cost grows linearly: more and more documents through the queue, the time of each and the memory held."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.evaluation.bench.documents import BenchDocument

_TEXT_CHARS = 600
_SAMPLES = 20

Answering = Callable[[Sequence[Path]], Iterator[object]]
"""Files in, one object for each as it is finished."""


@dataclass(frozen=True)
class LinearRun:
    """One run. The quarters compare the beginning of the run, after the first document, with its end."""

    documents: int
    seconds: float
    first_quarter_s: float
    last_quarter_s: float
    """Median seconds of a document."""
    first_bytes: int | None
    last_bytes: int | None
    """Memory held by all processes, after the first tenth of the run and at its end."""

    @property
    def seconds_each(self) -> float:
        return self.seconds / self.documents


def write_documents(folder: Path, originals: Sequence[BenchDocument], count: int) -> list[Path]:
    """Texts with a number in their first line, so that no two are the same and none begins as another does."""
    paths = []
    for number in range(count):
        original = originals[number % len(originals)]
        path = folder / f"{number:05}.txt"
        path.write_text(f"Copy {number:05}\n{original.document.text[:_TEXT_CHARS]}\n", encoding="utf-8", errors="backslashreplace")
        paths.append(path)
    return paths


def measure_linear(
    answer: Answering, paths: Sequence[Path], held_bytes: Callable[[], int | None], tell: Callable[[str], None]
) -> LinearRun:
    """The first document bears the start of the workers and is left out of the quarters."""
    times, memory = [], []
    started = last = time.perf_counter()
    every = max(1, len(paths) // _SAMPLES)
    for index, _ in enumerate(answer(paths)):
        now = time.perf_counter()
        times.append(now - last)
        last = now
        if index % every == 0 or index == len(paths) - 1:
            memory.append(held_bytes())
            tell(f"{index + 1}/{len(paths)} documents, {now - started:.0f} s")
    later = times[1:] or times
    quarter = max(1, len(later) // 4)
    return LinearRun(
        documents=len(times),
        seconds=last - started,
        first_quarter_s=statistics.median(later[:quarter]),
        last_quarter_s=statistics.median(later[-quarter:]),
        first_bytes=memory[min(len(memory) - 1, max(1, len(memory) // 10))],
        last_bytes=memory[-1],
    )

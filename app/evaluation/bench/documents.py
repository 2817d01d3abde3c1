"""The documents of a benchmark: files and folders as they are, or cases, which also tell what is right. Each is read once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.domain.document import Document
from app.errors import AppError, FileAccessError
from app.evaluation.cases import Case
from app.jobs.intake import AddOutcome, walk
from app.worker.ports import Reader


@dataclass(frozen=True)
class Source:
    """Where a document comes from; `text` instead of a file where a case brings it along."""

    shown: str
    path: Path | None = None
    text: str = ""
    expected: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class BenchDocument:
    """A document that was read, with the time that took and what is expected of it, if that is known."""

    shown: str
    document: Document
    read_s: float
    expected: dict[str, Any]


def sources_of_paths(paths: Sequence[Path]) -> list[Source]:
    """Files, and all files below folders. Raises the `FileAccessError` of a path that can't be used."""
    sources = []
    for path in paths:
        for found in walk(path):
            if isinstance(found, AddOutcome):
                raise found.error or FileAccessError(file=path, detail="it can't be used")
            sources.append(Source(str(found), path=found))
    return sources


def sources_of_cases(cases: Sequence[Case], folder: Path) -> list[Source]:
    """`folder` is where the case file lies."""
    return [
        Source(
            case.key,
            path=folder / case.file if case.file is not None else None,
            text=case.text or "",
            expected=case.expected,
        )
        for case in cases
    ]


def read_all(sources: Sequence[Source], reader: Reader, on_fault: Callable[[AppError], None]) -> Iterator[BenchDocument]:
    """What can be read of the sources; the others are told to `on_fault`."""
    for source in sources:
        try:
            data = _bytes_of(source)
            started = time.perf_counter()
            document = reader.read(data, source.path.name if source.path else "text.txt")
            seconds = time.perf_counter() - started
        except AppError as error:
            on_fault(error)
            continue
        if document.text.strip():
            yield BenchDocument(source.shown, document, seconds, source.expected)


def _bytes_of(source: Source) -> bytes:
    if source.path is None:
        return source.text.encode("utf-8", "backslashreplace")
    try:
        return source.path.read_bytes()
    except OSError as error:
        raise FileAccessError(file=source.path.name, detail=error.strerror or error) from error

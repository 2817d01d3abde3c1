"""Converts model files in a child of its own, which may read the one and write the other file and nothing else."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from app.worker.client import WorkerClient
from app.worker.outcome import Role

_TIMEOUT_S = 4 * 3600.0
_MEMORY_BYTES = 4 << 30


class ConversionService:
    """Calling it fits `app.catalog.converted.Quantize`."""

    def __init__(
        self, *, allow_weak: bool = False, command: Sequence[str] | None = None, on_log: Callable[[str], None] | None = None
    ) -> None:
        self._allow_weak = allow_weak
        self._command = command
        self._on_log = on_log

    def __call__(self, source: Path, target: Path, weights: str, cancel: threading.Event | None = None) -> None:
        """Write `source` to `target`, which must exist. Raises `ModelError` kinds, `CancelledError` on request."""
        client = WorkerClient(
            "converter",
            {"source": str(source), "target": str(target), "weights": weights, "threads": os.cpu_count() or 1},
            role=Role.MODEL,
            memory_bytes=_MEMORY_BYTES,
            read_only=[source],
            writable=[target],
            allow_weak=self._allow_weak,
            command=self._command,
            start_timeout_s=_TIMEOUT_S,
            known={"file": source.name, "model": source.stem},
            on_log=self._on_log,
        )
        with client:
            client.wait_ready(cancel)

"""Reads the header of a model file of any origin in a locked child, which gets bytes and has no files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from app.catalog.gguf import GgufHeader, read_start, require_gguf
from app.errors import ModelCrashedError, ModelFileError, ModelTimeoutError, OutOfMemoryError
from app.worker.client import WorkerClient
from app.worker.outcome import Role

_HEADER = TypeAdapter(GgufHeader)
_TIMEOUT_S = 60.0
_MEMORY_BYTES = 1 << 30
_MAX_REPLY_BYTES = 16 << 20


class HeaderService:
    """`read` fits `app.catalog.catalog.HeaderReader`. Each file gets a child of its own."""

    def __init__(
        self, *, allow_weak: bool = False, command: Sequence[str] | None = None, on_log: Callable[[str], None] | None = None
    ) -> None:
        self._allow_weak = allow_weak
        self._command = command
        self._on_log = on_log

    def read(self, path: Path) -> GgufHeader:
        """Raises `ModelFileError` for anything but a sound header, whatever it does to the child."""
        require_gguf(path)
        try:
            start, size_bytes = read_start(path), path.stat().st_size
        except OSError as error:
            raise ModelFileError(file=path, detail=error.strerror or error) from error
        known = {"file": str(path), "model": path.name}
        client = WorkerClient(
            "header",
            {},
            role=Role.MODEL,
            memory_bytes=_MEMORY_BYTES,
            allow_weak=self._allow_weak,
            command=self._command,
            max_reply_bytes=_MAX_REPLY_BYTES,
            known=known,
            on_log=self._on_log,
        )
        with client:
            try:
                _, untrusted = client.request("header", {"size_bytes": size_bytes}, start, timeout_s=_TIMEOUT_S, known=known)
                return _HEADER.validate_json(untrusted)
            except (ModelCrashedError, ModelTimeoutError, OutOfMemoryError, ValidationError) as error:
                raise ModelFileError(file=path, detail="its header stops every attempt to read it") from error

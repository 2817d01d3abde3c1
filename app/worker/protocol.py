"""The messages between the main process and a worker: one JSON line, then `blob_bytes` raw bytes. Knows nothing of processes.

Parent to child: ``{"v", "id", "op", "args", "blob_bytes"}``; the first op is ``start``, and ``cancel`` names the request to stop.
Child to parent: ``{"v", "id", "event", ...}`` with the event ``ready``, ``progress``, ``result`` or ``error``. What a child sends
is untrusted: every field is checked here and anything unexpected is a `ProtocolError`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, BinaryIO, NoReturn, TypeGuard

VERSION = 1
MAX_LINE_BYTES = 1 << 20
MAX_REQUEST_LINE_BYTES = 64 << 20
"""Requests carry tasks, whose labels may carry thousands of examples."""
MAX_BLOB_BYTES = 1 << 30
START = "start"
CANCEL = "cancel"

Json = dict[str, Any]


class ProtocolError(Exception):
    """The other side broke the rules of the channel."""


@dataclass(frozen=True)
class Request:
    """From the parent. The id is chosen by the parent and repeated in every answer."""

    id: int
    op: str
    args: Json = field(default_factory=dict)
    blob: bytes = b""


@dataclass(frozen=True)
class Ready:
    """The child has warmed up and locked itself."""

    info: Json


@dataclass(frozen=True)
class Progress:
    id: int
    data: Json


@dataclass(frozen=True)
class Reply:
    id: int
    data: Json
    blob: bytes


@dataclass(frozen=True)
class Failure:
    """A typed error as code and params; the parent owns the sentence."""

    id: int
    error: Json


ChildMessage = Ready | Progress | Reply | Failure


def encode_request(request: Request) -> list[bytes]:
    header = {"v": VERSION, "id": request.id, "op": request.op, "args": request.args, "blob_bytes": len(request.blob)}
    return _frame(header, request.blob, MAX_REQUEST_LINE_BYTES)


def encode_event(event: str, request_id: int, *, blob: bytes = b"", **content: Json) -> list[bytes]:
    return _frame({"v": VERSION, "id": request_id, "event": event, **content, "blob_bytes": len(blob)}, blob, MAX_LINE_BYTES)


def read_request(stream: BinaryIO) -> Request | None:
    """The next request, None at the end of the stream. Used by the child; the parent is trusted but may be another version."""
    header = _read_header(stream, MAX_REQUEST_LINE_BYTES)
    if header is None:
        return None
    request_id, op, args = header.get("id"), header.get("op"), header.get("args", {})
    if not _is_count(request_id) or not isinstance(op, str) or not isinstance(args, dict):
        raise ProtocolError("not a request")
    return Request(request_id, op, args, _read_blob(stream, header, MAX_BLOB_BYTES))


def read_message(stream: BinaryIO, max_blob_bytes: int = MAX_BLOB_BYTES) -> ChildMessage | None:
    """The next message of an untrusted child, None at the end of the stream. Raises `ProtocolError` on anything else."""
    header = _read_header(stream, MAX_LINE_BYTES)
    if header is None:
        return None
    request_id, event = header.get("id"), header.get("event")
    if not _is_count(request_id):
        raise ProtocolError("a message without an id")
    match event:
        case "ready":
            return Ready(_object(header, "info"))
        case "progress":
            return Progress(request_id, _object(header, "data"))
        case "result":
            return Reply(request_id, _object(header, "data"), _read_blob(stream, header, max_blob_bytes))
        case "error":
            return Failure(request_id, _object(header, "error"))
    raise ProtocolError("an unknown event")


def _frame(header: Json, blob: bytes, max_line_bytes: int) -> list[bytes]:
    line = (
        json.dumps(header, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode("utf-8", "backslashreplace") + b"\n"
    )
    if len(line) > max_line_bytes or len(blob) > MAX_BLOB_BYTES:
        raise ProtocolError(f"a message of {len(line) + len(blob)} bytes")
    return [line, blob] if blob else [line]


def _read_header(stream: BinaryIO, max_line_bytes: int) -> Json | None:
    line = stream.readline(max_line_bytes + 1)
    if not line:
        return None
    if not line.endswith(b"\n"):
        raise ProtocolError("a line too long" if len(line) > max_line_bytes else "a message cut short")
    try:
        header = json.loads(line, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise ProtocolError("a line that is not JSON") from error
    if not isinstance(header, dict) or header.get("v") != VERSION or isinstance(header.get("v"), bool):
        raise ProtocolError("another version of the protocol")
    return header


def _read_blob(stream: BinaryIO, header: Json, max_bytes: int) -> bytes:
    size = header.get("blob_bytes", 0)
    if not _is_count(size) or size > max_bytes:
        raise ProtocolError("a size out of bounds")
    blob = stream.read(size) if size else b""
    if len(blob) != size:
        raise ProtocolError("a message cut short")
    return blob


def _object(header: Json, key: str) -> Json:
    value = header.get(key)
    if not isinstance(value, dict):
        raise ProtocolError(f"no {key}")
    return value


def _is_count(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)

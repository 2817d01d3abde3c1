from __future__ import annotations

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.worker import protocol
from app.worker.protocol import Failure, Progress, ProtocolError, Ready, Reply, Request, read_message, read_request

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


def _stream(chunks: list[bytes]) -> io.BytesIO:
    return io.BytesIO(b"".join(chunks))


def _line(**changes: Any) -> io.BytesIO:
    header = {"v": 1, "id": 3, "event": "result", "data": {}, "blob_bytes": 0} | changes
    return io.BytesIO(json.dumps({key: value for key, value in header.items() if value is not ...}).encode() + b"\n")


@given(args=st.dictionaries(st.text(), _JSON, max_size=5), blob=st.binary(max_size=200))
def test_requests_survive_the_channel(args: dict[str, Any], blob: bytes) -> None:
    request = Request(7, "read", args, blob)
    assert read_request(_stream(protocol.encode_request(request))) == request


def test_events_survive_the_channel() -> None:
    chunks = [
        *protocol.encode_event("ready", 0, info={"pid": 1}),
        *protocol.encode_event("progress", 1, data={"page": 2}),
        *protocol.encode_event("result", 1, data={"width": 3}, blob=b"\n\x00{"),
        *protocol.encode_event("error", 2, error={"code": "bug"}),
    ]
    stream = _stream(chunks)
    messages = [read_message(stream) for _ in range(5)]
    assert messages == [
        Ready({"pid": 1}),
        Progress(1, {"page": 2}),
        Reply(1, {"width": 3}, b"\n\x00{"),
        Failure(2, {"code": "bug"}),
        None,
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"v": 2},
        {"v": True},
        {"v": ...},
        {"id": -1},
        {"id": True},
        {"id": "3"},
        {"id": 3.0},
        {"id": ...},
        {"event": "start"},
        {"event": None},
        {"event": ...},
        {"data": []},
        {"data": ...},
        {"blob_bytes": -1},
        {"blob_bytes": "0"},
        {"blob_bytes": 1.0},
        {"blob_bytes": 5},
        {"event": "ready"},
        {"event": "error", "error": "text"},
    ],
)
def test_a_message_with_a_wrong_part_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ProtocolError):
        read_message(_line(**changes))


def test_an_unchanged_message_is_accepted() -> None:
    assert read_message(_line()) == Reply(3, {}, b"")


@pytest.mark.parametrize(
    "raw", [b"\n", b"null\n", b"[]\n", b"\xff\xfe\n", b'{"v":1', b'{"v":NaN}\n', b"{" * 200_000 + b"\n", b"9" * 5000 + b"\n"]
)
def test_a_line_that_is_no_message_is_refused(raw: bytes) -> None:
    with pytest.raises(ProtocolError):
        read_message(io.BytesIO(raw))


@given(st.binary(max_size=300))
def test_any_bytes_give_a_message_or_a_protocol_error(raw: bytes) -> None:
    stream = io.BytesIO(raw)
    try:
        while read_message(stream) is not None:
            pass
    except ProtocolError:
        pass


def test_a_long_line_is_refused_before_it_is_parsed() -> None:
    endless = io.BytesIO(b'"' + b"x" * (2 * protocol.MAX_LINE_BYTES))
    with pytest.raises(ProtocolError, match="too long"):
        read_message(endless)
    assert endless.tell() == protocol.MAX_LINE_BYTES + 1


def test_a_blob_over_the_limit_is_refused_before_it_is_read() -> None:
    stream = _stream(protocol.encode_event("result", 1, data={}, blob=b"x" * 100))
    with pytest.raises(ProtocolError, match="out of bounds"):
        read_message(stream, max_blob_bytes=99)


def test_a_message_too_large_is_refused_by_its_sender() -> None:
    with pytest.raises(ProtocolError):
        protocol.encode_event("progress", 1, data={"text": "x" * protocol.MAX_LINE_BYTES})


def test_tasks_with_many_examples_fit_a_request() -> None:
    request = Request(1, "run", {"examples": ["x" * 1000] * 5000})
    assert read_request(_stream(protocol.encode_request(request))) == request


def test_half_surrogates_cross_unchanged() -> None:
    assert read_message(_stream(protocol.encode_event("progress", 1, data={"text": "\ud800"}))) == Progress(1, {"text": "\ud800"})

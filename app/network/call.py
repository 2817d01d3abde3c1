"""One POST that never blocks its caller: a thread of its own connects, sends and receives. Cancelling is heard at once."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from app.errors import AppError
from app.network.gate import Gate, Posted, TransferError, host_of

_POLL_S = 0.05


class CallAbandonedError(Exception):
    """The person cancelled, or went offline, after the request may have left."""


@dataclass(frozen=True)
class Call:
    """What to send and how long to wait. The answer of a large model comes in one piece, after it was thought out."""

    url: str
    headers: Mapping[str, str] = field(repr=False)
    """The key is among them."""
    body: bytes = field(repr=False)
    who: str
    connect_s: float = 10.0
    answer_s: float = 300.0
    max_bytes: int = 8 * 2**20
    may_be_plain: bool = False


def post(gate: Gate, call: Call, cancel: threading.Event | None = None) -> Posted:
    """The answer. Raises `TransferError` or `CallAbandonedError`; `OfflineError` only before anything was sent."""
    gate.require(host_of(call.url), call.who)
    arrived: queue.SimpleQueue[Posted | Exception] = queue.SimpleQueue()
    is_over = threading.Event()
    threading.Thread(target=lambda: arrived.put(_send(gate, call, is_over)), name="frontier-call", daemon=True).start()
    until = time.monotonic() + call.connect_s + call.answer_s
    try:
        while time.monotonic() < until:
            try:
                result = arrived.get(timeout=_POLL_S)
            except queue.Empty:
                if gate.offline or (cancel is not None and cancel.is_set()):
                    raise CallAbandonedError from None
                continue
            if isinstance(result, Exception):
                raise result
            return result
    finally:
        is_over.set()
    raise TransferError(f"{host_of(call.url)} did not answer within {call.answer_s:.0f} s")


def _send(gate: Gate, call: Call, is_over: threading.Event) -> Posted | Exception:
    try:
        return gate.post(
            call.url,
            call.headers,
            call.body,
            who=call.who,
            connect_s=call.connect_s,
            read_s=call.answer_s,
            max_bytes=call.max_bytes,
            may_be_plain=call.may_be_plain,
            is_wanted=lambda: not is_over.is_set(),
        )
    except (TransferError, AppError) as error:
        return error
    except Exception as error:  # noqa: BLE001 - the edge of a thread; its words may hold the key, so only the kind is told
        return TransferError(f"{host_of(call.url)}: {type(error).__name__}")

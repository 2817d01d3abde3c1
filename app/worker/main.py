"""The child's side: take over the channel, warm up, lock, serve one request at a time. Handlers know nothing of any of this."""

from __future__ import annotations

import contextlib
import ctypes
import faulthandler
import gc
import os
import queue
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import BinaryIO, Protocol

from app.errors import AppError, CancelledError, SandboxError
from app.worker import protocol
from app.worker.manners import WORKER_NICENESS
from app.worker.protocol import Json, ProtocolError, Request
from app.worker.sandbox import Sandbox, graphics_devices

_PROGRESS_INTERVAL_S = 0.1
_PR_SET_PDEATHSIG = 1


class Channel:
    """The pipe to the parent. Writing is safe from any thread."""

    def __init__(self, incoming: BinaryIO, outgoing: BinaryIO) -> None:
        self.incoming = incoming
        self._outgoing = outgoing
        self._lock = threading.Lock()

    def send(self, chunks: list[bytes]) -> None:
        with self._lock:
            for chunk in chunks:
                self._outgoing.write(chunk)
            self._outgoing.flush()


class Call:
    """One request being handled: how a handler tells its progress and learns that nobody waits any more."""

    def __init__(self, request_id: int, channel: Channel) -> None:
        self.id = request_id
        self.channel = channel
        self.cancelled = threading.Event()
        self._last_progress = -_PROGRESS_INTERVAL_S

    def progress(self, data: Json, *, urgent: bool = False) -> None:
        """Tell the parent; at most ten times a second unless `urgent`."""
        now = time.monotonic()
        if urgent or now - self._last_progress >= _PROGRESS_INTERVAL_S:
            self._last_progress = now
            self.channel.send(protocol.encode_event("progress", self.id, data=data))

    def check_cancelled(self) -> None:
        if self.cancelled.is_set():
            raise CancelledError(file="The document")


class Handler(Protocol):
    """What a kind of worker does. Everything that opens files belongs into `warm_up`: `handle` runs in the lock."""

    def warm_up(self, args: Json) -> Json: ...

    def handle(self, op: str, args: Json, blob: bytes, call: Call) -> tuple[Json, bytes]: ...


def run(kind: str) -> int:
    """Entry of ``--worker KIND``."""
    factory = _handlers().get(kind)
    if factory is None:
        sys.stderr.write(f"no worker of the kind {kind!r}\n")
        return 2
    return serve(factory)


def serve(factory: Callable[[], Handler]) -> int:
    """Serve requests until the parent goes away."""
    channel = _take_over_channel()
    _die_with_parent()
    _yield_to_window()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    faulthandler.enable(sys.stderr)
    start = protocol.read_request(channel.incoming)
    if start is None or start.op != protocol.START:
        return 0
    handler = _prepare(factory, start, channel)
    if handler is None:
        return 1
    inbox = _Inbox(channel)
    threading.Thread(target=inbox.receive, name="inbox", daemon=True).start()
    while True:
        request = inbox.requests.get()
        call = inbox.begin(request)
        _answer(channel, request.id, partial(handler.handle, request.op, request.args, request.blob, call))


class _Inbox:
    """Reads requests on its own thread, so that a cancel reaches a handler that is at work."""

    def __init__(self, channel: Channel) -> None:
        self.requests: queue.SimpleQueue[Request] = queue.SimpleQueue()
        self._channel = channel
        self._call: Call | None = None
        self._cancelled: set[int] = set()
        self._lock = threading.Lock()

    def begin(self, request: Request) -> Call:
        with self._lock:
            self._call = call = Call(request.id, self._channel)
            if request.id in self._cancelled:
                call.cancelled.set()
            self._cancelled = {waiting for waiting in self._cancelled if waiting > request.id}
        return call

    def receive(self) -> None:
        with contextlib.suppress(ProtocolError, OSError):
            while (request := protocol.read_request(self._channel.incoming)) is not None:
                if request.op == protocol.CANCEL:
                    self._cancel(request.id)
                else:
                    self.requests.put(request)
        # The parent is gone or speaks another language. Nothing here needs cleaning up, and native threads may be busy.
        os._exit(0)

    def _cancel(self, request_id: int) -> None:
        with self._lock:
            self._cancelled.add(request_id)
            if self._call is not None and self._call.id == request_id:
                self._call.cancelled.set()


def _yield_to_window() -> None:
    """Compute with less right to the processor than the window, so that it answers at once while all cores are busy."""
    if hasattr(os, "nice"):
        os.nice(WORKER_NICENESS)


def _prepare(factory: Callable[[], Handler], start: Request, channel: Channel) -> Handler | None:
    """Warm up and lock; answer ``ready``, or the error. A worker that can't lock itself never sees a document."""
    prepared: list[Handler] = []

    def work() -> tuple[Json, bytes]:
        began = time.perf_counter()
        devices = graphics_devices() if start.args["graphics"] else ()
        sandbox = Sandbox(memory_bytes=int(start.args["memory_bytes"]), devices=devices)
        sandbox.enter_loading([Path(path) for path in start.args["read_only"]], [Path(path) for path in start.args["writable"]])
        handler = factory()
        info = handler.warm_up(start.args["handler"])
        # Before the lock: what warming up left behind need not be collected, or copied, later.
        gc.collect()
        gc.freeze()
        warm = time.perf_counter()
        report = sandbox.lock(for_graphics=bool(start.args["graphics"] and info.get("graphics")))
        locked = time.perf_counter()
        if report.missing and not start.args["allow_weak"]:
            raise SandboxError(layers=", ".join(report.missing))
        prepared.append(handler)
        facts = {"pid": os.getpid(), "warm_up_s": warm - began, "lock_s": locked - warm}
        return facts | {"sandbox": {name: list(layers) for name, layers in asdict(report).items()}, "handler": info}, b""

    _answer(channel, start.id, work, event="ready", key="info")
    return prepared[0] if prepared else None


def _answer(
    channel: Channel, request_id: int, work: Callable[[], tuple[Json, bytes]], *, event: str = "result", key: str = "data"
) -> None:
    """Do the work and send its one answer. Errors cross as code and params, never as text of an exception."""
    try:
        data, blob = work()
        chunks = protocol.encode_event(event, request_id, blob=blob, **{key: data})
    except AppError as error:
        chunks = protocol.encode_event("error", request_id, error=error.to_wire())
    except (MemoryError, SystemError):
        # The second is what Python's own parts raise where memory ends within them.
        chunks = protocol.encode_event("error", request_id, error={"code": "out_of_memory", "params": {}})
    except Exception as error:  # noqa: BLE001 - the edge: one bad document must not end the loop
        traceback.print_exc(file=sys.stderr)
        chunks = protocol.encode_event("error", request_id, error={"code": "bug", "params": {"detail": type(error).__name__}})
    channel.send(chunks)


def _take_over_channel() -> Channel:
    """Keep the real stdout for messages and point descriptor 1 at stderr, so that no native print can break the channel."""
    sys.stdout.flush()
    outgoing = os.dup(1)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    if sys.platform == "win32":
        import msvcrt

        msvcrt.setmode(0, os.O_BINARY)
        msvcrt.setmode(outgoing, os.O_BINARY)
    return Channel(os.fdopen(os.dup(0), "rb"), os.fdopen(outgoing, "wb"))


def _die_with_parent() -> None:
    """Ask Linux to kill this process when its parent dies, even inside a native loop; elsewhere the end of stdin does it."""
    if sys.platform == "linux":
        parent = os.getppid()
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, ctypes.c_ulong(signal.SIGKILL), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(0)


def _handlers() -> dict[str, Callable[[], Handler]]:
    def reader() -> Handler:
        from app.worker.reader import ReaderHandler

        return ReaderHandler()

    def pages() -> Handler:
        from app.worker.pages import PagesHandler

        return PagesHandler()

    def model() -> Handler:
        from app.worker.model import ModelHandler

        return ModelHandler()

    def fake_model() -> Handler:
        from app.worker.fake import FakeModelHandler

        return FakeModelHandler()

    def header() -> Handler:
        from app.worker.header import HeaderHandler

        return HeaderHandler()

    def converter() -> Handler:
        from app.worker.converter import ConverterHandler

        return ConverterHandler()

    return {
        "reader": reader,
        "pages": pages,
        "model": model,
        "fake-model": fake_model,
        "header": header,
        "converter": converter,
    }

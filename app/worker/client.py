"""The main process's side: owns a worker, sends it one request at a time, and turns whatever happens into a typed error."""

from __future__ import annotations

import contextlib
import itertools
import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from app.errors import AppError, CancelledError, OutOfMemoryError
from app.worker import outcome, protocol
from app.worker.outcome import Death, Role
from app.worker.process import ChildProcess, Ended, Received, worker_command
from app.worker.protocol import Failure, Json, Progress, Ready, Reply, Request

_POLL_S = 0.02
_STOP_PATIENCE_S = 1.0
_START_ID = 0


class WorkerClient:
    """A worker that is always there: started on first use or by `start`, replaced after a crash, a hang or nonsense.

    Thread safe; requests queue up behind one another. A failed request is not repeated here: that is for the caller to decide.
    """

    def __init__(
        self,
        kind: str,
        args: Json,
        *,
        role: Role,
        memory_bytes: int,
        read_only: Sequence[Path] = (),
        writable: Sequence[Path] = (),
        allow_weak: bool = False,
        graphics: bool = False,
        command: Sequence[str] | None = None,
        start_timeout_s: float = 120.0,
        cancel_grace_s: float = 1.0,
        max_reply_bytes: int = 256 << 20,
        max_requests: int | None = None,
        known: dict[str, str] | None = None,
        on_log: Callable[[str], None] | None = None,
    ) -> None:
        self._command = list(command) if command is not None else worker_command(kind)
        self._start_args: Json = {
            "handler": args,
            "memory_bytes": memory_bytes,
            "allow_weak": allow_weak,
            "graphics": graphics,
            "read_only": [str(path) for path in read_only],
            "writable": [str(path) for path in writable],
        }
        self._role = role
        self._memory_bytes = memory_bytes
        self._start_timeout_s = start_timeout_s
        self._cancel_grace_s = cancel_grace_s
        self._max_reply_bytes = max_reply_bytes
        self._max_requests = max_requests
        self._served = 0
        self._known = known or {}
        self._on_log = on_log
        self._ids = itertools.count(_START_ID + 1)
        self._turn = threading.Lock()
        self._child: ChildProcess | None = None
        self._info: Json | None = None
        self._start_deadline = 0.0
        self._oom_kills = 0
        self._closed = threading.Event()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    @property
    def info(self) -> Json | None:
        """What the running child said when it was ready: pid, sandbox, seconds. None before that."""
        return self._info

    def start(self) -> None:
        """Spawn the child now, so that it warms up while nobody waits. Faults show at the first request."""
        if self._turn.acquire(blocking=False):
            try:
                if not self._closed.is_set():
                    with contextlib.suppress(AppError):
                        self._live_child()
            finally:
                self._turn.release()

    def wait_ready(self, cancel: threading.Event | None = None) -> Json:
        """Start if needed and wait until the child has locked itself. Raises what kept it from it."""
        with self._my_turn(cancel):
            return self._ready(self._known, cancel)

    def request(
        self,
        op: str,
        args: Json,
        blob: bytes = b"",
        *,
        timeout_s: float,
        on_progress: Callable[[Json], None] | None = None,
        extra_time: Callable[[Json], float] | None = None,
        cancel: threading.Event | None = None,
        known: dict[str, str] | None = None,
    ) -> tuple[Json, bytes]:
        """Ask and wait for the answer.

        `timeout_s` counts from when the child starts on it; `extra_time` gives, for each progress, how many seconds more the whole
        request may take. `known` are params of errors that this side vouches for, such as the file's name.
        """
        known = self._known | (known or {})
        with self._my_turn(cancel):
            self._ready(known, cancel)
            self._check_silent(known, cancel)
            child = self._live_child()
            exchange = _Exchange(next(self._ids), time.monotonic() + timeout_s)
            self._oom_kills = _count_oom_kills()
            try:
                child.send(protocol.encode_request(Request(exchange.id, op, args, blob)))
                return self._await_reply(child, exchange, known, on_progress=on_progress, extra_time=extra_time, cancel=cancel)
            except BaseException:
                if not exchange.answered:
                    self._discard(child)
                raise
            finally:
                self._renew_if_worn()

    def close(self) -> None:
        """Stop the child; a request under way fails as cancelled. The client can't be used afterwards."""
        self._closed.set()
        child = self._child
        if child is not None:
            self._stop(child)
        with self._turn:
            if self._child is not None:
                self._stop(self._child)
            self._child, self._info = None, None

    def _stop(self, child: ChildProcess) -> None:
        """A child that is still warming up does not listen, and has nothing to finish."""
        child.stop(patience_s=_STOP_PATIENCE_S if self._info is not None else 0.0)

    def _await_reply(
        self,
        child: ChildProcess,
        exchange: _Exchange,
        known: dict[str, str],
        *,
        on_progress: Callable[[Json], None] | None,
        extra_time: Callable[[Json], float] | None,
        cancel: threading.Event | None,
    ) -> tuple[Json, bytes]:
        while True:
            if cancel is not None and cancel.is_set():
                exchange.cancel(child, self._cancel_grace_s)
            message = self._receive(child)
            match message:
                case Progress(id=exchange.id, data=data):
                    if extra_time is not None:
                        exchange.extend(extra_time(data))
                    if on_progress is not None and not exchange.cancelling:
                        on_progress(data)
                case Reply(id=exchange.id, data=data, blob=blob):
                    exchange.answered = True
                    if exchange.cancelling:
                        raise CancelledError(**known)
                    return data, blob
                case Failure(id=exchange.id, error=untrusted_error):
                    error = outcome.reported(self._role, untrusted_error, known, self._memory_bytes)
                    # A child that failed itself, or is full, does not get the next document.
                    exchange.answered = not (error.is_worker_failure or untrusted_error.get("code") == OutOfMemoryError.code)
                    raise CancelledError(**known) if exchange.cancelling else error
                case Ended():
                    raise CancelledError(**known) if exchange.cancelling else self._death(child, message, known)
                case None:
                    pass
                case _:
                    raise outcome.crashed(self._role, "it answered what nobody asked", known)
            if exchange.is_over:
                raise CancelledError(**known) if exchange.cancelling else self._timeout(exchange, known)

    def _ready(self, known: dict[str, str], cancel: threading.Event | None) -> Json:
        """What keeps a child from being ready is no fault of the request that wakes it, and does not bear its name."""
        child = self._live_child()
        while self._info is None:
            if cancel is not None and cancel.is_set():
                raise CancelledError(**known)
            message = self._receive(child)
            match message:
                case Ready(info=info):
                    self._info = info
                case None:
                    if time.monotonic() > self._start_deadline:
                        self._discard(child)
                        raise outcome.not_started(self._role, f"it took longer than {self._start_timeout_s:g} seconds", self._known)
                case Failure(error=untrusted_error):
                    self._discard(child)
                    raise outcome.reported_at_start(self._role, untrusted_error, self._known, self._memory_bytes)
                case Ended():
                    self._discard(child)
                    raise self._death_at_start(child, message)
                case _:
                    self._discard(child)
                    raise outcome.not_started(self._role, "it answered before it was ready", self._known)
        return self._info

    def _live_child(self) -> ChildProcess:
        """The running child, or a new one. Call it with the turn held."""
        if self._child is not None and not self._child.is_alive and self._info is not None:
            self._discard(self._child)
        if self._child is None:
            try:
                child = ChildProcess(self._command, max_blob_bytes=self._max_reply_bytes, on_log=self._on_log)
            except OSError as error:
                raise outcome.not_started(self._role, error.strerror or str(error), self._known) from error
            self._child, self._info, self._served = child, None, 0
            self._oom_kills = _count_oom_kills()
            self._start_deadline = time.monotonic() + self._start_timeout_s
            child.send(protocol.encode_request(Request(_START_ID, protocol.START, self._start_args)))
        return self._child

    def _check_silent(self, known: dict[str, str], cancel: threading.Event | None) -> None:
        """A child that spoke, or died, while nobody asked is not to be trusted with the next document."""
        child = self._live_child()
        if not child.received.empty():
            self._discard(child)
            self._ready(known, cancel)

    def _receive(self, child: ChildProcess) -> Received | None:
        try:
            return child.received.get(timeout=_POLL_S)
        except queue.Empty:
            # The last message may have found the queue full.
            return child.ended if child.received.empty() else None

    def _death(self, child: ChildProcess, ended: Ended, known: dict[str, str]) -> AppError:
        if self._closed.is_set():
            return CancelledError(**known)
        return outcome.died(self._role, self._describe(child, ended), known, self._memory_bytes)

    def _death_at_start(self, child: ChildProcess, ended: Ended) -> AppError:
        if self._closed.is_set():
            return CancelledError(**self._known)
        death = self._describe(child, ended)
        if death.is_out_of_memory:
            return outcome.no_memory_to_start(self._role, self._known, self._memory_bytes)
        return outcome.not_started(self._role, death.detail, self._known)

    def _describe(self, child: ChildProcess, ended: Ended) -> Death:
        return Death(ended.returncode, ended.fault, list(child.log), _count_oom_kills() > self._oom_kills)

    def _timeout(self, exchange: _Exchange, known: dict[str, str]) -> AppError:
        return outcome.timed_out(self._role, time.monotonic() - exchange.began, known)

    def _renew_if_worn(self) -> None:
        """Replace a child that has served its number: native libraries leak, and the memory limit counts what they leaked."""
        self._served += 1
        worn = self._max_requests is not None and self._served >= self._max_requests
        if worn and self._child is not None and self._info is not None and not self._closed.is_set():
            self._child.stop(patience_s=_STOP_PATIENCE_S)
            self._child, self._info = None, None
            with contextlib.suppress(AppError):
                self._live_child()

    def _discard(self, child: ChildProcess) -> None:
        child.kill()
        if self._child is child:
            self._child, self._info = None, None

    @contextlib.contextmanager
    def _my_turn(self, cancel: threading.Event | None) -> Iterator[None]:
        while not self._turn.acquire(timeout=_POLL_S):
            if self._closed.is_set() or (cancel is not None and cancel.is_set()):
                raise CancelledError(**self._known)
        try:
            if self._closed.is_set():
                raise CancelledError(**self._known)
            yield
        finally:
            self._turn.release()


class _Exchange:
    """One request under way: its id, its deadline, and whether it has been answered or called off."""

    def __init__(self, request_id: int, deadline: float) -> None:
        self.id = request_id
        self.began = time.monotonic()
        self.answered = False
        self.cancelling = False
        self._base_deadline = self._deadline = deadline

    @property
    def is_over(self) -> bool:
        return time.monotonic() > self._deadline

    def extend(self, extra_s: float) -> None:
        if not self.cancelling:
            self._deadline = max(self._deadline, self._base_deadline + extra_s)

    def cancel(self, child: ChildProcess, grace_s: float) -> None:
        """Ask once; after the grace time `is_over` holds."""
        if not self.cancelling:
            self.cancelling = True
            self._deadline = time.monotonic() + grace_s
            child.send(protocol.encode_request(Request(self.id, protocol.CANCEL)))


def _count_oom_kills() -> int:
    """How often Linux has killed a process for memory since it started; 0 where that can't be known."""
    try:
        for line in Path("/proc/vmstat").read_text(encoding="ascii").splitlines():
            if line.startswith("oom_kill "):
                return int(line.split()[1])
    except (OSError, ValueError):
        return 0
    return 0

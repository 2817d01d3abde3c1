"""A GET that never blocks its caller: a thread of its own connects and receives, the caller takes what is there.

Looking up a name, connecting and waiting for bytes can each hang for a long time; cancelling must not.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from app.errors import AppError
from app.network.gate import CONNECT_TIMEOUT_S, READ_TIMEOUT_S, Gate, TransferError, host_of

_QUEUE_LENGTH = 8
"""Pieces of at most 64 KiB that wait to be written: what a kill can cost."""
_POLL_S = 0.05


@dataclass(frozen=True)
class Patience:
    """How long to wait for what. The defaults suit a bad mobile connection."""

    connect_s: float = CONNECT_TIMEOUT_S
    stall_s: float = READ_TIMEOUT_S
    least_bytes_per_s: int = 200
    """Slower than this over `stall_s` counts as stalled: a new connection is usually faster."""
    tries: int = 6
    """Tries in a row that bring next to nothing."""
    first_tries: int = 2
    """The same while nothing has come yet and the server can't be reached, or another source follows."""
    first_wait_s: float = 1.0
    longest_wait_s: float = 60.0
    longest_asked_wait_s: float = 300.0
    """A server that asks for a longer pause has refused."""


@dataclass(frozen=True)
class Head:
    """What came before the bytes; the names of headers in small letters."""

    status: int
    reason: str
    headers: Mapping[str, str]
    redirected_to: tuple[str, ...] = ()
    """Other hosts that the first one sent on to."""


class Stream:
    """A context manager around one GET. Choosing offline mode ends it; a caller that goes away is not waited for."""

    def __init__(self, gate: Gate, url: str, headers: Mapping[str, str], patience: Patience) -> None:
        self._gate = gate
        self._url = url
        self._headers = headers
        self._patience = patience
        self._arrived: queue.Queue[Head | bytes | Exception | None] = queue.Queue(_QUEUE_LENGTH)
        self._abandoned = threading.Event()

    def __enter__(self) -> Self:
        threading.Thread(target=self._receive, name="download", daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._abandoned.set()

    def head(self) -> Iterator[Head | None]:
        """None while it is waited for, then the head. Raises `TransferError`, or `OfflineError` once offline mode is chosen."""
        limit_s = self._patience.connect_s + self._patience.stall_s
        began = time.monotonic()
        while time.monotonic() - began < limit_s:
            arrived = self._take()
            if isinstance(arrived, Head):
                yield arrived
                return
            if isinstance(arrived, Exception):
                raise arrived
            yield None
        raise TransferError(f"{host_of(self._url)} did not answer within {limit_s:.0f} s")

    def pieces(self) -> Iterator[bytes]:
        """The bytes as they come; an empty piece now and then while none do. Raises like `head`."""
        patience = self._patience
        since, n_bytes = time.monotonic(), 0
        while True:
            arrived = self._take()
            if isinstance(arrived, Exception):
                raise arrived
            if arrived is None:
                return
            piece = arrived if isinstance(arrived, bytes) else b""
            n_bytes += len(piece)
            passed_s = time.monotonic() - since
            if passed_s >= patience.stall_s:
                if n_bytes < patience.least_bytes_per_s * passed_s:
                    raise TransferError(f"{host_of(self._url)} sent next to nothing for {passed_s:.0f} s")
                since, n_bytes = time.monotonic(), 0
            yield piece

    def _take(self) -> Head | bytes | Exception | None:
        self._gate.require(host_of(self._url), "to download a model")
        try:
            return self._arrived.get(timeout=_POLL_S)
        except queue.Empty:
            return b""

    def _receive(self) -> None:
        patience = self._patience
        try:
            with self._gate.download(self._url, self._headers, connect_s=patience.connect_s, read_s=patience.stall_s) as response:
                headers = {name.lower(): value for name, value in response.headers.items()}
                asked = [step.url.host for step in (*response.history, response)]
                others = tuple(dict.fromkeys(host for host in asked if host != asked[0]))
                self._give(Head(response.status_code, response.reason_phrase, headers, others))
                for piece in response.iter_raw():
                    if not self._give(piece):
                        return
            self._give(None)
        except (TransferError, AppError) as error:
            self._give(error)
        except Exception as error:  # noqa: BLE001 - the edge of a thread: whatever it is, the caller has to know
            self._give(TransferError(f"{host_of(self._url)}: {type(error).__name__}"))

    def _give(self, item: Head | bytes | Exception | None) -> bool:
        """Hand over; False once nobody takes any more."""
        while not self._abandoned.is_set():
            try:
                self._arrived.put(item, timeout=_POLL_S)
                return True
            except queue.Full:
                continue
        return False

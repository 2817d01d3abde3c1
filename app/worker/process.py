"""One child process with its threads: spawn, send, receive, drain stderr, stop. Knows frames, not what they ask for."""

from __future__ import annotations

import contextlib
import os
import queue
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from app.worker.manners import WAITING
from app.worker.protocol import ChildMessage, ProtocolError, read_message

_STOP_WAIT_S = 1.0
_LOG_LINES = 40
_LOG_LINE_BYTES = 4096
_QUEUE_LENGTH = 256
_KEPT_VARIABLES = (
    *("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "TEMP", "TMP"),
    *("SYSTEMROOT", "WINDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "OMP_NUM_THREADS", "DESKHAND_ENGINE_VARIANT"),
)


@dataclass(frozen=True)
class Ended:
    """The child is gone. `fault` is set when its output broke the protocol."""

    returncode: int
    fault: str = ""


Received = ChildMessage | Ended


def worker_command(kind: str) -> list[str]:
    """How this program starts itself as a worker, in a checkout, installed or frozen."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "--worker", kind]
    # -P keeps the current folder, which may hold anything, off the import path.
    return [sys.executable, "-P", "-m", "app", "--worker", kind]


class ChildProcess:
    """A running child. `received` gives its messages and, last, one `Ended`.

    One thread owns the child from spawn to exit: Linux sends the parent-death signal when the *thread* that spawned a child ends.
    """

    def __init__(self, command: Sequence[str], *, max_blob_bytes: int, on_log: Callable[[str], None] | None = None) -> None:
        self.received: queue.Queue[Received] = queue.Queue(_QUEUE_LENGTH)
        self.log: deque[str] = deque(maxlen=_LOG_LINES)
        self.ended: Ended | None = None
        self._command = list(command)
        self._max_blob_bytes = max_blob_bytes
        self._on_log = on_log
        self._outgoing: queue.SimpleQueue[list[bytes] | None] = queue.SimpleQueue()
        self._stopping = threading.Event()
        self._spawned = threading.Event()
        self._gone = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._spawn_error: OSError | None = None
        self._owner = _start_thread(self._own, "worker-owner")
        self._spawned.wait()
        if self._spawn_error is not None:
            raise self._spawn_error

    @property
    def is_alive(self) -> bool:
        return not self._gone.is_set()

    def send(self, chunks: list[bytes]) -> None:
        """Queue bytes for the child; never blocks. A child that is gone shows in `received`."""
        self._outgoing.put(chunks)

    def stop(self, *, patience_s: float) -> None:
        """Close its input, then terminate, then kill, each after `patience_s`; returns when the child is gone."""
        self._stopping.set()
        process = self._process
        if process is None:
            return
        self._outgoing.put(None)
        for step in (None, process.terminate, process.kill):
            if step is not None:
                with contextlib.suppress(OSError):
                    step()
            if self._gone.wait(patience_s):
                break
        self._gone.wait()
        if threading.current_thread() is not self._owner:
            self._owner.join()

    def kill(self) -> None:
        """End it at once; returns when the child is gone."""
        self._stopping.set()
        self._kill()
        self.stop(patience_s=0.05)

    def _kill(self) -> None:
        if self._process is not None:
            with contextlib.suppress(OSError):
                self._process.kill()

    def _own(self) -> None:
        try:
            process = self._process = self._spawn()
        except OSError as error:
            self._spawn_error = error
            self._gone.set()
            self._spawned.set()
            return
        self._spawned.set()
        writer = _start_thread(lambda: self._write(cast(BinaryIO, process.stdin)), "worker-input")
        drain = _start_thread(lambda: self._drain(cast(BinaryIO, process.stderr)), "worker-log")
        fault = self._receive(cast(BinaryIO, process.stdout))
        if fault:
            self._kill()
        try:
            process.wait(_STOP_WAIT_S)
        except subprocess.TimeoutExpired:
            self._kill()
            process.wait()
        self._outgoing.put(None)
        writer.join()
        drain.join(_STOP_WAIT_S)
        cast(BinaryIO, process.stdout).close()
        self.ended = Ended(process.returncode, fault)
        self._gone.set()
        self._deliver(self.ended)

    def _spawn(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=_environment(),
            cwd=Path(sys.executable).anchor,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )

    def _receive(self, stdout: BinaryIO) -> str:
        """Pass on messages until the child closes its output. Returns what broke the protocol, if anything."""
        try:
            while (message := read_message(stdout, self._max_blob_bytes)) is not None:
                if not self._deliver(message):
                    break
        except ProtocolError as error:
            return str(error)
        except (OSError, ValueError, MemoryError) as error:
            return type(error).__name__
        return ""

    def _deliver(self, message: Received) -> bool:
        """Queue a message; while nobody takes them a talkative child has to wait. False once the child is being stopped."""
        while True:
            try:
                self.received.put(message, timeout=0.05)
                return True
            except queue.Full:
                if self._stopping.is_set():
                    return False

    def _write(self, stdin: BinaryIO) -> None:
        with contextlib.suppress(OSError, ValueError):
            while (chunks := self._outgoing.get()) is not None:
                for chunk in chunks:
                    stdin.write(chunk)
                stdin.flush()
        with contextlib.suppress(OSError):
            stdin.close()

    def _drain(self, stderr: BinaryIO) -> None:
        with stderr:
            while untrusted_line := stderr.readline(_LOG_LINE_BYTES):
                line = clean_line(untrusted_line)
                if line:
                    self.log.append(line)
                    if self._on_log is not None:
                        self._on_log(line)


def clean_line(untrusted_line: bytes, max_chars: int = 500) -> str:
    """A line of a child's stderr made safe for logs: one line, no control or direction characters, bounded."""
    text = untrusted_line.decode("utf-8", "replace").strip()
    return "".join(char if char.isprintable() else "·" for char in text[:max_chars])


def _environment() -> dict[str, str]:
    """Nothing but what a program needs to start: keys and tokens of the person stay out."""
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    root = str(Path(__file__).resolve().parents[2])
    waiting = {name: os.environ.get(name, usual) for name, usual in WAITING.items()}
    return kept | waiting | {"PYTHONPATH": root, "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONNOUSERSITE": "1"}


def _start_thread(target: Callable[[], None], name: str) -> threading.Thread:
    thread = threading.Thread(target=target, name=name, daemon=True)
    thread.start()
    return thread

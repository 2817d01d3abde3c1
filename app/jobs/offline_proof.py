"""Shows on this computer that work needs no connection: samples are processed while every connection is refused and noted."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from app.domain.task import Task, TaskField, TaskKind
from app.errors import OfflineError
from app.network.gate import Gate
from app.paths import resources
from app.worker.sandbox import CALLS
from app.worker.services import ModelService, ReaderService

_SAMPLES = ("email.eml", "invoice-english.pdf", "receipt.jpg")
"""A text, a page and a photo: every part of the reader has its turn."""
_CONNECTING = frozenset({"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"})
_NETWORK_TABLES = ("tcp", "tcp6", "udp", "udp6", "udplite", "udplite6", "raw", "raw6", "icmp", "icmp6")


def prove_offline(reader: ReaderService, make_model: Callable[[], ModelService]) -> Iterator[tuple[bool, str]]:
    """Statements with whether they hold. Raises what keeps a sample from being processed."""
    task = Task(id="offline_proof", kind=TaskKind.EXTRACT, fields=(TaskField(name="subject"),))
    with _connections_refused() as attempts, make_model() as model:
        for name in _SAMPLES:
            document = reader.read((resources() / "samples" / name).read_bytes(), name)
            model.run(task, document, followups={}, language="document")
        for name, child in (("the reader", reader), ("the model", model)):
            is_locked = child.sandbox is not None and CALLS in child.sandbox.active
            yield is_locked, f"the system refuses {name} every network socket"
        pids = {"this program": os.getpid()}
        for name, info in (("the reader", reader.start_info), ("the model", model.start_info)):
            pids |= {name: int(info["pid"])} if info else {}
        for name, pid in pids.items():
            sockets = _open_sockets(pid)
            yield not sockets, f"{name} (process {pid}) has {len(sockets)} network sockets open"
    read = ", ".join(_SAMPLES)
    yield not attempts, f"{read}: read and answered; {len(attempts)} attempts to connect were made"
    yield _gate_refuses(), "the gate refuses a connection in offline mode"


@contextmanager
def _connections_refused() -> Iterator[list[str]]:
    """No part of this program connects to another computer meanwhile; what tried to is listed."""
    attempts: list[str] = []
    refusing = True

    def refuse(event: str, arguments: tuple[object, ...]) -> None:
        if refusing and event in _CONNECTING and not _stays_inside(arguments):
            attempts.append(event)
            raise PermissionError(errno.EACCES, "no connection while the proof runs")

    # A hook stays until the program ends; this one falls silent with `refusing`.
    sys.addaudithook(refuse)
    try:
        yield attempts
    finally:
        refusing = False


def _open_sockets(pid: int) -> set[str]:
    """The numbers of a process's open network sockets, as Linux lists them; empty where that can't be known.

    Socket pairs, with which some libraries wake their own threads, are none.
    """
    of_process = set()
    for entry in Path(f"/proc/{pid}/fd").glob("*"):
        try:
            kind, _, number = os.readlink(entry).partition(":")  # noqa: PTH115 - the target is no path
        except OSError:
            continue
        if kind == "socket":
            of_process.add(number.strip("[]"))
    of_network: set[str] = set()
    for name in _NETWORK_TABLES:
        path = Path(f"/proc/{pid}/net/{name}")
        if path.exists():
            of_network |= {line.split()[9] for line in path.read_text(encoding="ascii").splitlines()[1:]}
    return of_process & of_network


def _stays_inside(arguments: tuple[object, ...]) -> bool:
    """Whether a socket only reaches programs of this computer, such as its keyring."""
    return bool(arguments) and getattr(getattr(arguments[0], "family", None), "name", "") == "AF_UNIX"


def _gate_refuses() -> bool:
    try:
        Gate(offline=True).require("example.org", "to prove that it is refused")
    except OfflineError:
        return True
    return False

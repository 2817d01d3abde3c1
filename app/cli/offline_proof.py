"""Shows on this computer that work needs no connection: a sample is processed while every attempt to connect is recorded."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from app.bootstrap import Deskhand
from app.domain.task import Task, TaskField, TaskKind
from app.errors import OfflineError
from app.paths import resources

_SAMPLE = "email.eml"
_CONNECTING = frozenset({"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"})


def prove_offline(deskhand: Deskhand) -> Iterator[tuple[bool, str]]:
    """Statements with whether they hold. Raises what keeps the sample from being processed."""
    attempts: list[str] = []
    recording = True

    def record(event: str, _arguments: tuple[object, ...]) -> None:
        if recording and event in _CONNECTING:
            attempts.append(event)

    # A hook stays until the program ends; this one falls silent with `recording`.
    sys.addaudithook(record)
    path = resources() / "samples" / _SAMPLE
    task = Task(id="offline_proof", kind=TaskKind.EXTRACT, fields=(TaskField(name="subject"),))
    with deskhand.make_model() as model:
        document = deskhand.reader.read(path.read_bytes(), path.name)
        model.run(task, document, followups={}, language="document")
        pids = {"this program": os.getpid()}
        for name, info in (("the reader", deskhand.reader.start_info), ("the model", model.start_info)):
            pids |= {name: int(info["pid"])} if info else {}
        for name, pid in pids.items():
            sockets = _open_sockets(pid)
            yield not sockets, f"{name} (process {pid}) has {len(sockets)} sockets open"
    recording = False
    yield not attempts, f"{path.name} was read and answered; {len(attempts)} attempts to connect were made"
    yield _gate_refuses(deskhand), "the gate refuses a connection in offline mode"


def _open_sockets(pid: int) -> list[str]:
    """What Linux lists as sockets among a process's open files; empty where that can't be known."""
    links = []
    for entry in Path(f"/proc/{pid}/fd").glob("*"):
        try:
            links.append(os.readlink(entry))  # noqa: PTH115 - the target is no path
        except OSError:
            continue
    return [link for link in links if link.startswith("socket:")]


def _gate_refuses(deskhand: Deskhand) -> bool:
    try:
        deskhand.gate.require("example.org")
    except OfflineError:
        return True
    return False

"""A server on this machine that plays replies of a service in turn, and notes to the byte what it was sent."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import struct
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal

from tests.helpers.serving import serving

Manner = Literal["well", "cut", "silence", "nothing", "trickle"]


@dataclass(frozen=True)
class PlayedReply:
    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    manner: Manner = "well"
    delay_s: float = 0.0


@dataclass(frozen=True)
class Noted:
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


class ReplyServer(ThreadingHTTPServer):
    """The last reply is given again and again."""

    daemon_threads = True

    def __init__(self, replies: list[PlayedReply], context: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.scheme = "http" if context is None else "https"
        if context is not None:
            self.socket = context.wrap_socket(self.socket, server_side=True)
        self.replies = replies
        self.noted: list[Noted] = []
        self.stopping = threading.Event()
        self.arrived = threading.Event()

    @property
    def url(self) -> str:
        return f"{self.scheme}://localhost:{self.server_port}" if self.scheme == "https" else f"http://127.0.0.1:{self.server_port}"

    def next_reply(self) -> PlayedReply:
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away is part of the play."""


class _Handler(BaseHTTPRequestHandler):
    server: ReplyServer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.noted.append(Noted("POST", self.path, {name.lower(): value for name, value in self.headers.items()}, body))
        self.server.arrived.set()
        self._play(self.server.next_reply())

    def do_GET(self) -> None:
        self.server.noted.append(Noted("GET", self.path, dict(self.headers), b""))
        self._play(PlayedReply(404))

    def _play(self, reply: PlayedReply) -> None:
        if self.server.stopping.wait(reply.delay_s) or reply.manner == "nothing":
            return
        if reply.manner == "silence":
            self.server.stopping.wait()
            return
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        if reply.manner == "cut":
            self.wfile.write(reply.body[: len(reply.body) // 2])
            self.wfile.flush()
            self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return
        if reply.manner == "trickle":
            for at in range(len(reply.body)):
                self.wfile.write(reply.body[at : at + 1])
                self.wfile.flush()
                if self.server.stopping.wait(0.05):
                    return
            return
        self.wfile.write(reply.body)

    def log_message(self, *_arguments: object) -> None:
        pass


@contextlib.contextmanager
def playing(*replies: PlayedReply, context: ssl.SSLContext | None = None) -> Iterator[ReplyServer]:
    """With a context it speaks TLS, as ``localhost``."""
    with serving(ReplyServer(list(replies), context)) as server:
        try:
            yield server
        finally:
            server.stopping.set()


def recorded(kind: str) -> dict[str, PlayedReply]:
    """Replies of one protocol in the documented form. ``{answers}`` in a body stands for the answers, as JSON in a string."""
    file = Path(__file__).parents[1] / "data" / "frontier" / f"{kind}.json"
    return {name: _reply(entry) for name, entry in json.loads(file.read_text(encoding="utf-8")).items()}


def answering(reply: PlayedReply, answers: Mapping[str, Any]) -> PlayedReply:
    text = json.dumps(json.dumps(answers))[1:-1].encode()
    return PlayedReply(reply.status, reply.body.replace(b"{answers}", text), reply.headers)


def _reply(entry: dict[str, Any]) -> PlayedReply:
    body = entry["body"] if isinstance(entry["body"], str) else json.dumps(entry["body"])
    return PlayedReply(entry["status"], body.encode(), {"Content-Type": "application/json", **entry.get("headers", {})})

"""A server on this machine that misbehaves on schedule, as servers, proxies and connections do."""

from __future__ import annotations

import contextlib
import gzip
import socket
import socketserver
import struct
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.helpers.serving import serving

ETAG = '"one"'
_PIECE_BYTES = 32 * 2**10


@dataclass
class Act:
    """How to answer one request. `at` is a share of the bytes that would follow."""

    name: str
    at: float = 0.5


@dataclass
class Play:
    """One file and how its requests are answered in turn; well once the acts are used up."""

    data: bytes
    acts: list[Act] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    stall_s: float = 1.0
    pace_s: float = 0.0
    """Pause after each piece of a file that is sent well."""

    def next_act(self) -> Act:
        return self.acts.pop(0) if self.acts else Act("well")


class UnrulyServer(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.plays: dict[str, Play] = {}
        self.stopping = threading.Event()

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/{name}/file.gguf"

    def handle_error(self, request: object, client_address: object) -> None:
        pass


class _Handler(socketserver.StreamRequestHandler):
    server: UnrulyServer

    def handle(self) -> None:
        line = self.rfile.readline(4096).decode("latin-1").split()
        headers: dict[str, str] = {}
        while (header := self.rfile.readline(4096).strip()) != b"":
            name, _, value = header.decode("latin-1").partition(":")
            headers[name.strip().lower()] = value.strip()
        if len(line) < 2:
            return
        # A client that takes this server for its proxy names the whole address.
        path = "/".join(["", *line[1].split("/")[3:]]).split("/") if line[1].startswith("http://") else line[1].split("/")
        with contextlib.suppress(OSError):
            self._answer(self.server.plays[path[1]], path[2], headers)

    def _answer(self, play: Play, last: str, headers: dict[str, str]) -> None:
        play.requests.append(headers.get("range", ""))
        hops = int(last.removeprefix("hop")) if last.startswith("hop") else 0
        if hops:
            self._send_head(307, {"Location": f"hop{hops - 1}" if hops > 1 else "file.gguf"})
            return
        act = play.next_act()
        begin = 0
        if headers.get("range") and headers.get("if-range", ETAG) == ETAG:
            begin = int(headers["range"].removeprefix("bytes=").removesuffix("-"))
        answer = getattr(self, f"act_{act.name}", None)
        if answer is None:
            raise AssertionError(act.name)
        answer(play, begin, act)

    # Answers that are right.

    def act_well(self, play: Play, begin: int, _act: Act) -> None:
        if not play.pace_s:
            self._send_file(play.data, begin)
            return
        self._send_file(play.data, begin, upto=0)
        for at in range(begin, len(play.data), _PIECE_BYTES):
            self.wfile.write(play.data[at : at + _PIECE_BYTES])
            if self.server.stopping.wait(play.pace_s):
                return

    def act_chunked(self, play: Play, begin: int, _act: Act) -> None:
        self._send_chunks(play.data, begin, whole=True)

    def act_redirect(self, play: Play, _begin: int, _act: Act) -> None:
        self._send_head(302, {"Location": "hop2"})

    def act_weak_tag(self, play: Play, begin: int, _act: Act) -> None:
        self._send_file(play.data, begin, tag='W/"one"')

    def act_no_tag(self, play: Play, begin: int, _act: Act) -> None:
        self._send_file(play.data, begin, tag="")

    def act_new_tag(self, play: Play, begin: int, _act: Act) -> None:
        self._send_file(play.data, begin, tag='"two"')

    # Connections that fail.

    def act_cut(self, play: Play, begin: int, act: Act) -> None:
        self._send_file(play.data, begin, upto=act.at)

    def act_cut_without_length(self, play: Play, begin: int, act: Act) -> None:
        self._send_file(play.data, begin, upto=act.at, length=None)

    def act_cut_chunked(self, play: Play, begin: int, _act: Act) -> None:
        self._send_chunks(play.data, begin, whole=False)

    def act_reset(self, play: Play, begin: int, act: Act) -> None:
        self._send_file(play.data, begin, upto=act.at)
        self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def act_no_answer(self, _play: Play, _begin: int, _act: Act) -> None:
        return

    def act_half_a_head(self, _play: Play, _begin: int, _act: Act) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Le")

    def act_nonsense(self, _play: Play, _begin: int, _act: Act) -> None:
        self.wfile.write(b"\x16\x03\x01 this is not HTTP\r\n\r\n")

    def act_stall(self, play: Play, begin: int, act: Act) -> None:
        self._send_file(play.data, begin, upto=act.at)
        self.server.stopping.wait(play.stall_s)

    def act_silence(self, play: Play, _begin: int, _act: Act) -> None:
        self.server.stopping.wait(play.stall_s)

    def act_trickle(self, play: Play, begin: int, act: Act) -> None:
        self._send_file(play.data, begin, upto=act.at / 2)
        sent = begin + int((len(play.data) - begin) * act.at / 2)
        until = time.monotonic() + play.stall_s
        while time.monotonic() < until and not self.server.stopping.wait(0.02):
            self.wfile.write(play.data[sent : sent + 1])
            self.wfile.flush()
            sent += 1

    # Refusals.

    def act_busy(self, _play: Play, _begin: int, _act: Act) -> None:
        self._send_head(503, {})

    def act_fault(self, _play: Play, _begin: int, _act: Act) -> None:
        self._send_head(500, {"Content-Type": "text/html"}, b"<h1>sorry</h1>")

    def act_too_many(self, _play: Play, _begin: int, _act: Act) -> None:
        self._send_head(429, {"Retry-After": "0"})

    def act_too_many_until(self, _play: Play, _begin: int, _act: Act) -> None:
        self._send_head(429, {"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"})

    def act_too_many_for_long(self, _play: Play, _begin: int, _act: Act) -> None:
        self._send_head(429, {"Retry-After": "7200"})

    def act_no_such_range(self, play: Play, begin: int, _act: Act) -> None:
        if begin:
            self._send_head(416, {"Content-Range": f"bytes */{len(play.data)}"})
        else:
            self._send_file(play.data, 0)

    def act_not_found(self, _play: Play, _begin: int, _act: Act) -> None:
        self._send_head(404, {})

    def act_redirect_for_ever(self, _play: Play, _begin: int, _act: Act) -> None:
        self._send_head(302, {"Location": "hop99"})

    def act_redirect_unencrypted(self, _play: Play, _begin: int, _act: Act) -> None:
        self._send_head(302, {"Location": "http://example.invalid/file.gguf"})

    # Answers that are wrong.

    def act_whole_for_range(self, play: Play, _begin: int, _act: Act) -> None:
        self._send_file(play.data, 0)

    def act_cut_whole_for_range(self, play: Play, _begin: int, act: Act) -> None:
        self._send_file(play.data, 0, upto=act.at)

    def act_too_far(self, play: Play, begin: int, _act: Act) -> None:
        self._send_file(play.data, min(begin + 100, len(play.data) - 1) if begin else 0)

    def act_too_early(self, play: Play, begin: int, _act: Act) -> None:
        self._send_file(play.data, max(0, begin - 5000), partial=True)

    def act_other_total(self, play: Play, begin: int, _act: Act) -> None:
        self._send_file(play.data + b"more", begin)

    def act_no_range_told(self, play: Play, begin: int, _act: Act) -> None:
        self._send_head(206, {"ETag": ETAG}, play.data[begin:])

    def act_page(self, _play: Play, _begin: int, _act: Act) -> None:
        self._send_head(200, {"Content-Type": "text/html"}, b"<html>Please log in to the hotel's network</html>", length=False)

    def act_zipped(self, play: Play, _begin: int, _act: Act) -> None:
        self._send_head(200, {"Content-Encoding": "gzip"}, gzip.compress(play.data[:5000]))

    def act_longer(self, play: Play, begin: int, _act: Act) -> None:
        self._send_file(play.data, begin, length=None, extra=b"and more" * 100)

    def act_damaged(self, play: Play, begin: int, act: Act) -> None:
        self._send_file(damaged(play.data, begin + int((len(play.data) - begin) * act.at)), begin)

    def act_other_version(self, play: Play, _begin: int, act: Act) -> None:
        self._send_file(damaged(play.data, int(len(play.data) * act.at)), 0, tag='"two"')

    def act_cut_other_version(self, play: Play, _begin: int, act: Act) -> None:
        self._send_file(damaged(play.data, int(len(play.data) * act.at / 2)), 0, tag='"two"', upto=act.at)

    # Parts.

    def _send_file(
        self,
        data: bytes,
        begin: int,
        *,
        tag: str = ETAG,
        upto: float = 1.0,
        length: int | None = -1,
        extra: bytes = b"",
        partial: bool | None = None,
    ) -> None:
        body = data[begin:]
        headers = {"ETag": tag} if tag else {}
        if begin or partial:
            headers["Content-Range"] = f"bytes {begin}-{len(data) - 1}/{len(data)}"
        if length is not None:
            headers["Content-Length"] = str(len(body))
        self._send_head(206 if begin or partial else 200, headers, body[: int(len(body) * upto)] + extra, length=False)

    def _send_chunks(self, data: bytes, begin: int, *, whole: bool) -> None:
        headers = {"ETag": ETAG, "Transfer-Encoding": "chunked"}
        if begin:
            headers["Content-Range"] = f"bytes {begin}-{len(data) - 1}/{len(data)}"
        self._send_head(206 if begin else 200, headers, length=False)
        body = data[begin:]
        half = len(body) // 2
        for piece in (body[:half], body[half:]):
            if piece:
                self.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
            if not whole:
                return
        self.wfile.write(b"0\r\n\r\n")

    def _send_head(self, status: int, headers: dict[str, str], body: bytes = b"", *, length: bool = True) -> None:
        if length:
            headers = headers | {"Content-Length": str(len(body))}
        lines = [f"HTTP/1.1 {status} Words", "Connection: close", *(f"{name}: {value}" for name, value in headers.items())]
        self.wfile.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        self.wfile.flush()


def damaged(data: bytes, at: int) -> bytes:
    """The data with one byte changed, never one of its first four."""
    at = max(4, min(at, len(data) - 1))
    return data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]


def act_names() -> list[str]:
    return sorted(name.removeprefix("act_") for name in vars(_Handler) if name.startswith("act_"))


@contextlib.contextmanager
def running_server() -> Iterator[UnrulyServer]:
    with serving(UnrulyServer()) as server:
        try:
            yield server
        finally:
            server.stopping.set()

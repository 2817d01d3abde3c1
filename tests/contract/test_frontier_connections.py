"""Certificates and proxies on the way of a key, as far as one machine can play them."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.enquiry import Enquiry, Excerpt, Question
from app.domain.ledger import Ending
from app.domain.task import TaskKind
from app.errors import ServiceUnreachableError
from app.frontier.client import Errand, Frontier, Patience
from app.frontier.keys import KeyStore
from app.network.gate import Gate
from app.settings import FrontierSettings
from app.storage.store import Store
from tests.helpers.keyrings import NoKeyring
from tests.helpers.providers import own_provider
from tests.helpers.reply_server import answering, playing, recorded
from tests.helpers.serving import serving

pytestmark = [pytest.mark.network, pytest.mark.usefixtures("plain_environment")]

KEY = "sk-planted-connection-0815"
ANSWERS = {"total_amount": "717,97"}
ENQUIRY = Enquiry(
    task="invoice",
    kind=TaskKind.EXTRACT,
    questions=(Question(target="total_amount", title="Total amount", type="amount"),),
    excerpts=(Excerpt(1, 0, 12, "Total 717,97"),),
)


class Tunnel(socketserver.ThreadingTCPServer):
    """A proxy that lets TLS through and notes all that it sees."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _TunnelHandler)
        self.seen = bytearray()

    def handle_error(self, request: object, client_address: object) -> None:
        """Connections end when a test does."""


class _TunnelHandler(socketserver.StreamRequestHandler):
    server: Tunnel

    def handle(self) -> None:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += self.rfile.readline()
        self.server.seen += head
        method, target, _ = head.split(b"\r\n", 1)[0].decode().split()
        if method != "CONNECT":
            self.wfile.write(b"HTTP/1.1 405 No\r\nContent-Length: 0\r\n\r\n")
            return
        host, _, port = target.rpartition(":")
        with socket.create_connection((host, int(port))) as upstream:
            self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
            thread = threading.Thread(target=self._pump, args=(upstream, self.request), daemon=True)
            thread.start()
            self._pump(self.request, upstream)
            thread.join()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                self.server.seen += data
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)


@contextlib.contextmanager
def asking(folder: Path, url: str) -> Iterator[tuple[Frontier, Store]]:
    config = own_provider(url)
    keys, settings = KeyStore(NoKeyring()), FrontierSettings(opted_in=True, provider=config)
    keys.put(config, KEY)
    with Store(folder / "data.sqlite") as store:
        patience = Patience(connect_s=5, answer_s=5)
        yield Frontier(Gate(offline=False), keys, store.ledger, lambda: settings, patience), store


def send(frontier: Frontier) -> object:
    return frontier.send(frontier.pack(ENQUIRY), ENQUIRY, Errand(consent="always")).answers


def test_a_server_that_the_system_does_not_trust_gets_neither_key_nor_document(tmp_path, certificate):
    with (
        playing(answering(recorded("openai_chat")["answer"], ANSWERS), context=certificate[1]) as server,
        asking(tmp_path, server.url + "/v1") as (frontier, store),
    ):
        with pytest.raises(ServiceUnreachableError, match="CERTIFICATE_VERIFY_FAILED"):
            send(frontier)
        assert server.noted == []
        (row,) = store.ledger.rows()
        assert (row.outcome.ending, row.spent_micros) == (Ending.NOT_SENT, 0)


def test_a_server_that_the_person_trusts_is_asked(tmp_path, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    with (
        playing(answering(recorded("openai_chat")["answer"], ANSWERS), context=certificate[1]) as server,
        asking(tmp_path, server.url + "/v1") as (frontier, _),
    ):
        assert send(frontier) == ANSWERS


def test_a_proxy_on_the_way_sees_where_to_and_nothing_more(tmp_path, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    with (
        serving(Tunnel()) as proxy,
        playing(answering(recorded("openai_chat")["answer"], ANSWERS), context=certificate[1]) as server,
        asking(tmp_path, server.url + "/v1") as (frontier, _),
    ):
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.server_address[1]}")
        assert send(frontier) == ANSWERS
        seen = bytes(proxy.seen)
        assert seen.startswith(b"CONNECT localhost:")
        assert KEY.encode() not in seen
        assert b"717,97" not in seen
        assert len(server.noted) == 1


@pytest.mark.parametrize("proxy", ["http://127.0.0.1:9", "socks9://127.0.0.1:9"])
def test_a_proxy_that_does_not_work_is_told_and_nothing_is_sent(proxy, tmp_path, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    with (
        playing(answering(recorded("openai_chat")["answer"], ANSWERS), context=certificate[1]) as server,
        asking(tmp_path, server.url + "/v1") as (frontier, store),
    ):
        with pytest.raises(ServiceUnreachableError):
            send(frontier)
        assert server.noted == []
        (row,) = store.ledger.rows()
        assert row.outcome.ending is Ending.NOT_SENT

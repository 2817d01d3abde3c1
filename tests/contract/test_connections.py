"""Proxies, certificates and servers of the outer world, as far as one machine can play them."""

from __future__ import annotations

import http.server
import socket
import threading
import time

import pytest

from app.catalog.download import fetch
from app.catalog.spec import HubSource, ModelSpec, UrlSource
from app.errors import CancelledError, NoSourceError
from app.network.gate import Gate
from app.network.stream import Patience
from tests.helpers.catalogs import gguf_bytes, make_catalog, make_spec
from tests.helpers.serving import serving
from tests.helpers.unruly_server import Act, Play, running_server

pytestmark = [pytest.mark.network, pytest.mark.usefixtures("plain_environment")]
DATA = gguf_bytes(padding=200_000)
QUICK = Patience(connect_s=2, stall_s=0.5, tries=2, first_wait_s=0.01)


def spec_at(url: str) -> ModelSpec:
    return make_spec(DATA, UrlSource(kind="url", url=url))


def test_proxy_of_the_environment_is_used(tmp_path, monkeypatch):
    with running_server() as server:
        server.plays["any"] = Play(DATA)
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{server.server_address[1]}")
        spec = spec_at("http://localhost:9/any/file.gguf")
        assert fetch(spec, make_catalog(tmp_path, spec), Gate(offline=False), patience=QUICK).read_bytes() == DATA
        assert server.plays["any"].requests == [""]


def test_exceptions_from_the_proxy_are_kept(tmp_path, monkeypatch):
    with running_server() as server:
        server.plays["any"] = Play(DATA)
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        spec = spec_at(server.url("any"))
        assert fetch(spec, make_catalog(tmp_path, spec), Gate(offline=False), patience=QUICK).read_bytes() == DATA


@pytest.mark.parametrize("proxy", ["http://127.0.0.1:9", "socks5://127.0.0.1:9", "socks9://127.0.0.1:9", "nonsense://x"])
def test_proxy_that_does_not_work_is_told(tmp_path, monkeypatch, proxy):
    monkeypatch.setenv("HTTP_PROXY", proxy)
    spec = spec_at("http://localhost:9/any/file.gguf")
    with pytest.raises(NoSourceError):
        fetch(spec, make_catalog(tmp_path, spec), Gate(offline=False), patience=QUICK)


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(DATA)))
        self.end_headers()
        self.wfile.write(DATA)

    def log_message(self, *_arguments) -> None:
        pass


class Server(http.server.ThreadingHTTPServer):
    def __init__(self, handler: type[Handler]) -> None:
        super().__init__(("127.0.0.1", 0), handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that does not trust the certificate goes away."""


@pytest.fixture
def secure_server(certificate):
    secure = Server(Handler)
    secure.socket = certificate[1].wrap_socket(secure.socket, server_side=True)
    with serving(secure) as server:
        yield f"https://localhost:{server.server_address[1]}/file.gguf"


def test_certificate_that_the_system_does_not_trust_is_refused_at_once(tmp_path, secure_server):
    spec = spec_at(secure_server)
    began = time.monotonic()
    with pytest.raises(NoSourceError, match="CERTIFICATE_VERIFY_FAILED"):
        fetch(spec, make_catalog(tmp_path, spec), Gate(offline=False), patience=Patience(first_wait_s=30))
    assert time.monotonic() - began < 20


def test_certificate_that_the_person_trusts_is_accepted(tmp_path, secure_server, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    spec = spec_at(secure_server)
    assert fetch(spec, make_catalog(tmp_path, spec), Gate(offline=False), patience=QUICK).read_bytes() == DATA


def test_cancel_is_heard_while_a_server_keeps_silent(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        spec = spec_at(f"http://127.0.0.1:{listener.getsockname()[1]}/file.gguf")
        cancel = threading.Event()
        threading.Timer(0.5, cancel.set).start()
        began = time.monotonic()
        with pytest.raises(CancelledError):
            fetch(spec, make_catalog(tmp_path, spec), Gate(offline=False), cancel=cancel)
        assert time.monotonic() - began < 10


def test_cancel_is_heard_while_a_busy_server_is_waited_for(tmp_path):
    with running_server() as server:
        server.plays["any"] = Play(DATA, [Act("busy")] * 9)
        spec = spec_at(server.url("any"))
        cancel = threading.Event()
        threading.Timer(0.5, cancel.set).start()
        began = time.monotonic()
        with pytest.raises(CancelledError):
            fetch(spec, make_catalog(tmp_path, spec), Gate(offline=False), cancel=cancel, patience=Patience(first_wait_s=60))
        assert time.monotonic() - began < 10


def test_downloads_run_beside_one_another(tmp_path):
    with running_server() as server:
        specs = []
        for number in range(4):
            data = DATA + bytes([number])
            server.plays[str(number)] = Play(data, pace_s=0.02)
            specs.append(make_spec(data, UrlSource(kind="url", url=server.url(str(number))), model_id=f"m{number}"))
        catalog = make_catalog(tmp_path, *specs)
        threads = [threading.Thread(target=fetch, args=(spec, catalog, Gate(offline=False))) for spec in specs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [catalog.verify(spec).stat().st_size for spec in specs] == [len(DATA) + 1] * 4
        assert all(catalog.hashes.known(catalog.path_of(spec)) for spec in specs)


def test_key_for_the_hub_does_not_follow_a_redirect_to_another_server(tmp_path, monkeypatch):
    seen: dict[str, str] = {}

    class Storage(Handler):
        def do_GET(self) -> None:
            seen["storage"] = self.headers.get("Authorization", "")
            super().do_GET()

    class Hub(Handler):
        def do_GET(self) -> None:
            key = seen["hub"] = self.headers.get("Authorization", "")
            self.send_response(302 if key else 401)
            self.send_header("Location", f"http://127.0.0.1:{storage.server_address[1]}/file.gguf")
            self.send_header("Content-Length", "0")
            self.end_headers()

    with serving(Server(Storage)) as storage, serving(Server(Hub)) as hub:
        monkeypatch.setattr("huggingface_hub.get_token", lambda: "secret")
        monkeypatch.setattr("huggingface_hub.hf_hub_url", lambda *_, **__: f"http://127.0.0.1:{hub.server_address[1]}/file.gguf")
        spec = make_spec(DATA, HubSource(kind="hub", repo="a/b", revision="a" * 40, filename="file.gguf"))
        fetch(spec, make_catalog(tmp_path, spec), Gate(offline=False), patience=QUICK)
    assert seen == {"hub": "Bearer secret", "storage": ""}

"""The gate refuses in offline mode, and never speaks without encryption."""

import socket

import pytest

from app.errors import OfflineError
from app.network.gate import Gate, TransferError
from tests.helpers.reply_server import PlayedReply, playing


def test_offline_gate_refuses_without_asking_for_the_host(monkeypatch):
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: pytest.fail("a name was looked up"))
    gate = Gate(offline=True)
    with pytest.raises(OfflineError) as caught, gate.download("https://example.org/file", {}):
        pass
    assert "example.org" in caught.value.user_text
    with pytest.raises(OfflineError):
        gate.require("the Python package index", "to download a model")


def test_gate_follows_the_setting_while_it_runs():
    gate = Gate(offline=False)
    gate.require("example.org", "to test")
    gate.offline = True
    with pytest.raises(OfflineError):
        gate.require("example.org", "to test")


def test_plain_http_is_refused_before_a_connection(monkeypatch):
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: pytest.fail("a name was looked up"))
    with pytest.raises(TransferError, match="without encryption"), Gate(offline=False).download("http://example.org/file", {}):
        pass


@pytest.mark.network
def test_refused_connection_is_one_short_sentence():
    with (
        pytest.raises(TransferError, match=r"^127\.0\.0\.1: .+"),
        Gate(offline=False).download("https://127.0.0.1:9/file", {}),
    ):
        pass


def test_missing_connection_is_told_in_plain_words(monkeypatch):
    def fail(*_arguments, **_options):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr("socket.getaddrinfo", fail)
    with (
        pytest.raises(TransferError, match="can't be looked up") as caught,
        Gate(offline=False).download("https://example.org/a", {}),
    ):
        pass
    assert caught.value.is_unreachable


@pytest.mark.network
@pytest.mark.parametrize("is_offline", [True, False])
def test_nothing_leaves_when_it_is_called_off_while_connecting(is_offline, monkeypatch):
    gate, wanted, connect = Gate(offline=False), [True], socket.create_connection

    def call_off(*arguments, **options):
        connected = connect(*arguments, **options)
        gate.offline, wanted[0] = is_offline, is_offline
        return connected

    monkeypatch.setattr("socket.create_connection", call_off)
    with playing(PlayedReply(200, b"{}")) as server:
        with pytest.raises(OfflineError if is_offline else TransferError):
            gate.post(server.url, {"Authorization": "key"}, b"secret", who="to test", is_wanted=lambda: wanted[0])
        assert server.noted == []
        assert not server.arrived.is_set()

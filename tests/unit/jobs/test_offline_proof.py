"""While the proof runs, no part of the program connects, and what tried to is known."""

import socket

import pytest

from app.jobs.offline_proof import _connections_refused


@pytest.mark.network
def test_connections_are_refused_and_noted_until_the_proof_is_over():
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = server.getsockname()
        with _connections_refused() as attempts, pytest.raises(PermissionError, match="while the proof runs"):
            socket.create_connection(address)
        assert attempts
        socket.create_connection(address).close()
    with _connections_refused() as attempts:
        one, other = socket.socketpair()
        one.close()
        other.close()
    assert not attempts

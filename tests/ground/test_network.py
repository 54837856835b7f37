"""Tests speak to this machine only."""

import socket

import pytest
from pytest_socket import SocketConnectBlockedError


def test_no_other_machine_is_reached() -> None:
    # An address for documentation, which nobody has; the connection is refused before a packet leaves.
    with pytest.raises(SocketConnectBlockedError):
        socket.create_connection(("192.0.2.1", 80), timeout=1)


def test_this_machine_is() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=5).close()

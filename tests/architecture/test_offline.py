"""The guard that keeps every test off the network really refuses, here and in the processes that tests start."""

from __future__ import annotations

import socket
import subprocess
import sys

import pytest

# an address that is kept for examples
ELSEWHERE = "192.0.2.1"
CONNECT = f"import socket; socket.socket().connect_ex(('{ELSEWHERE}', 80))"


def test_a_connection_to_elsewhere_is_refused_here() -> None:
    with socket.socket() as line, pytest.raises(RuntimeError, match="does not use the network"):
        line.connect_ex((ELSEWHERE, 80))
    with pytest.raises(RuntimeError, match="does not use the network"):
        socket.getaddrinfo("example.org", 80)


def test_this_computer_itself_is_no_elsewhere() -> None:
    with socket.socket() as ear, socket.socket() as line:
        ear.bind(("127.0.0.1", 0))
        ear.listen()
        assert line.connect_ex(ear.getsockname()) == 0


@pytest.mark.cold
def test_processes_that_a_test_starts_are_guarded_too() -> None:
    done = subprocess.run([sys.executable, "-c", CONNECT], capture_output=True, text=True, timeout=60)
    assert done.returncode != 0
    assert "LeftTheComputerError" in done.stderr

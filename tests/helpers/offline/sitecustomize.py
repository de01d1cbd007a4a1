"""Refuses every connection that leaves this computer; Python runs this by itself where this folder is on its path.

Where TESTS_LOSE_NO_POWER is set, nothing waits for the disk: what a process wrote outlives a kill all the same.
"""

from __future__ import annotations

import os
import sys

LOOPBACK = ("127.", "::1", "localhost", "0.0.0.0", "::ffff:127.")


class LeftTheComputerError(RuntimeError):
    """Raised where a test, or what it tests, asks for the network."""


def refuse_network(event: str, arguments: tuple[object, ...]) -> None:
    """An audit hook: lets only addresses of this computer through."""
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else None
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = arguments[0]
    else:
        return
    name = host.decode() if isinstance(host, bytes) else host
    if isinstance(name, str) and name and not name.startswith(LOOPBACK):
        raise LeftTheComputerError(f"{event} {name}: Layerloom does not use the network")


def written_soon(file: int) -> None:
    """As ``os.fsync``, without waiting for it; what is no open file is refused as always."""
    os.fstat(file)


sys.addaudithook(refuse_network)
if os.environ.get("TESTS_LOSE_NO_POWER"):
    os.fsync = written_soon  # type: ignore[assignment]

"""Ports for the servers that tests start."""

from __future__ import annotations

import itertools
import os
import socket
from contextlib import suppress

#: Below what Linux, macOS and Windows hand out by themselves: between our look and the server's
#: start nobody is given such a port by chance.
_FIRST, _SHARE, _SHARES = 12_000, 2_000, 10


def _ours() -> itertools.cycle[int]:
    """The ports of this process; pytest-xdist's workers have a share each, entered anywhere."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    share = range(_SHARE * (int(worker) % _SHARES), _SHARE * (int(worker) % _SHARES + 1))
    entered = os.getpid() * 37 % _SHARE
    return itertools.cycle([_FIRST + port for port in (*share[entered:], *share[:entered])])


_ports = _ours()


def free_port() -> int:
    """A port nobody listens on, and that no other process of the run will choose."""
    for port in itertools.islice(_ports, _SHARE):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise OSError(f"none of {_SHARE} ports is free")

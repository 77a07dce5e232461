"""Tells whoever started the supervisor that it listens: a pipe, or the service manager's socket."""

from __future__ import annotations

import json
import os
import socket
from typing import Any


def tell(pipe: int | None, facts: dict[str, Any]) -> None:
    """One line of JSON into the pipe, which is then closed, and READY=1 to systemd where it waits for it."""
    if pipe is not None:
        with os.fdopen(pipe, "w") as out:
            out.write(json.dumps(facts) + "\n")
    address = os.environ.pop("NOTIFY_SOCKET", "")
    if address:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.connect("\0" + address[1:] if address.startswith("@") else address)
            manager.sendall(b"READY=1")

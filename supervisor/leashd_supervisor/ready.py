"""Tells whoever started the supervisor that it listens: a pipe, or the service manager's socket."""

from __future__ import annotations

import contextlib
import json
import os
import socket
from typing import Any


def refuse(pipe: int | None, what: str, help: str, code: int) -> None:
    """Why it does not start; a full disk has no room for it anywhere else."""
    with contextlib.suppress(OSError):  # closed already: it was running
        _write(pipe, {"error": what, "help": help, "code": code})


def _write(pipe: int | None, facts: dict[str, Any]) -> None:
    if pipe is not None:
        with os.fdopen(pipe, "w") as out:
            out.write(json.dumps(facts) + "\n")


def tell(pipe: int | None, facts: dict[str, Any]) -> None:
    """One line of JSON into the pipe, which is then closed, and READY=1 to systemd where it waits for it."""
    _write(pipe, facts)
    address = os.environ.pop("NOTIFY_SOCKET", "")
    if address:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.connect("\0" + address[1:] if address.startswith("@") else address)
            manager.sendall(b"READY=1")

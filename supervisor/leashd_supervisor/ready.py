"""Tells whoever started the supervisor that it listens: a pipe, or the service manager's socket."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import sys
from typing import Any

#: What to know about a way in.
ONCE = {"key": "it is shown this once; keep it in your password manager", "link": "it works once, for a minute"}


def refuse(pipe: int | None, what: str, help: str, code: int) -> None:
    """Why it does not start; a full disk has no room for it anywhere else."""
    with contextlib.suppress(OSError):  # closed already: it was running
        _write(pipe, {"error": what, "help": help, "code": code})


def _write(pipe: int | None, facts: dict[str, Any]) -> None:
    if pipe is not None:
        with os.fdopen(pipe, "w") as out:
            out.write(json.dumps(facts) + "\n")


def tell(pipe: int | None, facts: dict[str, Any]) -> None:
    """One line of JSON into the pipe, which is then closed, and READY=1 to systemd where it waits for it.

    Without a pipe it is a person who started it, and sees the way in on standard error.
    """
    _write(pipe, facts)
    for name in ("key", "link") if pipe is None else ():
        if name in facts:
            print(f"{name:<4}  {facts[name]}\n      {ONCE[name]}", file=sys.stderr, flush=True)
    address = os.environ.pop("NOTIFY_SOCKET", "")
    if address:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.connect("\0" + address[1:] if address.startswith("@") else address)
            manager.sendall(b"READY=1")

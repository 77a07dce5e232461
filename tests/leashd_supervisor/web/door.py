"""A supervisor's process on real sockets, and what people, strangers and hooks send to it."""

import contextlib
import json
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
from leashd_supervisor.kernel.db import Database
from leashd_supervisor.web.auth import ensure_key

from leashd_hooks.approval import digest
from leashd_hooks.model import Call
from tests.leashd_supervisor.conftest import until

PUBLIC = "laptop.example.net"
#: Made once: a client that makes its own takes longer than the requests.
TLS = ssl.create_default_context()


class Door:
    """A running supervisor.  `url` is where people reach it, `key` lets them in."""

    def __init__(self, state: Path, files: int = 1024) -> None:
        """`files` is how many the process may open."""
        self.state = state
        self._threads = ThreadPoolExecutor(16)
        limited = ["sh", "-c", f'ulimit -n {files} && exec "$@"', "sh"]
        self.process = subprocess.Popen(
            [*limited, sys.executable, "-m", "leashd_supervisor", "--state", str(state), "--port", "0"],
            env={"PATH": "/usr/bin:/bin", "HOME": str(state.parent), "LEASHD_PUBLIC_HOSTS": PUBLIC},
            stderr=subprocess.DEVNULL,
        )
        until((state / "run" / "supervisor.json").exists)
        self.port = int(json.loads((state / "run" / "supervisor.json").read_text())["port"])
        self.url = f"http://127.0.0.1:{self.port}"
        db = Database(str(state / "supervisor.db"))
        self.key = ensure_key(db) or ""
        db.close()

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(10)
        self._threads.shutdown()

    def stranger(self, **headers: str) -> httpx.Client:
        """Somebody without a session, whose browser sends what a page of ours would."""
        return httpx.Client(
            base_url=self.url, headers={"Origin": self.url, **headers}, timeout=30, verify=TLS, trust_env=False
        )

    @contextlib.contextmanager
    def owner(self) -> Iterator[httpx.Client]:
        """Somebody who came in with the key."""
        with self.stranger() as client:
            assert client.post("/api/login", json={"key": self.key}).status_code == 204
            yield client

    def ask(self, **changes: Any) -> "Future[httpx.Response]":
        """A hook's question on its socket; the response comes when it is settled."""
        return self._threads.submit(self.hook, "POST", "/ask", question(**changes))

    def asked(self, owner: httpx.Client, **changes: Any) -> "tuple[dict[str, Any], Future[httpx.Response]]":
        """A question that waits, as the page shows it."""
        call = question(**changes)["call_id"]
        waiting = self.ask(**changes)
        found: list[dict[str, Any]] = []

        def there() -> bool:
            found[:] = [one for one in owner.get("/api/state").json()["pending"] if one["call_id"] == call]
            return bool(found)

        until(there)
        return found[0], waiting

    def hook(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """Any request on the hooks' socket."""
        with httpx.Client(
            transport=httpx.HTTPTransport(uds=str(self.state / "run" / "hook.sock"), verify=TLS), timeout=60
        ) as client:
            return client.request(method, "http://leashd" + path, json=body, headers=headers)

    def raw(self, data: bytes, seconds: float = 20) -> bytes:
        """What comes back for these bytes until the other side hangs up."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=seconds) as connection:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            out = b""
            while chunk := connection.recv(65536):
                out += chunk
            return out


def question(**changes: Any) -> "dict[str, Any]":
    """What a hook sends for `git push origin main`; its digest is that of tool and input, unless another is given."""
    command = "git push origin main"
    asked = {
        "kind": "tool",
        "agent": "claude",
        "session": "s1",
        "call_id": "call-1",
        "tool": "Bash",
        "input": {"command": command, "description": "publish the fix"},
        "cwd": "/home/me/shop",
        "project": "/home/me/shop",
        "rule": "git-push",
        "reason": "others see what is pushed",
        "effects": [
            {"kind": "run", "program": "git", "args": ["push", "origin", "main"], "flags": [], "modelled": True,
             "command": command, "span": [0, 20]},
            {"kind": "git", "verb": "push", "changes": "remote", "destroys": False, "branch": "main",
             "remote": "origin", "force": "none", "command": command, "span": [0, 20]},
        ],
        "decisive": 1,
        **changes,
    }  # fmt: skip
    return {"digest": digest(Call(asked["tool"], asked["input"], asked["cwd"])), **asked}


def low(**changes: Any) -> "dict[str, Any]":
    """Changes that make the question one of low risk."""
    return {
        "input": {"command": "git log"},
        "rule": "default-action",
        "effects": [{"kind": "git", "verb": "log", "changes": "nothing", "command": "git log", "span": [0, 7]}],
        "decisive": 0,
        **changes,
    }

"""A supervisor that really runs, hooks as a host starts them, and people who answer through the page's own door."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.hook.guard import Guard

#: Seconds after which whoever waits for something here gives up.
PATIENCE = 120.0
#: Seconds before a page that lost its stream comes back to it.
AGAIN = 0.2


class Supervisor:
    """The supervisor's process.  It keeps its port and its key over restarts."""

    def __init__(self, state: Path, python: str = sys.executable) -> None:
        self.state = state
        self.port = 0
        self.key = ""
        self._python = python
        self.process: subprocess.Popen[bytes]
        self.start()

    def start(self) -> None:
        """Returns once it listens."""
        reading, writing = os.pipe()
        command = [self._python, "-I", "-m", "leashd_supervisor", "--state", str(self.state), "--port", str(self.port)]
        self.process = subprocess.Popen(
            [*command, "--ready", str(writing), "--link"],
            pass_fds=[writing],
            env={"PATH": "/usr/bin:/bin", "HOME": str(self.state.parent)},
            stderr=subprocess.DEVNULL,
        )
        os.close(writing)
        with os.fdopen(reading) as told:
            facts = json.loads(told.readline() or '{"error": "it ended"}')
        if "error" in facts:
            raise SystemExit(f"the supervisor does not start: {facts['error']}")
        self.port = int(facts["port"])
        self.key = facts.get("key", self.key)

    def end(self, number: int = signal.SIGTERM) -> None:
        """Ends it by a signal, and waits until it has."""
        self.process.send_signal(number)
        self.process.wait(PATIENCE)

    def reload(self) -> None:
        """Has it take up new code under the same process id; returns once it listens again."""
        file = self.state / "run" / "supervisor.json"
        before = file.read_text()
        self.process.send_signal(signal.SIGHUP)
        end = time.monotonic() + PATIENCE
        while not file.exists() or file.read_text() == before:
            if time.monotonic() > end:
                raise SystemExit("the supervisor does not come back after a reload")
            time.sleep(0.01)

    def weight(self) -> Weight:
        """What it takes up now."""
        status = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        facts = dict(line.split(":", 1) for line in status)
        open_files = len(os.listdir(f"/proc/{self.process.pid}/fd"))
        return Weight(int(facts["VmRSS"].split()[0]) / 1024, open_files, int(facts["Threads"]))


@dataclass(frozen=True)
class Weight:
    """Memory in MB, open descriptors, threads."""

    memory: float
    descriptors: int
    threads: int

    def __str__(self) -> str:
        return f"{self.memory:.1f} MB, {self.descriptors} descriptors, {self.threads} threads"


class Hook:
    """A hook's process that asks about a push to a branch of its own."""

    def __init__(self, guard: Guard, number: int, command: str = "") -> None:
        event = guard.event("Bash", command=command or f"git push origin b{number}")
        self.number = number
        self.started = time.perf_counter()
        self.process = subprocess.Popen(
            guard.argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={}
        )
        assert self.process.stdin
        self.process.stdin.write(json.dumps({**event, "tool_use_id": f"call-{number}"}).encode())
        self.process.stdin.close()

    def answer(self) -> str:
        """What the agent is told in the end: allow, deny or ask; "" when it is told nothing."""
        assert self.process.stdout
        said = self.process.stdout.read()
        self.process.stdout.close()
        self.process.wait(PATIENCE)
        return str(json.loads(said)["hookSpecificOutput"]["permissionDecision"]) if said else ""


@dataclass
class Page:
    """Somebody's browser: a session, requests on one connection, and the stream on another."""

    port: int
    session: str = ""
    #: Approvals that wait, each once, with the time at which the page heard of it.
    heard: queue.Queue[tuple[dict[str, Any], float]] = field(default_factory=queue.Queue)
    #: What went wrong and is not a supervisor that is away for a moment.
    errors: list[str] = field(default_factory=list)
    #: How often the stream was lost, and how often the page had to start anew.
    lost: int = 0
    resets: int = 0
    _known: set[str] = field(default_factory=set)
    _closing: bool = False
    _connection: http.client.HTTPConnection | None = None
    _listener: threading.Thread | None = None

    def log_in(self, key: str) -> Page:
        """Comes in with the key."""
        status, _, cookie = self._request("POST", "/api/login", {"key": key})
        if status != 204:
            raise SystemExit(f"the key is not let in ({status})")
        self.session = cookie.partition(";")[0]
        return self

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> tuple[int, Any]:
        """Status and answer; again until there is one, as somebody would who sees that it did not get through."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                status, answer, _ = self._request(method, path, body)
            except (OSError, http.client.HTTPException):
                status, answer = 0, None
                self._hang_up()
            if status not in (0, 503) or time.monotonic() > end:
                return status, answer
            time.sleep(AGAIN)

    def _request(self, method: str, path: str, body: dict[str, Any] | None = None) -> tuple[int, Any, str]:
        connection = self._connection = self._connection or http.client.HTTPConnection("127.0.0.1", self.port, 30)
        data = None if body is None else json.dumps(body).encode()
        connection.request(method, path, data, self._headers({"Content-Type": "application/json"} if data else {}))
        response = connection.getresponse()
        read = response.read()
        answer = json.loads(read) if response.headers.get_content_type() == "application/json" else read
        return response.status, answer, response.getheader("Set-Cookie") or ""

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        return {"Origin": f"http://127.0.0.1:{self.port}", "Cookie": self.session, "User-Agent": "load", **more}

    def answer(self, view: dict[str, Any], allow: bool) -> int:
        """Answers an approval as it was shown; the status of the response."""
        told = {"allow": allow, "digest": view["digest"]}
        status, answer = self.call("POST", f"/api/approvals/{view['id']}/answer", told)
        if status not in (200, 409):
            self.errors.append(f"an answer was answered {status}: {answer}")
        return status

    def follow(self) -> None:
        """Listens, in a thread of its own, until the page is closed."""
        self._listener = threading.Thread(target=self._follow, daemon=True)
        self._listener.start()

    def close(self) -> None:
        """Listens no longer; the supervisor still runs, or has just ended."""
        self._closing = True
        self._hang_up()
        if self._listener is not None:
            self._listener.join(PATIENCE)

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _follow(self) -> None:
        cursor = ""
        while not self._closing:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, 30)
            with contextlib.suppress(OSError, http.client.HTTPException, ValueError), contextlib.closing(connection):
                connection.request("GET", "/api/events", headers=self._headers({"Last-Event-ID": cursor}))
                with connection.getresponse() as response:
                    for name, number, data in _events(response):
                        cursor = number or cursor
                        self._take(name, data)
                        if name == "resume":
                            cursor = cursor or str(data["cursor"])
                        if self._closing:
                            break
            self.lost += not self._closing
            time.sleep(AGAIN)

    def _take(self, name: str, data: dict[str, Any]) -> None:
        if name == "resume" and data["state"] == "reset":
            self.resets += 1
            # On a connection of its own: the other one belongs to whoever answers.
            other = Page(self.port, self.session)
            for view in other.call("GET", "/api/state")[1]["pending"]:
                self._hear(view)
            other.close()
        elif name == "approval":
            self._hear(data)

    def _hear(self, view: dict[str, Any]) -> None:
        if view["state"] == "pending" and view["id"] not in self._known:
            self._known.add(view["id"])
            self.heard.put((view, time.perf_counter()))


def _events(response: http.client.HTTPResponse) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The events of a stream: name, number, data; those without a name only move the number."""
    if response.status != 200:
        raise ValueError(f"the stream is answered {response.status}")
    name, number, data = "", "", {}
    while line := response.readline():
        text = line.decode().rstrip("\n")
        kind, _, value = text.partition(": ")
        if kind == "event":
            name = value
        elif kind == "id":
            number = value
        elif kind == "data":
            data = json.loads(value)
        elif not text:
            yield name, number, data
            name, number, data = "", "", {}


def share(values: list[float], part: float) -> float:
    """The value below which this part of all values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]

"""A guarded project and a supervisor that really runs."""

import contextlib
import json
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.hook.guard import Guard, furnish

ANSWERING = Path(__file__).with_name("answering.py")


@dataclass
class Hands:
    """A clock that a test moves."""

    time: float = 1000.0

    def now(self) -> float:
        return self.time

    def ticks(self) -> float:
        return self.time


class Supervisor:
    """A supervisor's process, and the person who answers."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self.process: subprocess.Popen[str]
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(ANSWERING), str(self.state)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        until(self.listens)
        self.tell(do="pending")  # it listens before it has opened its database

    def listens(self) -> bool:
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(str(self.state / "run" / "hook.sock")) == 0

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.close()

    def stop(self) -> None:
        self.process.terminate()
        self.close()

    def close(self) -> None:
        with contextlib.suppress(BrokenPipeError):
            self.process.communicate(timeout=10)

    def tell(self, **command: Any) -> "dict[str, Any]":
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()
        answered: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answered

    def pending(self, number: int = 1) -> "list[str]":
        """The ids of what waits, once there are so many."""
        found: list[str] = []

        def enough() -> bool:
            found[:] = self.tell(do="pending")["pending"]
            return len(found) >= number

        until(enough)
        return found


def until(holds: Callable[[], bool], seconds: float = 30.0) -> None:
    """Waits for something; fails when it does not come."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.02)


@pytest.fixture
def guard(tmp_path: Path) -> Guard:
    return furnish(tmp_path)


@pytest.fixture
def supervisor(guard: Guard) -> Iterator[Supervisor]:
    running = Supervisor(guard.state)
    yield running
    if running.process.poll() is None:
        running.stop()
    running.close()


#: Hooks that a test has started, so that none outlives it.
STARTED: "list[Hook]" = []


@pytest.fixture(autouse=True)
def _no_hook_is_left() -> Iterator[None]:
    yield
    for hook in STARTED:
        if hook.process.poll() is None:
            hook.kill()
        for pipe in (hook.process.stdout, hook.process.stderr):
            if pipe:
                pipe.close()
    STARTED.clear()


class Hook:
    """A hook process that waits for a person."""

    def __init__(self, guard: Guard, tool: str = "Bash", call: str = "", **arguments: Any) -> None:
        event = {
            **guard.event(tool, **(arguments or {"command": "git push origin main"})),
            "tool_use_id": call or secrets.token_hex(8),
        }
        self.process = subprocess.Popen(
            guard.argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={}
        )
        assert self.process.stdin
        self.process.stdin.write(json.dumps(event).encode())
        self.process.stdin.close()
        self.process.stdin = None
        STARTED.append(self)

    def answer(self, seconds: float = 90.0) -> "tuple[str, str, dict[str, Any]]":
        """Decision, reason and the whole output."""
        said = json.loads(self.process.communicate(timeout=seconds)[0])
        output = said["hookSpecificOutput"]
        return output["permissionDecision"], output["permissionDecisionReason"], said

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()

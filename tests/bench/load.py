"""What the supervisor costs: how long an answer takes, and what it takes up while it waits.  `make bench` runs it.

Everything that is compared is measured in one run, in random order within each round, because absolute times say more
about the machine and its neighbours than about a program.

    round trip    a hook's process starts, the page hears of it through its stream, the answer is posted at once, the
                  hook's process ends; while 1, 16 and 64 hooks wait.  Beside it a hook that asks nobody.
    start         from the start of the process to its first answer over HTTP, beside a bare uvicorn + Starlette
    memory        resident, half a second after that
    page          everything that a browser fetches before it shows something, as it goes over the wire
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import http.client
import json
import os
import random
import re
import signal
import socket
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

from tests.bench.bench import INSTALLED, program
from tests.bench.load_lab import PATIENCE, Hook, Page, Supervisor, share
from tests.hook.guard import Guard, furnish

WAITING = (1, 16, 64)
ROUNDS, STARTS = 150, 15
#: What the supervisor may take: MB, times a bare server's start, bytes of the page.
MEMORY, START, PAGE = 45.0, 1.5, 100_000
BARE = """
import sys, uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

async def health(request):
    return JSONResponse({"ok": True})

app = Starlette(routes=[Route("/healthz", health)])
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="error")
"""
#: What files of the page name: in markup, in modules, in styles.
_NAMED = re.compile(rb"""(?:src=|href=|from\s*|import\s*)["']([^"'#<>\s]+)["']""")


def round_trips(guard: Guard, waiting: int, rounds: int) -> tuple[list[float], list[float]]:
    """Seconds of each round trip while so many hooks wait, itself among them; and those of a hook that asks nobody."""
    supervisor = Supervisor(guard.state)
    guard.compile()  # the policy keeps agents from the page's port, which is another each time
    page = Page(supervisor.port).log_in(supervisor.key)
    page.follow()
    others = [Hook(guard, -1 - number, f"git push origin waits{number}") for number in range(waiting - 1)]
    for _ in others:
        page.heard.get(timeout=PATIENCE)
    asked, alone = [], []
    for number in range(rounds):
        for ask in random.sample((True, False), 2):
            hook = Hook(guard, 1000 * waiting + number, "" if ask else "git status")
            if ask:
                page.answer(page.heard.get(timeout=PATIENCE)[0], True)
            told = hook.answer()
            (asked if ask else alone).append(time.perf_counter() - hook.started)
            if told != "allow":
                raise SystemExit(f"a hook that was allowed says `{told}`")
    for hook in others:
        hook.process.kill()
        hook.answer()
    supervisor.end()
    page.close()
    return asked, alone


@dataclass(frozen=True)
class Server:
    """A server to compare: how it is started for a port, and a path that it answers without a session."""

    name: str
    command: Sequence[str]
    environment: dict[str, str]
    path: str


def servers(folder: Path) -> Iterator[Server]:
    """Ours as a user installs it, a bare one, and the predecessor's where it is installed."""
    python = str(INSTALLED / "python")
    plain = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "LANG": "C.UTF-8"}
    yield Server("uvicorn + Starlette", [python, "-I", "-c", BARE, "{port}"], plain, "/healthz")
    ours = [python, "-I", "-m", "leashd_supervisor", "--state", str(folder / "state"), "--port", "{port}"]
    yield Server("leashd supervisor", ours, plain, "/healthz")
    predecessor = program("leashd==2.5.1", "leashd")
    if os.access(predecessor, os.X_OK):
        yield Server("leashd 2.5.1, daemon", [predecessor, "_run"], {**plain, **_predecessor(folder)}, "/api/health")


def _predecessor(folder: Path) -> dict[str, str]:
    """Its page on, everything else as it comes; it wants to find a client, which here is a word."""
    client = folder / "bin" / "claude"
    client.parent.mkdir(exist_ok=True)
    client.write_text("#!/bin/sh\necho '2.0.0 (Claude Code)'\n")
    client.chmod(0o755)
    return {
        "PATH": f"{client.parent}:/usr/bin:/bin",
        "LEASHD_WEB_ENABLED": "true",
        "LEASHD_WEB_HOST": "127.0.0.1",
        "LEASHD_WEB_PORT": "{port}",
        "LEASHD_WEB_API_KEY": "0123456789abcdef0123456789abcdef",
        "LEASHD_APPROVED_DIRECTORIES": json.dumps([str(folder)]),
    }


@dataclass(frozen=True)
class Started:
    """Seconds to the first answer, MB when idle, seconds of an answer over an open connection."""

    seconds: float
    memory: float
    answer: float


def start(server: Server, folder: Path) -> Started:
    """Starts a server once, measures, ends it."""
    port = _free()
    command = [word.replace("{port}", str(port)) for word in server.command]
    environment = {name: value.replace("{port}", str(port)) for name, value in server.environment.items()}
    began = time.perf_counter()
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        while not _answers(port, server.path):
            if process.poll() is not None or time.perf_counter() - began > PATIENCE:
                process.kill()
                raise SystemExit(f"{server.name} does not start")
            time.sleep(0.002)
        took = time.perf_counter() - began
        time.sleep(0.5)
        memory, answer = _memory(process.pid), _answer(port, server.path)
        process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)
        process.kill()
    return Started(took, memory, answer)


def _free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(port: int, path: str) -> bool:
    try:
        return _get(http.client.HTTPConnection("127.0.0.1", port, 10), path) == 200
    except OSError:
        return False


def _get(connection: http.client.HTTPConnection, path: str) -> int:
    with contextlib.closing(connection):
        connection.request("GET", path)
        with connection.getresponse() as response:
            response.read()
            return response.status


def _answer(port: int, path: str, times: int = 200) -> float:
    connection = http.client.HTTPConnection("127.0.0.1", port, 10)
    took = []
    for _ in range(times):
        began = time.perf_counter()
        connection.request("GET", path)
        connection.getresponse().read()
        took.append(time.perf_counter() - began)
    connection.close()
    return statistics.median(took)


def _memory(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:"))


def first_load(port: int) -> dict[str, int]:
    """Bytes of every file that a browser fetches before the page shows something, compressed as they are sent."""
    found: dict[str, int] = {}
    left = ["/"]
    connection = http.client.HTTPConnection("127.0.0.1", port, 10)
    while left:
        path = left.pop()
        if path in found:
            continue
        connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
        response = connection.getresponse()
        data = response.read()
        if response.status != 200:
            raise SystemExit(f"{path} is answered {response.status}")
        found[path] = len(data)
        left += _named(path, data, response.getheader("Content-Encoding") == "gzip")
    connection.close()
    return found


def _named(path: str, data: bytes, packed: bool) -> Iterator[str]:
    if path == "/" or path.endswith((".js", ".css")):
        for name in _NAMED.findall(gzip.decompress(data) if packed else data):
            address = urljoin(path, name.decode())
            if address.startswith("/") and not address.startswith("/a/"):
                yield address


def show_round_trips(rows: dict[int, tuple[list[float], list[float]]]) -> Iterator[str]:
    yield "| hooks that wait | p50 ms | p99 ms | p50 of a hook that asks nobody | x |"
    yield "| ---: | ---: | ---: | ---: | ---: |"
    for waiting, (asked, alone) in rows.items():
        ratio = statistics.median(one / base for one, base in zip(asked, alone, strict=True))
        figures = (1000 * share(asked, 0.5), 1000 * share(asked, 0.99), 1000 * share(alone, 0.5), ratio)
        yield f"| {waiting} | " + " | ".join(f"{value:.1f}" for value in figures) + " |"


def show_servers(names: Sequence[str], rounds: Sequence[dict[str, Started]]) -> Iterator[str]:
    yield f"| server | start ms | x | idle MB | an answer ms | x |\n{'| --- ' + '| ---: ' * 5}|"
    for name in names:
        mine, floor = [one[name] for one in rounds], [one[names[0]] for one in rounds]
        start = statistics.median(a.seconds / b.seconds for a, b in zip(mine, floor, strict=True))
        answer = statistics.median(a.answer / b.answer for a, b in zip(mine, floor, strict=True))
        milliseconds = 1000 * statistics.median(one.seconds for one in mine)
        memory = statistics.median(one.memory for one in mine)
        answers = 1000 * statistics.median(one.answer for one in mine)
        yield f"| {name} | {milliseconds:.0f} | {start:.2f} | {memory:.1f} | {answers:.2f} | {answer:.2f} |"


def main() -> None:
    parser = argparse.ArgumentParser(prog="load", description="What the supervisor costs.")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--starts", type=int, default=STARTS)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = {}
        for waiting in WAITING:
            guard = furnish(folder / str(waiting))
            rows[waiting] = round_trips(guard, waiting, options.rounds)
        print("\n".join(show_round_trips(rows)), end="\n\n")
        every = list(servers(folder))
        rounds = [
            {server.name: start(server, folder) for server in random.sample(every, len(every))}
            for _ in range(options.starts + 1)
        ][1:]
        print("\n".join(show_servers([server.name for server in every], rounds)), end="\n\n")
        supervisor = Supervisor(folder / "page")
        fetched = first_load(supervisor.port)
        supervisor.end()
        print(f"first load of the page: {sum(fetched.values()):,} bytes in {len(fetched)} files (at most {PAGE:,})")
        print(f"targets: at most {MEMORY:.0f} MB when idle, and {START} times the start of {every[0].name}")


if __name__ == "__main__":
    main()

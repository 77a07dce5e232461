"""The supervisor put together: the only place where its parts meet."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from starlette.types import ASGIApp

from leashd_hooks import __version__, places
from leashd_supervisor import ready
from leashd_supervisor.approvals.metrics import measure
from leashd_supervisor.approvals.service import Approvals
from leashd_supervisor.approvals.store import Store
from leashd_supervisor.audit_log import http as audit_http
from leashd_supervisor.audit_log.service import Audit
from leashd_supervisor.audit_log.store import Index
from leashd_supervisor.channels.push import http as push_http
from leashd_supervisor.channels.push.model import contact as push_contact
from leashd_supervisor.channels.push.service import Push
from leashd_supervisor.ipc.door import door
from leashd_supervisor.kernel.bus import Bus
from leashd_supervisor.kernel.clock import Clock, SystemClock
from leashd_supervisor.kernel.db import Database
from leashd_supervisor.kernel.metrics import Metrics
from leashd_supervisor.log import note
from leashd_supervisor.server import Server, bind_hooks, bind_people, hold, keep_hooks, split
from leashd_supervisor.settings import Settings
from leashd_supervisor.web.auth import Devices, ensure_key, reset_key
from leashd_supervisor.web.routes import page


@dataclass(frozen=True)
class Supervisor:
    """The parts that are shared."""

    settings: Settings
    clock: Clock
    db: Database
    bus: Bus
    approvals: Approvals
    audit: Audit
    push: Push
    metrics: Metrics


def build(settings: Settings, database: str | None = None, clock: Clock | None = None) -> Supervisor:
    """The parts for these settings.  `database` is `kernel.db.MEMORY` in tests."""
    clock = clock or SystemClock()
    settings.state.mkdir(mode=0o700, parents=True, exist_ok=True)
    db = Database(database or str(settings.database))
    bus = Bus(db, clock)
    metrics = Metrics()
    approvals = Approvals(Store(db), bus, clock)
    measure(approvals, bus, metrics)
    audit = Audit(settings.audit, Index(db), bus, clock, metrics)
    contact = push_contact(settings.contact, settings.public)
    key = settings.state / "push-key.pem"
    push = Push(db, bus, approvals, clock, metrics, settings.machine, key, contact)
    return Supervisor(settings, clock, db, bus, approvals, audit, push, metrics)


def people(supervisor: Supervisor) -> ASGIApp:
    """The page's application."""
    more = [*audit_http.routes(supervisor.audit, supervisor.metrics), *push_http.routes(supervisor.push)]
    return page(supervisor.settings, supervisor.clock, supervisor.db, supervisor.bus, supervisor.approvals, more)


async def serve(settings: Settings, pipe: int | None = None, link: bool = False) -> int | None:
    """Runs until SIGTERM or SIGINT; after SIGHUP the port on which it shall start anew, else None.

    `pipe` is told once it listens, with a `link` how to come in.  Raises SupervisorError when it cannot start.
    """
    lock = hold(settings)
    hooks_socket = bind_hooks(settings)
    people_socket = bind_people(settings)
    supervisor = build(settings)
    server = Server(split(door(supervisor.approvals, settings.remote), people(supervisor)))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, _exit, server, supervisor)
    loop.add_signal_handler(signal.SIGHUP, _reload, server, supervisor)
    port = people_socket.getsockname()[1]
    announce = partial(_announce, settings, port, time.time())
    announce()
    lasting = (supervisor.approvals.watch(), supervisor.audit.watch(), keep_hooks(server, settings, announce))
    watchers = [asyncio.ensure_future(one) for one in lasting]
    _keep_port(settings, port)
    ready.tell(pipe, {"pid": os.getpid(), "host": settings.host, "port": port, **_way_in(supervisor, port, link)})
    note("started", pid=os.getpid(), port=port, version=__version__)
    try:
        await server.serve(sockets=[hooks_socket, people_socket])
    finally:
        note("stopping", again=server.again)
        for watcher in watchers:
            watcher.cancel()
        with contextlib.suppress(FileNotFoundError):
            settings.hook_socket.unlink()
        with contextlib.suppress(FileNotFoundError):
            settings.pid_file.unlink()
        await supervisor.push.close()
        supervisor.db.close()
        os.close(lock)
    return port if server.again else None


def new_key(settings: Settings) -> str:
    """A new key in place of the old one, whether a supervisor runs or not; every device is logged out."""
    db = Database(str(settings.database))
    try:
        return reset_key(db)
    finally:
        db.close()


def _way_in(supervisor: Supervisor, port: int, link: bool) -> dict[str, str]:
    """The key, when it was made just now, and a link that works once, by each name; for a person at a terminal."""
    if not link:
        return {}
    key = ensure_key(supervisor.db)
    code, _ = Devices(supervisor.db, supervisor.clock).code()
    way = {"link": f"http://{supervisor.settings.host}:{port}/#pair={code}"}
    for name in supervisor.settings.public[:1]:
        way["phone"] = f"https://{name}/#pair={code}"
    return {**way, "key": key} if key else way


def _reload(server: Server, supervisor: Supervisor) -> None:
    server.again = True
    _exit(server, supervisor)


def _exit(server: Server, supervisor: Supervisor) -> None:
    supervisor.approvals.close()
    supervisor.bus.close()
    server.should_exit = True


def _keep_port(settings: Settings, port: int) -> None:
    """Writes the port down for the policy, which keeps agents from it; it stays when the supervisor ends."""
    path = Path(places.page_port(str(settings.state)))
    line = f"{port}\n"
    if not path.exists() or path.read_text() != line:
        _put(path, line)


def _announce(settings: Settings, port: int, since: float) -> None:
    """Tells others who runs and where; the file is whole or not there."""
    told = {"pid": os.getpid(), "host": settings.host, "port": port, "since": since}
    _put(settings.pid_file, json.dumps(told) + "\n")


def _put(path: Path, text: str) -> None:
    """Writes a file for its owner alone.  What writes the configuration would load all that reads it, too."""
    made = path.with_suffix(".new")
    made.unlink(missing_ok=True)
    with open(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "w") as file:
        file.write(text)
    made.replace(path)

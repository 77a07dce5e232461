"""One uvicorn server on two sockets that we bind ourselves: the hooks' Unix socket and people's loopback port."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import resource
import socket
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from leashd_supervisor.kernel.errors import RUNNING, STATE, TAKEN, SupervisorError
from leashd_supervisor.log import note
from leashd_supervisor.settings import Settings

#: Seconds between two looks whether the hooks still find their socket.
LOOK = 1.0
#: Connections to the page of whoever is not logged in; half of the files that macOS lets a program open.
STRANGERS = 128
#: Files that may be open at once, where the machine allows it: all who wait come in before one can be sent away.
FILES = 8192


class PeerProtocol(H11Protocol):
    """HTTP that knows who is on the other end of a Unix socket: `client` becomes ("uid", number).

    Strangers on the port take no room from anybody: the one who came first makes place for the next.
    """

    #: Whether the last answer was for a device.
    known = False

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self.since = self.loop.time()
        connection = transport.get_extra_info("socket")
        if connection is not None and connection.family == socket.AF_UNIX:
            self.client = ("uid", peer_uid(connection))
        else:
            self._make_room()

    def _make_room(self) -> None:
        strangers = [one for one in self.connections if isinstance(one, PeerProtocol) and one.is_stranger()]
        if len(strangers) > STRANGERS:
            min(strangers, key=lambda one: one.since).transport.abort()

    def on_response_complete(self) -> None:
        # The next request is nobody's until the guard has looked at it.
        self.known = self._is_device()
        super().on_response_complete()

    def is_stranger(self) -> bool:
        """Whether the other side is at people's door, and not a device that the guard has let in."""
        if self.transport.is_closing() or (self.client and self.client[0] == "uid"):
            return False
        return not (self.known or self._is_device())

    def _is_device(self) -> bool:
        return self.scope is not None and self.scope["state"].get("device") is not None


def peer_uid(connection: Any) -> int:
    """The user id of the process at the other end of a Unix socket."""
    if hasattr(socket, "SO_PEERCRED"):
        size = struct.calcsize("3i")
        return int(struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size))[1])
    # macOS: LOCAL_PEERCRED gives struct xucred: version, uid, ...
    return int(struct.unpack("2I", connection.getsockopt(0, 0x001, struct.calcsize("2I")))[1])


def split(hooks: ASGIApp, people: ASGIApp) -> ASGIApp:
    """Sends what comes in on the Unix socket to `hooks`, everything else to `people`."""
    own = os.getuid()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        client = scope.get("client")
        if client and client[0] == "uid":
            if client[1] in (own, 0):
                await hooks(scope, receive, send)
            else:
                await _refuse(send)
        else:
            await people(scope, receive, send)

    return app


async def _refuse(send: Send) -> None:
    await send({"type": "http.response.start", "status": 403, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def hold(settings: Settings) -> int:
    """Takes the lock of the one supervisor of this state; open as long as it runs, and the kernel lets go of it."""
    settings.run.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = os.open(settings.run / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise _running() from None
    return lock


def _running() -> SupervisorError:
    return SupervisorError(
        "a supervisor is running already", "`leashd status` shows it, `leashd stop` ends it", RUNNING
    )


def bind_hooks(settings: Settings) -> socket.socket:
    """The hooks' socket, 0600 in a 0700 directory.  A dead one that was left behind is replaced."""
    settings.run.mkdir(mode=0o700, parents=True, exist_ok=True)
    settings.run.chmod(0o700)
    path = settings.hook_socket
    if len(os.fsencode(path)) > 100:
        raise SupervisorError(
            f"the path `{path}` is too long for a socket", "set LEASHD_HOME to a shorter directory", STATE
        )
    _clear(path)
    bound = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    previous = os.umask(0o177)
    try:
        bound.bind(str(path))
    except OSError as error:
        raise SupervisorError(f"cannot listen on `{path}`: {error.strerror}", "", STATE) from error
    finally:
        os.umask(previous)
    bound.listen(1024)
    bound.setblocking(False)
    return bound


def _clear(path: Path) -> None:
    if not path.exists():
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        try:
            probe.connect(str(path))
        except OSError:
            path.unlink(missing_ok=True)
            return
    raise _running()


def bind_people(settings: Settings) -> socket.socket:
    """The loopback port for the page.  Raises SupervisorError when it is taken."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # asyncio sends small answers at once only where the protocol is named; else each waits 40 ms for the other side.
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((settings.host, settings.port))
    except OSError as error:
        raise SupervisorError(
            f"cannot listen on {settings.host}:{settings.port}: {error.strerror}",
            "another program has the port; choose one with `--port`",
            TAKEN,
        ) from error
    bound.listen(1024)
    bound.setblocking(False)
    return bound


class Server(uvicorn.Server):
    """uvicorn without its signal handlers: who starts the supervisor ends it."""

    #: Whether a new supervisor shall take its place.
    again = False

    def __init__(self, app: ASGIApp) -> None:
        _open_files()
        super().__init__(
            uvicorn.Config(
                app,
                http=PeerProtocol,
                loop="asyncio",
                ws="none",
                lifespan="off",
                log_config=None,
                log_level="error",  # it warns of every odd request of a stranger
                access_log=False,
                proxy_headers=False,
                server_header=False,
                timeout_keep_alive=30,
                timeout_graceful_shutdown=2,
            )
        )

    async def listen(self, bound: socket.socket) -> None:
        """Serves one more socket."""
        others = self.servers
        await self.startup([bound])
        self.servers += others


def _open_files() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


async def keep_hooks(server: Server, settings: Settings, announce: Callable[[], None]) -> None:
    """Binds the hooks' socket anew, and announces it, whenever somebody has deleted its file.

    Who waits on the old one goes on waiting.
    """
    while True:
        await asyncio.sleep(LOOK)
        if server.started and not server.should_exit and not settings.hook_socket.exists():
            with contextlib.suppress(SupervisorError, OSError):  # no room for it: the next look tries again
                await server.listen(bind_hooks(settings))
                announce()
                note("bound the hooks' socket anew", "warning")

"""The supervisor as a process: find it, start it, end it.  The command line talks to it over its sockets only."""

from __future__ import annotations

import json
import os
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import TYPE_CHECKING, Any

from leashd_hooks import places
from leashd_hooks.cli.failure import Failure
from leashd_hooks.cli.whereabouts import home

if TYPE_CHECKING:
    from leashd_hooks.config import Setting

#: Exit codes; a supervisor that cannot start itself ends with `RUNNING`, `TAKEN` or `UNUSABLE`.
STOPPED, RUNNING, TAKEN, UNUSABLE, NOBODY = 4, 5, 6, 7, 8
#: Seconds that it may take to start, to answer, to end by itself, and to end when it is killed.
START, ANSWER, END, KILL = 30.0, 3.0, 10.0, 5.0


@dataclass(frozen=True)
class Daemon:
    """A supervisor that runs.  `port` is 0 and `since` None where it did not tell."""

    pid: int
    host: str
    port: int
    since: float | None
    waiting: int
    answers: bool = True

    @property
    def address(self) -> str:
        """Where people reach its page."""
        return f"http://{self.host}:{self.port}/" if self.port else ""


def state() -> Path:
    """leashd's directory: `LEASHD_HOME`, or `~/.leashd`."""
    named = os.environ.get("LEASHD_HOME")
    return Path(os.path.abspath(named)) if named else home() / ".leashd"


def find(folder: Path) -> Daemon | None:
    """The supervisor of a state directory, None when none runs.  What it left behind when it died counts as nothing."""
    try:
        health, pid = _health(places.hook_socket(str(folder)))
    except (FileNotFoundError, ConnectionRefusedError):
        return None
    except (OSError, HTTPException, ValueError):
        told = _told(folder)
        pid = told.get("pid", 0)
        return _daemon(told, pid, 0, False) if is_ours(pid) else None
    told = _told(folder)
    return _daemon(told, pid or told.get("pid", 0), health.get("waiting", 0), True)


def _daemon(told: dict[str, Any], pid: int, waiting: int, answers: bool) -> Daemon:
    return Daemon(pid, told.get("host", "127.0.0.1"), told.get("port", 0), told.get("since"), waiting, answers)


def _told(folder: Path) -> dict[str, Any]:
    try:
        told = json.loads((folder / "run" / "supervisor.json").read_text())
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


class _Unix(HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: str) -> None:
        super().__init__("leashd", timeout=ANSWER)
        self.path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


def _health(path: str) -> tuple[dict[str, Any], int]:
    """What the supervisor says of itself, and the process that listens, 0 where the system does not tell."""
    connection = _Unix(path)
    try:
        connection.request("GET", "/health")
        pid = 0
        if hasattr(socket, "SO_PEERCRED"):
            pid = struct.unpack("3i", connection.sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[0]
        health = json.loads(connection.getresponse().read())
    finally:
        connection.close()
    if not isinstance(health, dict):
        raise ValueError("no supervisor")
    return health, pid


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that is dead and not yet fetched by its parent does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][:1] != "Z"
    except OSError:
        return not Path("/proc/self").exists()


def is_ours(pid: int) -> bool:
    """Whether a process is a supervisor, and not one that was given its number later."""
    if pid <= 0 or not is_alive(pid):
        return False
    shown = subprocess.run(["ps", "-ww", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return "leashd_supervisor" in shown.stdout


def settings() -> dict[str, Setting]:
    """The settings in force, each with its origin.  Raises ConfigError for a mistake in them."""
    from leashd_hooks.config import resolve

    return resolve(places.config(str(home() / ".leashd")), os.environ)


def environment(found: dict[str, Setting]) -> dict[str, str]:
    """The environment of a supervisor with these settings."""
    from leashd_hooks.config import variables

    return {**os.environ, **variables(found)}


def command(folder: Path, port: int | None = None, *flags: str) -> list[str]:
    """The command line of a supervisor: an interpreter that reads no file of the current directory."""
    chosen = [] if port is None else ["--port", str(port)]
    return [sys.executable, "-I", "-m", "leashd_supervisor", "--state", str(folder), *chosen, *flags]


def spawn(folder: Path, env: dict[str, str], port: int | None = None, *flags: str) -> dict[str, Any]:
    """Starts a supervisor in an environment and returns once it listens, with what it told: pid, host, port.

    Raises Failure with its reason when it does not start.
    """
    with _complaints(folder) as complaints:
        reader, writer = os.pipe()
        try:
            process = subprocess.Popen(
                command(folder, port, "--ready", str(writer), *flags),
                stdin=subprocess.DEVNULL,
                stdout=complaints,
                stderr=complaints,
                pass_fds=(writer,),
                start_new_session=True,
                cwd="/",
                env=env,
            )
        finally:
            os.close(writer)
        line = _line(reader, time.monotonic() + START)
    if not line:
        raise _refusal(process, folder)
    told: dict[str, Any] = json.loads(line)
    if "error" in told:
        raise Failure(told["error"], told["help"], told["code"])
    if not _reachable(folder, told):
        process.terminate()
        raise Failure("the supervisor started, but does not answer", "`leashd logs` shows what it did", UNUSABLE)
    return told


@contextmanager
def _complaints(folder: Path) -> Iterator[Any]:
    """The file for what a supervisor says before it has a log, or when it cannot write one."""
    path = folder / "logs" / "supervisor.err"
    try:
        for directory in (folder, path.parent):
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    except OSError as error:
        help = "leashd's directory must be on a disk with room, and belong to you"
        raise Failure(f"cannot write `{path}`: {error.strerror}", help, UNUSABLE) from error
    try:
        yield file
    finally:
        os.close(file)


def _line(reader: int, deadline: float) -> str:
    """What comes through the pipe until it is closed; "" when nothing came, or not in time."""
    import select

    data = b""
    with os.fdopen(reader, "rb", buffering=0) as pipe:
        while select.select([pipe], [], [], max(0.0, deadline - time.monotonic()))[0]:
            chunk = pipe.read(65536)
            if not chunk:
                break
            data += chunk
    return data.decode() if data.endswith(b"\n") else ""


def _refusal(process: subprocess.Popen[bytes], folder: Path) -> Failure:
    try:
        code = process.wait(1.0)
    except subprocess.TimeoutExpired:
        process.kill()
        return Failure(f"the supervisor did not start within {START:.0f} s", "`leashd logs` shows how far it came")
    said = (folder / "logs" / "supervisor.err").read_text(errors="replace").strip().splitlines()
    whats = [line.removeprefix("error: ") for line in said if line.startswith("error: ")]
    helps = [line.removeprefix("help: ") for line in said if line.startswith("help: ")]
    what = whats[-1] if whats else (said[-1] if said else f"the supervisor ended with {code}")
    return Failure(what, helps[-1] if helps else "`leashd start -f` shows all of it", code if code > 0 else 1)


def new_key(folder: Path) -> str:
    """A new key in place of the old one; every device is logged out.  Raises Failure when it cannot be written."""
    done = subprocess.run(command(folder, None, "--new-key"), capture_output=True, text=True, check=False, cwd="/")
    if done.returncode:
        said = dict(line.partition(": ")[::2] for line in done.stderr.splitlines())
        raise Failure(said.get("error", "no key was made"), said.get("help", "`leashd logs`"), done.returncode)
    return done.stdout.strip()


def _reachable(folder: Path, told: dict[str, Any]) -> bool:
    """Whether both its doors answer."""
    try:
        _health(places.hook_socket(str(folder)))
        with socket.create_connection((told["host"], told["port"]), ANSWER):
            return True
    except (OSError, HTTPException, ValueError):
        return False


def end(daemon: Daemon) -> bool:
    """Ends a supervisor; False when it had to be killed.  Raises Failure when it stays."""
    if not daemon.answers and sys.stderr.isatty():
        print(f"process {daemon.pid} does not answer; it is killed in {END:.0f} s", file=sys.stderr)
    for number, seconds in ((signal.SIGTERM, END), (signal.SIGKILL, KILL)):
        try:
            os.kill(daemon.pid, number)
        except ProcessLookupError:
            return True
        except PermissionError as error:
            raise Failure(f"process {daemon.pid} belongs to another user", "stop it as that user") from error
        if _wait_for(daemon.pid, seconds):
            return number == signal.SIGTERM
    raise Failure(f"process {daemon.pid} does not end", "the machine may be out of memory, or its disk hangs")


def _wait_for(pid: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while is_alive(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def running(folder: Path) -> Daemon:
    """The supervisor that runs.  Raises Failure when there is none."""
    daemon = find(folder)
    if daemon is None:
        raise Failure("no supervisor is running", "`leashd start` starts one", STOPPED)
    return daemon
